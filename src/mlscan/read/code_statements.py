"""SAS, SPSS and SQL: languages of statements. A statement counts as a call that is named by its words.

The words are lower case and joined with dots: `proc.hpforest`, `logistic.regression`, `create.model`. Functions, macros
and CAS actions have their own names: `ml.predict`, `fit_model` for `%fit_model(...)`, `decisiontree.foresttrain`.
"""

from __future__ import annotations

import re
from itertools import islice

from mlscan.read.code_parts import MAX_CALLS, Parts, named_arguments, placed
from mlscan.types.source import ArgValue, Call, FunctionDef

_HEAD = 4_000
"""Characters of a statement in which arguments are looked for."""
_WITH_ARGUMENTS = 500
"""Statements of a file whose arguments are read."""
_STRING_OR_NAME = r"(?:['\"]([^'\"\n]{0,200})['\"]|([\w.&@#$]{1,200}))"

_SAS_PROC = re.compile(r"(?:^|(?<=;))[ \t]*proc[ \t\n]+(\w{1,40})", re.I | re.M)
_SAS_MACRO = re.compile(r"%[ \t]*macro[ \t\n]+(\w{1,60})", re.I)
_SAS_CALL = re.compile(r"%(\w{1,60})(?=[ \t]*[(;\n])")
_SAS_ACTION = re.compile(
    r"(?:^|(?<=;))[ \t]*(?:action[ \t]+)?([a-z]\w{1,40}\.[a-z]\w{1,40})[ \t\n]*(?=/|;|(?:result|status|async)[ \t]*=)",
    re.I | re.M,
)
_SAS_ARGUMENT = re.compile(rf"\b([a-z]\w{{0,40}})[ \t]{{0,9}}=[ \t]{{0,9}}{_STRING_OR_NAME}", re.I)
_SAS_KEYWORDS = """
    macro mend let if then else do end put global local goto return abort include inc window display sysexec sysfunc
    qsysfunc str nrstr quote bquote nrbquote superq unquote eval sysevalf upcase lowcase scan substr length index until
    while to by symexist sysget qscan qsubstr trim left cmpres
"""
_SAS_WORDS = frozenset(_SAS_KEYWORDS.split())

_SPSS_COMMAND = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}(?:[ \t]+[A-Za-z]{2,30})?")
_SPSS_PAIRS = """
    logistic regression; quick cluster; twostep cluster; optimal binning; npar tests; nonpar corr; partial corr;
    get file; get data; get translate; save translate; save model; add files; match files; split file; select if; do if;
    do repeat; begin data; begin program; variable labels; value labels; variable level; missing values; data list;
    file handle; model handle; model list; file type; sort cases; apply dictionary; dataset name; dataset activate;
    mult response
"""
_SPSS_TWO = frozenset(" ".join(pair.split()) for pair in _SPSS_PAIRS.split(";"))
"""Commands of two words."""

_SQL_CREATE = re.compile(
    r"\bcreate[ \t\n]+(?:or[ \t\n]+replace[ \t\n]+)?(?:(?:temp|temporary|transient|remote|if|not|exists)[ \t\n]+)*"
    r"(external[ \t\n]+)?([a-z_][\w.]{0,80})",
    re.I,
)
_SQL_EXECUTE = re.compile(r"\b(?:exec|execute)[ \t\n]+(?:@\w{1,60}[ \t]*=[ \t]*)?([\[a-z_][\w.\[\]]{0,120})", re.I)
_SQL_FUNCTION = re.compile(r"(?<![\w.@])([a-z_]\w{0,80}(?:\.[a-z_]\w{0,80}){0,3})[ \t]{0,3}\(", re.I)
_SQL_ARGUMENT = re.compile(rf"@?\b([a-z_]\w{{0,60}})[ \t]{{0,9}}=[ \t]{{0,9}}N?{_STRING_OR_NAME}", re.I)
_SQL_KEYWORDS = "in and or not values exists as on over select from where using with by when then case set"
_SQL_WORDS = frozenset(_SQL_KEYWORDS.split())


def read_sas(text: str, code: str) -> Parts:
    """Procedures (`proc.forest`), CAS actions and macros; text without comments, code without strings as well."""
    functions = [FunctionDef(m.group(1).lower(), line) for line, m in islice(placed(_SAS_MACRO, code), MAX_CALLS)]
    arguments = _Arguments(_SAS_ARGUMENT, text)
    calls = [
        Call(f"proc.{m.group(1).lower()}", line, kwargs=arguments.after(m.end()))
        for line, m in islice(placed(_SAS_PROC, code), MAX_CALLS)
    ]
    calls += [Call(m.group(1).lower(), line) for line, m in islice(placed(_SAS_ACTION, code), MAX_CALLS)]
    macros = ((line, m.group(1).lower()) for line, m in placed(_SAS_CALL, code))
    calls += [Call(name, line) for line, name in islice(macros, MAX_CALLS) if name not in _SAS_WORDS]
    calls.sort(key=lambda call: call.line)
    return Parts(calls=tuple(calls), functions=tuple(functions))


def read_spss(text: str, code: str) -> Parts:  # noqa: ARG001
    """Commands by their words (`logistic.regression`); code without comments and strings.

    A command begins where the one before ended, with a full stop at the end of a line or with an empty line.
    """
    calls: list[Call] = []
    begins = True
    for line, raw in enumerate(code.split("\n"), 1):
        row = raw.strip()
        match = _SPSS_COMMAND.match(row) if begins and row else None
        if match is not None and len(calls) < MAX_CALLS:
            words = match.group().lower().split()
            size = 2 if " ".join(words) in _SPSS_TWO else 1
            calls.append(Call(".".join(words[:size]), line))
        begins = not row or row.endswith(".")
    return Parts(calls=tuple(calls))


def read_sql(text: str, code: str) -> Parts:
    """What is created (`create.model`), executed and called; text without comments, code without strings as well."""
    calls = []
    arguments = _Arguments(_SQL_ARGUMENT, text)
    for line, match in islice(placed(_SQL_CREATE, code), MAX_CALLS):
        what = ".".join(part for part in ("create", match.group(1) and "external", match.group(2).lower()) if part)
        given = arguments.after(match.end()) if "model" in what or "." in match.group(2) else {}
        calls.append(Call(what, line, kwargs=given))
    for line, match in islice(placed(_SQL_EXECUTE, code), MAX_CALLS):
        name = match.group(1).lower().replace("[", "").replace("]", "")
        calls.append(Call(name, line, kwargs=arguments.after(match.end())))
    functions = ((line, m.group(1).lower()) for line, m in placed(_SQL_FUNCTION, code))
    calls += [Call(name, line) for line, name in islice(functions, MAX_CALLS) if name not in _SQL_WORDS]
    calls.sort(key=lambda call: call.line)
    return Parts(calls=tuple(calls))


class _Arguments:
    """Reads the named arguments of statements, those of the first ones of a file only."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern = pattern
        self._text = text
        self._left = _WITH_ARGUMENTS

    def after(self, start: int) -> dict[str, ArgValue]:
        """The arguments from a position to the end of the statement."""
        if not self._left:
            return {}
        self._left -= 1
        end = self._text.find(";", start, start + _HEAD)
        return named_arguments(self._pattern.finditer(self._text, start, end if end >= 0 else start + _HEAD))
