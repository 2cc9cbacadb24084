"""Tests on single values, compiled from content: wildcards, lists, regular expressions, comparisons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import re2

from mlscan.types.content import Scalar, Test, Value
from mlscan.types.lists import Lists

Check = Callable[[object], bool]


def as_text(value: object) -> str:
    """A scalar as content writes it: booleans as true and false, null as ""."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def expand(values: Iterable[Scalar] | str | Scalar, lists: Lists) -> list[Scalar]:
    """The values with every `@list` replaced by its members."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        values = [values]
    found: list[Scalar] = []
    for value in values:
        if isinstance(value, str) and value.startswith("@") and value[1:] in lists.plain:
            found.extend(lists.plain[value[1:]])
        else:
            found.append(value)
    return found


def texts(value: Value, lists: Lists) -> list[str] | None:
    """The texts that a value lists (wildcards kept), or None where it is a `Test` without a list."""
    if isinstance(value, Test):
        if value.in_ is not None:
            return [as_text(v) for v in expand(value.in_, lists)]
        return None
    return [as_text(v) for v in expand(value, lists)]


_COMPILED: dict[tuple[int, int], tuple[Value, Lists, Check]] = {}
"""Compiled tests by the identity of their value; the value is kept so that its identity is not used again."""


def check_for(value: Value, lists: Lists) -> Check:
    """A function that tells whether a scalar passes; compiled once for each value of the content."""
    key = (id(value), id(lists))
    if key not in _COMPILED:
        _COMPILED[key] = (value, lists, _compile(value, lists))
    return _COMPILED[key][2]


def _compile(value: Value, lists: Lists) -> Check:
    if isinstance(value, Test):
        return _check_test(value, lists)
    return _check_any(expand(value, lists))


def _check_any(values: Iterable[Scalar]) -> Check:
    words = [as_text(value) for value in values]
    plain = frozenset(word for word in words if "*" not in word)
    wild = [word for word in words if "*" in word]
    if not wild:
        return lambda v: as_text(v) in plain
    # One linear pattern for all of them: lists are long, and every call of a file is tested.
    pattern = re2.compile("(?s)" + "|".join(map(wildcard_regex, wild)))

    @lru_cache(maxsize=4096)
    def holds(text: str) -> bool:
        return text in plain or pattern.fullmatch(text) is not None

    return lambda v: holds(as_text(v))


def wildcard_regex(word: str) -> str:
    """A word with wildcards as a pattern over the whole text."""
    return ".*".join(map(re.escape, word.split("*")))


def _check_test(test: Test, lists: Lists) -> Check:
    checks: list[Check] = []
    if test.regex is not None:
        pattern = re2.compile(test.regex)
        checks.append(lambda v: pattern.search(as_text(v)) is not None)
    if test.not_ is not None:
        inner = check_for(test.not_, lists)
        checks.append(lambda v: not inner(v))
    if test.in_ is not None:
        checks.append(_check_any(expand(test.in_, lists)))
    if test.not_in is not None:
        outside = _check_any(expand(test.not_in, lists))
        checks.append(lambda v: not outside(v))
    if test.gt is not None or test.lt is not None:
        checks.append(_check_bounds(test.gt, test.lt))
    return lambda v: all(check(v) for check in checks)


def _check_bounds(above: float | None, below: float | None) -> Check:
    def check(value: object) -> bool:
        try:
            number = float(as_text(value))
        except ValueError:
            return False
        return (above is None or number > above) and (below is None or number < below)

    return check


def where_holds(where: Mapping[str, Check], captures: Mapping[str, str]) -> bool:
    """Whether all conditions on captures hold; a capture that is not there fails."""
    return all(name in captures and check(captures[name]) for name, check in where.items())
