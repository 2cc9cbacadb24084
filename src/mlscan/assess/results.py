"""Turns a verdict into the parts of an `Assessment`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mlscan.assess.facts import Facts, Presence
from mlscan.assess.rating import achieved, rate, reached
from mlscan.assess.shown import Shown
from mlscan.assess.truth import Truth
from mlscan.assess.verdict import CEILING, FLOOR, State, Verdict, items, rungs, within_kind
from mlscan.assess.words import sentence
from mlscan.types.assessment import CriterionResult, GroupResult, LevelResult, PracticeResult, Status
from mlscan.types.conditions import named

_PRESENT = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}


def level_results(verdict: Verdict, shown: Shown) -> tuple[LevelResult, ...]:
    """Each level with its rating and criteria, rising."""
    return tuple(_level(n, verdict, shown) for n in rungs(verdict.facts))


def _level(n: int, verdict: Verdict, shown: Shown) -> LevelResult:
    file = verdict.facts.content.model.file
    level = next(x for x in file.levels if x.n == n)
    states = [s for s in verdict.states if s.ask.level == n]
    floor = items(states, FLOOR)
    return LevelResult(
        level=n,
        name=level.name,
        short=level.short,
        rating=rate(floor, file.staged),
        could_be_rating=rate(items(states, CEILING), file.staged),
        achieved=round(float(achieved(floor)), 4),
        criteria=tuple(_criterion(s, shown) for s in states),
    )


def _criterion(state: State, shown: Shown) -> CriterionResult:
    criterion = state.ask.criterion
    return CriterionResult(
        id=criterion.id,
        title=criterion.title,
        status=state.status,
        why=sentence(state.outcome.why),
        evidence=shown.places(state.outcome.evidence) if state.outcome.truth is Truth.YES else (),
        group=state.ask.group,
        weight=criterion.weight,
        essential=criterion.essential,
        purpose=criterion.why.strip(),
        how=criterion.how.strip(),
        effort=criterion.effort,
        needs=tuple(dict.fromkeys(named(criterion.needs))),
    )


def group_results(verdict: Verdict) -> tuple[GroupResult, ...]:
    """The level of each profile group, in the model's order.

    A group goes up by the same staged rule as the whole, over its own criteria only. Levels that ask nothing of the
    group are passed through but never reached, so a group with nothing met is 0 and one with all met is the highest
    level that asks something of it.
    """
    return tuple(_group(g, verdict) for g in verdict.facts.content.model.file.groups)


def _group(group: str, verdict: Verdict) -> GroupResult:
    own = [s for s in verdict.states if s.ask.group == group]
    kind = verdict.kind
    level = _cut(_climb(own, verdict.facts, FLOOR), verdict.facts, kind.name, FLOOR)
    ceiling = _climb(own, verdict.facts, CEILING)
    return GroupResult(
        id=group,
        level=level,
        could_be=max([level, *(_cut(ceiling, verdict.facts, k, CEILING) for k in kind.possible)]),
    )


def _climb(states: Sequence[State], facts: Facts, met: frozenset[Status]) -> int:
    levels = [(n, items((s for s in states if s.ask.level == n), met)) for n in rungs(facts)]
    return reached([(n, i) for n, i in levels if i], facts.content.model.file.staged, lambda _: True)


def _cut(level: int, facts: Facts, kind: str, met: frozenset[Status]) -> int:
    return min(level, within_kind(facts, kind, max(rungs(facts), default=0), met))


def practice_results(facts: Facts, shown: Shown) -> tuple[PracticeResult, ...]:
    """Every practice of presence.yaml, in its order."""
    asked = {name for ask in facts.content.model.asks() for name in named(ask.criterion.needs)}
    return tuple(_practice(name, facts, shown, asked) for name in facts.practices)


def present(presence: Presence) -> bool | None:
    """Whether a practice is present; None is unknown."""
    return _PRESENT[presence.truth]


def seen_strength(name: str, facts: Facts) -> str | None:
    """The highest strength of what counts of a practice, present or not; None where nothing does."""
    counting = facts.practices[name].evidence or [e for e in facts.by_practice.get(name, ()) if facts.counts(e)]
    best = max(counting, key=lambda e: e.strength.rank, default=None)
    return best.strength.value if best else None


def _practice(name: str, facts: Facts, shown: Shown, asked: Collection[str]) -> PracticeResult:
    rule = facts.content.presence.practices[name]
    presence = facts.practices[name]
    return PracticeResult(
        id=name,
        title=rule.title,
        group=rule.group,
        present=present(presence),
        strength=seen_strength(name, facts),
        evidence=shown.of_practice(name, presence.evidence),
        why=sentence(presence.why),
        # A model may ask for what others only report.
        informational=rule.informational and name not in asked,
        more=shown.left_out.get(name, 0),
    )


def unobservable(facts: Facts) -> tuple[str, ...]:
    """Ids of the criteria that no file can show, in the model's order."""
    return tuple(a.criterion.id for a in facts.content.model.asks() if not a.criterion.observable)


def level_name(facts: Facts, level: int) -> str:
    """The name of a level; "" for one that the model does not name."""
    return next((x.name for x in facts.content.model.file.levels if x.n == level), "")


def best_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The one with the highest level, then the highest ceiling; the first where several have both."""
    return max(verdicts, key=lambda v: (v.level, v.could_be))
