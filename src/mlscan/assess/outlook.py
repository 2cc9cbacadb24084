"""What would hold if something that is missing were there: the ways to meet a condition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, islice, product

import msgspec

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts
from mlscan.assess.truth import Truth
from mlscan.types.conditions import Cond

Lack = str
"""Something that is missing: the id of a practice or detector, or the text of another condition."""

WAYS = 32
"""Ways to meet one condition that are looked at, in the order of the content."""


class Outlook:
    """Asks of one repository's facts what holds now, and what would hold with some of what is missing."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._now: dict[Lack, bool] = {}

    def holds(self, cond: Cond | str, done: Collection[Lack] = ()) -> bool:
        """Whether the condition holds once everything in `done` is there. Unknown does not hold."""
        if isinstance(cond, Cond):
            if cond.any_of is not None:
                return any(self.holds(c, done) for c in cond.any_of)
            if cond.all_of is not None:
                return all(self.holds(c, done) for c in cond.all_of)
            if cond.at_least is not None:
                return sum(self.holds(c, done) for c in cond.at_least.of) >= cond.at_least.n
        name = self.lack(cond)
        return name in done or self._holds_now(name, cond)

    def ways(self, cond: Cond | str) -> list[frozenset[Lack]]:
        """Sets of what is missing, each of which would meet the condition; the first is the one that it names first."""
        if self.holds(cond):
            return [frozenset()]
        if isinstance(cond, Cond):
            if cond.any_of is not None:
                return _single(way for c in cond.any_of for way in self.ways(c))
            if cond.all_of is not None:
                return self._all(cond.all_of)
            if cond.at_least is not None:
                chosen = islice(combinations(cond.at_least.of, cond.at_least.n), WAYS)
                return _single(way for members in chosen for way in self._all(members))
        return [frozenset({self.lack(cond)})]

    def lack(self, cond: Cond | str) -> Lack:
        """The name under which what a condition asks for is missing."""
        if isinstance(cond, str):
            return cond
        if cond.practice is not None and cond.contexts is None and self._enough(cond):
            return cond.practice
        if cond.detector is not None and cond.contexts is None and cond.strength is None:
            return cond.detector
        if cond.not_ is not None:
            return f"not {self.lack(cond.not_)}"
        return msgspec.json.encode(cond).decode()

    def _enough(self, cond: Cond) -> bool:
        rule = self._facts.content.presence.practices.get(cond.practice or "")
        return cond.strength is None or (rule is not None and rule.strength.rank >= cond.strength.rank)

    def _all(self, members: Sequence[Cond | str]) -> list[frozenset[Lack]]:
        return _single(frozenset().union(*ways) for ways in product(*(self.ways(c) for c in members)))

    def _holds_now(self, name: Lack, cond: Cond | str) -> bool:
        if name not in self._now:
            self._now[name] = evaluate(cond, self._facts).truth is Truth.YES
        return self._now[name]


def _single(ways: Iterable[frozenset[Lack]]) -> list[frozenset[Lack]]:
    return list(dict.fromkeys(islice(ways, WAYS)))
