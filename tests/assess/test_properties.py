"""What holds for any findings."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.assess import assess
from mlscan.types.evidence import Context, Evidence, Strength
from mlscan.types.model import DetectorInfo

from .content import DAY, INFO, findings, rules, seen

PRACTICES = [p for p in rules().presence.practices if p != "notebooks-only"]
DETECTORS = tuple((f"{p}-seen", DetectorInfo(practice=p, title=p, strength=Strength.USED)) for p in PRACTICES)
CODE = seen("ml-code", "used", "train.py", detector="training-code")
EVIDENCE = st.builds(
    lambda practice, strength, path, context: seen(practice, strength, path, context=context),
    st.sampled_from(PRACTICES),
    st.sampled_from([s.value for s in Strength]),
    st.sampled_from(["a.py", "b/c.yml", "d"]),
    st.sampled_from([Context.OWN, Context.OWN, Context.OWN, Context.DOCS]),
)
MANY = st.lists(EVIDENCE, max_size=40)
UNDECIDED = st.sets(st.sampled_from([f"{p}-seen" for p in PRACTICES]), max_size=8)


def levels(evidence: list[Evidence], undecided: set[str]) -> tuple[int, int, dict[str, tuple[int, int]]]:
    found = findings([CODE, *evidence], unknown=dict.fromkeys(undecided, "not read"))
    result = assess(found, INFO, rules(DETECTORS), as_of=DAY)
    return result.level, result.could_be, {g.id: (g.level, g.could_be) for g in result.groups}


@settings(max_examples=150, deadline=None)
@given(MANY, EVIDENCE, UNDECIDED)
def test_more_evidence_never_lowers_a_level(evidence: list[Evidence], one: Evidence, undecided: set[str]) -> None:
    before, _, groups = levels(evidence, undecided)
    after, _, more_groups = levels([*evidence, one], undecided)
    assert before <= after
    assert all(groups[g][0] <= more_groups[g][0] for g in groups)


@settings(max_examples=150, deadline=None)
@given(MANY, UNDECIDED)
def test_the_floor_is_never_above_the_ceiling(evidence: list[Evidence], undecided: set[str]) -> None:
    level, could_be, groups = levels(evidence, undecided)
    assert 1 <= level <= could_be <= 5
    assert all(0 <= low <= high <= 5 for low, high in groups.values())


@settings(max_examples=150, deadline=None)
@given(MANY, UNDECIDED)
def test_deciding_never_leaves_the_range(evidence: list[Evidence], undecided: set[str]) -> None:
    low, high, _ = levels(evidence, undecided)
    nothing, _, _ = levels(evidence, set())
    there = [seen(d.removesuffix("-seen"), "automated", "z") for d in sorted(undecided)]
    everything, _, _ = levels([*evidence, *there], set())
    assert low <= nothing <= high
    assert everything <= high


@settings(max_examples=100, deadline=None)
@given(MANY)
def test_following_the_shortest_way_reaches_the_next_level(evidence: list[Evidence]) -> None:
    result = assess(findings([CODE, *evidence]), INFO, rules(DETECTORS), as_of=DAY)
    if not result.next:
        assert result.level == 5
        return
    assert "reach" in result.next[0].lifts
    unmet = {c.id for x in result.levels for c in x.criteria if c.status.value != "met"}
    assert {s.criterion for s in result.next} <= unmet


@settings(max_examples=60, deadline=None)
@given(MANY, st.integers(2, 5))
def test_whoever_does_the_steps_of_a_plan_is_at_its_target(evidence: list[Evidence], target: int) -> None:
    result = assess(findings([CODE, *evidence]), INFO, rules(DETECTORS), as_of=DAY, target=target)
    steps = [s for s in result.next if s.needed]
    reached = [s.reaches for s in steps if s.reaches is not None]
    assert reached == sorted(reached)
    assert bool(steps) == (result.level < target)
    done = [seen(practice) for step in steps for practice in step.by]
    after = assess(findings([CODE, *evidence, *done]), INFO, rules(DETECTORS), as_of=DAY)
    assert after.level >= target
    met = {c.id for level in after.levels for c in level.criteria if c.status.value == "met"}
    assert {name for step in steps for name in (step.criterion, *step.also)} <= met


@settings(max_examples=50, deadline=None)
@given(st.lists(EVIDENCE, max_size=20).flatmap(lambda e: st.tuples(st.just(e), st.permutations(e))))
def test_order_does_not_matter(pair: tuple[list[Evidence], list[Evidence]]) -> None:
    one, other = (assess(findings([CODE, *e]), INFO, rules(DETECTORS), as_of=DAY) for e in pair)
    assert repr(one) == repr(other)
