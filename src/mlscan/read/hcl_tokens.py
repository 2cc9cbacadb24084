"""Splits Terraform text into tokens. Strings with templates inside are one token; what is broken ends with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<blank>(?:[ \t]++|#[^\n]*+|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z))++)"
    r"|(?P<newline>\n\s*+)|(?P<here><<-?[ \t]*+(?P<end>[A-Za-z_][\w-]*+)[ \t]*+(?:\n|\Z))"
    r"|(?P<word>[A-Za-z_][\w-]*+)|(?P<quote>\")|(?P<assign>=(?![=>]))|(?P<brace>[{}])|(?P<bracket>[()\[\]])"
    r"|(?P<other>[^\s\w\"={}()\[\]#/<]++|[0-9][\w.]*+|.)"
)
_IN_STRING = re.compile(r"(?:[^\"\\$%\n]++|\\.|\$\$\{|%%\{|[$%](?!\{))*+(?P<stop>\"|[$%]\{|\n|\\|\Z)")
_IN_TEMPLATE = re.compile(r"[^\"{}]*+(?P<stop>[\"{}]|\Z)")

_STEP_COST = 16
"""Characters that one step of looking for the end of a string counts for, beside those that it goes over."""


class Token(NamedTuple):
    """A piece of the text."""

    kind: str
    """word, text (a string or here-document), assign, brace, bracket, other, newline."""
    value: str
    """As written; a string without its quotes, "" for a here-document."""
    line: int


class Tokens:
    """Reads tokens off one text. Look-ahead is bounded, so that time is linear in the text."""

    def __init__(self, text: str) -> None:
        self.broken_at: int | None = None
        """The line of the first string or here-document without an end."""
        self._text = text
        self._line = 1
        self._budget = 8 * len(text) + 1_000

    def read(self) -> Iterator[Token]:
        """The tokens in order; comments and blanks are left out."""
        position = 0
        while match := _TOKEN.match(self._text, position):
            kind, start, line = match.lastgroup or "", position, self._line
            position, value = match.end(), match[0]
            if kind == "quote":
                position = self._string_end(position)
                kind, value = "text", self._text[start + 1 : position - 1]
            elif kind == "here":
                position = self._here_end(match["end"], position)
                kind, value = "text", ""
            if kind != "blank":
                yield Token(kind, value, line)
            self._line += self._text.count("\n", start, position)

    def _here_end(self, name: str, position: int) -> int:
        while position < len(self._text):
            end = self._text.find("\n", position)
            end = len(self._text) if end < 0 else end
            if self._text[position:end].strip() == name:
                return end
            position = end + 1
        self._broken()
        return len(self._text)

    def _string_end(self, start: int) -> int:
        """Behind the quote that ends the string which begins before `start`; the end of its line where none does."""
        levels = [-1]
        """Open strings (-1) and templates (number of braces open inside), the innermost last."""
        position = start
        while levels and self._budget > 0:
            match = (_IN_STRING if levels[-1] < 0 else _IN_TEMPLATE).match(self._text, position)
            if match is None or match["stop"] in ("", "\n", "\\"):
                break
            self._budget -= match.end() - position + _STEP_COST
            position = match.end()
            _step(levels, match["stop"])
        if not levels:
            return position
        self._broken()
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 else end

    def _broken(self) -> None:
        self.broken_at = self.broken_at or self._line


def _step(levels: list[int], stop: str) -> None:
    """What a mark does to the open strings and templates."""
    if stop == '"':
        if levels[-1] < 0:
            levels.pop()
        else:
            levels.append(-1)
    elif levels[-1] < 0:
        levels.append(0)
    elif stop == "{":
        levels[-1] += 1
    elif levels[-1]:
        levels[-1] -= 1
    else:
        levels.pop()
