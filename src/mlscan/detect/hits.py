"""Hits: what matchers return, and the units in which they must meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

UnitKey = tuple[str, ...]
ANYWHERE = "\0"
"""Stands among unknown files for every file: not all places are kept."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a matcher holds."""

    path: str
    line: int | None = None
    excerpt: str = ""
    units: tuple[str, ...] = ()
    """Nested units inside the file, outermost first: ("job:build", "step:3"), ("class:A", "function:fit")."""
    captures: tuple[tuple[str, str], ...] = ()
    """Named values, sorted by name."""
    strength: str | None = None
    """Strength that a branch of the condition gives."""
    context: str | None = None
    """Context of a script that leads to it, where that is not the repository's own."""

    def capture(self, name: str) -> str | None:
        """The captured value of that name."""
        return dict(self.captures).get(name)

    def with_captures(self, more: Mapping[str, str]) -> Hit:
        """The same hit with further captures; its own win."""
        merged = tuple(sorted({**more, **dict(self.captures)}.items()))
        return replace(self, captures=merged) if merged != self.captures else self


@dataclass(frozen=True, slots=True)
class Result:
    """Three-valued: hits, or none; and the files whose gaps could have hidden one."""

    hits: tuple[Hit, ...] = ()
    unknown: frozenset[str] = frozenset()


NOTHING = Result()


def unit_key(path: str, units: Sequence[str], scope: str, root_of: Callable[[str], str]) -> tuple[UnitKey, bool]:
    """(key of the unit of this scope that a place lies in, whether the place lies inside such a unit at all).

    A place that lies in no unit of the scope (a workflow's trigger, for scope job) gets the key of the smallest unit
    that holds it; it belongs to every unit whose key begins with that.
    """
    if scope == "repository":
        return (), True
    if scope == "component":
        return (root_of(path),), True
    if scope == "folder":
        return (path.rpartition("/")[0],), True
    if scope == "file":
        return (path,), True
    for index in range(len(units) - 1, -1, -1):
        if units[index].startswith(scope + ":"):
            return (path, *units[: index + 1]), True
    return (path, *units), False


def same_unit(key: UnitKey, other: UnitKey) -> bool:
    """Whether one of two keys holds the other."""
    size = min(len(key), len(other))
    return key[:size] == other[:size]


class UnitSet:
    """Keys of units: tells whether one of them holds another key or is held by it, without a look at each."""

    def __init__(self, keys: Iterable[UnitKey]) -> None:
        self._keys = set(keys)
        self._holders = {key[:size] for key in self._keys for size in range(len(key))}

    def meets(self, key: UnitKey) -> bool:
        """Whether it is the `same_unit` with one of the keys."""
        return key in self._holders or any(key[:size] in self._keys for size in range(len(key) + 1))
