"""Which of many words pass a test: patterns look at all of them in one search instead of at each alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

import re2

from mlscan.detect.values import check_for, texts, wildcard_regex
from mlscan.types.content import Test, Value
from mlscan.types.lists import Lists

FEW = 40
"""Words that are quicker looked at one by one."""


@lru_cache(maxsize=16)
def vocabulary_of(words: frozenset[str]) -> Vocabulary:
    """One vocabulary for all that have the same words: the commands of many revisions are the same."""
    return Vocabulary(words)


class Vocabulary:
    """Distinct words, ready to be searched together; words with line breaks are looked at one by one."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        self._lines = [word for word in words if "\n" not in word]
        self._others = [word for word in words if "\n" in word]
        encoded = [word.encode("utf-8", "replace") for word in self._lines]
        self._text = b"\n".join(encoded)
        self._held: dict[tuple[int, int], tuple[Value, Lists, list[str]]] = {}
        """Answers by the identity of value and lists, which are kept so that it is not used again."""
        self._starts = list(accumulate((len(word) + 1 for word in encoded[:-1]), initial=0))

    def holding(self, value: Value, lists: Lists) -> Sequence[str]:
        """The words that pass, each once, in no particular order."""
        key = (id(value), id(lists))
        if key not in self._held:
            self._held[key] = value, lists, self._find(value, lists)
        return self._held[key][2]

    def _find(self, value: Value, lists: Lists) -> list[str]:
        if len(self._words) < FEW:
            check = check_for(value, lists)
            return [word for word in self._words if check(word)]
        names = texts(value, lists)
        if isinstance(value, Test):
            if value.regex is None:
                return [word for word in self._words if check_for(value, lists)(word)]
            return self._passing(value, lists, f"(?m:{value.regex})")
        plain = {name for name in names or () if "*" not in name}
        wild = [name for name in names or () if "*" in name]
        found = [name for name in plain if name in self._words]
        if wild:
            pattern = "|".join(map(wildcard_regex, wild))
            found += [word for word in self._passing(value, lists, f"(?m)^(?:{pattern})$") if word not in plain]
        return found

    def _passing(self, value: Value, lists: Lists, pattern: str) -> list[str]:
        """A match in the joined text only says where to look: it may have begun in one word and ended in another."""
        check = check_for(value, lists)
        candidates = dict.fromkeys(self._touched(pattern))
        return [word for word in (*candidates, *self._others) if check(word)]

    def _touched(self, pattern: str) -> Iterator[str]:
        for match in re2.compile(pattern.encode()).finditer(self._text):
            first = bisect_right(self._starts, match.start()) - 1
            last = bisect_right(self._starts, match.end()) - 1
            yield from self._lines[max(first, 0) : last + 1]
