"""What to do next, and what is there already ahead of the level."""

from __future__ import annotations

from collections.abc import Sequence

from mlscan.assess.truth import Truth
from mlscan.assess.verdict import FLOOR, State, Verdict, level_of, rungs
from mlscan.types.assessment import NextStep, Status
from mlscan.types.model import named

_EFFORT = ("S", "M", "L")
_OPEN = frozenset({Status.NOT_MET, Status.UNKNOWN})


def next_steps(verdict: Verdict) -> tuple[NextStep, ...]:
    """Criteria that are missing for the next level: a shortest set that reaches it, then the others it asks.

    Within each part: essential first, then by weight, effort and the model's order. Empty on the highest level and for
    kinds that cannot reach the next one.
    """
    above = [n for n in rungs(verdict.facts) if n > verdict.level]
    if not above:
        return ()
    target = above[0]
    missing = sorted((s for s in verdict.states if s.status in _OPEN and s.ask.level <= target), key=_urgency)
    if _with(verdict, missing) < target:
        return ()
    needed = shortest(verdict, missing, target)
    rest = [s for s in missing if s not in needed]
    return tuple(_step(s, _lifts(s, needed, target, verdict), needed=s in needed) for s in [*needed, *rest])


def shortest(verdict: Verdict, missing: Sequence[State], target: int) -> list[State]:
    """A set from which nothing can be left out; the least urgent are left out first, so heavy and easy ones stay."""
    needed = list(missing)
    for state in reversed(missing):
        without = [s for s in needed if s is not state]
        if _with(verdict, without) >= target:
            needed = without
    return needed


def ahead(verdict: Verdict) -> tuple[str, ...]:
    """Practices that are present although only levels above the reached one ask for them, in the order of reports."""
    facts = verdict.facts
    ceiling = facts.content.model.file.ceiling_by_kind.get(verdict.kind.name)
    if ceiling is not None and verdict.level >= ceiling:
        return ()
    lowest: dict[str, int] = {}
    for state in verdict.states:
        for name in named(state.ask.criterion.needs):
            lowest.setdefault(name, state.ask.level)
    present = [p for p in facts.practices if facts.practices[p].truth is Truth.YES]
    return tuple(p for p in present if lowest.get(p, 0) > verdict.level)


def _with(verdict: Verdict, chosen: Sequence[State]) -> int:
    ids = {s.ask.criterion.id for s in chosen}
    return level_of(verdict.facts, verdict.states, verdict.kind.name, FLOOR, ids)


def _urgency(state: State) -> tuple[bool, int, int]:
    criterion = state.ask.criterion
    return (not criterion.essential, -criterion.weight, _EFFORT.index(criterion.effort))


def _lifts(state: State, needed: Sequence[State], target: int, verdict: Verdict) -> str:
    name = next(x.name for x in verdict.facts.content.model.file.levels if x.n == target)
    criterion = state.ask.criterion
    if state not in needed:
        text = f"also asked by level {state.ask.level}; level {target} ({name}) can be reached without it"
    elif len(needed) == 1:
        text = f"reaches level {target} ({name})"
    else:
        text = f"one of {len(needed)} steps that together reach level {target} ({name})"
    return f"{text}. {criterion.lifts}" if criterion.lifts else text


def _step(state: State, lifts: str, *, needed: bool) -> NextStep:
    criterion = state.ask.criterion
    return NextStep(
        criterion=criterion.id,
        title=criterion.title,
        why=criterion.why.strip(),
        how=criterion.how.strip(),
        effort=criterion.effort,
        lifts=lifts,
        level=state.ask.level,
        needed=needed,
    )
