"""Finds the lines of keys and list items in TOML text, which the standard library's reader does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlscan.read.tree_builder import MAX_NODES

Place = tuple[str | int, ...]
"""Keys and list indexes from the root."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')"""
_KEY = rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+"
_HEADER = re.compile(rf"(\[\[?)[ \t]*+({_KEY})[ \t]*+\]")
_ASSIGN = re.compile(rf"({_KEY})[ \t]*+=")
_PARTS = re.compile(_PART)
_SKIP = re.compile(r"(?:[ \t]++|\#[^\n]*+)++")
_GAP = re.compile(r"(?:[ \t\n]++|\#[^\n]*+)++")
_REST = re.compile(r"[^\n]*+\n?")
MULTI_BASIC = r'''"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+(?:"{3,5}|\\?\Z)'''
MULTI_LITERAL = r"""'''(?:[^']++|'{1,2}(?!'))*+(?:'{3,5}|\Z)"""
"""Strings over many lines; one that does not end goes on to the end of the text."""
_VALUE = re.compile(
    MULTI_BASIC + "|" + MULTI_LITERAL + r"""|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'|[^\s\[\]{},\#"']++""", re.DOTALL
)


def lines_of(text: str) -> Mapping[Place, int]:
    """1-based lines of the keys and list items of a valid TOML text; what is not found is left out.

    At most as many as a tree has values.
    """
    return _Scan(text).run()


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        self._line = 1
        self._found: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}

    def run(self) -> dict[Place, int]:
        prefix: Place = ()
        while self._pos < len(self._text) and len(self._found) <= MAX_NODES:
            self._take(_GAP)
            if header := _HEADER.match(self._text, self._pos):
                prefix = self._header(_keys(header[2]), header[1] == "[[")
            elif assign := _ASSIGN.match(self._text, self._pos):
                place = self._record(prefix, _keys(assign[1]))
                self._pos = assign.end()
                self._value(place)
            self._take(_REST)
        return self._found

    def _take(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self._text, self._pos)
        if match:
            self._pos = match.end()
            self._line += match[0].count("\n")
        return match is not None and match.end() > match.start()

    def _header(self, keys: list[str], is_list: bool) -> Place:
        place: Place = ()
        for number, key in enumerate(keys):
            place = (*place, key)
            self._found.setdefault(place, self._line)
            if is_list and number == len(keys) - 1:
                self._counts[place] = self._counts.get(place, -1) + 1
            if place in self._counts:
                place = (*place, self._counts[place])
                self._found.setdefault(place, self._line)
        # a table whose parts came first is where its header is
        self._found[place] = self._line
        return place

    def _record(self, prefix: Place, keys: list[str]) -> Place:
        for key in keys:
            prefix = (*prefix, key)
            self._found.setdefault(prefix, self._line)
        return prefix

    def _value(self, place: Place) -> None:
        """Go over one value; `stack` holds the open lists and inline tables with the index they are at."""
        stack: list[tuple[Place, int | None]] = []
        while self._pos < len(self._text) and len(self._found) <= MAX_NODES:
            self._take(_GAP if stack else _SKIP)
            char = self._text[self._pos : self._pos + 1]
            if char in ("]", "}"):
                self._pos += 1
                if stack:
                    stack.pop()
            elif char == "," and stack:
                self._pos += 1
                owner, index = stack.pop()
                stack.append((owner, None if index is None else index + 1))
            else:
                if stack:
                    place = self._member(*stack[-1])
                if self._text[self._pos : self._pos + 1] in ("[", "{"):
                    stack.append((place, 0 if self._text[self._pos] == "[" else None))
                    self._pos += 1
                elif not self._take(_VALUE):
                    return
            if not stack:
                return

    def _member(self, owner: Place, index: int | None) -> Place:
        """The place of the list item or inline key that begins here; a key is passed over."""
        if index is not None:
            self._found.setdefault((*owner, index), self._line)
            return (*owner, index)
        if assign := _ASSIGN.match(self._text, self._pos):
            owner = self._record(owner, _keys(assign[1]))
            self._pos = assign.end()
            self._take(_SKIP)
        return owner


def _keys(dotted: str) -> list[str]:
    return [part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(dotted)]
