"""`mlscan history`: options, formats, files and exit codes, in a real repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.conftest import Ran
from cli.repositories import git, project
from mlscan.cli import main

DAY = ("--as-of", "2026-01-01")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("history") / "churn")


@pytest.fixture
def history(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `mlscan history` in this process, with the content that ships."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def call(*args: str) -> Ran:
        code = main(["history", *args, *DAY])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


def test_the_terminal_names_the_commits(history: Any, repository: Path) -> None:
    ran = history(str(repository), "--every", "1")
    assert (ran.code, ran.err) == (0, "")
    tracked = git(repository, "rev-parse", "--short=10", "HEAD").strip()
    assert "replayed with today's rules" in ran.out
    assert f"{tracked}  + Locked dependencies, Experiment tracking" in ran.out
    assert "- Continuous integration" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_is_by_the_published_schema(history: Any, repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = history(str(repository), "--every", "month", "--format", "json", "--rev", "main")
    assert main(["schema", "history"]) == 0
    schema = json.loads(capfd.readouterr().out)
    found = json.loads(ran.out)
    jsonschema.validate(found, schema)
    assert found["repository"]["revision"] == git(repository, "rev-parse", "main").strip()
    assert (found["every"], found["as_of"]) == ("month", "2026-01-01")


def test_files_are_written(history: Any, repository: Path, tmp_path: Path) -> None:
    for form, start in (("csv", "date,revision"), ("html", "<!DOCTYPE html>"), ("terminal", "churn: ")):
        file = tmp_path / form
        ran = history(str(repository), "--format", form, "--output", str(file))
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert file.read_text(encoding="utf-8").startswith(start)


def test_the_same_history_twice_is_the_same_bytes(history: Any, repository: Path) -> None:
    assert history(str(repository), "--format", "json").out == history(str(repository), "--format", "json").out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--every", "week"), 2, "--every: 'week' is none of month, quarter, year, tag, or a number of commits"),
        (("--since", "yesterday"), 2, "does not match the format"),
        (("--rev", "nowhere"), 3, "no revision 'nowhere'"),
        (("--rev=--all",), 2, "is no name of a revision"),
        (("--model", "nowhere"), 2, "no maturity model"),
        (("--output", "/nowhere/at/all"), 2, "there is no folder"),
    ],
)
def test_what_cannot_be_is_one_line(
    history: Any, repository: Path, args: tuple[str, ...], code: int, words: str
) -> None:
    ran = history(str(repository), *args)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert ran.err.count("mlscan: ") <= 1


def test_a_plain_folder_and_an_empty_repository_have_no_history(history: Any, tmp_path: Path) -> None:
    for words in ("no git repository", "no commit yet"):
        ran = history(str(tmp_path))
        assert (ran.code, ran.out) == (3, "")
        assert words in ran.err
        assert ran.err.count("\n") == 1
        git(tmp_path, "init", "--quiet")


def test_files_that_lie_there_are_not_looked_at(history: Any, repository: Path) -> None:
    before = history(str(repository), "--format", "json").out
    extra = repository / "dvc.yaml"
    extra.write_text("stages: {a: {cmd: python train.py}}\n", encoding="utf-8")
    try:
        assert history(str(repository), "--format", "json").out == before
    finally:
        extra.unlink()
