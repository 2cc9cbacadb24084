"""Literals of Python as values: strings, numbers, everything else as written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlscan.types.source import ArgValue, Source

if TYPE_CHECKING:
    from tree_sitter import Node

SOURCE_CHARACTERS = 200
"""Characters of an expression as written."""
STRING_CHARACTERS = 2_000
"""Characters of a string literal."""
_NUMBER_CHARACTERS = 100

_OPENING = re.compile(rb"([A-Za-z]{0,3})('''|\"\"\"|'|\")")
_SIMPLE_STRING = re.compile(rb"(\"[^\"\\\n]{0,500}+|'[^'\\\n]{0,500}+)[\"']")
_ESCAPE = re.compile(
    r"\\(\r?\n|[abfnrtv\\'\"]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}\n]{1,80}\})"
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_PIECES = 10_000
"""Pieces of one string that are put together."""


def string_text(node: Node, data: bytes) -> str | None:
    """The text of a string literal, gaps of f-strings as `{}`, clipped; None for bytes."""
    start, end = node.start_byte, node.end_byte
    simple = _SIMPLE_STRING.fullmatch(data, start, end)
    if simple is not None:
        return simple.group(1)[1:].decode("utf-8", "replace")
    opening = _OPENING.match(data, start, min(end, start + 6))
    if opening is None:
        return None
    prefix = opening.group(1).lower()
    if b"b" in prefix:
        return None
    quote = opening.group(2)
    if b"f" in prefix or b"t" in prefix:
        raw = _formatted(node, data)
    else:
        closed = data.endswith(quote, opening.end(), end)
        raw = data[opening.end() : min(end - len(quote) if closed else end, start + 4 * STRING_CHARACTERS)]
    text = raw.decode("utf-8", "replace")
    return (_unescaped(text) if b"r" not in prefix else text)[:STRING_CHARACTERS]


def _formatted(node: Node, data: bytes) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for child in node.named_children[:_PIECES]:
        if child.type == "string_content":
            piece = data[child.start_byte : min(child.end_byte, child.start_byte + 4 * STRING_CHARACTERS)]
            pieces.append(piece.replace(b"{{", b"{").replace(b"}}", b"}"))
        elif child.type == "interpolation":
            pieces.append(b"{}")
        size += len(pieces[-1]) if pieces else 0
        if size > 4 * STRING_CHARACTERS:
            break
    return b"".join(pieces)


def concatenated_text(node: Node, data: bytes) -> str | None:
    """The text of string literals side by side, clipped; None where one of them is bytes."""
    pieces: list[str] = []
    size = 0
    for child in node.named_children[:_PIECES]:
        if child.type == "string":
            piece = string_text(child, data)
            if piece is None:
                return None
            pieces.append(piece)
            size += len(piece)
        if size > STRING_CHARACTERS:
            break
    return "".join(pieces)[:STRING_CHARACTERS]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match.group(1)
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code.endswith("\n"):
        return ""
    if code[0] == "N":
        return _named(code[2:-1])
    number = int(code[1:], 16) if code[0] in "xuU" else int(code, 8)
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\N{REPLACEMENT CHARACTER}"


def _named(name: str) -> str:
    import unicodedata

    try:
        return unicodedata.lookup(name)
    except KeyError:
        return "\N{REPLACEMENT CHARACTER}"


def number(text: str) -> int | float | None:
    """The value of a number as written in Python 2 or 3; None for complex and very long ones."""
    if len(text) > _NUMBER_CHARACTERS:
        return None
    text = text.rstrip("lL").replace(" ", "")
    if not text.lstrip("+-")[:2].strip(".")[:1].isdigit():
        return None
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        return float(text) if text[-1:] not in "jJ" else None
    except ValueError:
        return None


def literal(node: Node, data: bytes) -> ArgValue:
    """The value of a literal; `Source` for every other expression. Names are left to the caller."""
    kind = node.type
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    value: ArgValue = None
    if kind == "string":
        value = string_text(node, data)
    elif kind == "concatenated_string":
        value = concatenated_text(node, data)
    elif kind in ("integer", "float", "unary_operator"):
        value = number(data[node.start_byte : min(node.end_byte, node.start_byte + 200)].decode("utf-8", "replace"))
    return as_written(node, data) if value is None else value


_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "none": None}


def as_written(node: Node, data: bytes) -> Source:
    """The expression as it stands in the file, clipped."""
    start = node.start_byte
    text = data[start : min(node.end_byte, start + 4 * SOURCE_CHARACTERS)].decode("utf-8", "replace")
    return Source(text[:SOURCE_CHARACTERS])
