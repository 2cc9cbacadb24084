"""TOML to checked values; every error has its file and line, and an unknown key a suggestion."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from mlscan.read.toml_lines import lines_of
from mlscan.read.toml_reader import parse_toml
from mlscan.types.errors import SettingsError

T = TypeVar("T")
Place = tuple[str | int, ...]

_AT = re.compile(r" - at `([^`]+)`")
_KEYED = re.compile(r" - at `key` in `([^`]+)`")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]*)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_WORDS = ((" | null", ""), ("`array`", "a list"), ("`object`", "a table"), ("Invalid enum value", "no such word:"))
_ERROR_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean x?`, or nothing when nothing comes close."""
    close = get_close_matches(word.replace("_", "-").lower(), list(known), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def parse(data: bytes, name: str) -> tuple[dict[str, Any], Mapping[Place, int]]:
    """The values of a TOML file and the lines of its keys. Raises SettingsError (file and line)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{name}:{line}", "is not UTF-8") from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    # The tolerant reader comes first: it bounds nesting and sizes.
    deep = [p for p in parse_toml(text).problems if p.reason != "broken TOML"]
    if deep:
        raise SettingsError(f"{name}:{deep[0].line or 1}", deep[0].reason)
    try:
        return tomllib.loads(text), lines_of(text)
    except (ValueError, RecursionError, OverflowError) as error:
        found = _ERROR_LINE.search(str(error))
        last = text.count("\n") + 1 if found else 1
        at = int(found[1]) if found and found[1] else last
        words = _ERROR_LINE.sub("", str(error)).strip() or "is too deep or too large"
        raise SettingsError(f"{name}:{at}", f"broken TOML: {words[:200]}") from None


def convert(value: object, kind: type[T], name: str, lines: Mapping[Place, int], prefix: Place = ()) -> T:
    """The value as `kind`. Raises SettingsError with the line of what does not fit.

    prefix: where the value lies in its file.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        place = _place(message)
        unknown, missing = _UNKNOWN.search(message), _MISSING.search(message)
        if unknown:
            known = _keys(kind, place)
            words = f"unknown key {unknown[1]!r}{suggestion(unknown[1], known) or known_words(known)}"
            place = (*place, unknown[1])
        elif missing:
            words = f"{missing[1]!r} is missing"
        else:
            words = _plain(_KEYED.sub("", _AT.sub("", message)), place, value) + known_words(_choices(kind, place))
        raise SettingsError(f"{name}:{line_of(lines, (*prefix, *place))}", words) from None


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, else of what holds it; 1 when nothing of it is known."""
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 1


def known_words(known: Iterable[str]) -> str:
    """`; there are: ...`, or nothing."""
    names = ", ".join(known)
    return f"; there are: {names}" if names else ""


def _plain(words: str, place: Place, value: object) -> str:
    """A message of the decoder in our own words, with the key in front and the value that is wrong behind."""
    at = ".".join(str(p) for p in place if isinstance(p, str))
    for theirs, ours in _WORDS:
        words = words.replace(theirs, ours)
    given = value
    for step in place:
        try:
            given = given[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return f"{at}: {words}" if at else words
    shown = f" (it is {str(given)[:60]!r})" if isinstance(given, (str, int, float)) else ""
    return f"{at}: {words}{shown}" if at else words


def _place(message: str) -> Place:
    found = _AT.search(message) or _KEYED.search(message)
    if not found:
        return ()
    steps = [(key, index) for key, index in _STEP.findall(found[1]) if key or index.isdigit()]
    return tuple(key or int(index) for key, index in steps)


def _keys(kind: type[Any], place: Place) -> list[str]:
    """The keys that may stand at a place."""
    info: Any = msgspec.inspect.type_info(kind)
    for step in place:
        info = _below(info, step)
    return [f.encode_name for f in _struct(info).fields] if _struct(info) else []


def _choices(kind: type[Any], place: Place) -> list[str]:
    """The words that may stand at a place, where only some may."""
    info: Any = msgspec.inspect.type_info(kind)
    for step in place:
        info = _below(info, step)
    found = []
    members = _members(info)
    for member in (*members, *(_bare(getattr(m, "value_type", None)) for m in members)):
        if isinstance(member, msgspec.inspect.EnumType):
            found += [str(x.value) for x in member.cls]
        elif isinstance(member, msgspec.inspect.LiteralType):
            found += [str(x) for x in member.values]
    return found


def _below(info: Any, step: str | int) -> Any:
    struct = _struct(info)
    if struct is not None:
        return next((f.type for f in struct.fields if f.encode_name == step), None)
    inner = [getattr(m, "item_type", None) or getattr(m, "value_type", None) for m in _members(info)]
    return next((i for i in inner if i is not None), None)


def _struct(info: Any) -> Any:
    return next((m for m in _members(info) if isinstance(m, msgspec.inspect.StructType)), None)


def _members(info: Any) -> list[Any]:
    """The types of a union, each without what only the schema says."""
    return [_bare(m) for m in getattr(_bare(info), "types", [info])]


def _bare(info: Any) -> Any:
    return info.type if isinstance(info, msgspec.inspect.Metadata) else info
