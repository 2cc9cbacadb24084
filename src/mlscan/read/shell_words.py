"""Splits shell text into words and operators. Nothing is expanded or run; what is broken is read as plain text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = re.compile(r"(?:[ \t\f\v]++|[\\`]\n)++")
_PLAIN = re.compile(r"[^\s\\'\"`$&|;<>(){]+")
_PLAIN_IN_TEST = re.compile(r"[^\s\\'\"`$]+")
_OPERATOR = re.compile(r"&&|\|\||;;&|;;|;&|\|&|[;|()]|&(?!>)")
_REDIRECT = re.compile(r"\d*(?:<<<|<>|>>|>\||>&|<&|&>>|&>|>(?!\()|<(?!\())")
_HERE = re.compile(r"\d*<<-?(?!<)[ \t]*")
_PROCESS = re.compile(r"[<>]\(")
_MAX_NESTED = 50
_TEST_END = re.compile(r"\]\](?=[\s;&|)]|$)")
_VARIABLE = re.compile(r"\$(?:\w+|[@*#?$!-])")
_IN_PARENS = re.compile(r"\\.|'[^']*+'|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|[()]", re.DOTALL)
_IN_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_IN_QUOTES = re.compile(r"\\.|[\"`]|\$\(", re.DOTALL)


@dataclass(slots=True)
class Token:
    """A word, an operator, a redirection or a line end."""

    kind: str
    """word, operator, redirect, newline."""
    value: str
    """A word without its quotes; an operator as written."""
    start: int
    end: int
    line: int
    nested: tuple[tuple[str, int], ...] = ()
    """(text, line) of command substitutions inside the word, or of here-documents that follow this line end."""


class Words:
    """Reads tokens off one text. Total look-ahead is bounded, so that time is linear in the text."""

    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self.pos = 0
        self._base = line
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._budget = 8 * len(text) + 10_000
        self._here: list[str] = []
        self._places: dict[str, list[int]] | None = None
        self._in_test = False

    def read(self) -> Iterator[Token]:
        """The tokens, in order."""
        while self.pos < len(self.text):
            if blank := _BLANK.match(self.text, self.pos):
                self.pos = blank.end()
            elif self.text[self.pos] == "\n":
                yield self._newline()
            elif self.text[self.pos] == "#":
                end = self.text.find("\n", self.pos)
                self.pos = len(self.text) if end < 0 else end
            elif not self._in_test and self._here_start():
                continue
            else:
                yield (None if self._in_test else self._operator()) or self._word()

    def line_at(self, pos: int) -> int:
        """The line of a position, counted from the line the text began at."""
        return self._base + bisect_left(self._ends, pos)

    def _newline(self) -> Token:
        start = self.pos
        self.pos += 1
        self._in_test = False
        here = tuple(self._here_document(delimiter) for delimiter in self._here)
        self._here.clear()
        return Token("newline", "\n", start, start + 1, self.line_at(start), here)

    def _here_document(self, delimiter: str) -> tuple[str, int]:
        start = self.pos
        place = self._place_of(delimiter)
        if place is None:
            return "", self.line_at(start)
        end = self.text.find("\n", place)
        self.pos = len(self.text) if end < 0 else end + 1
        return self.text[start:place], self.line_at(start)

    def _place_of(self, delimiter: str) -> int | None:
        """Where the next line that is but a here-document's delimiter begins; None where there is none."""
        if self._places is None:
            self._places = {}
            for end, following in zip([-1, *self._ends], [*self._ends, len(self.text)], strict=True):
                self._places.setdefault(self.text[end + 1 : following].strip(), []).append(end + 1)
        places = self._places.get(delimiter, [])
        at = bisect_left(places, self.pos)
        return places[at] if at < len(places) else None

    def _here_start(self) -> bool:
        here = _HERE.match(self.text, self.pos)
        if not here:
            return False
        self.pos = here.end()
        if self.pos < len(self.text) and self.text[self.pos] not in "\n;&|<>()":
            self._here.append(self._word().value)
        return True

    def _operator(self) -> Token | None:
        start = self.pos
        if self._balanced("((", "))"):
            return Token("word", self.text[start : self.pos], start, self.pos, self.line_at(start))
        for kind, pattern in (("redirect", _REDIRECT), ("operator", _OPERATOR)):
            if match := pattern.match(self.text, start):
                self.pos = match.end()
                return Token(kind, match[0], start, self.pos, self.line_at(start))
        return None

    def _balanced(self, opening: str, closing: str) -> str:
        """What lies between two marks on one line from here on, both included; "" where it does not."""
        start = self.pos
        end = self.text.find(closing, start, start + 500) if self.text.startswith(opening, start) else -1
        if end < 0 or "\n" in self.text[start:end]:
            return ""
        self.pos = end + len(closing)
        return self.text[start : self.pos]

    def _word(self) -> Token:
        start = self.pos
        token = Token("word", "", start, start, self.line_at(start))
        parts: list[str] = []
        while self.pos < len(self.text):
            part = self._part(token, bool(parts) and parts[-1].endswith("="))
            if part is None:
                break
            parts.append(part)
        if self.pos == start:
            parts.append(self.text[start])
            self.pos += 1
        token.value, token.end = "".join(parts), self.pos
        raw = self.text[start : self.pos]
        self._in_test = self._in_test or raw == "[["
        return token

    def _part(self, token: Token, after_equals: bool) -> str | None:
        text, pos = self.text, self.pos
        if self._in_test and _TEST_END.match(text, pos):
            self._in_test = False
            self.pos += 2
            return "]]"
        plain = (_PLAIN_IN_TEST if self._in_test else _PLAIN).match(text, pos)
        if plain:
            self.pos = plain.end()
            return plain[0]
        char = text[pos]
        if char == "\\":
            self.pos = min(pos + 2, len(text))
            escaped = text[pos + 1 : pos + 2]
            return "" if escaped == "\n" else escaped
        if char == "'":
            return self._single_quoted()
        if char == '"':
            return self._double_quoted(token)
        if char in "$`":
            return self._expansion(token)
        if char == "{":
            expression = self._balanced("{{", "}}")
            self.pos = self.pos if expression else pos + 1
            return text[pos : self.pos]
        if char == "(" and after_equals:
            return self._enclosed(pos + 1, _IN_PARENS, "()")
        if _PROCESS.match(text, pos):
            return self._substitution(token, pos + 2)
        return None

    def _single_quoted(self) -> str:
        start = self.pos + 1
        end = self.text.find("'", start)
        self.pos = start if end < 0 else end + 1
        return "'" if end < 0 else self.text[start:end]

    def _double_quoted(self, token: Token) -> str:
        start = self.pos
        parts: list[str] = []
        self.pos += 1
        while match := self._search(_IN_QUOTES):
            parts.append(self.text[self.pos : match.start()])
            self.pos = match.start()
            if match[0] == '"':
                self.pos += 1
                return "".join(parts)
            if match[0][0] == "\\":
                self.pos = match.end()
                parts.append(_unescape(match[0]))
            else:
                parts.append(self._expansion(token))
        self.pos = start + 1
        return '"'

    def _search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if self._budget <= 0:
            return None
        match = pattern.search(self.text, self.pos)
        self._budget -= (match.end() if match else len(self.text)) - self.pos
        return match

    def _expansion(self, token: Token) -> str:
        pos = self.pos
        if self.text[pos] == "`":
            return self._backquoted(token)
        if expression := self._balanced("${{", "}}"):
            return expression
        if self.text.startswith("$((", pos):
            return self._enclosed(pos + 2, _IN_PARENS, "()")
        if self.text.startswith("$(", pos):
            return self._substitution(token, pos + 2)
        if self.text.startswith("${", pos):
            return self._enclosed(pos + 2, _IN_BRACES, "{}")
        if variable := _VARIABLE.match(self.text, pos):
            self.pos = variable.end()
            return variable[0]
        self.pos = pos + 1
        return "" if self.text[pos + 1 : pos + 2] in ("'", '"') else "$"

    def _backquoted(self, token: Token) -> str:
        start = self.pos + 1
        end = self.text.find("`", start)
        self._budget -= (end if end >= 0 else len(self.text)) - start
        if end < 0 or self._budget <= 0:
            self.pos = start
            return "`"
        self._nest(token, start, end)
        self.pos = end + 1
        return self.text[start - 1 : self.pos]

    def _substitution(self, token: Token, inner: int) -> str:
        start = self.pos
        written = self._enclosed(inner, _IN_PARENS, "()")
        if self.pos > inner:
            self._nest(token, inner, self.pos - 1)
        return written if self.pos > inner else self.text[start : self.pos]

    def _nest(self, token: Token, start: int, end: int) -> None:
        if len(token.nested) < _MAX_NESTED:
            token.nested += ((self.text[start:end], self.line_at(start)),)

    def _enclosed(self, inner: int, pattern: re.Pattern[str], pair: str) -> str:
        """The text up to the bracket that closes the one before `inner`; only the opening where none does."""
        start, depth = self.pos, 1
        self.pos = inner
        while match := self._search(pattern):
            self.pos = match.end()
            depth += (match[0] == pair[0]) - (match[0] == pair[1])
            if depth == 0:
                return self.text[start : self.pos]
        self.pos = inner
        return self.text[start:inner]


def _unescape(escape: str) -> str:
    if escape == "\\\n":
        return ""
    return escape[1] if escape[1] in '$`"\\' else escape
