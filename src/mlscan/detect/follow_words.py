"""Words of commands: what wraps what, options and their values, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_WRAPPERS = 6

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_VARIABLE = re.compile(
    r"^(?:\$\{\{[^}]*\}\}|\$\{\w+[^}]*\}|\$\([^)]*\)|\$\w+|\{\{[^}]*\}\}|\{checkout\}|%\w+%|~|/[\w.-]+)(?=/)"
)


def unwrapped(words: tuple[str, ...], wrappers: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The words as they are, then without each wrapper around them, from outside to inside."""
    yield words
    current = words
    for _ in range(MAX_WRAPPERS):
        wrapper = _wrapper(current, wrappers)
        if wrapper is None:
            return
        inner = _behind(current[len(wrapper) :], is_container=len(wrapper) > 1 and "compose" in " ".join(wrapper))
        if not inner:
            return
        yield inner
        current = inner


def _wrapper(words: tuple[str, ...], wrappers: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The longest wrapper that the words begin with; its first word is compared by base name."""
    if not words:
        return None
    start = (words[0].rpartition("/")[2], *words[1:])
    fitting = [tuple(w) for w in wrappers if len(w) < len(words) and start[: len(w)] == tuple(w)]
    return max(fitting, key=len, default=None)
