"""The shortest way to a level: which of what is missing, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from mlscan.assess.outlook import Lack, Outlook
from mlscan.assess.verdict import FLOOR, State, Verdict, level_of, vouched
from mlscan.types.assessment import Status
from mlscan.types.conditions import named

OPEN = frozenset({Status.NOT_MET, Status.UNKNOWN})
EFFORT = {"S": 1, "M": 3, "L": 9}
"""What an effort weighs when ways are compared: one large thing against several small ones."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the criterion that it is done for, what is set up, and what becomes of the levels."""

    state: State
    by: tuple[Lack, ...]
    also: tuple[State, ...]
    stage: int
    """The level for which it is done."""
    reaches: int | None
    """The level that holds after it, where it is the last of its stage."""


class Search:
    """What is missing for a level, and what each part of it would give."""

    def __init__(self, verdict: Verdict, goal: int) -> None:
        self._verdict = verdict
        self._outlook = Outlook(verdict.facts)
        self._met: dict[frozenset[Lack], frozenset[str]] = {}
        self._named_first: dict[Lack, list[State]] = {}
        self._vouched = vouched(verdict.states)
        self.goal = goal
        self.all_open = [s for s in verdict.states if s.status in OPEN]
        self.open = [s for s in self.all_open if s.ask.level <= goal]
        self.ways = {s.ask.criterion.id: self._outlook.ways(s.ask.criterion.needs or "") for s in self.open}
        named = (lack for s in self.open for way in self.ways[s.ask.criterion.id] for lack in sorted(way))
        self.lacks: tuple[Lack, ...] = tuple(dict.fromkeys(named))

    def met(self, done: Iterable[Lack]) -> frozenset[str]:
        """Ids of the criteria that are open now and met with this."""
        key = frozenset(done)
        if key not in self._met:
            holding = (s for s in self.all_open if self._outlook.holds(s.ask.criterion.needs or "", key))
            self._met[key] = frozenset(s.ask.criterion.id for s in holding)
        return self._met[key]

    def reaches(self, done: Iterable[Lack], level: int, *, whole: bool = False) -> bool:
        """Whether the level holds with this, and no essential criterion up to it is met by means of a later level only.

        whole: every essential criterion up to it is met. A level may hold without one when all others are met; that is
        a way to take when nothing else is left to do, not one to look for.
        """
        done = tuple(done)
        if self.level(done) < level:
            return False
        essential = [s for s in self.open if s.ask.criterion.essential and s.ask.level <= level]
        met = self.met(done)
        asked = essential if whole else [s for s in essential if s.ask.criterion.id in met]
        return all(self._met_in_turn(s, done) for s in asked)

    def level(self, done: Iterable[Lack]) -> int:
        """The level with this."""
        verdict = self._verdict
        return level_of(verdict.facts, verdict.states, verdict.kind.name, FLOOR, self.met(done) | self._vouched)

    def cost(self, lack: Lack) -> int:
        """The effort of the hardest criterion that names it first, up to the goal where there are such, else of any.

        What no criterion names first costs as much as the hardest of those that it could serve.
        """
        first = self._first(lack)
        near = [s for s in first if s.ask.level <= self.goal]
        return max((EFFORT[s.ask.criterion.effort] for s in near or first or self._served(lack)), default=0)

    def worth(self, lack: Lack) -> int:
        """The weights of the criteria up to the goal that it meets alone."""
        met = self.met((lack,))
        return sum(s.ask.criterion.weight for s in self.open if s.ask.criterion.id in met)

    def way(self, state: State, done: Collection[Lack]) -> frozenset[Lack]:
        """The first way of a criterion that this makes up; empty for none."""
        return next((w for w in self.ways[state.ask.criterion.id] if w <= frozenset(done)), frozenset())

    def _met_in_turn(self, state: State, done: Iterable[Lack]) -> bool:
        level = state.ask.level
        early = (x for x in done if min((s.ask.level for s in self._first(x)), default=0) <= level)
        return state.ask.criterion.id in self.met(early)

    def _first(self, lack: Lack) -> list[State]:
        """The criteria that name it first."""
        if lack not in self._named_first:
            states = self._verdict.states
            self._named_first[lack] = [s for s in states if lack == next(named(s.ask.criterion.needs), None)]
        return self._named_first[lack]

    def _served(self, lack: Lack) -> list[State]:
        return [s for s in self.open if any(lack in way for way in self.ways[s.ask.criterion.id])]


