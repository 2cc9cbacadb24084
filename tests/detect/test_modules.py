"""Which file a module name means."""

from __future__ import annotations

import pytest

from mlscan.detect.modules import ModuleIndex

PATHS = [
    "pyproject.toml",
    "src/app/__init__.py",
    "src/app/train.py",
    "src/app/models/__init__.py",
    "src/app/models/net.py",
    "flows/daily.py",
    "flows/steps.py",
    "infra/prefect/__init__.py",
    "utils.py",
    "jobs/train_model.py",
    "jobs/helpers.py",
    "a/read_rows.py",
    "b/read_rows.py",
]


@pytest.mark.parametrize(
    ("name", "importer", "found"),
    [
        ("app.train", "flows/daily.py", "src/app/train.py"),
        ("app.train.main", "flows/daily.py", "src/app/train.py"),
        ("src.app.train", "flows/daily.py", "src/app/train.py"),
        (".net", "src/app/models/__init__.py", "src/app/models/net.py"),
        ("..train", "src/app/models/net.py", "src/app/train.py"),
        (".", "src/app/train.py", "src/app/__init__.py"),
        ("steps", "flows/daily.py", "flows/steps.py"),
        ("steps", "src/app/train.py", None),
        ("utils", "src/app/train.py", "utils.py"),
        ("train_model.main", "flows/daily.py", "jobs/train_model.py"),
        ("helpers", "flows/daily.py", None),
        ("read_rows", "flows/daily.py", None),
        ("numpy", "utils.py", None),
        ("", "utils.py", None),
        ("....x", "utils.py", None),
        (".", "utils.py", None),
        ("..", "utils.py", None),
        ("..", "flows/daily.py", None),
    ],
)
def test_resolve(name: str, importer: str, found: str | None) -> None:
    assert ModuleIndex(PATHS).resolve(name, importer) == found


def test_own_names() -> None:
    own = ModuleIndex(PATHS).own
    assert {"app", "utils"} <= own
    assert "prefect" not in own
