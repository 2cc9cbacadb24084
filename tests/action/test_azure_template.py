"""The steps for Azure Pipelines, run as an agent does, on repositories whose words look like its commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.conftest import commit, git
from action.runner import ROOT

TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "azure" / "mlscan.yml").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "azure" / "azure-pipelines.yml").read_text(encoding="utf-8"))
NASTY = "x'\"; touch mark; $(touch mark) `touch mark` | touch mark & \ntouch mark\n##vso[task.complete result=Failed]"

Run = Callable[..., tuple[int, str]]
"""Parameters and variables -> exit code and log of the step that scans."""


def commands(log: str) -> list[tuple[str, str]]:
    """Logging commands as an agent finds them: anywhere in a line, in any case."""
    return [(m[1], m[2]) for m in re.finditer(r"##(?:vso)?\[([^\]]*)\](.*)", log, re.I)]


def scanning_step() -> dict[str, Any]:
    found: list[dict[str, Any]] = [step for step in TEMPLATE["steps"] if step.get("name") == "mlscan"]
    return found[0]


@pytest.fixture
def run(repository: Path, tmp_path: Path) -> Run:
    temporary = tmp_path / "agent"
    scripts = temporary / "mlscan-environment" / "bin"
    scripts.mkdir(parents=True)
    python = scripts / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)

    def run(parameters: Mapping[str, str] | None = None, **variables: str) -> tuple[int, str]:
        given = {x["name"]: str(x.get("default", "")) for x in TEMPLATE["parameters"]} | dict(parameters or {})
        step = scanning_step()
        own = {
            name: re.sub(r"\$\{\{ parameters\.(\w+) \}\}", lambda m: given[m[1]], text)
            for name, text in step["env"].items()
        }
        environment = {**os.environ, "AGENT_TEMPDIRECTORY": str(temporary), **own, **variables}
        command = [shutil.which("bash") or "bash", "--noprofile", "--norc", "-c", step["bash"]]
        ran = subprocess.run(
            command, cwd=repository, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")

    return run


def test_parameters_are_never_part_of_a_script() -> None:
    for step in TEMPLATE["steps"]:
        assert "${{" not in step.get("bash", "")
        assert "$(" not in "".join(step.get("env", {}).values())


def test_the_example_gives_what_the_template_asks() -> None:
    (use,) = [step for step in EXAMPLE["steps"] if "template" in step]
    known = {x["name"]: x for x in TEMPLATE["parameters"]}
    assert set(use["parameters"]) <= set(known)
    assert {name for name, x in known.items() if "default" not in x} <= set(use["parameters"])
    assert (ROOT / use["template"].partition("@")[0]).exists()


def test_level_and_summary_are_given_to_the_agent(run: Run, tmp_path: Path) -> None:
    code, log = run({"failUnder": "2", "model": "ml-process"})
    assert code == 0, log
    reports = tmp_path / "agent" / "mlscan"
    assert commands(log) == [
        ("task.setvariable variable=level;isOutput=true", "2"),
        ("task.setvariable variable=could_be;isOutput=true", "2"),
        ("task.setvariable variable=applicable;isOutput=true", "1"),
        ("task.uploadsummary", f"{reports}/mlscan.md"),
    ]
    assert {path.name for path in reports.iterdir()} == {
        *("mlscan.json", "mlscan.md", "mlscan.html", "mlscan.sarif", "level.svg")
    }


def test_gates_fail_after_everything_is_written(run: Run) -> None:
    code, log = run({"failUnder": "3", "require": "tests, ci"})
    assert code == 1
    assert "[mlscan:ml-process/ci]" in log
    assert ("task.setvariable variable=level;isOutput=true", "2") in commands(log)


@pytest.mark.parametrize("target", ["main", "refs/heads/main"])
def test_a_pull_request_is_compared_with_its_target(run: Run, repository: Path, target: str) -> None:
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    (repository / "requirements.txt").unlink()
    commit(repository, "lost")
    code, log = run({"noRegress": "True"}, SYSTEM_PULLREQUEST_TARGETBRANCH=target)
    assert code == 1
    assert "is lost" in log
    assert commands(log)[-2][1].endswith("/diff.md")


@pytest.mark.parametrize(("no_regress", "code"), [("False", 0), ("True", 3)])
def test_a_target_that_is_not_there_is_told(run: Run, no_regress: str, code: int) -> None:
    found, log = run({"noRegress": no_regress}, SYSTEM_PULLREQUEST_TARGETBRANCH="main")
    assert found == code
    assert commands(log)[0][0] == "task.logissue type=warning"


def test_words_of_a_repository_and_of_parameters_are_not_obeyed(run: Run, repository: Path) -> None:
    folder = "###vso[task.complete result=Failed]" + NASTY
    (repository / folder).mkdir()
    for path in list(repository.iterdir()):
        if path.name not in (".git", folder):
            path.rename(repository / folder / path.name)
    commit(repository)
    for parameters in ({"require": "serving"}, {"path": folder}):
        code, log = run(parameters)
        assert code == (1 if "require" in parameters else 0), log
        assert {name.split()[0] for name, _ in commands(log)} == {"task.setvariable", "task.uploadsummary"}
        assert not (repository / "mark").exists()


@pytest.mark.parametrize("name", ["model", "failUnder", "require"])
@pytest.mark.parametrize("words", [NASTY, "--help", "*"])
def test_no_parameter_is_ever_run(run: Run, repository: Path, name: str, words: str) -> None:
    before = {path.name for path in repository.iterdir()}
    code, log = run({name: words})
    assert code != 0
    assert commands(log) == []
    assert {path.name for path in repository.iterdir()} == before
