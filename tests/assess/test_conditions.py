"""Conditions: yes, no and unknown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import gather
from mlscan.assess.presence import decide_practices
from mlscan.assess.truth import Outcome
from mlscan.types.conditions import Cond, named
from mlscan.types.evidence import Context, Evidence, Findings, Strength
from mlscan.types.model import DetectorInfo

from .content import findings, rules, seen

DETECTORS = (
    ("ci-seen", DetectorInfo(practice="ci", title="A workflow runs on changes", strength=Strength.AUTOMATED)),
    ("cd-seen", DetectorInfo(practice="cd", title="A workflow deploys", strength=Strength.AUTOMATED)),
    ("draft", DetectorInfo(practice="ci", title="Draft", strength=Strength.AUTOMATED, status="draft")),
    ("wide", DetectorInfo(practice="ci", title="W", strength=Strength.AUTOMATED, contexts=(Context.TEMPLATE,))),
    (
        "shared",
        DetectorInfo(practice="delegation", title="Shared workflow", strength=Strength.CONFIGURED, may_hide=("cd",)),
    ),
)


def ask(cond: Any, *evidence: Evidence, **more: Any) -> Outcome:
    found: Findings = findings(evidence, **more)
    facts = gather(rules(DETECTORS), found)
    decide_practices(facts)
    return evaluate(msgspec.convert(cond, Cond | str), facts)


def truth(cond: Any, *evidence: Evidence, **more: Any) -> str:
    return ask(cond, *evidence, **more).truth.name


UNKNOWN = {"unknown": {"cd-seen": "deploy.yml is too large"}}


def test_an_id_is_a_practice_or_a_detector() -> None:
    assert truth("ci", seen("ci")) == "YES"
    assert truth("ci-seen", seen("ci")) == "YES"
    assert truth("ci", seen("cd")) == "NO"
    assert truth("cd-seen", seen("ci")) == "NO"


def test_a_practice_needs_its_least_strength() -> None:
    assert truth("ci", seen("ci", "configured")) == "NO"
    assert truth({"practice": "ci", "strength": "configured"}, seen("ci", "configured")) == "YES"
    assert truth({"detector": "ci-seen"}, seen("ci", "declared")) == "YES"
    assert truth({"detector": "ci-seen", "strength": "used"}, seen("ci", "declared")) == "NO"


def test_strengths_never_add_up() -> None:
    many = [seen("ci", "configured", f"{n}.yml") for n in range(50)]
    assert truth("ci", *many) == "NO"


@pytest.mark.parametrize("context", [c for c in Context if c is not Context.OWN])
def test_only_own_evidence_counts(context: Context) -> None:
    assert truth("ci", seen("ci", context=context)) == "NO"
    assert truth({"practice": "ci", "contexts": [context.value]}, seen("ci", context=context)) == "YES"


def test_contexts_that_a_practice_or_a_detector_adds_count_too() -> None:
    assert truth("tests", seen("tests", context=Context.TEST)) == "YES"
    assert truth("ci", seen("ci", detector="wide", context=Context.TEMPLATE)) == "YES"


def test_drafts_do_not_count() -> None:
    assert truth("ci", seen("ci", detector="draft")) == "NO"
    assert truth("ci", unknown={"draft": "not read"}) == "NO"


def test_unknown_is_not_no() -> None:
    assert truth("cd", **UNKNOWN) == "UNKNOWN"
    assert truth("cd-seen", **UNKNOWN) == "UNKNOWN"
    assert truth({"practice": "cd", "strength": "used"}, seen("cd", "declared"), **UNKNOWN) == "UNKNOWN"
    assert truth("cd", seen("cd"), **UNKNOWN) == "YES"
    assert "deploy.yml is too large" in ask("cd", **UNKNOWN).why


def test_a_delegation_hides_only_what_it_may_hide() -> None:
    handed = seen("delegation", "configured", "ci.yml", 4, detector="shared", delegated_to="org/flows")
    assert truth("cd", handed) == "UNKNOWN"
    assert truth("cd-seen", handed) == "UNKNOWN"
    assert truth("ci", handed) == "NO"
    assert "org/flows (ci.yml:4)" in ask("cd", handed).why


def test_a_delegation_in_an_example_hides_nothing() -> None:
    handed = seen("delegation", "configured", detector="shared", delegated_to="x", context=Context.EXAMPLE)
    assert truth("cd", handed) == "NO"


def test_a_delegating_detector_without_a_target_hides_nothing() -> None:
    assert truth("cd", seen("delegation", "configured", detector="shared")) == "NO"


@pytest.mark.parametrize(
    ("cond", "wanted"),
    [
        ({"any_of": ["ci", "cd"]}, "YES"),
        ({"any_of": ["cd", "iac"]}, "UNKNOWN"),
        ({"any_of": ["iac"]}, "NO"),
        ({"all_of": ["ci", "cd"]}, "UNKNOWN"),
        ({"all_of": ["iac", "cd"]}, "NO"),
        ({"all_of": ["ci"]}, "YES"),
        ({"not": "ci"}, "NO"),
        ({"not": "cd"}, "UNKNOWN"),
        ({"not": "iac"}, "YES"),
        ({"at_least": {"n": 1, "of": ["ci", "cd", "iac"]}}, "YES"),
        ({"at_least": {"n": 2, "of": ["ci", "cd", "iac"]}}, "UNKNOWN"),
        ({"at_least": {"n": 3, "of": ["ci", "cd", "iac"]}}, "NO"),
    ],
)
def test_blocks_are_three_valued(cond: Any, wanted: str) -> None:
    assert truth(cond, seen("ci"), **UNKNOWN) == wanted


def test_counts_are_of_distinct_own_paths() -> None:
    two = [seen("ci", path="a", line=1), seen("ci", path="a", line=2), seen("ci", path="b")]
    three = [*two, seen("ci", path="c", context=Context.DOCS)]
    assert truth({"count": "ci-seen", "gte": 2}, *three) == "YES"
    assert truth({"count": "ci-seen", "gte": 3}, *three) == "NO"
    assert truth({"count": ["ci-seen", "cd"], "gte": 3}, *three, seen("cd", path="d")) == "YES"
    assert truth({"count": ["ci-seen", "cd"], "gte": 3}, *three, seen("cd", path="a")) == "NO"
    assert truth({"count": "ci-seen", "gte": 1, "contexts": ["docs"]}, *three) == "YES"


def test_a_count_is_a_lower_bound_while_something_is_unread() -> None:
    one = seen("cd")
    assert truth({"count": "cd-seen", "gte": 1}, one, **UNKNOWN) == "YES"
    assert truth({"count": "cd-seen", "gte": 2}, one, **UNKNOWN) == "UNKNOWN"
    assert truth({"count": "cd-seen", "lte": 1}, one, **UNKNOWN) == "UNKNOWN"
    assert truth({"count": "cd-seen", "lte": 0}, one, **UNKNOWN) == "NO"


def test_shares_are_exact() -> None:
    three = [seen("ci", path=p) for p in "abc"]
    assert truth({"share": ["cd", "ci"], "gte": 0.5}, *three, seen("cd", path="a")) == "NO"
    assert truth({"share": ["cd", ["ci", "cd"]], "gte": 0.25}, *three, seen("cd", path="d")) == "YES"
    assert truth({"share": ["cd", "ci"], "lte": 0}) == "YES"
    assert truth({"share": ["cd", "ci"], "gte": 0.5}, *three, **UNKNOWN) == "UNKNOWN"


def test_numbers_may_be_unknown() -> None:
    assert truth({"number": "files", "gte": 3}, numbers={"files": 3}) == "YES"
    assert truth({"number": "files", "gte": 3}, numbers={"files": 2}) == "NO"
    assert truth({"number": "files", "gte": 3}, numbers={"files": None}) == "UNKNOWN"
    assert truth({"number": "files", "lte": 3}) == "UNKNOWN"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"practice": "ci", "detector": "x"},
        {"count": "ci"},
        {"practice": "ci", "gte": 1},
        {"number": "files", "gte": 1, "strength": "used"},
        {"any_of": ["ci"], "contexts": ["own"]},
        {"share": ["ci"], "gte": 1},
        {"practise": "ci"},
    ],
)
def test_a_condition_that_says_nothing_or_two_things_is_refused(broken: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(broken, Cond)


def test_all_ids_of_a_condition_are_named() -> None:
    cond = msgspec.convert(
        {"all_of": ["a", {"not": {"detector": "b"}}, {"at_least": {"n": 1, "of": [{"count": ["c", "d"], "gte": 1}]}}]},
        Cond,
    )
    assert list(named(cond)) == ["a", "b", "c", "d"]
