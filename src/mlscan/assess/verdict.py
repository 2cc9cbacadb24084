"""What became of each criterion, and the level that follows: floor and ceiling."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts
from mlscan.assess.kinds import Kind
from mlscan.assess.rating import Item, reached
from mlscan.assess.truth import Outcome, Truth
from mlscan.assess.word import counting, told
from mlscan.types.assessment import Status
from mlscan.types.conditions import Cond, named
from mlscan.types.model import Ask
from mlscan.types.settings import Said

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_STATUS = {Truth.YES: Status.MET, Truth.NO: Status.NOT_MET, Truth.UNKNOWN: Status.UNKNOWN}
OUTSIDE = frozenset({Status.WAIVED, Status.NOT_APPLICABLE, Status.UPCOMING})
"""Statuses of criteria that leave the denominator."""
FLOOR = frozenset({Status.MET})
CEILING = frozenset({Status.MET, Status.UNKNOWN})


@dataclass(frozen=True, slots=True)
class State:
    """One observable criterion with its status."""

    ask: Ask
    status: Status
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """The criteria of one repository or component, and its level."""

    facts: Facts
    kind: Kind
    states: tuple[State, ...]
    level: int
    could_be: int
    attested: int
    """The level with what people vouched for."""


def judge(facts: Facts, kind: Kind, as_of: str) -> Verdict:
    """Rates every criterion and counts the levels up. `facts.practices` is decided before."""
    facts.kind = kind.name
    states = judge_states(facts, as_of)
    level = level_of(facts, states, kind.name, FLOOR)
    ceilings = [level_of(facts, states, name, CEILING) for name in kind.possible]
    attested = max(level, level_of(facts, states, kind.name, FLOOR, vouched(states)))
    could_be = max([level, *ceilings])
    return Verdict(facts=facts, kind=kind, states=states, level=level, could_be=could_be, attested=attested)


def vouched(states: Iterable[State]) -> frozenset[str]:
    """Ids of the criteria that people vouched for."""
    return frozenset(s.ask.criterion.id for s in states if s.status is Status.ATTESTED)


def judge_states(facts: Facts, as_of: str) -> tuple[State, ...]:
    """Each observable criterion with its status, in the model's order."""
    asks = [a for a in facts.content.model.asks() if a.criterion.observable]
    said = counting(facts.content.word.said, as_of, facts.root)
    return tuple(_with_word(_state(ask, facts, as_of), said) for ask in asks)


def _with_word(state: State, said: Mapping[tuple[bool, str], Said]) -> State:
    """The state with what people said of it: a waiver sets it aside, an attestation stands in for evidence only."""
    name = state.ask.criterion.id
    if state.status in OUTSIDE:
        return state
    waiver, attestation = said.get((True, name)), said.get((False, name))
    if waiver is not None:
        return State(state.ask, Status.WAIVED, replace(state.outcome, why=told(waiver)))
    if attestation is not None and state.status is not Status.MET:
        return State(state.ask, Status.ATTESTED, replace(state.outcome, why=told(attestation)))
    return state


def _state(ask: Ask, facts: Facts, as_of: str) -> State:
    criterion = ask.criterion
    if _DATE.match(criterion.since) and criterion.since > as_of:
        return State(ask, Status.UPCOMING, Outcome(Truth.NO, f"counts from {criterion.since}"))
    if criterion.not_applicable_if is not None:
        exempt = evaluate(criterion.not_applicable_if, facts)
        if exempt.truth is Truth.YES:
            return State(ask, Status.NOT_APPLICABLE, Outcome(Truth.NO, f"does not apply: {exempt.why}"))
    outcome = evaluate(criterion.needs or "", facts)
    return State(ask, _STATUS[outcome.truth], outcome)


def items(states: Iterable[State], met: Collection[Status], also: Collection[str] = ()) -> list[Item]:
    """What rating needs of the states that are in the denominator; `also` are criteria taken as met."""
    maybe = Status.UNKNOWN in met
    return [
        Item(
            weight=s.ask.criterion.weight,
            essential=s.ask.criterion.essential,
            met=s.status in met or s.ask.criterion.id in also or (maybe and _open_attested(s)),
        )
        for s in states
        if s.status not in OUTSIDE
    ]


def _open_attested(state: State) -> bool:
    """Whether evidence may be there, unseen, for what people vouch for."""
    return state.status is Status.ATTESTED and state.outcome.truth is Truth.UNKNOWN


def rungs(facts: Facts) -> list[int]:
    """The levels that can be reached, rising."""
    return sorted(x.n for x in facts.content.model.file.levels if x.n > 0)


def level_of(
    facts: Facts, states: Sequence[State], kind: str, met: Collection[Status], also: Collection[str] = ()
) -> int:
    """The level when the statuses in `met` and the criteria in `also` count as met, within the bounds of the kind."""
    by_level = [(n, items((s for s in states if s.ask.level == n), met, also)) for n in rungs(facts)]
    level = reached(by_level, facts.content.model.file.staged, _allowed(facts, states, met, also))
    return within_kind(facts, kind, level, met)


def within_kind(facts: Facts, kind: str, level: int, met: Collection[Status]) -> int:
    """The level raised to the least and cut to the highest level of the kind."""
    file = facts.content.model.file
    sure = Status.UNKNOWN not in met
    floor = file.floor_by_kind.get(kind, 0)
    if sure and any(_is_unknown(facts, p) for p in file.floor_unless_unknown):
        floor = 0
    ceiling = file.ceiling_by_kind.get(kind, max(rungs(facts), default=0))
    unless = file.ceiling_unless.get(kind)
    if unless is not None and _STATUS[evaluate(unless, facts).truth] in met:
        ceiling = max(rungs(facts), default=0)
    return min(max(level, floor), ceiling)


def _is_unknown(facts: Facts, practice: str) -> bool:
    return practice in facts.practices and facts.practices[practice].truth is Truth.UNKNOWN


def _allowed(
    facts: Facts, states: Sequence[State], met: Collection[Status], also: Collection[str]
) -> Callable[[int], bool]:
    granted = {name for s in states if s.ask.criterion.id in also for name in named(s.ask.criterion.needs)}

    def holds(cond: Cond | str) -> bool:
        return _STATUS[evaluate(cond, facts).truth] in met or bool(granted & set(named(cond)))

    requires = facts.content.model.file.staged.requires
    waived = _all_waived(states)
    return lambda n: n not in waived and all(holds(c) for c in requires.get(n, ()))


def _all_waived(states: Sequence[State]) -> set[int]:
    """Levels of which nothing is left to ask because people set it aside: waiving alone reaches nothing."""
    left = {s.ask.level for s in states if s.status not in OUTSIDE}
    return {s.ask.level for s in states if s.status is Status.WAIVED} - left
