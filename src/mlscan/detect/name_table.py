"""Which matchers mean a name of the code: all are asked in one linear match, and once for each name."""

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
    """The names that matchers list, with wildcards, and the tests that others make."""

    def __init__(self, values: Iterable[tuple[int, Value]], lists: Lists) -> None:
        plain: dict[str, set[int]] = defaultdict(set)
        wild: dict[str, set[int]] = defaultdict(set)
        self._tests: list[tuple[int, Check]] = []
        self._every: set[int] = set()
        for index, value in values:
            names = None if isinstance(value, Test) else texts(value, lists)
            if names is None:
                self._tests.append((index, check_for(value, lists)))
            elif "*" in names:
                self._every.add(index)
            else:
                for name in names:
                    (wild if "*" in name else plain)[name].add(index)
        self._plain, self._wild = plain, list(wild.values())
        self._set = _set(wild)
        self._known: dict[str, frozenset[int]] = {}

    def users(self, name: str) -> frozenset[int]:
        """Indexes of the matchers that a name passes."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def _find(self, name: str) -> frozenset[int]:
        found = self._every | self._plain.get(name, set())
        if self._set is not None:
            for number in self._set.Match(name.encode("utf-8", "replace")) or ():
                found |= self._wild[number]
        found.update(index for index, check in self._tests if check(name))
        return frozenset(found)


def _set(names: Iterable[str]) -> re2.Set | None:
    options = re2.Options()
    options.dot_nl = True
    options.max_mem = _MEMORY
    options.log_errors = False
    found, count = re2.Set.FullMatchSet(options), 0
    for name in names:
        found.Add(wildcard_regex(name).encode("utf-8"))
        count += 1
    if count:
        found.Compile()
    return found if count else None
