"""Imports, calls and definitions of languages other than Python, by names only: no scopes and hardly a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from mlscan.read.code_braces import read_braces
from mlscan.read.code_matlab import read_matlab
from mlscan.read.code_parts import MAX_CALLS, Parts, placed
from mlscan.read.code_statements import read_sas, read_spss, read_sql
from mlscan.types.source import Call, FunctionDef, Import

_R_LOAD = re.compile(
    r"(?<![\w.])(?:library|require|requireNamespace|loadNamespace|attachNamespace|import::from)\s{0,9}\(\s{0,9}"
    r"(?:package\s{0,9}=\s{0,9})?[\"']?([A-Za-z][\w.]{0,99})"
)
_R_LOAD_MANY = re.compile(
    r"(?<![\w.])(?:p_load|pkg_attach2?|box::use|ipak|load_packages?|packages?|pkgs|libs|libraries)"
    r"(?:\s{0,9}\(|\s{0,9}(?:<-|=)\s{0,9}c\s{0,9}\()([^()]{1,4000})\)",
    re.I,
)
_R_NAME = re.compile(r"[\"']?([A-Za-z][\w.]{0,99})[\"']?(?:\s{0,9}\[[^\]]{0,500}\])?")
_R_APPLIED = re.compile(
    r"\b(?:require|library|requireNamespace)\b[^()\n]{0,60}character\.only|\btar_option_set\b|\bp_load\b|\bbox::use\b|\bipak\b|\bload_packages?\b"
)
_R_FROM = re.compile(r"(?<![\w.])([A-Za-z][\w.]{0,99}):::?[A-Za-z.]")
_R_CALL = re.compile(r"(?<![\w.:])((?:[A-Za-z][\w.]{0,99}(?::::?|\$))?[A-Za-z.][\w.]{0,199})[ \t]{0,9}\(")
_R_FUNCTION = re.compile(r"(?<![\w.])([A-Za-z.][\w.]{0,199})[ \t]{0,9}(?:<-|=)[ \t\n]{0,99}(?:function\b|\\\()")
_R_WORDS = frozenset(["if", "for", "while", "function", "repeat", "return", "switch", "in", "else"])

_JULIA_USING = re.compile(r"^[ \t]*(?:using|import)[ \t]+([^\n#;]{1,2000}(?:(?<=,)\n[^\n#;]{1,2000}){0,50})", re.M)
_JULIA_CALL = re.compile(r"(?<![\w.@])([A-Za-z_][\w!]{0,99}(?:\.[A-Za-z_][\w!]{0,99}){0,9})\(")
_JULIA_FUNCTION = re.compile(
    r"^[ \t]*(?:@\w+[ \t]+)?(?:function[ \t]+([A-Za-z_][\w!.]{0,99})|"
    r"([A-Za-z_][\w!]{0,99})\([^()\n]{0,300}\)[ \t]*=(?!=))",
    re.M,
)
_JULIA_WORDS = frozenset(["if", "for", "while", "function", "macro", "return", "elseif", "in"])
_SEPARATOR = re.compile(r"::|\.")
_DEFINITION = re.compile(r"(?:function|macro)[ \t]+\Z")


def read_r(text: str, code: str) -> Parts:
    """Packages loaded or named with `::`, calls and functions; text without comments, code without strings as well."""
    imports = [Import(m.group(1), None, m.group(1), line) for line, m in islice(placed(_R_LOAD, text), MAX_CALLS)]
    if _R_APPLIED.search(code):
        imports += islice(_r_many(text), MAX_CALLS)
    known = {item.module for item in imports}
    for line, match in placed(_R_FROM, code):
        if match.group(1) not in known:
            known.add(match.group(1))
            imports.append(Import(match.group(1), None, match.group(1), line))
    imports.sort(key=lambda item: item.line)
    functions = tuple(FunctionDef(m.group(1), line) for line, m in islice(placed(_R_FUNCTION, code), MAX_CALLS))
    calls = islice(_calls(code, _R_CALL, _R_WORDS, known), MAX_CALLS)
    return Parts(tuple(imports), tuple(calls), functions)


def _r_many(text: str) -> Iterator[Import]:
    """Packages of a list that is loaded at once: `p_load(caret, ranger)`, `packages <- c("caret", "ranger")`."""
    for line, match in placed(_R_LOAD_MANY, text):
        start = match.start(1)
        for part in match.group(1).split(","):
            name = _R_NAME.fullmatch(part.strip())
            if name is not None:
                ahead = len(part) - len(part.lstrip())
                yield Import(name[1], None, name[1], line + text.count("\n", match.start(), start + ahead))
            start += len(part) + 1


def read_julia(text: str, code: str) -> Parts:  # noqa: ARG001
    """Modules of `using` and `import`, calls and functions; code without comments and strings."""
    imports: list[Import] = []
    for line, match in islice(placed(_JULIA_USING, code), MAX_CALLS):
        imports += _julia_modules(match.group(1), line)
    known = {item.alias for item in imports}
    defined = islice(placed(_JULIA_FUNCTION, code), MAX_CALLS)
    functions = tuple(FunctionDef(m.group(1) or m.group(2), line) for line, m in defined)
    calls = islice(_calls(code, _JULIA_CALL, _JULIA_WORDS, known), MAX_CALLS)
    return Parts(tuple(imports), tuple(calls), functions)


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


READERS: dict[str, Callable[[str, str], Parts]] = {
    "r": read_r,
    "julia": read_julia,
    "matlab": read_matlab,
    "sas": read_sas,
    "spss": read_spss,
    "sql": read_sql,
    "java": read_braces,
    "scala": read_braces,
    "kotlin": read_braces,
    "csharp": read_braces,
}
"""By language; a language that is missing here has lines only."""


def _calls(code: str, pattern: re.Pattern[str], words: frozenset[str], known: Iterable[str]) -> Iterator[Call]:
    for line, match in placed(pattern, code):
        name = match.group(1)
        if name in words or _DEFINITION.search(code, max(0, match.start() - 20), match.start()):
            continue
        first = _SEPARATOR.split(name, maxsplit=1)[0]
        yield Call(name=name, line=line, resolved=first != name and first in known)
