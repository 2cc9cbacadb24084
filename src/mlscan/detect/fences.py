"""Markdown: the lines that are read as text, not shown as code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_OPENING = re.compile(r"\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+)*(`{3,}(?=[^`]*$)|~{3,})")
"""A fence may stand in a quotation or in an entry of a list."""


def outside_fences(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines outside fenced blocks of code with their 1-based numbers; a block without an end goes to the end."""
    fence = ""
    for number, line in enumerate(lines, 1):
        if fence:
            rest = line.strip().lstrip("> ")
            if len(rest) >= len(fence) and rest == fence[0] * len(rest):
                fence = ""
        elif opening := _OPENING.match(line):
            fence = opening.group(1)
        else:
            yield number, line
