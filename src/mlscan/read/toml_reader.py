"""TOML to trees: values by the standard library, lines by a scan of our own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice

from mlscan.read.toml_lines import MULTI_BASIC, MULTI_LITERAL, Place, lines_of
from mlscan.read.tree_builder import MAX_DEPTH, MAX_NODES, LimitReached, TreeBuilder
from mlscan.types.source import Node, Problem, Tree

MAX_CHARACTERS = 3_000_000
MAX_SALVAGED = 500_000
"""Characters of a broken file from which something is still read."""
MAX_CHUNKS = 2_000
"""Tables of a broken file that are tried one by one."""

_DOTTED = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}""")
_BRACKETS = re.compile(
    MULTI_BASIC + "|" + MULTI_LITERAL + r"""|"(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?|\#[^\n]*+|[\[\]{}]""", re.DOTALL
)
_ERROR_LINE = re.compile(r"at line ([0-9]+)")
_HUGE_NUMBER = re.compile(r"(?<![0-9_])[0-9_]{4300}")
_HEADER = re.compile(r"^[ \t]*+\[\[?[ \t]*+[\w\"'][^\n\[\]]*+\]\]?[ \t]*+(?:#[^\n]*+)?$", re.MULTILINE)
_STATEMENT = re.compile(r"\{%(?:[^%{\n]++|%(?!\}))*+%\}|\{\#(?:[^#{\n]++|\#(?!\}))*+\#\}")
_EXPRESSION = re.compile(
    r"""^((?:[^"'\n#=]|"[^"\n]*+"|=(?![ \t]*+\{\{))*+=[ \t]*+)(\{\{[^{}\n'"]*+\}\})""", re.MULTILINE
)
_TRAILING = re.compile(r",([ \t\n]*+)$")
_MAX_RETRIES = 5
_BROKEN = (ValueError, RecursionError, OverflowError)


def parse_toml(text: str) -> Tree:
    """The document of a TOML text; of a broken one the tables without an error, with problems. Never raises.

    Keys have at most 32 parts. Templates are read with their statements blanked.
    """
    if len(text) > MAX_CHARACTERS:
        return Tree("toml", (), problems=(Problem(None, "too large"),))
    if _DOTTED.search(text) or _too_deep(text):
        return Tree("toml", (), problems=(Problem(None, "nested too deeply"),))
    try:
        return _tree(tomllib.loads(text), text, ())
    except _BROKEN as error:
        broken = Problem(_line_of(error, text), "broken TOML")
    if len(text) > MAX_SALVAGED:
        return Tree("toml", (), problems=(broken,))
    flat = _with_flat_tables(text)
    if flat != text:
        try:
            return _tree(tomllib.loads(flat), text, ())
        except _BROKEN:
            pass
    plain = _without_template(text)
    problems: list[Problem] = []
    values, left = _salvaged(plain, problems)
    if plain == text:
        problems = problems or [broken]
    return _tree(values, left, tuple(dict.fromkeys(problems))[:20], templated=plain != text)


def _too_deep(text: str) -> bool:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += (match[0] in ("[", "{")) - (match[0] in ("]", "}"))
        if depth > MAX_DEPTH:
            return True
    return False


def _with_flat_tables(text: str) -> str:
    """The text with line ends, comments and last commas inside of inline tables blanked, as TOML 1.1 allows them."""
    parts: list[str] = []
    open_brackets: list[str] = []
    position = 0
    for match in _BRACKETS.finditer(text):
        between = text[position : match.start()]
        inside = open_brackets[-1:] == ["{"]
        if inside and match[0] == "}":
            between = _TRAILING.sub(r" \1", between)
        parts.append(between.replace("\n", " ") if inside else between)
        parts.append("" if inside and match[0][0] == "#" else match[0])
        position = match.end()
        if match[0] in ("[", "{"):
            open_brackets.append(match[0])
        elif match[0] in ("]", "}") and open_brackets:
            open_brackets.pop()
    return "".join((*parts, text[position:]))


def _line_of(error: Exception, text: str) -> int:
    if found := _ERROR_LINE.search(str(error)):
        return int(found[1])
    huge = _HUGE_NUMBER.search(text)
    return text.count("\n", 0, huge.start() if huge else len(text)) + 1


def _without_template(text: str) -> str:
    """The text with statements of a template blanked and its bare expressions as strings, in the same lines."""
    if "{%" not in text and "{{" not in text and "{#" not in text:
        return text
    return _EXPRESSION.sub(r'\1"\2"', _STATEMENT.sub("", text))


def _salvaged(text: str, problems: list[Problem]) -> tuple[dict[str, object], str]:
    """The values of a broken text without the tables that cannot be read, and that text with them blanked."""
    text = _without_broken_tables(text, problems)
    for _ in range(_MAX_RETRIES):
        try:
            return tomllib.loads(text), text
        except _BROKEN as error:
            line = _line_of(error, text)
            problems.append(Problem(line, "broken TOML"))
            text = _without_table(text, line)
    return {}, ""


def _without_broken_tables(text: str, problems: list[Problem]) -> str:
    parts: list[str] = []
    line = 1
    for chunk in _chunks(text):
        try:
            tomllib.loads(chunk)
            parts.append(chunk)
        except _BROKEN as error:
            problems.append(Problem(line + _line_of(error, chunk) - 1, "broken TOML"))
            parts.append("\n" * chunk.count("\n"))
        line += chunk.count("\n")
    return "".join(parts)


def _chunks(text: str) -> Iterator[str]:
    """The text in parts that begin at a table's header."""
    starts = [0, *(match.start() for match in islice(_HEADER.finditer(text), MAX_CHUNKS))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield text[start:end]


def _without_table(text: str, line: int) -> str:
    """The text with the table that a line lies in blanked."""
    end = 0
    for _ in range(line):
        end = text.find("\n", end) + 1 or len(text)
    starts = [match.start() for match in _HEADER.finditer(text, 0, end)]
    start = starts[-1] if starts else 0
    following = _HEADER.search(text, end)
    end = following.start() if following else len(text)
    return text[:start] + "\n" * text.count("\n", start, end) + text[end:]


def _tree(values: dict[str, object], text: str, problems: tuple[Problem, ...], templated: bool = False) -> Tree:
    builder = TreeBuilder()
    try:
        _build(builder, values, lines_of(text))
    except LimitReached as limit:
        problems = (*problems, Problem(None, str(limit)))
    document = builder.finish() or Node({}, 1)
    return Tree("toml", (document,), templated, problems)


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
            stack += [(child, (*place, key), line) for key, child in reversed(list(islice(items, MAX_NODES + 1)))]
        else:
            builder.scalar(value if isinstance(value, (str, int, float)) else str(value), line)


_CLOSE = object()
"""Marks on the stack where a map or list ends."""
