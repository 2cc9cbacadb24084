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
    """The names that matchers list, with wildcards, and the patterns that others test them with."""

    def __init__(self, values: Iterable[tuple[int, Value]], lists: Lists) -> None:
        plain: dict[str, set[int]] = defaultdict(set)
        patterns: dict[str, set[int]] = defaultdict(set)
        self._checks: dict[int, Check] = {}
        """What has to hold besides the name or pattern that the table finds."""
        self._every: set[int] = set()
        for index, value in values:
            names = texts(value, lists)
            if isinstance(value, Test) and not _is_plain(value):
                self._checks[index] = check_for(value, lists)
            if names is None:
                patterns[_loose(value)].add(index)
            elif "*" in names:
                self._every.add(index)
            else:
                for name in names:
                    if "*" in name:
                        patterns[wildcard_regex(name)].add(index)
                    else:
                        plain[name].add(index)
        self._plain, self._patterns = plain, list(patterns.values())
        self._set = _set(patterns)
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
                found |= self._patterns[number]
        return frozenset(index for index in found if index not in self._checks or self._checks[index](name))


def _is_plain(test: Test) -> bool:
    """Whether a test only lists names."""
    return test.in_ is not None and test == Test(in_=test.in_)


def _loose(value: Value) -> str:
    """A pattern over the whole name that holds wherever the test of it does, and maybe elsewhere."""
    regex = value.regex if isinstance(value, Test) else None
    return ".*" if regex is None else f".*(?:{regex}).*"


def _set(patterns: Iterable[str]) -> re2.Set | None:
    options = re2.Options()
    options.dot_nl = True
    options.max_mem = _MEMORY
    options.log_errors = False
    found, count = re2.Set.FullMatchSet(options), 0
    for pattern in patterns:
        found.Add(pattern.encode("utf-8"))
        count += 1
    if count:
        found.Compile()
    return found if count else None
