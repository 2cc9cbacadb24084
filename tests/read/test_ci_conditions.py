"""Conditions: what can be told without a run, and what cannot."""

from __future__ import annotations

import pytest

from mlscan.read.ci_conditions import UNKNOWN, Some, Value, holds, never

KNOWN: dict[str, Value] = {
    "event": "push",
    "github.ref": Some(("refs/heads/main", "refs/heads/rel/*")),
    "variables.Build.Reason": "Schedule",
    "$CI_PIPELINE_SOURCE": "schedule",
    "$NOTHING": None,
    "$CI_COMMIT_TAG": Some(("?*",)),
    "build.branch": Some(("main",)),
}


def lookup(name: str) -> Value:
    return KNOWN.get(name, UNKNOWN)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("true", True),
        ("false", False),
        ("${{ false }}", False),
        ("0", False),
        ("''", False),
        ("!false", True),
        ("event == 'push'", True),
        ("event == 'PUSH'", True),
        ("event != 'push'", False),
        ("event == 'push' && other == 'x'", None),
        ("event == 'tag' && other == 'x'", False),
        ("event == 'push' || other", True),
        ("other || event == 'tag'", None),
        ("!(event == 'push' && true)", False),
        ("a == b == c", None),
        ("github.ref == 'refs/heads/main'", None),
        ("github.ref == 'refs/heads/dev'", False),
        ("startsWith(github.ref, 'refs/heads/')", True),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("startsWith(github.ref, 'refs/heads/rel/1')", None),
        ("contains('push pull_request', event)", True),
        ('contains(fromJSON(\'["a", "push"]\'), event)', True),
        ("contains(fromJSON('[\"a\"]'), event)", False),
        ("always() && event == 'tag'", False),
        ("failure()", None),
        ("and(succeeded(), eq(variables['Build.Reason'], 'Schedule'))", None),
        ("and(always(), eq(variables['Build.Reason'], 'Schedule'))", True),
        ("not(succeeded())", None),
        ("and(succeeded(), ne(variables['Build.Reason'], 'Schedule'))", False),
        ("or(false, in(variables['Build.Reason'], 'Manual', 'Schedule'))", True),
        ("not(eq(variables.x, 'y'))", None),
        ("eq('${{ parameters.x }}', 'y')", None),
        ('$CI_PIPELINE_SOURCE == "schedule"', True),
        ("$CI_PIPELINE_SOURCE =~ /^(web|schedule)$/", True),
        ("$CI_PIPELINE_SOURCE =~ /^(web|push)$/", False),
        ("$CI_PIPELINE_SOURCE !~ /^web$/", True),
        ("$CI_PIPELINE_SOURCE =~ /^s.*e$/", None),
        ("$NOTHING", False),
        ("$NOTHING == null", True),
        ("$CI_COMMIT_TAG", True),
        ("!$CI_COMMIT_TAG", False),
        ("$CI_COMMIT_TAG == null", False),
        ("$CI_COMMIT_TAG != ''", True),
        ("$CI_COMMIT_TAG =~ /^v/", None),
        ("startsWith($CI_COMMIT_TAG, 'v')", None),
        ("build.branch == 'main'", True),
        ("", None),
        ("(", None),
        (")", None),
        ("event ==", None),
        ("== event", None),
        ("eq(", None),
        ("a b", None),
        ("event == 'push' 'x'", None),
        ("ß == €", None),
        ("(" * 500 + "false", None),
        ("false && " * 60 + "x", False),
    ],
)
def test_conditions(condition: str, found: bool | None) -> None:
    assert holds(condition, lookup) is found


@pytest.mark.parametrize("condition", ["never", "false", "and(false, x)", "eq(1, 2)", "${{ false && a }}", "x && 0"])
def test_what_never_holds(condition: str) -> None:
    assert never(condition)


@pytest.mark.parametrize("condition", ["", "false || always()", "${{ !false }}", "failed()", "x == 'false'", "nevermo"])
def test_what_may_hold(condition: str) -> None:
    assert not never(condition)
