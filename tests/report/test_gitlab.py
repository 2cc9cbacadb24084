"""The code quality report: what GitLab's documentation asks of it, and the same findings as elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.report import render
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Location, Rejection
from report.factory import HOSTILE, MARKUP, STORIES, assessment, hostile, level_0, level_2, level_4

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1, "pattern": r"^[^\r\n]*$"},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^(/|\./)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""Our words for GitLab's page "Code Quality: Code Quality report format"; fields that it does not know are left out."""


def issues(story: Assessment) -> dict[str, Any]:
    return {found["check_name"]: found for found in json.loads(render(story, "gitlab"))}


def problems(text: str) -> list[str]:
    return [e.message for e in jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(text))]


@pytest.mark.parametrize("story", [*STORIES.values(), lambda: hostile(MARKUP), lambda: assessment(5)])
def test_it_has_the_shape_that_gitlab_reads(story: Callable[[], Assessment]) -> None:
    text = render(story(), "gitlab")
    assert problems(text) == []
    assert text.isascii()
    prints = [found["fingerprint"] for found in json.loads(text)]
    assert len(set(prints)) == len(prints)


def test_the_shape_would_refuse_a_wrong_one() -> None:
    wrong = json.loads(render(level_2(), "gitlab"))
    wrong[0]["severity"] = "warning"
    assert problems(json.dumps(wrong)) != []


def test_an_issue_says_what_is_asked_what_to_do_and_what_was_seen() -> None:
    assert issues(level_2())["tests-there"] | {"fingerprint": ""} == {
        "check_name": "tests-there",
        "description": "Level 3 (Analyze it) asks: Tests can be seen. What to do: Set up tests where the training code "
        "lives, and let CI run it. Not met: nothing of it was found.",
        "severity": "minor",
        "fingerprint": "",
        "location": {"path": ".", "lines": {"begin": 1}},
    }


@pytest.mark.parametrize("story", STORIES.values())
def test_it_shows_what_sarif_shows(story: Callable[[], Assessment]) -> None:
    results = json.loads(render(story(), "sarif"))["runs"][0]["results"]
    assert list(issues(story())) == [r["ruleId"] for r in results]


def test_only_what_the_next_level_needs_is_more_than_information() -> None:
    assert {name for name, found in issues(level_2()).items() if found["severity"] == "minor"} == {
        c.id for level in level_2().levels if level.level == 3 for c in level.criteria if c.status.value == "not-met"
    }
    unknown = issues(level_4())["feature-store-there"]
    assert unknown["severity"] == "info"
    assert "Unknown: " in unknown["description"]


def test_an_issue_keeps_its_fingerprint_when_its_place_moves() -> None:
    near = Rejection(detector="d", practice="tests", where=Location("test data/ä.py", 7), reason="no assertion")
    before, after = (issues(story)["tests-there"] for story in (level_2(), replace(level_2(), rejections=(near,))))
    assert after["location"] == {"path": "test data/ä.py", "lines": {"begin": 7}}
    assert before["fingerprint"] == after["fingerprint"]


def test_where_a_level_means_nothing_there_are_no_issues() -> None:
    assert render(level_0(), "gitlab") == "[]\n"


@pytest.mark.parametrize("attack", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_no_text_of_a_repository_has_control_characters(attack: str) -> None:
    for found in issues(hostile(attack)).values():
        assert re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found["description"]) is None


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_makes_it_invalid(text: str) -> None:
    near = Rejection(detector=text, practice="ci", where=Location(text.strip("/.") or "x", 1), reason=text)
    assert problems(render(replace(level_2(), rejections=(near,)), "gitlab")) == []


def test_places_are_told_from_the_root_of_the_repository() -> None:
    story = level_2()
    folder = replace(story, repository=replace(story.repository, folder="ml/churn"))
    paths = {issue["location"]["path"] for issue in json.loads(render(folder, "gitlab"))}
    assert paths
    assert all(path == "ml/churn" or path.startswith("ml/churn/") for path in paths)
