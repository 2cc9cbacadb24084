"""Finds the commit between two revisions at which something changed, by looking at as few others as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlscan.scan.history.samples import Sample
from mlscan.snapshot import Commit
from mlscan.types.history import Point, Turn


@dataclass(frozen=True, slots=True)
class Change:
    """Something is otherwise at one revision than at an older one."""

    old: Sample
    new: Sample
    is_new: Callable[[Commit], bool | None]
    """Whether it is at a commit as it is at the newer one; None where that is not known."""
    paths: frozenset[str]
    """Files of which one was probably changed with it."""


class OutOfBudget(Exception):
    """More commits would have to be looked at than may be."""


class Turns:
    """Finds turns on one line of commits (newest first)."""

    def __init__(
        self, commits: Sequence[Commit], changed: Callable[[Sequence[str]], Mapping[str, frozenset[str]]], budget: int
    ) -> None:
        self._commits, self._ask = commits, changed
        self._left = budget
        self._looked: set[int] = set()
        self._changed: dict[str, frozenset[str]] = {}
        self._found: dict[tuple[int, int], list[int]] = {}
        """Places of the turns that were found between two others."""

    def prepare(self, changes: Iterable[Change]) -> None:
        """Asks at once for the files that the commits change among which turns will be looked for."""
        places = {place for c in changes for place in range(c.new.place, c.old.place)}
        self._changed.update(self._ask([self._commits[place].revision for place in sorted(places)]))

    def find(self, change: Change) -> Turn:
        """When it changed: at a commit that differs from its first parent, or between two that were looked at."""
        bounds = [change.old.place, change.new.place]
        try:
            exact = self._narrow(change, bounds)
        except OutOfBudget:
            exact = False
        at = self._point(bounds[1])
        if exact:
            self._found.setdefault((change.old.place, change.new.place), []).append(bounds[1])
        return Turn(at=at if exact else None, after=self._point(bounds[0]), before=at)

    def _narrow(self, change: Change, bounds: list[int]) -> bool:
        """Moves the bounds (newest known old, oldest known new) together; whether they are neighbours in the end."""
        likely = self._likely(change)
        while likely and bounds[0] - bounds[1] > 1:
            middle = likely[len(likely) // 2]
            self._test(change, bounds, middle)
            likely = [place for place in likely if bounds[1] < place < bounds[0]]
        if bounds[0] - bounds[1] > 1:
            # What is likely was narrowed down to one commit: the one before it decides.
            self._test(change, bounds, bounds[1] + 1)
        while bounds[0] - bounds[1] > 1:
            self._test(change, bounds, (bounds[0] + bounds[1]) // 2)
        return change.old.place == bounds[0] or self._knows(change, bounds[0])

    def _likely(self, change: Change) -> list[int]:
        """Places between the two where it probably changed, oldest first."""
        between = range(change.old.place - 1, change.new.place, -1)
        turned = self._found.get((change.old.place, change.new.place))
        if turned:
            return [place for place in between if place in turned]
        touching = (self._changed.get(self._commits[place].revision, frozenset()) for place in between)
        return [place for place, paths in zip(between, touching, strict=True) if not paths.isdisjoint(change.paths)]

    def _test(self, change: Change, bounds: list[int], place: int) -> None:
        bounds[1 if self._is_new(change, place) else 0] = place

    def _is_new(self, change: Change, place: int) -> bool | None:
        if place not in self._looked:
            if self._left <= 0:
                raise OutOfBudget
            self._left -= 1
            self._looked.add(place)
        return change.is_new(self._commits[place])

    def _knows(self, change: Change, place: int) -> bool:
        return change.is_new(self._commits[place]) is not None

    def _point(self, place: int) -> Point:
        commit = self._commits[place]
        return Point(commit.revision, commit.committed_on)
