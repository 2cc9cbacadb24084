"""Imports and calls of R and Julia, by names only: a first reading that knows no scopes and no values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from mlscan.types.source import Call, Import

MAX_CALLS = 100_000
"""Calls, and imports, of one file that are read."""

Found = tuple[tuple[Import, ...], tuple[Call, ...]]

_R_LOAD = re.compile(
    r"(?<![\w.])(?:library|require|requireNamespace|loadNamespace)\s{0,9}\(\s{0,9}[\"']?([A-Za-z][\w.]{0,99})"
)
_R_FROM = re.compile(r"(?<![\w.])([A-Za-z][\w.]{0,99}):::?[A-Za-z.]")
_R_CALL = re.compile(r"(?<![\w.:])((?:[A-Za-z][\w.]{0,99}:::?)?[A-Za-z.][\w.]{0,199})[ \t]{0,9}\(")
_R_WORDS = frozenset(["if", "for", "while", "function", "repeat", "return", "switch", "in", "else"])

_JULIA_USING = re.compile(r"^[ \t]*(?:using|import)[ \t]+([^\n#;]{1,2000})", re.M)
_JULIA_CALL = re.compile(r"(?<![\w.@])([A-Za-z_][\w!]{0,99}(?:\.[A-Za-z_][\w!]{0,99}){0,9})\(")
_JULIA_WORDS = frozenset(["if", "for", "while", "function", "macro", "return", "elseif", "in"])
_SEPARATOR = re.compile(r"::|\.")
_DEFINITION = re.compile(r"(?:function|macro)[ \t]+\Z")


def read_r(text: str, code: str) -> Found:
    """Packages loaded or named with `::`, and calls; text without comments, code without strings as well."""
    imports = [Import(m.group(1), None, m.group(1), line) for line, m in islice(_matches(_R_LOAD, text), MAX_CALLS)]
    known = {item.module for item in imports}
    for line, match in _matches(_R_FROM, code):
        if match.group(1) not in known:
            known.add(match.group(1))
            imports.append(Import(match.group(1), None, match.group(1), line))
    imports.sort(key=lambda item: item.line)
    return tuple(imports), tuple(islice(_calls(code, _R_CALL, _R_WORDS, known), MAX_CALLS))


def read_julia(text: str, code: str) -> Found:  # noqa: ARG001
    """Modules of `using` and `import`, and calls; code without comments and strings."""
    imports: list[Import] = []
    for line, match in islice(_matches(_JULIA_USING, code), MAX_CALLS):
        imports += _julia_modules(match.group(1), line)
    known = {item.alias for item in imports}
    return tuple(imports), tuple(islice(_calls(code, _JULIA_CALL, _JULIA_WORDS, known), MAX_CALLS))


def _julia_modules(text: str, line: int) -> Iterator[Import]:
    module, colon, names = text.partition(":")
    if colon:
        for name in names.split(","):
            if name.strip():
                yield Import(module.strip(), name.split()[0], name.split()[-1], line)
        return
    for part in text.split(","):
        words = part.split()
        if words:
            yield Import(words[0], None, words[-1].rpartition(".")[2], line)


READERS: dict[str, Callable[[str, str], Found]] = {"r": read_r, "julia": read_julia}
"""By language; a language that is missing here has lines only."""


def _calls(code: str, pattern: re.Pattern[str], words: frozenset[str], known: set[str]) -> Iterator[Call]:
    for line, match in _matches(pattern, code):
        name = match.group(1)
        if name in words or _DEFINITION.search(code, max(0, match.start() - 20), match.start()):
            continue
        first = _SEPARATOR.split(name, maxsplit=1)[0]
        yield Call(name=name, line=line, resolved=first != name and first in known)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Line (1-based) and match, in order."""
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match
