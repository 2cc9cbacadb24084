"""Imports, calls and definitions of Java, Scala, Kotlin and C#, by names only.

Names are resolved by the imports of the file, by variables that are set to a new object (`val m = new Forest()`), and
along chains (`new Forest().fit(x)` calls `Forest.fit`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from mlscan.read.code_parts import MAX_CALLS, Parts, placed
from mlscan.types.source import Call, ClassDef, FunctionDef, Import

_IMPORT = re.compile(
    r"^[ \t]*import[ \t]+(?:static[ \t]+)?([A-Za-z_][\w.]{0,300}?)(?:\.(\*|_(?!\w)|\{[^{}]{1,2000}\}))?"
    r"(?:[ \t]+as[ \t]+(\w{1,100}))?[ \t]*(?:;|$)",
    re.M,
)
_USING = re.compile(
    r"^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?(?:(\w{1,100})[ \t]*=[ \t]*)?([A-Za-z_][\w.]{0,300})[ \t]*;",
    re.M,
)
_TOKEN = re.compile(
    r"(?<![\w.])(?P<dot>\??\.[ \t]{0,99})?(?P<name>[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+)"
    r"(?:<[^<>();{}\n]{0,120}>|\[[^\[\]();{}\n]{0,120}\])?[ \t]?\(|[()]"
)
_ANNOTATION = re.compile(r"(?:(?<![\w.])@|^[ \t]*\[)([A-Za-z_][\w.]{0,200})", re.M)
_CLASS = re.compile(
    r"(?<![\w.])(?:class|object|trait|interface|record)[ \t]+(\w{1,200})"
    r"(?P<rest>[^{};\n]{0,500}(?:\n[ \t]+[^{};\n]{0,300}){0,3})"
)
_BASES = re.compile(r"(?<!\w)(?:extends|with|implements)[ \t]+([\w.]{1,200})(?:[^,\w{]{0,99},[ \t]*([\w.]{1,200}))?")
_COLON_BASES = re.compile(r"^[^(]*(?:\([^()]*\))?[ \t]*:[ \t]*(.+)", re.S)
_SET = re.compile(
    r"(\w+)(?:[ \t]*:[ \t]*[\w.<>\[\], ?]{1,100})?[ \t]*=[ \t\n]*(?:new[ \t]+|await[ \t]+|\([\w.]{1,60}\)[ \t]*)?\Z"
)
_BEFORE = re.compile(r"([\w$]+)[>\]?]*[ \t]+\Z")
_RECEIVER = re.compile(r"([A-Za-z_][\w.]*)\s*\Z")
_BEFORE_CALLS = """
    new return throw await else case in yield and or not when is as do assert to until extends with match import
"""
_NO_TYPES = frozenset(_BEFORE_CALLS.split())
"""Words that stand before a call and are no type of what would be defined there."""
_KEYWORDS = """
    if for while switch catch synchronized when using lock foreach return super this try typeof sizeof nameof def fun
    match else fixed
