"""The words that a file must hold for a matcher to have a chance: derived from the matcher, never written by hand.

All of them, of all detectors, are searched in one linear pass over a file; only files with a hit are parsed. A word
may be too common (then a file is parsed for nothing), it must never be too rare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    TextMatch,
    Value,
)
from mlscan.types.lists import Lists

_AT_STEP = re.compile(r'"([^"]+)"|\{[^}]*\}|\[[^\]]*\]|[^.\[\]{}"]+')


def words_for(spec: msgspec.Struct, lists: Lists) -> Sequence[str] | None:
    """RE2 patterns of which one must occur, or None when nothing can be said."""
    if isinstance(spec, CallMatch):
        return _dotted(spec.name, lists)
    if isinstance(spec, ImportMatch):
        return _dotted(spec.module, lists)
    if isinstance(spec, ClassMatch):
        return _dotted(spec.base, lists)
    if isinstance(spec, DefineMatch):
        return _wildcards(spec.name, lists)
    if isinstance(spec, KeyMatch):
        return None if spec.missing else _keys([spec.at] if isinstance(spec.at, str) else spec.at)
    if isinstance(spec, DocumentMatch):
        return _document(spec, lists)
    if isinstance(spec, ImageMatch):
        return _wildcards(spec.name, lists)
    if isinstance(spec, ResourceMatch):
        return _wildcards(spec.type, lists)
    if isinstance(spec, TextMatch):
        return [f"(?m:{spec.regex})"]
    return None


def _longest(parts: Sequence[str]) -> str | None:
    best = max(parts, key=len, default="")
    return best if len(best) >= 2 else None


def _dotted(value: Value, lists: Lists) -> Sequence[str] | None:
    names = texts(value, lists)
    if names is None:
        return None
    found = []
    for name in names:
        pieces = [p for p in name.split(".") if p and "*" not in p and p != "?"]
        word = _longest(pieces)
        if word is not None:
            found.append(rf"\b{re.escape(word)}\b")
            continue
        stem = _longest([p for p in re.split(r"[.*?]", name) if p])
        if stem is None:
            return None
        found.append(re.escape(stem))
    return found


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
