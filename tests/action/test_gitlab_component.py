"""The GitLab component: its shape, and its script run as a runner does, with inputs that want to be obeyed."""

from __future__ import annotations

import json
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

TEMPLATE = ROOT / "templates" / "mlscan.yml"
SPEC, JOBS = yaml.safe_load_all(TEMPLATE.read_text(encoding="utf-8"))
INPUTS: dict[str, dict[str, Any]] = SPEC["spec"]["inputs"]
NASTY = "x'\"; touch mark; $(touch mark) `touch mark` | touch mark & \ntouch mark\n$CI_JOB_TOKEN"

Run = Callable[..., tuple[int, str]]
"""Inputs and variables -> exit code and log."""


def interpolated(inputs: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Name of the job and the job, with the inputs in place; a value is put into a text, never read as YAML."""
    given = {name: str(x["default"]) for name, x in INPUTS.items()} | dict(inputs)
    assert set(given) == set(INPUTS)

    def put(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda m: given[m[1]], value)
        if isinstance(value, list):
            return [put(x) for x in value]
        return {put(k): put(v) for k, v in value.items()} if isinstance(value, dict) else value

    ((name, job),) = put(JOBS).items()
    return name, job


@pytest.fixture
def run(repository: Path) -> Run:
    """Runs the job's script in the repository, on a machine that has mlscan."""

    def run(inputs: Mapping[str, str] | None = None, **variables: str) -> tuple[int, str]:
        _, job = interpolated(inputs or {})
        own = {name: x["value"] if isinstance(x, dict) else x for name, x in job["variables"].items()}
        scripts = Path(sys.executable).parent
        environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", **own, **variables}
        command = [shutil.which("sh") or "sh", "-e", "-c", "\n".join(job["script"])]
        ran = subprocess.run(
            command, cwd=repository, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")

    return run


def test_inputs_have_descriptions_and_defaults_and_are_all_used() -> None:
    text = yaml.safe_dump(JOBS, width=1_000)
    for name, given in INPUTS.items():
        assert set(given) >= {"description", "default"}
        assert f"$[[ inputs.{name} ]]" in text


def test_inputs_are_never_part_of_the_script_and_not_expanded() -> None:
    name, job = interpolated({})
    assert name == "mlscan"
    (unfilled,) = JOBS.values()
    assert not any("$[[" in line for line in unfilled["script"])
    for variable, value in unfilled["variables"].items():
        if variable != "GIT_DEPTH":
            assert (variable.startswith("INPUT_"), value["expand"]) == (True, False)
    assert job["image"]["name"].partition("@sha256:")[2] != ""


def test_reports_are_written_and_are_those_of_the_artifacts(run: Run, repository: Path) -> None:
    code, log = run()
    assert code == 0, log
    _, job = interpolated({})
    assert "diff.md" not in {path.name for path in (repository / "mlscan-reports").iterdir()}
    for file in job["artifacts"]["reports"].values():
        assert (repository / file).stat().st_size > 0
    issues = json.loads((repository / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert {issue["severity"] for issue in issues} == {"minor", "info"}
    variables = (repository / job["artifacts"]["reports"]["dotenv"]).read_text(encoding="utf-8")
    assert variables == "MLSCAN_LEVEL=2\nMLSCAN_COULD_BE=2\nMLSCAN_APPLICABLE=1\n"
    assert (repository / "mlscan-reports" / "metrics.txt").read_text() == "mlscan_level 2\nmlscan_could_be 2\n"
    assert "<svg" in (repository / "mlscan-reports" / "level.svg").read_text(encoding="utf-8")
    assert json.loads((repository / "mlscan-reports" / "mlscan.json").read_text())["repository"]["dirty"] is False


def test_gates_fail_the_job_after_everything_is_written(run: Run, repository: Path) -> None:
    code, log = run({"fail-under": "3", "require": "tests, ci", "model": "ml-process"})
    assert code == 1
    assert "[mlscan:ml-process/level]" in log
    assert "[mlscan:ml-process/ci]" in log
    assert (repository / "mlscan-reports" / "mlscan.env").exists()


def test_a_merge_request_is_compared_with_its_base(run: Run, repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    (repository / "requirements.txt").unlink()
    commit(repository, "lost")
    code, log = run({}, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert code == 0, log
    shown = (repository / "mlscan-reports" / "diff.md").read_text(encoding="utf-8")
    assert shown in log
    assert "requirements.txt" in shown
    code, log = run({"no-regress": "true"}, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert code == 1
    assert "is lost" in log


@pytest.mark.parametrize(("no_regress", "code"), [("false", 0), ("true", 3)])
def test_a_base_that_is_not_there_matters_to_a_gate_only(run: Run, no_regress: str, code: int) -> None:
    assert run({"no-regress": no_regress}, CI_MERGE_REQUEST_DIFF_BASE_SHA="1" * 40)[0] == code


def test_a_folder_of_any_name_is_scanned(run: Run, repository: Path) -> None:
    (repository / NASTY).mkdir()
    for path in list(repository.iterdir()):
        if path.name not in (".git", NASTY):
            path.rename(repository / NASTY / path.name)
    commit(repository)
    code, log = run({"path": NASTY})
    assert code == 0, log
    assert "MLSCAN_LEVEL=2" in (repository / "mlscan-reports" / "mlscan.env").read_text()
    assert not (repository / "mark").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [(name, words) for name in ("model", "fail-under", "require") for words in (NASTY, "--help", "*")]
    + [("package", NASTY)],
)
def test_no_input_is_ever_run(
    run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    code, log = run({name: words})
    assert code != 0, log
    assert {path.name for path in repository.iterdir()} - {"mlscan-reports"} == {
        path.name for path in (ROOT / "fixtures" / "repos" / "level-2-bird-calls").iterdir()
    } | {".git"}


def test_reports_of_an_earlier_job_or_a_link_in_their_place_are_replaced(run: Run, repository: Path) -> None:
    elsewhere = repository.parent / "elsewhere"
    elsewhere.mkdir()
    (repository / "mlscan-reports").symlink_to(elsewhere, target_is_directory=True)
    assert run()[0] == 0
    assert list(elsewhere.iterdir()) == []
