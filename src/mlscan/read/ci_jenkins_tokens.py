"""Groovy as far as a Jenkinsfile needs it: tokens with their lines, in statements. Nothing is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_TOKENS = 100_000

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|\A#![^\n]*)"
    r"|(?P<long>'''(?:\\.|[^\\])*?(?:'''|\Z)|\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z))"
    r"|(?P<string>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
    r"|(?P<word>@?[A-Za-z_]\w*)"
    r"|(?P<sign>[{}();\n:\[\],])"
    r"|(?P<other>[^\s'\"{}();:\[\],\w/]+|\S)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([\\'\"$nt]|\n)")
_ESCAPED = {"n": "\n", "t": "\t", "\n": "\\\n"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, text, sign or anything else of a Groovy file."""

    kind: str
    text: str
    line: int

    def is_sign(self, text: str) -> bool:
        """Whether it is this sign."""
        return self.kind == "sign" and self.text == text


Statement = Sequence[Token]
"""Tokens up to the end of a line, a semicolon or a brace; the brace is the last one."""


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    position = 0
    for _ in range(MAX_TOKENS):
        match = _TOKEN.search(text, position)
        if match is None:
            return
        line += text.count("\n", position, match.start())
        kind, found = match.lastgroup or "", match[0]
        if kind in ("long", "string"):
            width = 3 if kind == "long" else 1
            inner = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), found[width:-width])
            yield Token("string", inner, line)
        elif kind != "comment":
            yield Token(kind, found, line)
        line += found.count("\n")
        position = match.end()
        if text[position : position + 1] == "\n":
            yield Token("sign", "\n", line)
            position += 1
            line += 1


def statements(text: str) -> Iterator[list[Token]]:
    """The statements of a file in order, of at most 100,000 tokens; broken text ends wherever it ends."""
    found: list[Token] = []
    depth = 0
    for token in _tokens(text):
        sign = token.text if token.kind == "sign" else ""
        if sign in ("(", "["):
            depth += 1
        elif sign in (")", "]"):
            depth = max(0, depth - 1)
        ends = bool(sign) and (sign in "{};" or (sign == "\n" and not depth))
        if sign in ("{", "}"):
            depth = 0
        if sign == "\n" and found and found[-1].text in (",", ":"):
            continue
        if not ends:
            found += [token] if sign != "\n" else []
            continue
        if sign == "}" and found:
            yield found
            found = []
        if sign in ("{", "}"):
            yield [*found, token]
        elif found:
            yield found
        found = []
    if found:
        yield found


def words_of(statement: Statement) -> list[str]:
    """The words of a statement."""
    return [token.text for token in statement if token.kind == "word"]


def strings_of(statement: Statement) -> list[Token]:
    """The texts of a statement."""
    return [token for token in statement if token.kind == "string"]


def argument(statement: Statement, name: str) -> Token | None:
    """The text that a named argument (`name: 'text'`) is given."""
    for token, colon, value in zip(statement, statement[1:], statement[2:], strict=False):
        if token.text == name and colon.is_sign(":") and value.kind == "string":
            return value
    return None


def called(statement: Statement) -> tuple[str, bool]:
    """(the dotted name that a statement begins with, whether that is called: `a.b(...)`, `a 'text'`, `a key: x`)."""
    name = ""
    for number, token in enumerate(statement):
        if token.kind == "word" and (not name or name.endswith(".")):
            name += token.text
        elif token.text in (".", "?.") and name and not name.endswith("."):
            name += "."
        else:
            following = statement[number + 1] if number + 1 < len(statement) else None
            named = token.kind == "word" and following is not None and following.is_sign(":")
            return name, token.is_sign("(") or token.kind == "string" or named
    return name, False


def right_side(statement: Statement) -> Statement:
    """What an assignment assigns; any other statement itself."""
    for number, token in enumerate(statement[:4]):
        if token.kind == "other" and token.text == "=":
            return statement[number + 1 :]
    return statement


def calls_in(statement: Statement) -> Iterator[str]:
    """Names that are followed by a bracket anywhere in a statement, without what stands before a dot."""
    for token, following in pairwise(statement):
        if token.kind == "word" and following.is_sign("("):
            yield token.text


def source(tokens: Iterable[Token]) -> str:
    """The tokens as text that conditions are written in."""
    text = ""
    for token in tokens:
        part = "'" + token.text.replace("'", "''")[:200] + "'" if token.kind == "string" else token.text
        close = text.endswith((".", "!", "(", "?.")) or part in (".", "(", ")", ",", "?.")
        text += part if close or not text else f" {part}"
    return text.replace("?.", ".")[:1_000]
