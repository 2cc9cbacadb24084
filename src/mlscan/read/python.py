"""Python source as a `CodeModule`: imports, calls by resolved names, classes, functions and strings.

Reads any version of Python, and broken files as far as they can be understood; the same on every Python.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mlscan.read.python_imports import read_import, scan_imports
from mlscan.read.python_source import clean, clip
from mlscan.read.python_tree import Nodes, dead_ranges, parse
from mlscan.read.python_values import concatenated_text, string_text
from mlscan.read.python_walk import Walk
from mlscan.types.source import CodeModule, Import, Problem

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Place", "parse_python", "read_python", "scan_imports"]

_WORD = re.compile(rb"[\w\x80-\xff]")
_STRING_MIN, _STRING_MAX = 3, 1_000

Place = tuple[int, tuple[str, ...]]
"""Line of the file (1-based) and outer scope of one line of source: what notebooks map their cells with."""


def parse_python(
    data: bytes,
    path: str,  # noqa: ARG001  every reader is called with it
    wanted: Callable[[str], bool] | None = None,
) -> CodeModule:
    """The module in a Python file. Never raises for what the bytes hold.

    wanted: of calls only those whose resolved name passes are kept, which is quicker; None keeps all.

    A call's line is that of its last name (`.fit` in a chain over many lines). `**options` of a call is the keyword
    `**`; at most 256 arguments of a call are kept. `lines` and `code_lines` stay empty: see `code.code_lines`.
    """
    return read_python(data, None, wanted)


def read_python(data: bytes, places: Sequence[Place] | None, wanted: Callable[[str], bool] | None = None) -> CodeModule:
    """Like `parse_python`; `places` gives for each line of source where it stands and in which scope."""
    data, cut = clip(clean(data))
    if not data.strip():
        return CodeModule(language="python")
    parsed = parse(data)
    data, nodes = parsed.data, parsed.nodes
    dead = dead_ranges(nodes, data)
    if dead:
        _drop_dead(nodes, dead)
    places_at = _Places(places)
    found = sorted(nodes.get("import", []), key=lambda node: node.start_byte)
    imports = [(node.end_byte, _imports(node, data, places_at)) for node in found]
    walk = Walk(data, places_at.of, imports, wanted)
    walk.run(nodes)
    return CodeModule(
        language="python",
        imports=tuple(item for _, items in imports for item in items),
        calls=tuple(walk.calls_in_order()),
        classes=tuple(walk.classes),
        functions=tuple(walk.functions),
        strings=_strings(nodes, data, places_at),
        statements=len(nodes.get("statement", [])) - len(nodes.get("bare", [])),
        problems=_problems(parsed.error_line, cut, places_at),
    )


class _Places:
    """Where a row of the parsed source stands in the file."""

    def __init__(self, places: Sequence[Place] | None) -> None:
        self._places = places

    def of(self, row: int) -> Place:
        """Line and outer scope of a 0-based row."""
        if self._places is None:
            return row + 1, ()
        return self._places[min(row, len(self._places) - 1)] if self._places else (1, ())


def _imports(node: Node, data: bytes, places: _Places) -> list[Import]:
    start = node.start_byte
    if start and _WORD.match(data, start - 1):
        return []
    return read_import(data[start : node.end_byte], places.of(node.start_point[0])[0])


_MORTAL = ("call", "decorator", "function", "class", "assign", "as", "for", "string", "joined")


def _drop_dead(nodes: Nodes, dead: list[tuple[int, int]]) -> None:
    """Takes out what never runs; imports stay, as type checkers read them."""
    starts = [start for start, _ in dead]
    for kind in _MORTAL:
        nodes[kind] = [node for node in nodes.get(kind, []) if not _within(node.start_byte, starts, dead)]


def _within(position: int, starts: list[int], ranges: list[tuple[int, int]]) -> bool:
    at = bisect_right(starts, position) - 1
    return at >= 0 and position < ranges[at][1]


def _strings(nodes: Nodes, data: bytes, places: _Places) -> tuple[tuple[int, str], ...]:
    """String literals in order, neither docstrings nor other strings that stand alone."""
    bare = {node.id for node in nodes.get("bare", [])}
    joined = nodes.get("joined", [])
    parts = {part.id for node in joined for part in node.named_children}
    found: list[tuple[int, int, str]] = []
    for node in nodes.get("string", []):
        size = node.end_byte - node.start_byte
        if size < _STRING_MIN + 2 or size > 5 * _STRING_MAX or node.id in bare or node.id in parts:
            continue
        _add_string(found, node, string_text(node, data))
    for node in joined:
        if node.id not in bare:
            _add_string(found, node, concatenated_text(node, data))
    found.sort(key=lambda item: item[0])
    return tuple((places.of(row)[0], text) for _, row, text in found)


def _add_string(found: list[tuple[int, int, str]], node: Node, text: str | None) -> None:
    if text is not None and _STRING_MIN <= len(text) <= _STRING_MAX:
        found.append((node.start_byte, node.start_point[0], text))


def _problems(line: int | None, cut: bool, places: _Places) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if line is not None:
        problems.append(Problem(places.of(line - 1)[0], "syntax not understood in places"))
    if cut:
        problems.append(Problem(None, "longer than what is read of a file"))
    return tuple(problems)