"""
_WORDS = frozenset(_KEYWORDS.split())


@dataclass(slots=True)
class _Reading:
    """What is known so far while the calls of a file are read from top to bottom."""

    names: dict[str, str]
    """Name -> what it stands for: imported things, and what variables were set to."""
    imported: frozenset[str]
    calls: list[Call] = field(default_factory=list)
    functions: list[FunctionDef] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """Names of the calls whose brackets are open; "" for other brackets."""
    closed: tuple[str, int] = ("", -1)
    """The call that was closed last, and where."""

    def resolve(self, name: str) -> tuple[str, bool]:
        """(the name with its first part replaced by what that stands for, whether it was imported)."""
        first, dot, rest = name.partition(".")
        known = self.names.get(first)
        whole = f"{known}{dot}{rest}" if known else name
        return whole, first in self.imported or whole.partition(".")[0] in self.imported or bool(known and "." in known)


def read_braces(text: str, code: str) -> Parts:  # noqa: ARG001
    """Imports, calls, annotations, methods and classes; code without comments and strings."""
    imports = tuple(islice(_imports(code), MAX_CALLS))
    names = {item.alias: item.target for item in imports if item.alias != "*"}
    reading = _Reading(names, frozenset(names))
    for line, match in placed(_TOKEN, code):
        if len(reading.calls) >= MAX_CALLS:
            break
        _step(reading, code, line, match)
    marks = islice(placed(_ANNOTATION, code), MAX_CALLS)
    calls = [*reading.calls, *(_annotation(reading, line, match) for line, match in marks)]
    calls.sort(key=lambda call: call.line)
    classes = tuple(_class(reading, line, match) for line, match in islice(placed(_CLASS, code), MAX_CALLS))
    return Parts(imports, tuple(calls), tuple(reading.functions), classes)


def _imports(code: str) -> Iterator[Import]:
    for line, match in placed(_USING, code):
        yield Import(match.group(2), None, match.group(1) or match.group(2).rpartition(".")[2], line)
    for line, match in placed(_IMPORT, code):
        package, names, alias = match.groups()
        if names is None:
            module, _, name = package.rpartition(".")
            yield Import(module or name, name if module else None, alias or name, line)
        elif names.startswith("{"):
            for part in names[1:-1].split(","):
                words = part.replace("=>", " ").split()
                if words and words[-1] != "_":
                    yield Import(package, words[0], words[-1], line)
        else:
            yield Import(package, "*", "*", line)


def _step(reading: _Reading, code: str, line: int, match: re.Match[str]) -> None:
    """Takes one bracket, or a name with its opening bracket."""
    name = match.group("name")
    if name is None:
        if match.group() == "(":
            reading.open.append("")
        elif reading.open:
            reading.closed = (reading.open.pop(), match.end())
        return
    before = code[max(0, match.start() - 200) : match.start()]
    dotted = match.group("dot") is not None
    if not dotted and (name in _WORDS or _defines(reading, name, line, before)):
        reading.open.append("")
        return
    whole, known = reading.resolve(_along(reading, before, name, match.start()) if dotted else name)
    reading.calls.append(Call(name=whole, line=line, resolved=known))
    reading.open.append(whole)
    variable = _SET.search(_near(before)) if not dotted and "=" in before else None
    if variable is not None:
        reading.names.setdefault(variable.group(1), whole)


def _along(reading: _Reading, before: str, name: str, start: int) -> str:
    """The name of a call behind a dot: after the call that was closed just there, or after the name before it."""
    head, end = reading.closed
    gap = start - end
    if head and 0 <= gap <= len(before) and not before[len(before) - gap :].strip():
        return f"{head}.{name}"
    receiver = _RECEIVER.search(before[-100:])
    return f"{receiver.group(1)}.{name}" if receiver else f"?.{name}"


def _defines(reading: _Reading, name: str, line: int, before: str) -> bool:
    """Whether a name with a bracket is being defined: a type or a word such as `def` stands before it."""
    word = _BEFORE.search(before[-100:]) if before[-1:] in (" ", "\t") else None
    if word is None or word.group(1) in _NO_TYPES or "." in name:
        return False
    reading.functions.append(FunctionDef(name, line))
    return True


def _near(before: str) -> str:
    """What stands before a call on its line, and on the line above where that is nothing."""
    above, newline, row = before.rpartition("\n")
    return row if row.strip() else above.rpartition("\n")[2] + newline + row


def _annotation(reading: _Reading, line: int, match: re.Match[str]) -> Call:
    name, known = reading.resolve(match.group(1))
    return Call(name=name, line=line, decorator=True, resolved=known)


def _class(reading: _Reading, line: int, match: re.Match[str]) -> ClassDef:
    rest = match.group("rest")
    bases = [name for found in _BASES.finditer(rest) for name in found.groups() if name]
    colon = _COLON_BASES.match(rest) if not bases else None
    if colon is not None:
        bases = [re.split(r"[^\w.]", part.strip(), maxsplit=1)[0] for part in colon.group(1).split(",")]
    return ClassDef(match.group(1), tuple(reading.resolve(base)[0] for base in bases if base), line)
