"""Imports, calls and definitions of MATLAB and Octave, by names only."""

from __future__ import annotations

import re
from itertools import islice

from mlscan.read.code_parts import MAX_CALLS, Parts, placed
from mlscan.types.source import Call, ClassDef, FunctionDef, Import

_IMPORT = re.compile(r"^[ \t]*import[ \t]+([A-Za-z][\w.]{0,199}?)(\.\*)?[ \t]*[;\n]", re.M)
_CALL = re.compile(r"(?<![\w.@'])([A-Za-z]\w{0,99}(?:\.[A-Za-z]\w{0,99}){0,9})[ \t]{0,3}\(")
_FUNCTION = re.compile(
    r"^[ \t]*function[ \t]+(?:(?:\[[^\]\n]{0,500}\]|\w{1,100})[ \t]*=[ \t]*)?([A-Za-z][\w.]{0,199})", re.M
)
_CLASS = re.compile(r"^[ \t]*classdef\b(?:[ \t]*\([^)\n]{0,200}\))?[ \t]+(\w{1,200})(?:[ \t]*<([^\n]{1,500}))?", re.M)
_ASSIGNED = re.compile(
    r"^[ \t]*(?:\[([^\]\n]{1,500})\]|(?:for[ \t]+|global[ \t]+)?([A-Za-z]\w{0,99}))[ \t]*=(?!=)", re.M
)
_NAME = re.compile(r"[A-Za-z]\w*")
_KEYWORDS = "if elseif while for switch case function return end otherwise parfor spmd catch until"
_WORDS = frozenset(_KEYWORDS.split())


def read_matlab(text: str, code: str) -> Parts:  # noqa: ARG001
    """Imports, calls, functions and classes; code without comments and strings.

    A name that the file assigns to is a variable: what follows it in brackets is an index, not a call.
    """
    imports = [_import(line, match) for line, match in islice(placed(_IMPORT, code), MAX_CALLS)]
    functions = [FunctionDef(m.group(1), line) for line, m in islice(placed(_FUNCTION, code), MAX_CALLS)]
    classes = [_class(line, match) for line, match in islice(placed(_CLASS, code), MAX_CALLS)]
    known = {item.alias for item in imports} | {item.module.partition(".")[0] for item in imports}
    unmeant = _WORDS | _variables(code)
    starts = {(f.line, f.name) for f in functions}
    calls = (
        Call(name=m.group(1), line=line, resolved=m.group(1).partition(".")[0] in known)
        for line, m in placed(_CALL, code)
        if m.group(1) not in unmeant and (line, m.group(1)) not in starts
    )
    return Parts(tuple(imports), tuple(islice(calls, MAX_CALLS)), tuple(functions), tuple(classes))


def _import(line: int, match: re.Match[str]) -> Import:
    package, star = match.group(1), match.group(2)
    if star:
        return Import(package, "*", "*", line)
    module, _, name = package.rpartition(".")
    return Import(module or name, name if module else None, name, line)


def _class(line: int, match: re.Match[str]) -> ClassDef:
    bases = (match.group(2) or "").split("&")
    return ClassDef(match.group(1), tuple(base.strip() for base in bases if base.strip()), line)


def _variables(code: str) -> set[str]:
    found: set[str] = set()
    for match in islice(_ASSIGNED.finditer(code), MAX_CALLS):
        found.update(_NAME.findall(match.group(1)) if match.group(1) else (match.group(2),))
    return found
