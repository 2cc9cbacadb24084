"""The words that a file must hold for a matcher to have a chance: derived from the matcher, never written by hand.

All of them, of all detectors, are searched in one linear pass over a file; only files with a hit are parsed. A word
may be too common (then a file is parsed for nothing), it must never be too rare.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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

_PREFIX = re.compile(r"\w[\w.]*\.\*")
_ENDS = re.compile(r"[.*?]")
_NAMES = 16_384
"""Names of which it is remembered what they are as words: lists are used by many matchers."""
_LETTER = re.compile(r"\w")
_WRITTEN = re.compile(r"[A-Za-z]{2}")
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off", "null"})
_BLANK = re.compile(r"\\[sSn]| ")
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


@dataclass(frozen=True, slots=True)
class CodeTest:
    """What Python code without comments and strings must hold, told without a parse: one of the two."""

    pattern: str | None
    """RE2: a name is called, decorates, is a base, or gets another name by an import or an assignment."""
    modules: tuple[str, ...]
    """Dotted names of which anything will do: what an import of them binds must be used."""
    bases: bool
    """Whether only the bases of classes count as a use."""


def needed_words(spec: msgspec.Struct, lists: Lists) -> tuple[Clause, ...]:
    """Clauses that a file must meet, each; empty when nothing can be said."""
    found = [_names(spec, lists)]
    if isinstance(spec, CallMatch):
        found += _arguments(spec, lists)
    if isinstance(spec, KeyMatch):
        found += _key_parts(spec, lists)
    if isinstance(spec, DocumentMatch):
        for key, value in (("kind", spec.kind), ("apiVersion", spec.api_version)):
            found += [[Word(_key(key))], _texts(value, lists)] if value is not None else []
        found += [_keys([key]) for key in spec.has_keys]
    if isinstance(spec, ImageMatch) and "dockerfile" not in spec.within:
        found.append([Word("image")])
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
        return None if spec.missing else _keys([spec.at] if isinstance(spec.at, str) else spec.at)
    if isinstance(spec, ImageMatch):
        return _texts(spec.name, lists)
    if isinstance(spec, ResourceMatch):
        return _texts(spec.type, lists)
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
    found = [_dotted_word(name) for name in names]
    return None if None in found else [word for word in found if word is not None]


@lru_cache(maxsize=_NAMES)
def _dotted_word(name: str) -> Word | None:
    pieces = [p for p in name.split(".") if p and "*" not in p and p != "?"]
    whole, stem = _longest(pieces), _longest(_ENDS.split(name))
    if whole is not None and (stem is None or len(stem) <= len(whole)):
        return Word(rf"\b{re.escape(whole)}\b", _module(name))
    return Word(re.escape(stem), _module(name)) if stem is not None else None


def _module(name: str) -> str | None:
    """The top-level module that a dotted name begins with; a name that begins with a wildcard has none."""
    head, dot, _ = name.partition(".")
    return head if dot and head.isidentifier() else None


def _keys(paths: Sequence[str], rank: int = 0) -> Sequence[Word] | None:
    """For each path its longest key, or the next ones by rank; None where a path has no such key."""
    found = []
    for path in paths:
        steps = [m.group(1) or m.group(0) for m in _AT_STEP.finditer(path) if not m.group(0).startswith(("{", "["))]
        # Of words of one length always the same, whatever order a set has.
        plain = {step for step in steps if "*" not in step and len(step) > 1}
        words = sorted(plain, key=lambda word: (-len(word), word))
        stem = _longest([piece for step in steps for piece in step.split("*")])
        if rank < len(words):
            found.append(Word(_key(words[rank])))
        elif not rank and not words and stem is not None:
            found.append(Word(re.escape(stem)))
        else:
            return None
    return found


def _key(name: str) -> str:
    """A pattern for a key: in YAML, JSON, TOML and INI something follows it, in XML it begins an element."""
    return rf"""{_bounded(name)}["']?\s*[:=\].,}}]|<{re.escape(name)}"""


@lru_cache(maxsize=_NAMES)
def _bounded(word: str) -> str:
    """A pattern for a whole key or value: nothing that belongs to a word lies beside it."""
    start = r"\b" if word[0].isascii() and _LETTER.match(word[0]) else ""
    return start + re.escape(word) + (r"\b" if word[-1].isascii() and _LETTER.match(word[-1]) else "")


def _key_parts(spec: KeyMatch, lists: Lists) -> list[Sequence[Word] | None]:
    """What a key and its value put into the file beside the way to them."""
    if spec.missing:
        return []
    paths = [spec.at] if isinstance(spec.at, str) else spec.at
    found: list[Sequence[Word] | None] = [_keys(paths, 1), _keys(paths, 2)]
    found += [_texts(spec.keys, lists)] if spec.keys is not None else []
    if spec.is_ is not None:
        named = texts(spec.is_, lists)
        # Numbers and booleans can be written in many ways.
        plain = named is None or all(_WRITTEN.search(name) and name.lower() not in _SWITCHES for name in named)
        found.append(_texts(spec.is_, lists) if plain else None)
    return found


def _texts(value: Value, lists: Lists) -> Sequence[Word] | None:
    """Words of a value that stands in the file as it is."""
    if isinstance(value, Test) and value.in_ is None:
        only = value.regex is not None
        # Blanks can be line breaks, and an anchor of the value is none of a line.
        return [Word(value.regex, loose=True)] if only and value.regex and not _BLANK.search(value.regex) else None
    return _wildcards(value, lists)


def _wildcards(value: Value, lists: Lists) -> Sequence[Word] | None:
    names = texts(value, lists)
    if names is None:
        return None
    found = []
    for name in names:
        word = _longest([p for p in name.split("*") if p])
        if word is None:
            return None
        found.append(Word(_bounded(word) if word == name else re.escape(word)))
    return found


def code_test(spec: msgspec.Struct, lists: Lists) -> CodeTest | None:
    """The test of a matcher for calls or classes; None where nothing can be said."""
    if isinstance(spec, DefineMatch):
        return _definition_test(spec.name, lists)
    value = spec.name if isinstance(spec, CallMatch) else spec.base if isinstance(spec, ClassMatch) else None
    names = texts(value, lists) if value is not None else None
    lasts, modules = set(), []
    for name in names or ():
        last = _last(name)
        if last is not None:
            lasts.add(last)
        elif _PREFIX.match(name):
            modules.append(name.partition("*")[0].rstrip("."))
        else:
            return None
    if not lasts and not modules:
        return None
    bases = isinstance(spec, ClassMatch)
    return CodeTest(_use("|".join(sorted(lasts)), bases) if lasts else None, tuple(modules), bases)


def _definition_test(value: Value, lists: Lists) -> CodeTest | None:
    names = texts(value, lists)
    if not names:
        return None
    patterns = (r"\w*".join(re.escape(piece) for piece in name.split("*")) for name in names)
    return CodeTest(rf"\b(?:def|class)[\s\\]+(?:{'|'.join(patterns)})\b", (), bases=False)


def _use(names: str, bases: bool) -> str:
    renamed = rf"\b(?:{names})(?:\s+as\b|\s*(?:[);\\]|$))"
    if bases:
        return rf"(?m)class\s+\w+[\s\\]*\([^)]*\b(?:{names})|{renamed}"
    return rf"(?m)\b(?:{names})\s*[\[(]|{renamed}"


def used_alias(alias: str, bases: bool) -> str:
    """A pattern (RE2) for the use of a name that an import binds; only in the bases of classes where `bases`."""
    name = re.escape(alias)
    return rf"class\s+\w+[\s\\]*\([^)]*\b{name}\b|=\s*{name}\b" if bases else rf"\b{name}\b"


@lru_cache(maxsize=_NAMES)
def _last(name: str) -> str | None:
    """The last part of a dotted name as a pattern; None where it may be anything."""
    part = name.rpartition(".")[2]
    if not part or not _LETTER.search(part) or "?" in part or part == "__call__":
        return None
    end = r"\b" if part[-1] != "*" else r"[\w.]*"
    return r"\w*".join(re.escape(piece) for piece in part.rstrip("*").split("*")) + end
