"""explain, detectors, rules, schema, completion."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import pytest
from report.factory import NAMES, PRACTICES

from cli.conftest import Ran

Run = Callable[..., Ran]


@pytest.mark.parametrize(
    ("id", "words"),
    [
        (
            "runs",
            ["runs (detector)", "Reason for runs", "strength used", "tracker.start_run", "a call", "a comment"],
        ),
        ("experiment-tracking", ["(practice)", "runs-logged", "Title of sweep"]),
        ("runs-logged", ["(criterion)", "level 3", "essential", "So that it can be found again.", "Log it.", "medium"]),
        ("3", ["3 (level)", "Analyze it", "runs-logged"]),
        ("level-3", ["Analyze it"]),
        ("0", ["Absent"]),
        ("ml-project", ["(kind)", "training code in …", "yes"]),
        ("not-ml", ["(kind)", "no gate counts it"]),
    ],
)
def test_everything_that_has_a_name_can_be_explained(run: Run, id: str, words: list[str]) -> None:
    ran = run("explain", id)
    assert (ran.code, ran.err) == (0, "")
    assert [w for w in words if w not in ran.out] == []


@pytest.mark.parametrize("id", [p for ids in PRACTICES.values() for p in ids])
def test_every_practice_can_be_explained(run: Run, id: str) -> None:
    assert f"{id} (practice)" in run("explain", id).out


def test_unknown_ids_get_suggestions(run: Run) -> None:
    ran = run("explain", "experiment-trackin")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing is called 'experiment-trackin'; did you mean experiment-tracking" in ran.err


def test_detectors_are_a_table_by_practice(run: Run) -> None:
    head, *rows = run("detectors").out.splitlines()
    assert head.split() == ["ID", "PRACTICE", "STRENGTH", "TITLE"]
    assert [row.split()[0] for row in rows] == ["runs", "sweep", "serve"]


def test_detectors_of_one_practice_as_json(run: Run) -> None:
    listed = json.loads(run("detectors", "--practice", "serving", "--format", "json").out)
    assert [(d["id"], d["practice"], d["strength"]) for d in listed] == [("serve", "serving", "used")]
    assert (
        run("detectors", "--practice", "servin").err
        == "mlscan: --practice: no practice 'servin'; did you mean serving?\n"
    )


def test_rules_are_listed_by_level(run: Run) -> None:
    out = run("rules").out
    assert [name for name in NAMES if name not in out] == []
    assert "runs-logged" in out
    levels = json.loads(run("rules", "--format", "json").out)
    assert [c["id"] for c in levels[3]["criteria"]] == ["runs-logged"]


@pytest.mark.parametrize(
    "name", ["assessment", "detector", "model", "topic", "presence", "kinds", "starters", "starter-words"]
)
def test_schemas_are_valid_json_schema(run: Run, name: str) -> None:
    schema = json.loads(run("schema", name).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")


def test_the_detector_schema_accepts_a_detector_and_refuses_an_unknown_key(run: Run) -> None:
    schema = json.loads(run("schema", "detector").out)
    detector = {
        "id": "runs",
        "practice": "experiment-tracking",
        "status": "stable",
        "since": "1.0",
        "title": "t",
        "why": "w",
        "strength": "used",
        "find": {"in": "**/*.py", "calls": "tracker.start_run"},
    }
    jsonschema.validate(detector, schema)
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate({**detector, "surprise": 1}, schema)


def test_the_default_schema_is_that_of_the_report(run: Run) -> None:
    assert run("schema").out == run("schema", "assessment").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run: Run, shell: str) -> None:
    ran = run("completion", shell)
    assert ran.code == 0
    assert "_MLSCAN_COMPLETE" in ran.out


def test_completion_offers_commands_and_folders(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_MLSCAN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "mlscan ex")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.splitlines() == ["plain,explain", "dir,ex"]
    monkeypatch.setenv("COMP_WORDS", "mlscan --fail")
    assert "plain,--fail-under" in run().out
