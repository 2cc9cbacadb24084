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


def needed_words(spec: msgspec.Struct, lists: Lists) -> tuple[Word, ...] | None:
    """Words of which a file must hold one, or None when nothing can be said."""
    found = _words_for(spec, lists)
    if not found:
        return None
    return tuple(dict.fromkeys(w if isinstance(w, Word) else Word(w) for w in found))


def _words_for(spec: msgspec.Struct, lists: Lists) -> Sequence[str | Word] | None:
    if isinstance(spec, CallMatch):
        return _dotted(spec.name, lists) or _keywords(spec)
    if isinstance(spec, ImportMatch):
        return _dotted(spec.module, lists)
    if isinstance(spec, ClassMatch):
        return _dotted(spec.base, lists)
    if isinstance(spec, DefineMatch):
        return _wildcards(spec.name, lists)
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
    return None


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
        word = _longest(pieces)
        if word is not None:
            found.append(Word(rf"\b{re.escape(word)}\b", _module(name)))
            continue
        stem = _longest([p for p in re.split(r"[.*?]", name) if p])
        if stem is None:
            return None
        found.append(Word(re.escape(stem), _module(name)))
    return found


def _module(name: str) -> str | None:
    """The top-level module that a dotted name begins with; a name that begins with a wildcard has none."""
    head, dot, _ = name.partition(".")
    return head if dot and head.isidentifier() else None


def _keywords(spec: CallMatch) -> Sequence[str] | None:
    """A keyword that the call must have; each alone will do, so the longest is taken."""
    names = [name for name in spec.args if name != "**" and not name.isdigit()]
    return [rf"\b{re.escape(max(names, key=len))}\b"] if names else None


def _keys(paths: Sequence[str]) -> Sequence[str] | None:
    found = []
    for path in paths:
        steps = [m.group(1) or m.group(0) for m in _AT_STEP.finditer(path) if not m.group(0).startswith(("{", "["))]
        word = _longest([s for s in steps if "*" not in s])
        if word is None:
            return None
        found.append(re.escape(word))
    return found


def _document(spec: DocumentMatch, lists: Lists) -> Sequence[str] | None:
    for value in (spec.kind, spec.api_version):
        found = _wildcards(value, lists) if value is not None else None
        if found:
            return found
    return [re.escape(max(spec.has_keys, key=len))] if spec.has_keys else None


def _wildcards(value: Value, lists: Lists) -> Sequence[str] | None:
    names = texts(value, lists)
    if names is None:
        return None
    found = []
    for name in names:
        word = _longest([p for p in name.split("*") if p])
        if word is None:
            return None
        found.append(re.escape(word))
    return found
