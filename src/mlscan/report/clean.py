"""Text of a scanned repository made safe to show."""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """One line without control, bidirectional, invisible or surrogate characters.

    Each is replaced by U+FFFD, so that two different names stay different at a glance; tabs and odd spaces become a
    space.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c == "\t" or _is_space(c) else REPLACEMENT for c in text)


def _is_space(char: str) -> bool:
    # Line and paragraph separators are spaces to Python, but would break a line.
    return char.isspace() and ord(char) >= 0xA0 and char not in "\u2028\u2029"


def clip(text: str, limit: int, ellipsis: str) -> str:
    """At most `limit` characters; the end gives way to the ellipsis."""
    return text if len(text) <= limit else text[: max(0, limit - len(ellipsis))].rstrip() + ellipsis
