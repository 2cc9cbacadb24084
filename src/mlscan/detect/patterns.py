"""Regular expressions over files and lines, compiled once."""

from __future__ import annotations

import re2

_PATTERNS: dict[tuple[str, type], re2._Regexp] = {}


def compiled(pattern: str, kind: str | bytes) -> re2._Regexp:
    """The compiled pattern, for text or for bytes as `kind` is."""
    key = (pattern, type(kind))
    if key not in _PATTERNS:
        options = re2.Options()
        # A pattern with long repetitions that has too little room is slow, and says so where the report should be.
        options.max_mem = 64 << 20
        options.log_errors = False
        _PATTERNS[key] = re2.compile(pattern if isinstance(kind, str) else pattern.encode("utf-8"), options)
    return _PATTERNS[key]


def lines_of(pattern: re2._Regexp, data: bytes) -> list[int]:
    """Numbers of the lines that matches begin or end in, in order."""
    found: dict[int, None] = {}
    position, line = 0, 1
    for match in pattern.finditer(data):
        line += data.count(b"\n", position, match.start())
        position = match.start()
        for number in range(line, line + data.count(b"\n", match.start(), match.end()) + 1):
            found[number] = None
    return list(found)
