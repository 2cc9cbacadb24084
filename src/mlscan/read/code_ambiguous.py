"""Suffixes that several languages share: which one a file is in, told by its content."""

from __future__ import annotations

import re

HEAD = 65_536
"""Bytes of a file that are looked at."""

_OBJECTIVE_C = re.compile(
    rb"^[ \t]*+(?:#\s*(?:import|include|define|if|pragma)\b|@(?:interface|implementation|import|class)\b|//)", re.M
)
_MERCURY = re.compile(rb"^[ \t]*+:-\s*(?:module|interface|implementation|import_module|pred|func|type)\b", re.M)
_WOLFRAM = re.compile(
    rb"\A\s*+\(\*|^[ \t]*+(?:BeginPackage|Needs|Begin)\[|^\w+\[[^\]\n]{0,200}_[A-Za-z]*\]?[^\n]{0,200}:=", re.M
)
_MUMPS = re.compile(rb"\A[%A-Za-z]\w*(?:\([\w,]*\))?[ \t]+;|\A(?:[ \t]++;[^\n]*\n){2}")
_LIMBO = re.compile(
    rb"^(?:implement[ \t]+\w+[ \t]*;|include[ \t]+\"[^\"\n]+\.m\"[ \t]*;|\w+[ \t]*:[ \t]*module\b)", re.M
)
_MUF = re.compile(
    rb"^(?:\$(?:def|include|author|note|version|library)\b|lvar[ \t]+\w+[ \t]*$|:[ \t]+[\w-]+[ \t]*(?:\(|$|\[))", re.M
)
_SAS = re.compile(
    rb"(?i)(?:^|;)[ \t]*+(?:(?:proc|data|options?|ods|libname|filename|cas|caslib|set|merge|if|input|loadactionset|"
    rb"action|table|model|label)[ \t]+[\w.&'\"]|(?:run|quit)[ \t]*;|%[a-z]\w*|\*|[a-z_]\w*[ \t]*=)",
    re.M,
)
_SCHEME = re.compile(rb"\A#!r[67]rs|^[ \t]*+\((?:import|library|define|define-library|use-modules|module|load)\b", re.M)
_NOT_R = re.compile(
    rb"\A\s*+(?:REBOL|Red)\s*+\[|^[ \t]*+(?:resource|read|type)[ \t]+['\"][^'\"\n]{1,8}['\"][ \t]*[({]", re.I | re.M
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")

_OF_M = (
    ("objective-c", _OBJECTIVE_C),
    ("mercury", _MERCURY),
    ("wolfram", _WOLFRAM),
    ("mumps", _MUMPS),
    ("limbo", _LIMBO),
    ("muf", _MUF),
)


def language_by_content(suffix: str, head: bytes, language: str) -> str | None:
    """The language of a file whose suffix says `language`; None where it is none that is read as code.

    suffix: lower case; head: its first bytes. Only `.m`, `.sas`, `.sps` and `.r` have more than one meaning here.
    """
    if b"\0" in head and not head.startswith(_WIDE):
        return None
    if suffix == "m":
        return next((name for name, pattern in _OF_M if pattern.search(head)), language)
    if suffix == "sas":
        return language if _SAS.search(head) or head.startswith(_WIDE) or not head.strip() else None
    if suffix == "sps":
        return None if _SCHEME.search(head) else language
    if suffix == "r":
        return None if _NOT_R.search(head) else language
    return language


AMBIGUOUS = frozenset(("m", "sas", "sps", "r"))
"""Suffixes that content has to be looked at for."""
