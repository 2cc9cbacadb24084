"""What the readers of languages other than Python hand over, and what they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mlscan.types.source import ArgValue, Call, ClassDef, FunctionDef, Import, Source

MAX_CALLS = 100_000
"""Calls, imports or definitions of one file that are read."""
MAX_ARGUMENTS = 50
"""Named arguments of one call that are read."""


class Parts(NamedTuple):
    """What a source file imports, calls and defines."""

    imports: tuple[Import, ...] = ()
    calls: tuple[Call, ...] = ()
    functions: tuple[FunctionDef, ...] = ()
    classes: tuple[ClassDef, ...] = ()


def placed(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Line (1-based) and match, in order."""
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match


def named_arguments(matches: Iterable[re.Match[str]]) -> dict[str, ArgValue]:
    """Arguments by their lower-case names, from matches whose groups are the name, a text or anything else."""
    found: dict[str, ArgValue] = {}
    for match in matches:
        if len(found) >= MAX_ARGUMENTS:
            break
        name, text, other = match.group(1), match.group(2), match.group(3)
        found.setdefault(name.lower(), text if text is not None else Source((other or "")[:200]))
    return found
