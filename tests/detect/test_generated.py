"""A template is read as the project one gets from it, and reported by its own paths."""

from __future__ import annotations

import pytest

from detect.build import LISTS
from mlscan.content import load_content
from mlscan.detect import detect
from mlscan.detect.generated import generated_paths
from mlscan.snapshot.memory import MemorySnapshot

RULE = LISTS.contexts.templates if LISTS.contexts else None
TRAIN = "from sklearn.svm import SVC\n\nSVC().fit(x, y)\n"


@pytest.mark.parametrize(
    ("path", "generated"),
    [
        ("{{cookiecutter.name}}/src/train.py", "src/train.py"),
        ("{{cookiecutter.name}}/{{cookiecutter.package}}/train.py", "project/train.py"),
        ("template/{{.root}}/.github/workflows/{{.name}}-ci.yml.tmpl", ".github/workflows/project-ci.yml"),
        ("template/src/train.py.jinja", "src/train.py"),
        ("template/{% if docker %}Dockerfile{% endif %}.jinja", "Dockerfile"),
    ],
)
def test_generated_paths(path: str, generated: str) -> None:
    assert generated_paths(["copier.yml", path], RULE) == {generated: path}


@pytest.mark.parametrize(
    "paths",
    [
        ["{{cookiecutter.name}}/train.py"],
        ["cookiecutter.json", "src/train.py"],
        ["cookiecutter.json", "{{cookiecutter.name}}/README.md", "src/a.py", "src/b.py"],
        ["docs/cookiecutter.json", "{{cookiecutter.name}}/train.py"],
        [],
    ],
)
def test_what_is_no_template(paths: list[str]) -> None:
    assert generated_paths(paths, RULE) == {}


def test_what_lies_outside_wins_over_a_generated_file_of_the_same_name() -> None:
    paths = ["README.md", "copier.yml", "template/README.md", "template/a.py"]
    assert generated_paths(paths, RULE) == {"a.py": "template/a.py"}


def test_evidence_has_its_own_path_and_counts_as_own() -> None:
    files = {
        "cookiecutter.json": "{}",
        "{{cookiecutter.name}}/.github/workflows/ci.yml": "on: [push]\njobs:\n  t:\n    steps:\n      - run: pytest\n",
        "{{cookiecutter.name}}/src/train.py.tmpl": TRAIN,
    }
    evidence = detect(MemorySnapshot(files, None), load_content().for_detect).evidence
    found = [e for e in evidence if e.detector in ("training-code", "ci-on-changes")]
    assert {(e.detector, e.where.path, e.context.value) for e in found} == {
        ("training-code", "{{cookiecutter.name}}/src/train.py.tmpl", "own"),
        ("ci-on-changes", "{{cookiecutter.name}}/.github/workflows/ci.yml", "own"),
    }