def shortest(search: Search) -> tuple[Lack, ...]:
    """Least effort that reaches the goal, fewest things where several cost the same; empty when nothing does.

    Nothing can be left out of it. Several orders of leaving out are tried, not all: with a model of a usual size the
    result is the best one or next to it.
    """
    goal = search.goal
    if not search.reaches(search.lacks, goal):
        return ()
    place = {lack: n for n, lack in enumerate(search.lacks)}
    cost = {lack: search.cost(lack) for lack in search.lacks}
    worth = {lack: search.worth(lack) for lack in search.lacks}
    orders = (
        sorted(search.lacks, key=lambda x: (cost[x] / (worth[x] or 0.5), place[x]), reverse=True),
        sorted(search.lacks, key=lambda x: (cost[x], -worth[x], place[x]), reverse=True),
        sorted(search.lacks, key=lambda x: (worth[x], -cost[x], -place[x])),
    )
    ways = [_needed(lambda kept: search.reaches(kept, goal, whole=True), order, search.lacks) for order in orders]
    ways = [
        _needed(lambda kept: search.reaches(kept, goal), order, way) for order, way in zip(orders, ways, strict=True)
    ]
    return min(ways, key=lambda way: (sum(cost[x] for x in way), len(way), [place[x] for x in way]))


def ordered(search: Search, way: Sequence[Lack], level: int) -> list[Step]:
    """The steps of a way, level by level: what the next level needs comes before what only later ones need."""
    groups = _grouped(search, way)
    steps: list[Step] = []
    done: tuple[Lack, ...] = ()
    for stage in range(level + 1, search.goal + 1):
        for state in _of_stage(search, groups, done, stage):
            lacks = groups.pop(state.ask.criterion.id)
            met, done = search.met(done), (*done, *lacks)
            gained = search.met(done) - met - {state.ask.criterion.id}
            also = tuple(s for s in search.all_open if s.ask.criterion.id in gained)
            steps.append(Step(state=state, by=lacks, also=also, stage=stage, reaches=None))
        if steps and search.reaches(done, stage):
            steps[-1] = replace(steps[-1], reaches=search.level(done))
    return steps


def _grouped(search: Search, way: Sequence[Lack]) -> dict[str, tuple[Lack, ...]]:
    """Criterion that stands for a step -> what is set up in it.

    It is the most demanding one of those that name what is set up first, and so say how, or of all that it serves.
    """
    groups: dict[str, tuple[Lack, ...]] = {}
    for lack in way:
        served = [s for s in search.open if lack in search.way(s, way)]
        about = [s for s in served if lack == next(named(s.ask.criterion.needs), None)] or served
        most = max(about, key=lambda s: (s.ask.level, EFFORT[s.ask.criterion.effort], s.ask.criterion.weight))
        groups[most.ask.criterion.id] = (*groups.get(most.ask.criterion.id, ()), lack)
    return groups


def _of_stage(search: Search, groups: dict[str, tuple[Lack, ...]], done: tuple[Lack, ...], stage: int) -> list[State]:
    """The steps, of those that are left, that the level of a stage needs: none that can wait, the urgent ones first."""
    if search.reaches(done, stage):
        return []
    states = {s.ask.criterion.id: s for s in search.open}

    def lowest(name: str) -> int:
        gained = search.met((*done, *groups[name])) - search.met(done)
        return min((s.ask.level for s in search.open if s.ask.criterion.id in gained), default=search.goal)

    def urgency(name: str) -> tuple[int, bool, int, int]:
        criterion = states[name].ask.criterion
        return (lowest(name), not criterion.essential, -criterion.weight, EFFORT[criterion.effort])

    names = sorted(groups, key=urgency)
    can_wait = sorted(names, key=lambda n: (urgency(n)[:2], EFFORT[states[n].ask.criterion.effort]), reverse=True)

    def enough(chosen: Sequence[str]) -> bool:
        return search.reaches((*done, *(lack for n in chosen for lack in groups[n])), stage)

    return [states[n] for n in _needed(enough, can_wait, names)]


def _needed(enough: Callable[[Sequence[str]], bool], order: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """What is left of some things once all that can be spared are left out, tried in this order."""
    kept = tuple(given)
    for name in order:
        without = tuple(x for x in kept if x != name)
        if enough(without):
            kept = without
    return kept
