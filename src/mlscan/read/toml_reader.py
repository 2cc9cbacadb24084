"""TOML to trees: values by the standard library, lines by a scan of our own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from mlscan.read.toml_lines import Place, lines_of
from mlscan.read.tree_builder import MAX_DEPTH, LimitReached, TreeBuilder
from mlscan.types.source import Node, Problem, Tree

_DOTTED = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")
_BRACKETS = re.compile(
    r"""\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''.*?'''|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|\#[^\n]*+|[\[\]{}]""", re.DOTALL
)
_ERROR_LINE = re.compile(r"at line ([0-9]+)")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_MAX_RETRIES = 3


def parse_toml(text: str) -> Tree:
    """The document of a TOML text; of a broken one the tables before the error, with a problem. Never raises."""
    if _DOTTED.search(text) or _too_deep(text):
        return Tree("toml", (), problems=(Problem(None, "nested too deeply"),))
    problems: tuple[Problem, ...] = ()
    for _ in range(_MAX_RETRIES):
        try:
            values = tomllib.loads(text)
        except (ValueError, RecursionError, OverflowError) as error:
            found = _ERROR_LINE.search(str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            problems = problems or (Problem(line, "broken TOML"),)
            text = _before(text, line)
        else:
            return _tree(values, text, problems)
    return Tree("toml", (), problems=problems)


def _too_deep(text: str) -> bool:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[0] in ("[", "{")) - (match[0] in ("]", "}"))
        if depth > MAX_DEPTH:
            return True
    return False


def _before(text: str, line: int) -> str:
    """The whole tables before the one that the line lies in."""
    end = len("".join(text.splitlines(keepends=True)[:line]))
    starts = [match.start() for match in _HEADER.finditer(text, 0, end)]
    return text[: starts[-1]] if starts else ""


def _tree(values: dict[str, object], text: str, problems: tuple[Problem, ...]) -> Tree:
    builder = TreeBuilder()
    try:
        _build(builder, values, lines_of(text))
    except LimitReached as limit:
        problems = (*problems, Problem(None, str(limit)))
    document = builder.finish() or Node({}, 1)
    return Tree("toml", (document,), problems=problems)


def _build(builder: TreeBuilder, values: dict[str, object], lines: Mapping[Place, int]) -> None:
    """Walk the values with a stack of (value, its place, the line it has where none is known)."""
    stack: list[tuple[object, Place, int]] = [(values, (), 1)]
    while stack:
        value, place, line = stack.pop()
        if value is _CLOSE:
            builder.close()
            continue
        line = lines.get(place, line)
        if place and isinstance(place[-1], str):
            builder.key(place[-1], line)
        if isinstance(value, (dict, list)):
            builder.open(is_map=isinstance(value, dict), line=line)
            items = value.items() if isinstance(value, dict) else enumerate(value)
            stack.append((_CLOSE, (), line))
            stack += [(child, (*place, key), line) for key, child in reversed(list(items))]
        else:
            builder.scalar(value if isinstance(value, (str, int, float)) else str(value), line)


_CLOSE = object()
"""Marks on the stack where a map or list ends."""
