"""Whose file is it."""

from __future__ import annotations

import pytest

from mlscan.content import load_content
from mlscan.detect.contexts import contexts_of

RULES = load_content().lists.contexts
OWN = ["src/a.py", "src/b.py", "train.py", "main.py"]


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("src/model.py", "own"),
        ("tests/test_model.py", "test"),
        ("src/test_model.py", "test"),
        ("examples/iris/train.py", "example"),
        ("examples/iris/tests/conftest.py", "test"),
        ("docs/guide/snippet.py", "docs"),
        ("third_party/lib/tests/x.py", "vendored"),
        ("node_modules/x/index.js", "vendored"),
        ("docs/CODEOWNERS", "own"),
        ("cookiecutter/{{cookiecutter.name}}/train.py", "template"),
        (".env.example", "template"),
        ("src/proto/model_pb2.py", "generated"),
    ],
)
def test_context(path: str, context: str) -> None:
    assert contexts_of([*OWN, path], RULES)[path].value == context


def test_templates_of_a_chart_are_own() -> None:
    paths = [*OWN, "chart/Chart.yaml", "chart/templates/deploy.yaml", "other/templates/deploy.yaml"]
    found = contexts_of(paths, RULES)
    assert found["chart/templates/deploy.yaml"].value == "own"
    assert found["other/templates/deploy.yaml"].value == "template"


def test_a_repository_of_examples_owns_them() -> None:
    paths = [f"examples/e{n}/train.py" for n in range(9)] + ["README.md", "setup.py"]
    assert contexts_of(paths, RULES)["examples/e1/train.py"].value == "own"


def test_deep_folders_do_not_recurse() -> None:
    path = "/".join(["d"] * 5_000) + "/a.py"
    assert contexts_of([path], RULES)[path].value == "own"
