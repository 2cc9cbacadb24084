"""What a Python file imports and defines, read from its lines: much quicker than a parse, where nobody asks more.

It works on text whose comments and insides of strings are blanked, so that only statements are left. Scopes are told
by indentation, as Python does it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mlscan.read.code_languages import source_text, strings_and_comments
from mlscan.read.python_imports import read_import
from mlscan.read.python_names import clipped
from mlscan.types.source import FunctionDef, Import

_NAME_LIMIT = 400
"""Characters of a module's name in which `import` is looked for, so that no file takes the square of its length."""
_BLANK = r"(?:[ \t\f]|\\\n)"
_REST = r"(?:[^\n;\\]|\\\n?)*+"
_IMPORT = re.compile(
    rf"(?:^|(?<=[;:]))[ \t\f]*+(from\b{_BLANK}*+[.\w](?:[.\w]|{_BLANK}){{0,{_NAME_LIMIT}}}?(?<!\w)import\b{_BLANK}*+"
    rf"(?:\([^()]*+\)?|{_REST})|import\b[ \t\\]{_REST})",
    re.MULTILINE,
)
_DEFINITION = re.compile(r"^([ \t\f]*+)(?:async[ \t]++)?(def|class)[ \t\\\n]++(\w++)", re.MULTILINE)
_OPENER = re.compile(r"[ \t\f]*+(?:async[ \t]++)?(def|class)[ \t\\]++(\w++)")
_LINE = re.compile(r"[ \t\f]*+")
_TRIPLE = ('"""', "'''")


def python_imports(code: str) -> tuple[Import, ...]:
    """The imports of a file whose `code` is its text without comments and strings (`code_text`).

    The same as a parse gives, but for lines that are broken.
    """
    return tuple(_imports(code))


def python_definitions(code: str, wanted: Callable[[str], bool]) -> tuple[FunctionDef, ...]:
    """The functions and classes of a wanted name, with scopes as in a `CodeModule`; `code` as above.

    The same as a parse gives, but for lines that are broken and code that can never run.
    """
    return tuple(_definitions(code, wanted))


def python_strings(data: bytes) -> list[str]:
    """The texts of the string literals of a file, without prose that stands alone between triple quotes."""
    text = source_text(data)
    found: list[str] = []
    for match in strings_and_comments(text, "python"):
        literal = match.group()
        if literal[0] == "#":
            continue
        quotes = 3 if literal.startswith(_TRIPLE) else 1
        alone = quotes == 3 and not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip(" \trRuU")
        if not alone:
            found.append(literal[quotes:-quotes])
    return found


def _imports(text: str) -> list[Import]:
    found: list[Import] = []
    line = position = 0
    for match in _IMPORT.finditer(text):
        line += text.count("\n", position, match.start(1))
        position = match.start(1)
        found += read_import(match.group(1).encode("utf-8", "replace"), line + 1)
    return found


def _definitions(text: str, wanted: Callable[[str], bool]) -> list[FunctionDef]:
    matches = [match for match in _DEFINITION.finditer(text) if wanted(match.group(3))]
    if not matches:
        return []
    lines = text.split("\n")
    scopes = _Scopes(lines)
    found: list[FunctionDef] = []
    line = position = 0
    for match in matches:
        line += text.count("\n", position, match.start())
        position = match.start()
        found.append(FunctionDef(clipped(match.group(3)), line + 1, scopes.around(line)))
    return found


class _Scopes:
    """Which classes and functions lie around a line; each line is looked at once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._open: list[tuple[int, str]] = []
        self._next = 0
        self._brackets = 0

    def around(self, row: int) -> tuple[str, ...]:
        """Labels of what encloses a 0-based row; rows are asked for from the top down."""
        for number in range(self._next, row):
            self._pass(self._lines[number])
        self._next = row
        self._close(_indent(self._lines[row]))
        return tuple(label for _, label in self._open)

    def _pass(self, line: str) -> None:
        indent = _indent(line)
        if indent >= len(line.rstrip()):
            return
        opened = _OPENER.match(line)
        if opened or not self._brackets:
            self._close(indent)
            # No definition begins between brackets: those before it were never closed.
            self._brackets = 0
        if opened:
            kind = "class" if opened.group(1) == "class" else "function"
            self._open.append((indent, f"{kind}:{clipped(opened.group(2))}"))
        self._brackets = max(0, self._brackets + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))

    def _close(self, indent: int) -> None:
        while self._open and self._open[-1][0] >= indent:
            self._open.pop()


def _indent(line: str) -> int:
    match = _LINE.match(line)
    return match.end() if match else 0
