"""Paths by a part of them, such as the file's name: a few bytes for each path instead of an entry of a dictionary."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

KEPT = 10_000
"""Answers that are kept; then they are forgotten."""


class ByPart:
    """Looks paths up by what a function says of them; it is made when somebody asks."""

    def __init__(self, paths: Sequence[str], part: Callable[[str], str]) -> None:
        self._paths = paths
        self._part = part
        self._order: array[int] | None = None
        self._known: dict[str, tuple[str, ...]] = {}

    def get(self, part: str) -> tuple[str, ...]:
        """The paths of which the function says this, in their order."""
        found = self._known.get(part)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[part] = self._find(part)
        return found

    def _find(self, part: str) -> tuple[str, ...]:
        if self._order is None:
            self._order = array("L", sorted(range(len(self._paths)), key=self._part_at))
        first = bisect_left(self._order, part, key=self._part_at)
        last = bisect_right(self._order, part, lo=first, key=self._part_at)
        return tuple(self._paths[number] for number in self._order[first:last])

    def _part_at(self, number: int) -> str:
        return self._part(self._paths[number])


def name_of(path: str) -> str:
    """The file's name."""
    return path[path.rfind("/") + 1 :]
