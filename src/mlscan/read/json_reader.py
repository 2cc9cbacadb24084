"""JSON to trees with lines. Comments, trailing commas, single quotes and bare words are tolerated, as many tools do."""

from __future__ import annotations

import math
import re

import msgspec

from mlscan.read.tree_builder import LimitReached, Scalar, TreeBuilder
from mlscan.types.source import Problem, Tree

_SKIP = re.compile(r"(?:[ \t\n]++|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+")
_TOKEN = re.compile(
    r'(?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|\'[^\'\\\n]*+(?:\\.[^\'\\\n]*+)*+\')'
    r"|(?P<mark>[{}\[\],:])|(?P<word>[-+.\w$]++)"
)
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_INT = re.compile(r"-?[0-9]{1,18}")
_FLOAT = re.compile(r"-?(?=[0-9]*+[.eE])[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4})?")


def parse_json(text: str) -> Tree:
    """The document of a JSON text; of a broken one what comes before the error, with a problem. Never raises."""
    reader = _Reader(text)
    problem = reader.read()
    document = reader.builder.finish()
    found = [*reader.builder.problems[:20], *([problem] if problem else [])]
    return Tree("json", (document,) if document else (), problems=tuple(found))


class _Reader:
    def __init__(self, text: str) -> None:
        self.builder = TreeBuilder()
        self._text = text
        self._line = 1
        self._last = ""

    def read(self) -> Problem | None:
        """Feed the text to the builder; what ended the reading before its end."""
        position = self._skip(0)
        try:
            while position < len(self._text):
                match = _TOKEN.match(self._text, position)
                if match is None or not self._token(match.lastgroup or "", match[0]):
                    return Problem(self._line, "broken JSON")
                position = self._skip(match.end())
        except LimitReached as limit:
            return Problem(self._line, str(limit))
        return Problem(self._line, "broken JSON") if self.builder.inside else None

    def _skip(self, position: int) -> int:
        """Where the next token is, behind white space and comments."""
        match = _SKIP.match(self._text, position)
        end = match.end() if match else position
        self._line += self._text.count("\n", position, end)
        return end

    def _token(self, kind: str, written: str) -> bool:
        """Feed one token to the builder; False where it cannot stand here."""
        before, inside = self._last, self.builder.inside
        self._last = written if kind == "mark" else "value"
        if written in ("}", "]"):
            self._last = "value"
            self.builder.close()
            return inside == ("map" if written == "}" else "list")
        if written in (",", ":"):
            return before == "value" and bool(inside)
        if before not in ("", "{", "[", ",", ":"):
            return False
        if kind == "mark":
            self.builder.open(is_map=written == "{", line=self._line)
        else:
            self.builder.scalar(_string(written) if kind == "string" else _word(written), self._line)
        return True


def _string(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    if token[0] == "'":
        token = '"' + token[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    try:
        return msgspec.json.decode(token.encode("utf-8", "replace"), type=str)
    except (msgspec.DecodeError, UnicodeError):
        return token[1:-1]


def _word(token: str) -> Scalar:
    if token in _WORDS:
        return _WORDS[token]
    if _INT.fullmatch(token):
        return int(token)
    if _FLOAT.fullmatch(token) and math.isfinite(number := float(token)):
        return number
    return token
