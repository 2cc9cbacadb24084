"""What somebody who uses the action gets: reports, outputs, a summary, a badge, a comparison, gates."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from action.conftest import Scan, commit, git
from action.runner import ACTION, ROOT, Runner, parse_outputs
from mlscan.report import TABLE

WORKFLOW = """\
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: python -m pytest
"""


@pytest.fixture
def pull_request(repository: Path) -> dict[str, str]:
    """A branch that adds CI; the event of its pull request."""
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "switch", "-q", "-c", "with-ci")
    workflow = repository / ".github" / "workflows" / "ci.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(WORKFLOW, encoding="utf-8")
    commit(repository, "CI")
    return {"pull_request.base.sha": base}


def test_a_plain_run_gives_level_reports_and_summary(scan: Scan, runner: Runner) -> None:
    job = scan()
    assert (job.code, job.annotations("error")) == (0, [])
    assert {name: job.outputs[name] for name in ("level", "level-name", "could-be", "applicable", "kind")} == {
        "level": "2",
        "level-name": "R&D",
        "could-be": "2",
        "applicable": "true",
        "kind": "ml-project",
    }
    assert job.summary.startswith("## ML process: level 2")
    assert "LEVEL 2" in job.log.upper()
    folder = Path(job.outputs["reports"])
    assert {path.name for path in folder.iterdir()} == {"mlscan.json", "mlscan.md", "mlscan.sarif"}
    assert runner.workspace not in folder.parents
    assert git(runner.workspace, "status", "--porcelain") == ""
    assert json.loads(Path(job.outputs["json"]).read_text(encoding="utf-8"))["repository"]["dirty"] is False
    assert json.loads(Path(job.outputs["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path(job.outputs["markdown"]).read_text(encoding="utf-8").strip() in job.summary
    assert (job.outputs["html"], job.outputs["diff"]) == ("", "")


def test_every_output_that_is_promised_is_written(scan: Scan, pull_request: dict[str, str]) -> None:
    outputs = scan({"formats": "html,sarif\nmarkdown"}, pull_request).outputs
    assert {name for name in ACTION["outputs"] if not outputs[name]} == set()


def test_only_the_formats_that_were_asked_for_are_outputs(scan: Scan) -> None:
    job = scan({"formats": "html"})
    assert Path(job.outputs["html"]).read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (job.outputs["markdown"], job.outputs["sarif"]) == ("", "")
    assert job.summary.startswith("## ML process")


def test_without_a_summary_there_is_none(scan: Scan) -> None:
    assert scan({"summary": "false"}).summary == ""


def test_badges_are_written_into_the_workspace(scan: Scan, runner: Runner) -> None:
    (runner.workspace / "badges").mkdir()
    assert scan({"badge": "badges/level.svg\n badges/level.json \n"}).code == 0
    assert "<svg" in (runner.workspace / "badges" / "level.svg").read_text(encoding="utf-8")
    assert json.loads((runner.workspace / "badges" / "level.json").read_text(encoding="utf-8"))["schemaVersion"] == 1


def test_a_gate_that_fails_fails_the_job_and_still_gives_everything(scan: Scan) -> None:
    job = scan({"fail-under": "3", "require": "tests ci, notebooks"})
    assert job.code == 1
    (error,) = job.annotations("error")
    assert "level 2 R&D is under 3 [mlscan:ml-process/level]" in error
    assert "[mlscan:ml-process/ci]" in error
    assert job.outputs["level"] == "2"
    assert job.summary.startswith("## ML process")


def test_a_gate_that_holds_is_silent(scan: Scan) -> None:
    job = scan({"fail-under": "2", "model": "ml-process"})
    assert (job.code, job.annotations("error"), job.annotations("notice")) == (0, [], [])


def test_configuration_and_policy_reach_every_command(scan: Scan, runner: Runner) -> None:
    (runner.workspace / "mlscan.toml").write_text("fail-under = 5\n", encoding="utf-8")
    commit(runner.workspace)
    job = scan()
    assert job.code == 1
    assert "is under 5 (fail-under of mlscan.toml)" in job.annotations("error")[0]
    assert scan({"repo-config": "false"}).code == 0
    (runner.temporary / "own.toml").write_text('require = ["tests"]\n', encoding="utf-8")
    assert "(require of own.toml)" in scan({"config": str(runner.temporary / "own.toml")}).annotations("error")[0]
    policy = runner.temporary / "acme.toml"
    policy.write_text('schema-version = 1\nname = "Acme"\nfail-under = 4\n', encoding="utf-8")
    assert "(fail-under of the policy Acme)" in scan({"policy": str(policy)}).annotations("error")[0]


def test_a_gate_that_does_not_apply_is_a_notice(scan: Scan, runner: Runner) -> None:
    for path in runner.workspace.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            path.write_text("", encoding="utf-8")
    commit(runner.workspace)
    job = scan({"fail-under": "3"})
    assert (job.code, job.outputs["applicable"]) == (0, "false")
    assert job.annotations("notice") == ["gates do not apply: a level means nothing for kind not-ml"]


def test_a_pull_request_is_compared_with_its_base(scan: Scan, pull_request: dict[str, str]) -> None:
    job = scan({"no-regress": "true"}, pull_request)
    assert job.code == 0
    comparison = Path(job.outputs["diff"]).read_text(encoding="utf-8")
    assert comparison.startswith("## ML process: level")
    assert ".github/workflows/ci.yml" in comparison
    assert job.summary.index(comparison) < job.summary.index("## ML process: level", len(comparison))


def test_a_merge_group_is_compared_too_and_base_wins(scan: Scan, pull_request: dict[str, str]) -> None:
    group = {"merge_group.base_sha": pull_request["pull_request.base.sha"]}
    assert ".github/workflows/ci.yml" in scan({}, group).summary
    assert "Both are the same revision" in scan({"base": "with-ci"}, pull_request).summary


def test_what_is_lost_fails_only_where_that_was_asked(scan: Scan, runner: Runner, pull_request: dict[str, str]) -> None:
    git(runner.workspace, "switch", "-q", "-c", "without")
    (runner.workspace / ".github" / "workflows" / "ci.yml").unlink()
    commit(runner.workspace, "no CI")
    backwards = {"base": "with-ci"}
    assert scan(backwards).code == 0
    job = scan({**backwards, "no-regress": "true"})
    assert job.code == 1
    assert "practice ci is lost" in job.annotations("error")[0]
    assert job.summary.startswith("## ML process")


@pytest.mark.parametrize("base", ["1" * 40, "no-such-branch"])
def test_a_base_that_is_not_in_the_clone_is_told(scan: Scan, base: str) -> None:
    job = scan({"base": base})
    assert (job.code, job.outputs["diff"]) == (0, "")
    assert job.annotations("notice") == [
        "Nothing was compared: the base is not in this clone. Give actions/checkout `fetch-depth: 0`."
    ]
    assert job.summary.startswith("## ML process")


def test_a_gate_that_needs_a_base_does_not_pass_without_it(scan: Scan) -> None:
    job = scan({"base": "1" * 40, "no-regress": "true"})
    assert job.code == 2
    assert "fetch-depth: 0" in job.annotations("error")[0]


def test_a_shallow_clone_of_a_pull_request_still_gets_its_level(runner: Runner, pull_request: dict[str, str]) -> None:
    clone = runner.temporary / "clone"
    git(runner.temporary, "clone", "-q", "--depth=1", runner.workspace.as_uri(), str(clone))
    job = Runner(clone, runner.temporary).run({}, pull_request, install={"python": sys.executable})
    assert (job.code, job.outputs["diff"]) == (0, "")
    assert len(job.annotations("notice")) == 1
    assert job.outputs["level"] in ("2", "3")


@pytest.mark.parametrize("base", ["", "0" * 40])
def test_on_a_push_there_is_nothing_to_compare_with(scan: Scan, base: str) -> None:
    job = scan({"base": base, "no-regress": "true"})
    assert (job.code, job.outputs["diff"], job.annotations("notice")) == (0, "", [])


def test_a_folder_of_a_monorepo_and_the_action_twice_in_a_job(scan: Scan, runner: Runner) -> None:
    moved = runner.workspace / "projects" / "birds"
    moved.mkdir(parents=True)
    for path in list(runner.workspace.iterdir()):
        if path.name not in (".git", "projects"):
            path.rename(moved / path.name)
    commit(runner.workspace)
    first, second = scan({"path": "projects/birds"}), scan({"path": str(moved)})
    assert first.outputs["level"] == second.outputs["level"] == "2"
    assert first.outputs["reports"] != second.outputs["reports"]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"fail-under": "six"}, "--fail-under"),
        ({"fail-under": "6"}, "ends at level 5"),
        ({"require": "test"}, "did you mean tests"),
        ({"model": "none"}, "none"),
        ({"formats": "pdf"}, "there is no 'pdf'"),
        ({"no-regress": "yes"}, "give true or false"),
        ({"badge": "level.png"}, "a badge is a .svg or a .json file"),
    ],
)
def test_wrong_inputs_are_told_in_one_line(scan: Scan, inputs: dict[str, str], words: str) -> None:
    job = scan(inputs)
    assert job.code == 2
    assert words in "\n".join(job.annotations("error"))


def test_a_folder_that_is_not_there_is_nothing_to_scan(scan: Scan) -> None:
    job = scan({"path": "nowhere"})
    assert (job.code, job.outputs["level"]) == (3, "")
    assert len(job.annotations("error")) == 1


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program of the second step as a module."""
    spec = importlib.util.spec_from_file_location("scan_step", ROOT / "ci" / "github" / "run_action.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "scan_step", module)
    spec.loader.exec_module(module)
    return module


def test_a_report_that_is_too_long_for_the_summary_is_named(tmp_path: Path, step: Any) -> None:
    parts = [tmp_path / "diff.md", tmp_path / "mlscan.md", tmp_path / "none.md"]
    parts[0].write_text("short", encoding="utf-8")
    parts[1].write_text("x" * step.SUMMARY_BYTES, encoding="utf-8")
    step.summarize(tmp_path / "summary", parts)
    text = (tmp_path / "summary").read_text(encoding="utf-8")
    assert text.split("\n") == ["short", "mlscan.md is too long for a summary; it is among the reports.", "", ""]


def test_no_value_of_an_output_starts_another_one(tmp_path: Path, step: Any) -> None:
    values = {"a": "1\nb=2\nc<<E\n3\nE", "d": "", "e": "x=y"}
    step.write_outputs(tmp_path / "output", values)
    assert parse_outputs((tmp_path / "output").read_text(encoding="utf-8")) == values


def test_an_annotation_is_one_line(capfdbinary: pytest.CaptureFixture[bytes], step: Any) -> None:
    step.annotate("error", ["100 %\r\n::notice::x"] * 20)
    assert capfdbinary.readouterr().out == b"::error title=mlscan::100 %25%0D%0A::notice::x\n" * 10


def test_the_formats_are_those_of_mlscan(step: Any) -> None:
    assert {name: form.suffix.removeprefix(".") for name, form in TABLE.items()} == step.SUFFIXES
    for name in TABLE:
        assert name in ACTION["inputs"]["formats"]["description"]
