"""Which matchers mean a name of the code: all are asked at once, and once for each name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import re2

from mlscan.detect.values import Check, check_for, texts, wildcard_regex
from mlscan.types.content import Test, Value
from mlscan.types.lists import Lists

_MEMORY = 16 << 20
"""Bytes that the automaton of all wildcards may take."""


class NameTable:
    """The names that matchers list, with wildcards, and the patterns that others test them with.

    Most wildcards begin or end with a whole part of a dotted name and are looked up by it: one automaton of all of them
    would have so many states that it is never done with making them.
    """

    def __init__(self, values: Iterable[tuple[int, Value]], lists: Lists) -> None:
        self._plain: dict[str, set[int]] = defaultdict(set)
        self._every: set[int] = set()
        self._checks: dict[int, Check] = {}
        """What has to hold besides the name or pattern that the table finds."""
        self._by_end: dict[str, list[tuple[str, int]]] = defaultdict(list)
        """Last part, or "" -> ends of names, and who asks for them."""
        self._by_start: dict[str, _Patterns] = defaultdict(_Patterns)
        """First part -> patterns of names that begin with it."""
        self._rest = _Patterns()
        self._known: dict[str, frozenset[int]] = {}
        for index, value in values:
            names = texts(value, lists)
            if isinstance(value, Test) and not _is_plain(value):
                self._checks[index] = check_for(value, lists)
            if names is None:
                self._rest.add(_loose(value), index)
            elif "*" in names:
                self._every.add(index)
            else:
                for name in names:
                    self._add(name, index)

    def _add(self, name: str, index: int) -> None:
        head, star, _ = name.partition("*")
        if not star:
            self._plain[name].add(index)
        elif "." in head:
            self._by_start[head.partition(".")[0]].add(wildcard_regex(name), index)
        elif name.startswith("*") and name.count("*") == 1:
            # The last part is whole where a dot stands before it; else it may be the end of any part.
            self._by_end[name.rpartition(".")[2] if "." in name else ""].append((name[1:], index))
        else:
            self._rest.add(wildcard_regex(name), index)

    def users(self, name: str) -> frozenset[int]:
        """Indexes of the matchers that a name passes."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def _find(self, name: str) -> frozenset[int]:
        found = self._every | self._plain.get(name, set()) | self._rest.users(name)
        for part in (name.rpartition(".")[2], ""):
            found.update(index for end, index in self._by_end.get(part, ()) if name.endswith(end))
        start = self._by_start.get(name.partition(".")[0])
        if start is not None:
            found |= start.users(name)
        return frozenset(index for index in found if index not in self._checks or self._checks[index](name))


class _Patterns:
    """Patterns over whole names that are asked in one linear match."""

    def __init__(self) -> None:
        self._users: dict[str, set[int]] = defaultdict(set)
        self._set: re2.Set | None = None
        self._order: list[set[int]] = []

    def add(self, pattern: str, index: int) -> None:
        """One more pattern, before the first question."""
        self._users[pattern].add(index)

    def users(self, name: str) -> set[int]:
        """Who asks for a pattern that the name passes."""
        if not self._users:
            return set()
        if self._set is None:
            self._set, self._order = _set(self._users), list(self._users.values())
        return set().union(*(self._order[number] for number in self._set.Match(name.encode("utf-8", "replace")) or ()))


def _is_plain(test: Test) -> bool:
    """Whether a test only lists names."""
    return test.in_ is not None and test == Test(in_=test.in_)


def _loose(value: Value) -> str:
    """A pattern over the whole name that holds wherever the test of it does, and maybe elsewhere."""
    regex = value.regex if isinstance(value, Test) else None
    return ".*" if regex is None else f".*(?:{regex}).*"


def _set(patterns: Iterable[str]) -> re2.Set:
    options = re2.Options()
    options.dot_nl = True
    options.max_mem = _MEMORY
    options.log_errors = False
    found = re2.Set.FullMatchSet(options)
    for pattern in patterns:
        found.Add(pattern.encode("utf-8"))
    found.Compile()
    return found
