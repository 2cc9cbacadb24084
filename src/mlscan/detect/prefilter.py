"""One search of a file for the words of all matchers: which of them may hold there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import re2

from mlscan.detect.plan import Leaf

_MEMORY = 32 << 20
"""Bytes that the automaton of all words may take."""


class _Users:
    """Who is told that one word is there."""

    __slots__ = ("always", "by_module")

    def __init__(self) -> None:
        self.always: set[int] = set()
        self.by_module: list[tuple[str, int]] = []


class Prefilter:
    """All words of matchers in one linear search, and the literal parts of loose patterns in another.

    A clause has the index of its matcher, or a negative number where the matcher has several.
    """

    def __init__(self, leaves: Iterable[Leaf], extra: Iterable[str]) -> None:
        words: dict[str, _Users] = defaultdict(_Users)
        loose: dict[str, _Users] = defaultdict(_Users)
        self._several: dict[int, tuple[int, ...]] = {}
        """Clauses of the leaves that have more than one."""
        count = 0
        for leaf in leaves:
            numbers: tuple[int, ...] = (leaf.index,)
            if len(leaf.words) > 1:
                numbers = self._several[leaf.index] = tuple(-1 - count - n for n in range(len(leaf.words)))
                count += len(numbers)
            for number, clause in zip(numbers, leaf.words, strict=True):
                for word in clause:
                    users = (loose if word.loose else words)[word.pattern]
                    if word.module is None:
                        users.always.add(number)
                    else:
                        users.by_module.append((word.module, number))
        self._words, self._loose = list(words.values()), list(loose.values())
        self._extra = list(extra)
        self._set = _word_set([*words, *map(re.escape, self._extra)])
        self._filter = _loose_filter(loose)

    def search(self, data: bytes, modules: frozenset[str] | None) -> tuple[set[int], list[str]]:
        """(indexes of the leaves that may hold in the data, extra words in it).

        modules: top-level modules that the file imports, None where that is not known.
        """
        found = (self._set.Match(data) or ()) if self._set else ()
        split = len(self._words)
        users = [self._words[i] for i in found if i < split]
        if self._filter is not None:
            users += [self._loose[i] for i in self._filter.Match(data, True) or ()]
        met = set().union(*(user.always for user in users))
        for user in users:
            for module, number in user.by_module:
                if modules is None or module in modules:
                    met.add(number)
        for leaf, clauses in self._several.items():
            if clauses[0] in met and met.issuperset(clauses):
                met.add(leaf)
        return met, [self._extra[i - split] for i in found if i >= split]


def _word_set(patterns: list[str]) -> re2.Set | None:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern.encode("utf-8"))
    if patterns:
        found.Compile()
    return found if patterns else None


def _loose_filter(patterns: Iterable[str]) -> re2.Filter | None:
    options = re2.Options()
    options.log_errors = False
    found, count = re2.Filter(), 0
    for pattern in patterns:
        found.Add(pattern.encode(), options)
        count += 1
    if count:
        found.Compile()
    return found if count else None
