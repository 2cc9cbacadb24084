"""One search of a file for the words of all matchers: which of them may hold there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import re2

from mlscan.detect.plan import Leaf

_MEMORY = 256 << 20
"""Bytes that the automaton of all words may take."""


class Prefilter:
    """All words of all matchers in one linear search, and the literal parts of loose patterns in another."""

    def __init__(self, leaves: Iterable[Leaf], extra: Iterable[str]) -> None:
        words: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        loose: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        self._clauses: list[int] = []
        """Leaf of each clause."""
        self._several: dict[int, int] = {}
        """Number of clauses of the leaves that have more than one."""
        for leaf in leaves:
            if len(leaf.words) > 1:
                self._several[leaf.index] = len(leaf.words)
            for clause in leaf.words:
                for word in clause:
                    (loose if word.loose else words)[word.pattern].append((len(self._clauses), word.module))
                self._clauses.append(leaf.index)
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
        users = [use for i in found if i < split for use in self._words[i]]
        if self._filter is not None:
            users += [use for i in self._filter.Match(data, True) or () for use in self._loose[i]]
        met = {clause for clause, module in users if module is None or modules is None or module in modules}
        return self._leaves(met), [self._extra[i - split] for i in found if i >= split]

    def _leaves(self, met: Iterable[int]) -> set[int]:
        """Leaves of which every clause is met."""
        counts: dict[int, int] = defaultdict(int)
        for clause in met:
            counts[self._clauses[clause]] += 1
        return {leaf for leaf, count in counts.items() if count == self._several.get(leaf, 1)}


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
