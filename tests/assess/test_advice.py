"""The way up: shortest, in order, level by level, and why a step is in it."""

from __future__ import annotations

from itertools import combinations

import pytest

from assess.content import DAY, INFO, findings, rules, seen
from assess.test_assess import CODE, DETECTORS, ENGINEERED, RESEARCH
from mlscan.assess import assess
from mlscan.assess.facts import gather
from mlscan.assess.kinds import decide_kind
from mlscan.assess.presence import decide_practices
from mlscan.assess.shortest import Search, shortest
from mlscan.assess.verdict import judge
from mlscan.types.assessment import Assessment, NextStep
from mlscan.types.evidence import Evidence


def judged(evidence: list[Evidence], target: int | None = None, **more: object) -> Assessment:
    return assess(findings(evidence, **more), INFO, rules(DETECTORS), as_of=DAY, target=target)


def needed(result: Assessment) -> list[NextStep]:
    return [s for s in result.next if s.needed]


def names(steps: list[NextStep]) -> list[str]:
    return [s.criterion for s in steps]


def test_the_shortest_way_comes_first_then_what_is_asked_too() -> None:
    result = judged(RESEARCH)
    assert names(needed(result)) == ["process-defined", "ci-on-changes"]
    assert list(result.next[:2]) == needed(result)
    assert names(list(result.next[2:])) == ["tests-exist", "models-traceable", "data-engineering-visible"]
    assert all("can be reached without it" in s.lifts for s in result.next[2:])
    assert judged([*RESEARCH, seen("ci"), seen("ml-pipeline")]).level == 3


def test_one_thing_that_serves_two_criteria_is_one_step() -> None:
    step = needed(judged(RESEARCH))[0]
    assert (step.by, step.also) == (("ml-pipeline",), ("results-recorded",))
    assert step.lifts == (
        "one of 2 steps that together reach level 3 (Analyze it). "
        "Done by ML pipeline, it also gives: What a run produced is recorded."
    )


def test_gaps_below_are_part_of_the_way() -> None:
    result = judged([CODE, seen("scheduled-runs"), seen("tests"), seen("ci"), seen("containers")])
    assert result.level == 1
    assert names(needed(result)) == ["dependencies-declared"]
    assert (result.next[0].level, result.next[0].lifts) == (2, "reaches level 2 (R&D)")


def test_a_target_further_up_goes_level_by_level() -> None:
    result = judged(RESEARCH, 4)
    steps = needed(result)
    assert result.target == 4
    assert [s.reaches for s in steps if s.reaches] == [3, 4]
    assert names(steps[:2]) == ["process-defined", "ci-on-changes"]
    assert {"environments-separated", "running-thing-watched"} <= set(names(steps[2:]))
    reached = [*RESEARCH, *(seen(practice) for step in steps for practice in step.by)]
    assert judged(reached).level == 4


def test_the_way_to_the_top_starts_with_small_things_and_ends_with_retraining() -> None:
    steps = needed(judged([CODE], 5))
    assert [s.reaches for s in steps if s.reaches] == [2, 3, 4, 5]
    assert names(steps)[-1] == "retrains-by-itself"
    assert "process-defined" in names(steps)
    assert len(set(names(steps))) == len(steps) <= 12


def test_a_level_is_never_reached_without_what_it_is_about() -> None:
    assert "environments-separated" in names(needed(judged(ENGINEERED)))


def test_an_essential_criterion_that_the_level_does_not_wait_for_is_no_step() -> None:
    lacking = ("environments", "notebooks-only", "tests")
    result = judged([seen(p) for p in rules().presence.practices if p not in lacking], 4)
    assert result.level == 3
    assert names(needed(result)) == ["tests-exist"]
    assert names([s for s in result.next if not s.needed]) == ["environments-separated"]


def test_no_large_effort_where_small_ones_do() -> None:
    assert [s.effort for s in needed(judged([CODE]))] == ["S", "S"]


def test_moving_out_of_notebooks_is_a_step_without_a_practice() -> None:
    evidence = [
        seen("ml-code", "used", "a.ipynb", detector="ml-notebook"),
        seen("notebooks-only", "configured", "a.ipynb", detector="ml-notebook"),
    ]
    step = next(s for s in judged(evidence, 3).next if s.criterion == "code-beyond-notebooks")
    assert (step.needed, step.by) == (True, ())


def test_what_may_be_there_unseen_says_so() -> None:
    result = judged(RESEARCH, unknown={"runs-logged": "a file was not read"})
    step = next(s for s in result.next if s.criterion == "models-traceable")
    assert step.unknown
    assert step.now == "Experiment tracking: could not be decided (Runs are logged: a file was not read)."


def test_what_there_is_of_it_so_far_is_named() -> None:
    weak = seen("experiment-tracking", "declared", "requirements.txt", 3)
    steps = {s.criterion: s.now for s in judged([*RESEARCH, weak]).next}
    assert steps["models-traceable"] == "Experiment tracking: only declared: requirements.txt:3; needs used."
    assert steps["tests-exist"] == ""


@pytest.mark.parametrize("target", [1, 2, 3])
def test_a_target_that_is_reached_needs_nothing(target: int) -> None:
    assert judged(ENGINEERED, target).next == ()


def test_a_target_above_the_ladder_is_its_top() -> None:
    assert [s.reaches for s in needed(judged(ENGINEERED, 9)) if s.reaches][-1] == 5


def test_a_kind_that_has_no_level_has_no_way() -> None:
    assert judged([], 3).next == ()


@pytest.mark.parametrize(
    ("evidence", "goal"), [([CODE], 2), (RESEARCH, 3), (ENGINEERED, 4), ([CODE, seen("serving")], 3), ([CODE], 4)]
)
def test_nothing_cheaper_reaches_the_goal(evidence: list[Evidence], goal: int) -> None:
    facts = gather(rules(DETECTORS), findings(evidence))
    decide_practices(facts)
    search = Search(judge(facts, decide_kind(facts), DAY), goal)
    way = shortest(search)
    best = sum(search.cost(x) for x in way)
    cheap = [x for x in search.lacks if search.cost(x) < best]
    cheaper = (
        chosen
        for n in range(1, 5)
        for chosen in combinations(cheap, n)
        if sum(map(search.cost, chosen)) < best and search.reaches(chosen, goal, whole=True)
    )
    assert search.reaches(way, goal)
    assert next(cheaper, None) is None
