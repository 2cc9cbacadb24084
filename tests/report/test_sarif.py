"""The SARIF report: valid by the official schema, with rules, places and levels that mean something."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.report import render
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Gap, Location, Rejection
from report.factory import HOSTILE, MARKUP, STORIES, assessment, hostile, level_0, level_2, level_4

SCHEMA = Path(__file__).resolve().parent.parent / "vendor" / "sarif-schema-2.1.0.json"


def problems(text: str) -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    return [e.message for e in validator.iter_errors(json.loads(text))]


def run(story: Assessment) -> Any:
    return json.loads(render(story, "sarif"))["runs"][0]


def result(story: Assessment, rule: str) -> Any:
    (found,) = [r for r in run(story)["results"] if r["ruleId"] == rule]
    return found


@pytest.mark.parametrize("story", [*STORIES.values(), lambda: hostile(MARKUP), lambda: assessment(5)])
def test_it_is_valid_by_the_official_schema(story: Any) -> None:
    assert problems(render(story(), "sarif")) == []


def test_the_schema_would_refuse_a_wrong_one() -> None:
    wrong = json.loads(render(level_2(), "sarif"))
    wrong["runs"][0]["results"][0]["level"] = "fatal"
    assert problems(json.dumps(wrong)) != []


def test_there_is_a_rule_for_every_criterion_with_help() -> None:
    story = level_4()
    rules = run(story)["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == [c.id for x in story.levels for c in x.criteria]
    first = rules[4]
    assert first["name"] == "TestsThere"
    assert first["shortDescription"]["text"] == "Tests can be seen."
    assert first["fullDescription"]["text"] == "Somebody else has to be able to rely on it."
    assert first["help"]["text"].splitlines() == [
        "Level 3 (Analyze it) asks: Tests can be seen.",
        "Why: Somebody else has to be able to rely on it.",
        "How: Set up tests where the training code lives, and let CI run it.",
        "It takes medium effort.",
        "Verdict id: mlscan:ml-process/tests-there",
    ]
    assert first["properties"]["tags"] == ["ml-process", "level-3", "engineering"]


def test_results_are_the_open_criteria_and_point_to_their_rules() -> None:
    for story in (level_2(), level_4()):
        shown = run(story)
        rules = shown["tool"]["driver"]["rules"]
        wanted = [c.id for x in story.levels for c in x.criteria if c.status.value in ("not-met", "unknown")]
        assert [r["ruleId"] for r in shown["results"]] == wanted
        assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in shown["results"])


def test_the_next_level_warns_and_later_ones_are_notes() -> None:
    story = level_2()
    levels = {r["ruleId"]: r["level"] for r in run(story)["results"]}
    assert levels["tests-there"] == "warning"
    assert levels["monitoring-there"] == "note"
    below = replace(story.next[0], criterion="monitoring-there")
    assert result(replace(story, next=(below,)), "monitoring-there")["level"] == "warning"


def test_what_could_not_be_decided_is_for_review() -> None:
    found = result(level_4(), "feature-store-there")
    assert (found["kind"], found["level"]) == ("review", "none")
    assert "Unknown: handed to acme/platform" in found["message"]["text"]


def test_a_result_says_what_is_asked_what_was_seen_and_what_to_do() -> None:
    assert result(level_2(), "tests-there")["message"]["text"] == (
        "Level 3 (Analyze it) asks: Tests can be seen. What to do: Set up tests where the training code lives, "
        "and let CI run it. Not met: nothing of it was found."
    )


def where(found: Any) -> tuple[str, str, int]:
    place = found["locations"][0]["physicalLocation"]
    artifact = place["artifactLocation"]
    return artifact["uriBaseId"], artifact["uri"], place["region"]["startLine"]


def test_a_result_is_at_the_near_miss_else_the_evidence_else_the_root() -> None:
    story = level_2()
    near = Rejection(detector="d", practice="tests", where=Location("test data/ä.py", 7), reason="no assertion")
    evidence = replace(story.evidence[0], practice="tests", where=Location("tests/x.py", 3))
    assert where(result(story, "tests-there")) == ("%SRCROOT%", ".", 1)
    seen = replace(story, evidence=(evidence,))
    assert where(result(seen, "tests-there")) == ("%SRCROOT%", "tests/x.py", 3)
    both = result(replace(seen, rejections=(near,)), "tests-there")
    assert where(both) == ("%SRCROOT%", "test%20data/%C3%A4.py", 7)
    assert [x["message"]["text"] for x in both["relatedLocations"]] == [
        "Nearly counted (d): no assertion",
        f"Seen ({evidence.detector}, configured): {evidence.excerpt}",
    ]


def test_fingerprints_are_the_verdict_ids_and_do_not_move() -> None:
    moved = replace(level_2(), rejections=(), as_of="2027-01-01")
    before = [r["partialFingerprints"] for r in run(level_2())["results"]]
    assert before == [r["partialFingerprints"] for r in run(moved)["results"]]
    assert before[0] == {"verdict/v1": "mlscan:ml-process/tests-there"}


def test_tool_verdict_revision_and_gaps_are_there() -> None:
    shown = run(level_4())
    driver = shown["tool"]["driver"]
    assert (driver["name"], driver["version"], driver["semanticVersion"]) == ("mlscan", "0.1.0", "0.1.0")
    assert (shown["properties"]["level"], shown["properties"]["could_be"]) == (4, 5)
    (origin,) = shown["versionControlProvenance"]
    assert origin["repositoryUri"] == "https://github.com/acme/churn"
    assert origin["revisionId"] == "3f2c1a9d2e" * 4
    notes = [n["message"]["text"] for n in shown["invocations"][0]["toolExecutionNotifications"]]
    assert "Read only in part: conf/broken.yaml: YAML that cannot be parsed" in notes
    assert "Not read: the repository: shallow clone: authors are unknown" in notes


def test_many_gaps_are_counted() -> None:
    story = replace(level_2(), gaps=tuple(Gap(f"{n:04}", "too large") for n in range(500)))
    notes = run(story)["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 101
    assert notes[-1]["message"]["text"] == "400 further places could not be read."


def test_where_a_level_means_nothing_there_are_no_results() -> None:
    shown = run(level_0())
    assert shown["results"] == []
    assert shown["properties"]["applicable"] is False


@pytest.mark.parametrize("attack", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_no_text_is_a_link_or_a_placeholder(attack: str) -> None:
    text = render(hostile(attack + " {0}"), "sarif")
    found = result(hostile(attack + " {0}"), "cd-there")["message"]["text"]
    assert "{{0}}" in found
    assert "](" not in found
    assert text.isascii()


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_makes_it_invalid(text: str) -> None:
    near = Rejection(detector=text, practice="ci", where=Location(text or "x", 1), reason=text)
    story = replace(level_2(), gaps=(Gap(text, text),), kind_reasons=(text,), rejections=(near,))
    assert problems(render(story, "sarif")) == []


def test_the_same_verdict_gives_the_same_file() -> None:
    story = level_4()
    slower = replace(story, stats=replace(story.stats, seconds=9.0))
    assert render(story, "sarif") == render(slower, "sarif")


def test_the_vendored_schema_is_unchanged() -> None:
    notes = (SCHEMA.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(SCHEMA.read_bytes()).hexdigest() in notes


def test_places_are_told_from_the_root_of_the_repository() -> None:
    story = level_2()
    folder = replace(story, repository=replace(story.repository, folder="ml/churn"), gaps=(Gap("a b.json", "broken"),))
    log = run(folder)
    uris = {place["physicalLocation"]["artifactLocation"]["uri"] for r in log["results"] for place in r["locations"]}
    assert uris
    assert all(uri == "ml/churn" or uri.startswith("ml/churn/") for uri in uris)
    noted = log["invocations"][0]["toolExecutionNotifications"][0]
    assert noted["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ml/churn/a%20b.json"
