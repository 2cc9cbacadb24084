"""Ways to meet a condition, and what would hold with some of what is missing."""

from __future__ import annotations

import pytest

from assess.content import findings, rules, seen
from assess.test_assess import CODE, DETECTORS
from mlscan.assess.facts import gather
from mlscan.assess.outlook import WAYS, Outlook
from mlscan.assess.presence import decide_practices
from mlscan.types.conditions import AtLeastCond, Cond
from mlscan.types.evidence import Context, Evidence, Strength


def outlook(*evidence: Evidence) -> Outlook:
    facts = gather(rules(DETECTORS), findings(evidence))
    decide_practices(facts)
    return Outlook(facts)


def ways(cond: Cond | str, *evidence: Evidence) -> list[set[str]]:
    return [set(way) for way in outlook(*evidence).ways(cond)]


def test_a_practice_that_is_missing_is_its_own_way() -> None:
    assert ways("ci") == [{"ci"}]
    assert ways("ci", seen("ci")) == [set()]


def test_any_of_keeps_the_order_of_the_content() -> None:
    assert ways(Cond(any_of=["ci", "tests", "ci"])) == [{"ci"}, {"tests"}]


def test_all_of_takes_a_way_of_each_member() -> None:
    cond = Cond(all_of=["serving", Cond(any_of=["containers", "model-registry"])])
    assert ways(cond) == [{"serving", "containers"}, {"serving", "model-registry"}]
    assert ways(cond, seen("serving")) == [{"containers"}, {"model-registry"}]


def test_at_least_takes_so_many_members() -> None:
    cond = Cond(at_least=AtLeastCond(n=2, of=["ci", "tests", "cd"]))
    assert ways(cond) == [{"ci", "tests"}, {"ci", "cd"}, {"tests", "cd"}]
    assert not outlook().holds(cond, ["ci"])
    assert outlook().holds(cond, ["ci", "cd"])


def test_what_should_not_be_there_is_a_lack_of_its_own() -> None:
    notebook = seen("notebooks-only", "configured", "a.ipynb", detector="ml-notebook")
    cond = Cond(not_="notebooks-only")
    assert ways(cond, notebook) == [{"not notebooks-only"}]
    assert outlook(notebook).holds(cond, ["not notebooks-only"])
    assert ways(cond, CODE) == [set()]


def test_a_strength_comes_with_the_practice_when_its_minimum_is_as_strong() -> None:
    assert ways(Cond(practice="ci", strength=Strength.USED)) == [{"ci"}]
    (stronger,) = ways(Cond(practice="lockfile", strength=Strength.AUTOMATED))
    assert stronger != {"lockfile"}


@pytest.mark.parametrize(
    "cond",
    [
        Cond(count="ml-code", gte=3),
        Cond(number="contributors", gte=3),
        Cond(practice="ci", contexts=[Context.DOCS]),
        Cond(detector="training-code", strength=Strength.AUTOMATED),
    ],
)
def test_any_other_condition_is_met_by_itself_only(cond: Cond) -> None:
    (way,) = ways(cond)
    assert outlook().holds(cond, way)
    assert not outlook().holds(cond, ["ml-code", "ci", "training-code"])


def test_unknown_does_not_hold() -> None:
    facts = gather(rules(DETECTORS), findings([CODE], unknown={"runs-logged": "not read"}))
    decide_practices(facts)
    assert not Outlook(facts).holds("experiment-tracking")


def test_very_many_ways_are_cut() -> None:
    pair = Cond(any_of=["ci", "tests"])
    several = Cond(all_of=[pair, Cond(any_of=["cd", "iac"]), Cond(any_of=["containers", "lockfile"])] * 3)
    assert len(ways(several)) <= WAYS
