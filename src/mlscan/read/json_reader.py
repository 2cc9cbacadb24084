"""JSON to trees with lines. Comments and trailing commas are tolerated, as many tools do."""

from __future__ import annotations

import re

import msgspec

from mlscan.read.tree_builder import LimitReached, Scalar, TreeBuilder
from mlscan.types.source import Problem, Tree

_TOKEN = re.compile(
    r'[ \t\n]*+(?:(?P<string>"(?:[^"\\\n]|\\.)*+")|(?P<mark>[{}\[\],:])|(?P<word>[-+.\w]++)'
    r"|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/))"
)
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_INT = re.compile(r"-?[0-9]{1,18}")
_FLOAT = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4})?")


def parse_json(text: str) -> Tree:
    """The document of a JSON text; of a broken one what comes before the error, with a problem. Never raises."""
    reader = _Reader(text)
    problems = reader.read()
    document = reader.builder.finish()
    return Tree("json", (document,) if document else (), problems=problems)


class _Reader:
    def __init__(self, text: str) -> None:
        self.builder = TreeBuilder()
        self._text = text
        self._line = 1
        self._last = ""

    def read(self) -> tuple[Problem, ...]:
        position, end = 0, len(self._text.rstrip())
        try:
            while position < end:
                match = _TOKEN.match(self._text, position)
                if match is None:
                    return (Problem(self._line, "broken JSON"),)
                kind = match.lastgroup or ""
                start = match.start(kind)
                self._line += self._text.count("\n", position, start)
                if not self._token(kind, match[kind]):
                    return (Problem(self._line, "broken JSON"),)
                self._line += match[kind].count("\n") if kind == "comment" else 0
                position = match.end()
        except LimitReached as limit:
            return (Problem(self._line, str(limit)),)
        return (Problem(self._line, "broken JSON"),) if self.builder.inside else ()

    def _token(self, kind: str, written: str) -> bool:
        """Feed one token to the builder; False where it cannot stand here."""
        if kind == "comment":
            return True
        before, self._last = self._last, written if kind == "mark" else kind
        builder = self.builder
        if written in ("{", "["):
            builder.open(is_map=written == "{", line=self._line)
            return before in ("", "[", ",", ":")
        if written in ("}", "]"):
            inside, self._last = builder.inside, "value"
            builder.close()
            return inside == ("map" if written == "}" else "list")
        if kind == "mark":
            return before in ("string", "value", "word")
        if before not in ("", "{", "[", ",", ":"):
            return False
        value = _string(written) if kind == "string" else _word(written)
        builder.scalar(value, self._line)
        return True


def _string(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    try:
        return msgspec.json.decode(token.encode("utf-8", "replace"), type=str)
    except (msgspec.DecodeError, UnicodeError):
        return token[1:-1]


def _word(token: str) -> Scalar:
    if token in _WORDS:
        return _WORDS[token]
    if _INT.fullmatch(token):
        return int(token)
    return float(token) if _FLOAT.fullmatch(token) else token
