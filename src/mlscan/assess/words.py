"""The phrases of which reasons are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlscan.types.evidence import Evidence

SHOWN = 3
"""Places or titles that one phrase names; the rest is counted."""


def place(evidence: Evidence) -> str:
    """`path:line`, or the path alone for a whole file."""
    where = evidence.where
    return where.path if where.line is None else f"{where.path}:{where.line}"


def listed(items: Iterable[str], shown: int = SHOWN) -> str:
    """The first few, each once, with how many more there are: "a, b, c and 2 more"."""
    unique = list(dict.fromkeys(items))
    text = ", ".join(unique[:shown])
    return f"{text} and {len(unique) - shown} more" if len(unique) > shown else text


def paths(evidence: Sequence[Evidence]) -> str:
    """The first paths of some evidence, in the order of its paths' bytes."""
    return listed(sorted({e.where.path for e in evidence}, key=lambda p: p.encode("utf-8", "surrogateescape")))


def sentence(phrase: str) -> str:
    """The phrase with its first letter raised and one full stop."""
    text = phrase.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def number(value: float) -> str:
    """Without needless decimals: 3, 0.5."""
    return f"{value:g}"
