"""Globs: gitignore-like, one pass for all."""

from __future__ import annotations

import pytest

from mlscan.detect.globs import GlobTable, matches


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("*.py", ["a.py", "x/y/a.py"], ["a.pyc", "a.py/x"]),
        ("Dockerfile", ["Dockerfile", "svc/Dockerfile"], ["Dockerfile.dev"]),
        ("/setup.py", ["setup.py"], ["x/setup.py"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
        ("**/dags/**/*.py", ["dags/a.py", "x/dags/y/z/a.py"], ["dags.py", "mydags/a.py"]),
        ("configs/{dev,prod}.yaml", ["configs/dev.yaml", "configs/prod.yaml"], ["configs/test.yaml"]),
        ("a/b/", ["a/b/c", "a/b/c/d"], ["a/b"]),
        ("data[0-9].csv", ["data1.csv"], ["dataX.csv"]),
        ("**/config.pbtxt", ["config.pbtxt", "m/config.pbtxt"], ["xconfig.pbtxt"]),
        ("a.b,c", ["a.b,c"], ["a.b"]),
        ("weird (1)+.txt", ["weird (1)+.txt"], ["weird 1.txt"]),
    ],
)
def test_one_glob(glob: str, yes: list[str], no: list[str]) -> None:
    table = GlobTable()
    number = table.add(glob)
    for path in yes:
        assert matches(path, [glob]), path
        assert number in table.match(path), path
    for path in no:
        assert not matches(path, [glob]), path
        assert number not in table.match(path), path


def test_names_that_are_not_utf8_match_too() -> None:
    table = GlobTable()
    number = table.add("*.py")
    assert number in table.match("caf\udce9.py")


def test_all_globs_in_one_pass() -> None:
    table = GlobTable()
    ids = [table.add(g) for g in ("*.py", "src/**", "*.md")]
    assert table.match("src/a.py") == {ids[0], ids[1]}
    assert table.add("*.py") == ids[0]
