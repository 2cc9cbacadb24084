"""The words that a file must hold for a matcher to have a chance: derived from the matcher, never written by hand.

All of them, of all detectors, are searched in one linear pass over a file; only files with a hit are parsed. A word
may be too common (then a file is parsed for nothing), it must never be too rare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mlscan.detect.values import texts
from mlscan.types.content import (
    CallMatch,
    ClassMatch,
    DefineMatch,
    DocumentMatch,
    ImageMatch,
    ImportMatch,
    KeyMatch,
    ResourceMatch,
    Test,
    TextMatch,
    Value,
)
from mlscan.types.lists import Lists

_AT_STEP = re.compile(r'"([^"]+)"|\{[^}]*\}|\[[^\]]*\]|[^.\[\]{}"]+')


@dataclass(frozen=True, slots=True)
class Word:
    """Something that a file must hold."""

    pattern: str
    """RE2, searched for in the bytes of the file."""
    module: str | None = None
    """In Python files the word counts only where this top-level module is imported."""
    loose: bool = False
    """Only the literal parts of the pattern must be there: it is a test on a line or a value, not on a file."""


Clause = tuple[Word, ...]
"""Words of which a file must hold one."""


def needed_words(spec: msgspec.Struct, lists: Lists) -> tuple[Clause, ...]:
    """Clauses that a file must meet, each; empty when nothing can be said."""
    found = [_names(spec, lists)]
    if isinstance(spec, CallMatch):
        found += _arguments(spec, lists)
    return tuple(tuple(dict.fromkeys(clause)) for clause in found if clause)


def _names(spec: msgspec.Struct, lists: Lists) -> Sequence[Word] | None:
    if isinstance(spec, CallMatch):
        return _dotted(spec.name, lists)
    if isinstance(spec, ImportMatch):
        return _dotted(spec.module, lists)
    if isinstance(spec, ClassMatch):
        return _dotted(spec.base, lists)
    if isinstance(spec, DefineMatch):
        return _wildcards(spec.name, lists) or _regex(spec.name)
    if isinstance(spec, KeyMatch):
        if spec.keys is not None:
            return _wildcards(spec.keys, lists)
        return None if spec.missing else _keys([spec.at] if isinstance(spec.at, str) else spec.at)
    if isinstance(spec, DocumentMatch):
        return _document(spec, lists)
    if isinstance(spec, ImageMatch):
        return _wildcards(spec.name, lists)
    if isinstance(spec, ResourceMatch):
        return _wildcards(spec.type, lists)
    return (Word(f"(?m){spec.regex}", loose=True),) if isinstance(spec, TextMatch) else None


def _arguments(spec: CallMatch, lists: Lists) -> list[Sequence[Word] | None]:
    """What the arguments that a call must have put into the file: their keywords, and texts that they must be."""
    found: list[Sequence[Word] | None] = []
    for name, value in spec.args.items():
        if name.isidentifier():
            found.append([Word(rf"\b{re.escape(name)}\b")])
        found.append(_argument(value, lists))
    return found


def _argument(value: Value, lists: Lists) -> Sequence[Word] | None:
    """Words of a value that is written out where the call stands; names are resolved, so dotted ones may not be."""
    named = texts(value, lists)
    if named is None:
        return _regex(value)
    if any("." in name or name in ("true", "false", "") for name in named):
        return None
    return _wildcards(value, lists)


def _regex(value: Value) -> Sequence[Word] | None:
    if not isinstance(value, Test) or value.regex is None or "\\." in value.regex:
        return None
    return [Word(value.regex, loose=True)]


def _longest(parts: Sequence[str]) -> str | None:
    best = max(parts, key=len, default="")
    return best if len(best) >= 2 else None


def _dotted(value: Value, lists: Lists) -> Sequence[Word] | None:
    names = texts(value, lists)
    if names is None:
        return None
    found = []
    for name in names:
        pieces = [p for p in name.split(".") if p and "*" not in p and p != "?"]
        whole, stem = _longest(pieces), _longest(re.split(r"[.*?]", name))
        if whole is not None and (stem is None or len(stem) <= len(whole)):
            found.append(Word(rf"\b{re.escape(whole)}\b", _module(name)))
        elif stem is not None:
            found.append(Word(re.escape(stem), _module(name)))
        else:
            return None
    return found


def _module(name: str) -> str | None:
    """The top-level module that a dotted name begins with; a name that begins with a wildcard has none."""
    head, dot, _ = name.partition(".")
    return head if dot and head.isidentifier() else None


def _keys(paths: Sequence[str]) -> Sequence[Word] | None:
    found = []
    for path in paths:
        steps = [m.group(1) or m.group(0) for m in _AT_STEP.finditer(path) if not m.group(0).startswith(("{", "["))]
        word = _longest([s for s in steps if "*" not in s])
        if word is None:
            return None
        found.append(Word(re.escape(word)))
    return found


def _document(spec: DocumentMatch, lists: Lists) -> Sequence[Word] | None:
    for value in (spec.kind, spec.api_version):
        found = _wildcards(value, lists) if value is not None else None
        if found:
            return found
    return [Word(re.escape(max(spec.has_keys, key=len)))] if spec.has_keys else None


def _wildcards(value: Value, lists: Lists) -> Sequence[Word] | None:
    names = texts(value, lists)
    if names is None:
        return None
    found = []
    for name in names:
        word = _longest([p for p in name.split("*") if p])
        if word is None:
            return None
        found.append(Word(re.escape(word)))
    return found
