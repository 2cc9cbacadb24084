"""Inputs and repositories that want to be obeyed: nothing of them is run, and the runner obeys none of their words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from action.conftest import Scan, commit, git
from action.runner import ACTION, Runner, evaluate, obeyed, parse_outputs

ATTACKS = {
    "shell": "x'\"; touch mark; $(touch mark) `touch mark` | touch mark & \ntouch mark\n${{ github.token }}",
    "commands": "x\nlevel=5\nlevel<<E\n5\nE\n::set-output name=level::5\n::error::owned\n##[error]owned",
    "options": "--help --output=mark --debug",
}
OWN = {"group", "endgroup", "error", "notice"}
"""Commands that the action itself gives."""


@pytest.fixture
def mark(runner: Runner) -> Path:
    """A file that must never come to be; steps run in its folder."""
    return runner.workspace / "mark"


@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS)
def test_a_folder_of_any_name_is_scanned_and_nothing_else_happens(
    scan: Scan, runner: Runner, mark: Path, words: str
) -> None:
    (runner.workspace / words).mkdir()
    for path in list(runner.workspace.iterdir()):
        if path.name not in (".git", words):
            path.rename(runner.workspace / words / path.name)
    job = scan({"path": words})
    assert (job.code, job.outputs["level"]) == (0, "2")
    assert {command for command, _ in job.obeyed} <= OWN
    assert not mark.exists()


@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("field", sorted(set(ACTION["inputs"]) - {"path", "base"}))
def test_no_input_is_ever_run(scan: Scan, runner: Runner, field: str, words: str) -> None:
    before = {path.name for path in runner.workspace.iterdir()}
    job = scan({field: words})
    assert job.code == 2
    assert {command for command, _ in job.obeyed} <= OWN
    assert len(job.annotations("error")) >= 1
    assert job.outputs["level"] in ("", "2")
    assert {path.name for path in runner.workspace.iterdir()} == before


@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS)
def test_no_base_is_ever_run(scan: Scan, mark: Path, words: str) -> None:
    job = scan({"base": words})
    assert job.code in (0, 2)
    assert (job.outputs["level"], job.outputs["diff"]) == ("2", "")
    assert {command for command, _ in job.obeyed} <= OWN
    assert not mark.exists()


def test_a_badge_of_any_name_is_a_file_and_no_more(scan: Scan, runner: Runner, mark: Path) -> None:
    name = "-$(touch mark)\"';.svg"
    assert scan({"badge": name}).code == 0
    assert (runner.workspace / name).exists()
    assert not mark.exists()


def test_words_of_a_repository_are_not_obeyed(scan: Scan, runner: Runner) -> None:
    base = git(runner.workspace, "rev-parse", "HEAD")
    words = "::error::a##[error]b"
    (runner.workspace / words).mkdir()
    for path in list(runner.workspace.iterdir()):
        if path.name not in (".git", words):
            path.rename(runner.workspace / words / path.name)
    commit(runner.workspace)
    job = scan({"base": base, "require": "serving"})
    assert job.code == 1
    assert words in job.log
    assert {command for command, _ in job.obeyed} == {"group", "endgroup", "error"}
    assert len(job.annotations("error")) == 1
    tokens = re.findall(r"^::stop-commands::([0-9a-f]{32})$", job.log, re.M)
    assert len(set(tokens)) == 2


MODULES = ("venv", "pip", "json", "mlscan", "secrets", "click", "sitecustomize", "usercustomize", "ensurepip")


def test_modules_of_the_workspace_are_not_loaded(scan: Scan, runner: Runner, mark: Path) -> None:
    for name in MODULES:
        text = f"open({str(mark)!r}, 'a').write({name!r})\n"
        (runner.workspace / f"{name}.py").write_text(text, encoding="utf-8")
    runner.environment["PYTHONPATH"] = str(runner.workspace)
    assert scan({"badge": "level.svg", "base": "HEAD"}).code == 0
    assert not mark.exists()


def test_git_of_the_workspace_runs_nothing(scan: Scan, runner: Runner, mark: Path) -> None:
    hook = runner.workspace / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
    hook.chmod(0o755)
    git(runner.workspace, "config", "core.fsmonitor", str(hook))
    git(runner.workspace, "config", "diff.external", str(hook))
    mark.unlink(missing_ok=True)
    assert scan({"base": "HEAD"}).code == 0
    assert not mark.exists()


@pytest.mark.parametrize("step", ACTION["runs"]["steps"], ids=lambda step: step["id"])
def test_no_expression_is_part_of_a_script(step: dict[str, str]) -> None:
    assert "${{" not in step["run"]
    assert "uses" not in step


def test_the_runner_of_these_tests_would_notice(tmp_path: Path) -> None:
    assert obeyed("::group::x\n  ::error file=a::y\nz ##[warning]w") == [
        ("group", "x"),
        ("error", "y"),
        ("warning", "w"),
    ]
    assert obeyed("::stop-commands::t\n::error::y\n::t::\n::notice::z") == [("notice", "z")]
    assert parse_outputs("a=1\nb<<E\n1\n2\nE\n") == {"a": "1", "b": "1\n2"}
    with pytest.raises(ValueError, match="oops"):
        parse_outputs("oops\n")
    assert evaluate("-${{ inputs.a || inputs.b }}-", {"inputs.b": "${{ inputs.c }}"}) == "-${{ inputs.c }}-"
