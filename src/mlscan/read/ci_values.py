"""Fills expressions such as `${{ matrix.env }}` with the values that a file itself gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from mlscan.types.source import Node

MAX_VALUES = 30

_EXPRESSION = re.compile(r"\$\{\{(.{1,500}?)\}\}|\$\(([\w.-]{1,100})\)|\$\{(\w{1,100})\}|\$(\w{1,100})")
_REFERENCE = re.compile(r"\b(matrix|inputs|github\.event\.inputs|parameters|variables|env|vars)\.([\w.-]+)")
_CHOICE = re.compile(r"(?:&&|\|\|)\s*'([^']*)'")
_COMPARED = re.compile(r"'[^']*'\s*[=!]=|[=!]=\s*'[^']*'|(?:[\w.-]+\s*[=!]=\s*[\w.]+)")


Lookup = Callable[[str, str], Iterable[str]]
"""Gives the values of (kind, name): ("matrix", "env"); a plain `$X` or `$(X)` is ("variables", "X")."""


def expanded(text: str, lookup: Lookup) -> tuple[str, ...]:
    """All texts that an expression in `text` can become, the text itself where nothing is known; at most 30."""
    found = [text]
    for _ in range(3):
        several = [out for one in found for out in _once(one, lookup)]
        if several == found:
            break
        found = list(dict.fromkeys(several))[:MAX_VALUES]
    return tuple(found)


def _once(text: str, lookup: Lookup) -> Iterator[str]:
    match = _EXPRESSION.search(text)
    values = list(dict.fromkeys(_values(match, lookup))) if match else []
    if match is None or not values:
        yield text
        return
    yield from (text[: match.start()] + value + text[match.end() :] for value in values)


def _values(match: re.Match[str], lookup: Lookup) -> Iterator[str]:
    inner = match[1]
    if inner is None:
        yield from lookup("variables", match[2] or match[3] or match[4])
        return
    for kind, name in _REFERENCE.findall(_COMPARED.sub(" ", inner)):
        yield from lookup("inputs" if kind.endswith("inputs") else kind, name)
    yield from (choice for choice in _CHOICE.findall(inner) if choice)


def matrix_values(matrix: Node | None, name: str) -> Iterator[str]:
    """Values of one matrix key, also below a key (`target.env`) and in `include`."""
    if matrix is None:
        return
    keys = name.split(".")
    rows = [matrix.map.get(keys[0])]
    include = matrix.map.get("include")
    rows += [row.get(keys[0]) for row in (include.items if include else ())]
    for row in rows:
        for item in (row,) if row is not None and row.map else (row.items if row else ()):
            value = item.get(*keys[1:]) if len(keys) > 1 else item
            if value is not None and value.text:
                yield value.text
