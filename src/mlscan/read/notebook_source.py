"""Where the source of a cell stands in its `.ipynb` file, line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TIDY = re.compile(rb'\[[ \t\r]*\n(?:[ \t]*"[^\n]*"[ \t]*,?[ \t\r]*\n)*+[ \t]*\]')
_TEXTS = msgspec.json.Decoder(list[str])
_COLON = re.compile(rb"\s{0,100}:\s{0,100}")


class Locator:
    """Finds sources in a file, each after the one before."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._line = 1
        self._counted = 0
        self._lost = False

    def find(self, key: bytes, value: bytes) -> int:
        """The line (1-based) on which this JSON value of a key starts.

        Once a value was not found, the line of the last one that was.
        """
        position = -1 if self._lost else self._data.find(key, self._position)
        while position >= 0:
            colon = _COLON.match(self._data, position + len(key))
            if colon is not None and self._data.startswith(value, colon.end()):
                self._position = colon.end() + len(value)
                return self.line_at(colon.end())
            position = self._data.find(key, position + 1)
        self._lost = True
        return self._line

    @property
    def line(self) -> int:
        """The line (1-based) of the last value that was found."""
        return self._line

    def line_at(self, position: int) -> int:
        """The line (1-based) of a position that is not before the last one asked for."""
        self._line += self._data.count(b"\n", self._counted, position)
        self._counted = position
        return self._line


def source_lines(value: bytes, line: int) -> list[tuple[int, str]] | None:
    """The lines of a source with the lines of the file on which they stand; None for a value that is no source.

    value: JSON text of a string or a list of strings, perhaps cut off; line: where it starts.
    """
    if value[:1] not in (b'"', b"["):
        return None
    if value[:1] == b'"' and not _STRING.fullmatch(value):
        # a text that was cut off ends with its last whole line
        value = value[: max(value.rfind(b"\\n"), 1)].rstrip(b"\\") + b'"'
    rows: list[tuple[int, list[str]]] = []
    for at, text in _regular(value, line) or _tokens(value, line):
        first, *others = text.split("\n")
        if rows and (rows[-1][1] != [""]):
            rows[-1][1].append(first)
        else:
            rows[-1:] = [(at, [first])]
        rows += [(at, [other]) for other in others]
    return [(number, "".join(pieces).rstrip("\r")) for number, pieces in rows]


def _regular(value: bytes, line: int) -> list[tuple[int, str]] | None:
    """The texts of a list with their lines, where it is laid out as notebooks are: one a line, or all on one."""
    breaks = value.count(b"\n")
    try:
        texts = _TEXTS.decode(value)
    except (msgspec.DecodeError, ValueError):
        return None
    if not breaks:
        return [(line, text) for text in texts]
    # With a break before each text and one before the bracket, no text can share its line with another,
    # unless there are empty lines: then the last line shows it.
    tidy = breaks == len(texts) + 1 and _TIDY.fullmatch(value) is not None
    return list(enumerate(texts, line + 1)) if tidy else None


def _tokens(value: bytes, line: int) -> Iterator[tuple[int, str]]:
    position = 0
    for token in _STRING.finditer(value):
        line += value.count(b"\n", position, token.start())
        position = token.start()
        yield line, _decoded(token.group())


def _decoded(token: bytes) -> str:
    text = token.decode("utf-8", "replace")
    try:
        decoded = json.loads(text, strict=False)
    except ValueError:
        return text[1:-1]
    return str(decoded).encode("utf-8", "replace").decode("utf-8")
