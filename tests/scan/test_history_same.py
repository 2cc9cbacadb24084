"""Snapshots that are read with a memory of others give the very findings of a scan of that revision alone."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from snapshot.building import Repo, run_git

from mlscan import render
from mlscan.content import Content, load_content
from mlscan.detect.memory import Memory
from mlscan.scan import ScanOptions, scan_with
from mlscan.scan.one import judge, look_at
from mlscan.snapshot import Revisions

AS_OF = date(2026, 11, 23)
FIXTURES = sorted((Path(__file__).resolve().parent.parent.parent / "fixtures" / "repos").iterdir())
TRAIN = "import mlflow\nfrom sklearn.svm import SVC\nfrom helpers import rows\n\nmlflow.autolog()\nSVC().fit(*rows())\n"
CI = "on: [push]\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: make test\n      - run: python train.py\n"
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": ["import torch\\n", "torch.save(1, 2)"], "outputs": []}]}'
POOL: Mapping[str, tuple[str | None, ...]] = {
    "train.py": (TRAIN, TRAIN.replace("mlflow.autolog()", "pass"), "def broken(:\n" + TRAIN, None),
    "helpers.py": ("def rows():\n    return [[0], [1]], [0, 1]\n", None),
    # A module of the repository's own takes the name of a tool.
    "mlflow.py": ("def autolog():\n    pass\n", None),
    "requirements.txt": ("mlflow\nscikit-learn==1.5\n", "mlflow @ what is this\n-r other.txt\n", None),
    "Makefile": ("test:\n\tpytest tests\n", "test:\n\tpython train.py --epochs 1\n", None),
    ".github/workflows/ci.yml": (CI, CI.replace("[push]", "{schedule: [{cron: '1 1 * * *'}]}"), "on: [\n", None),
    ".gitlab-ci.yml": ("include: {local: ci/more.yml}\nt: {script: [make test]}\n", None),
    "ci/more.yml": ("train: {script: [python train.py]}\n", "train: {script: [echo]}\n", None),
    "tests/test_train.py": ("import train\n\ndef test_it():\n    assert train\n", None),
    "config/dev.yaml": ("url: a\ndebug: true\n", None),
    "config/prod.yaml": ("url: b\ndebug: false\n", "url: a\ndebug: true\n", None),
    "settings.py": ("from pathlib import Path\nPath('config/prod.yaml').read_text()\n", None),
    "explore.ipynb": (NOTEBOOK, '{"cells": [', "version https://git-lfs.github.com/spec/v1\n", None),
    "Dockerfile": ('FROM python:3\nCOPY . .\nCMD ["python", "train.py"]\n', "FROM python:3\nRUN echo\n", None),
    "dvc.yaml": ("stages:\n  fit:\n    cmd: python train.py\n    deps: [data]\n", "stages: [\n", None),
    "analysis.R": ('library(caret)\nsource("R/load.R")\ntrain(y ~ x)\n', None),
    "R/load.R": ("load <- function() 1\n", None),
    "mlscan.toml": ('exclude = ["helpers.py"]\n', '[contexts]\n"settings.py" = "test"\n', None),
    "README.md": ("# Churn\n\nWe track runs with wandb.\n", None),
    "data/big.json": (json.dumps({"a": list(range(50))}), None),
    "copier.yml": ("name: {type: str}\n", None),
    "{{name}}/fit.py": ("from sklearn.svm import SVC\nSVC().fit([[1]], [1])\n", None),
    "{{name}}/pyproject.toml": ("[project]\nname = 'a'\ndependencies = ['scikit-learn']\n", None),
}


@cache
def content() -> Content:
    return load_content(examples=False)


def _report(text: str) -> object:
    value = json.loads(text)
    value["stats"] = None
    return value


def _same_for_all(path: Path, revisions: list[str]) -> int:
    """Compares the whole report of each revision, in this order; how often a file was looked at."""
    options = ScanOptions(as_of=AS_OF)
    memory = Memory(content().for_detect)
    with Revisions(path) as opened:
        opened.prepare(revisions)
        for revision in revisions:
            seen = look_at(content(), opened.snapshot(revision), options, memory)
            alone = scan_with(content(), path, ScanOptions(as_of=AS_OF, rev=revision))
            found = judge(content(), seen, options)
            assert _report(render(found, "json")) == _report(render(alone, "json")), revision
            assert found.rejections == alone.rejections
    return memory.fresh


def _change(repo: Repo, draw: random.Random) -> str:
    """One commit that changes, renames and deletes some files of the pool."""
    for name in draw.sample(sorted(POOL), draw.randint(1, 5)):
        text = draw.choice(POOL[name])
        place = repo.path / name
        if text is not None:
            repo.write({name: text})
        elif place.exists():
            place.unlink()
    if draw.random() < 0.2 and (repo.path / "train.py").exists():
        (repo.path / "train.py").rename(repo.path / draw.choice(["fit.py", "settings.py"]))
    who = draw.choice(["ann", "bob", "eve[bot]"])
    repo.git("add", "--all", "--force")
    words = ("commit", "--quiet", "--allow-empty", "--message", "x")
    repo.git(*words, GIT_AUTHOR_NAME=who, GIT_AUTHOR_EMAIL=f"{who}@example.org")
    return repo.head


@pytest.mark.parametrize("seed", range(3))
def test_any_course_of_changes_gives_the_reports_of_each_revision_alone(tmp_path: Path, seed: int) -> None:
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    repo, draw = Repo(tmp_path), random.Random(seed)
    repo.write({name: texts[0] or "" for name, texts in POOL.items() if draw.random() < 0.7})
    revisions = [_change(repo, draw) for _ in range(8)]
    # Back and forth, as the search for a commit does.
    order = [*revisions, *draw.sample(revisions, 3), revisions[-1]]
    assert _same_for_all(tmp_path, order) < 12 * len(POOL)


def test_what_did_not_change_is_looked_at_once(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    repo = Repo(tmp_path)
    first = repo.commit(
        {name: texts[0] or "" for name, texts in POOL.items() if name not in ("mlscan.toml", "copier.yml")}
    )
    second = repo.commit({"helpers.py": "def rows():\n    return [[2], [33]], [0, 1]\n"})
    third = repo.commit({"helpers.py": POOL["helpers.py"][0] or ""})
    once = _same_for_all(tmp_path, [first])
    assert _same_for_all(tmp_path, [first, second]) == once + 1
    # A content that comes back is known.
    assert _same_for_all(tmp_path, [first, second, third, first, second]) == once + 1


def test_repositories_of_all_levels_one_after_another(tmp_path: Path) -> None:
    """Every fixture takes the place of the one before: nothing that was kept of one is seen in another."""
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    repo, revisions = Repo(tmp_path), []
    for fixture in FIXTURES:
        repo.git("rm", "-r", "--quiet", "--ignore-unmatch", ".")
        files = {p.relative_to(fixture).as_posix(): p.read_bytes() for p in fixture.rglob("*") if p.is_file()}
        revisions.append(repo.commit(files))
    _same_for_all(tmp_path, [*revisions, *reversed(revisions)])


def test_a_memory_that_forgets_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_git(tmp_path, "init", "--quiet", "--initial-branch=main")
    repo, draw = Repo(tmp_path), random.Random(9)
    repo.write({name: texts[0] or "" for name, texts in POOL.items()})
    revisions = [_change(repo, draw) for _ in range(4)]
    monkeypatch.setattr(Memory.__init__, "__defaults__", (20_000,))
    _same_for_all(tmp_path, revisions)
