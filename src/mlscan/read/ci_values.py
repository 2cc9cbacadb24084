"""Fills expressions such as `${{ matrix.env }}` with the values that a file itself gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from mlscan.read.json_reader import parse_json
from mlscan.types.source import Node

MAX_VALUES = 30
MAX_ROWS = 100
"""Rows of a matrix that are made; of a larger one each key stands for itself."""

_EXPRESSION = re.compile(r"\$\{\{(.{1,500}?)\}\}(?!\})|\$\(([\w.-]{1,100})\)|\$\{(\w{1,100})\}|\$(\w{1,100})")
_REFERENCE = re.compile(r"\b(matrix|inputs|github\.event\.inputs|parameters|variables|env|vars|github)\.([\w.-]+)")
_CHOICE = re.compile(r"(?:&&|\|\|)\s*\(?\s*'([^']*)'")
_SIDE = r"(?:'[^']*'|[\w.-]+)"
_COMPARED = re.compile(rf"{_SIDE}\s*[=!]=\s*{_SIDE}")
_LITERAL = re.compile(r"fromjson\(\s*'([^']{1,2000})'\s*\)", re.IGNORECASE)


Lookup = Callable[[str, str], Iterable[str]]
"""Gives the values of (kind, name): ("matrix", "env"); a plain `$X` or `$(X)` is ("variables", "X")."""


def expanded(text: str, *lookups: Lookup, limit: int = MAX_VALUES) -> tuple[str, ...]:
    """All texts that the expressions in `text` can become, those that nothing is known of as they are; at most 30.

    Several lookups are several cases: each gives texts of its own.
    """
    found = dict.fromkeys(one for lookup in lookups for one in _expanded(text, lookup, limit))
    return tuple(found)[:limit]


def _expanded(text: str, lookup: Lookup, limit: int) -> Iterable[str]:
    found: dict[str, None] = {text: None}
    for _ in range(4):
        several = dict.fromkeys(out for one in found for out in _once(one, lookup))
        if several == found:
            break
        found = dict.fromkeys(list(several)[:limit])
    return found


def variants(text: str, lookups: Iterable[Lookup], limit: int) -> list[dict[str, str]]:
    """Values for the expressions in `text`, by the expression as written: one map for each combination, or one."""
    expressions = {m[0]: m for m in islice(_EXPRESSION.finditer(text), 20) if m[1] is not None}
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for lookup in lookups if expressions else ():
        several: list[dict[str, str]] = [{}]
        for written, match in expressions.items():
            values = [v for v in dict.fromkeys(_values(match, lookup)) if "${{" not in v]
            several = [{**one, written: value} for one in several for value in values or [written]][:limit]
        found.update({tuple(one.values()): one for one in several})
        if len(found) >= limit:
            break
    return list(found.values())[:limit] or [{}]


def _once(text: str, lookup: Lookup) -> Iterator[str]:
    """The texts that the first expression with values can become."""
    for match in _EXPRESSION.finditer(text):
        values = list(dict.fromkeys(_values(match, lookup)))
        if values:
            yield from (text[: match.start()] + value + text[match.end() :] for value in values)
            return
    yield text


def _values(match: re.Match[str], lookup: Lookup) -> Iterator[str]:
    inner = match[1]
    if inner is None:
        yield from lookup("variables", match[2] or match[3] or match[4])
        return
    literal = listed(inner)
    if literal is not None and literal.map:
        yield from (node.text for node in literal.map.values() if node.text)
        return
    for kind, name in _REFERENCE.findall(_COMPARED.sub(" ", inner)):
        yield from lookup("inputs" if kind.endswith("inputs") else kind, name)
    yield from (choice for choice in _CHOICE.findall(inner) if choice)


def listed(text: str) -> Node | None:
    """What `fromJSON('...')` of a literal makes; None where there is none."""
    found = _LITERAL.search(text)
    documents = parse_json(found[1]).documents if found else ()
    return documents[0] if documents else None


# --- matrices ---------------------------------------------------------------------------------------------------------


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
            if value is not None and value.text and not value.text.startswith("${{"):
                yield value.text


Row = Mapping[str, Node]


def matrix_rows(matrix: Node | None) -> list[Row]:
    """The combinations of a matrix with `include` and `exclude` applied; none for one that is too large or computed."""
    if matrix is None:
        return []
    axes = {key: _axis(node) for key, node in matrix.map.items() if key not in ("include", "exclude")}
    if not all(axes.values()):
        return []
    rows: list[dict[str, Node]] = [{}] if axes else []
    for key, values in axes.items():
        rows = [{**row, key: value} for row in rows[:MAX_ROWS] for value in values[:MAX_ROWS]]
    if len(rows) > MAX_ROWS:
        return []
    without = [n.map for n in _axis(matrix.get("exclude")) if n.map]
    rows = [row for row in rows if not any(_agrees(row, gone) for gone in without)]
    extra: list[dict[str, Node]] = []
    for more in [n.map for n in _axis(matrix.get("include"))[:MAX_ROWS] if n.map]:
        fitting = [row for row in rows if _agrees(row, {k: v for k, v in more.items() if k in axes})]
        for row in fitting if axes else ():
            row.update(more)
        if not fitting or not axes:
            extra.append(dict(more))
    return [*rows, *extra]


def _axis(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    literal = listed(node.text) if "fromjson" in node.text.lower() else None
    if literal is not None:
        return literal.items
    return () if node.text.startswith("${{") else node.items


def _agrees(row: Row, wanted: Row) -> bool:
    return all(key in row and row[key].text == node.text for key, node in wanted.items())


def row_values(rows: Iterable[Row], name: str) -> Iterator[str]:
    """Values of one key, or below one (`target.env`), in the rows of a matrix."""
    first, *rest = name.split(".")
    for row in rows:
        node = row.get(first)
        value = node.get(*rest) if node is not None and rest else node
        if value is not None and value.text:
            yield value.text
