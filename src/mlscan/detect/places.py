"""Places that matchers have found: of a great many the first are kept."""

from __future__ import annotations

from mlscan.detect.hits import Hit

PLACES = 20_000
"""Places of one matcher that are kept, by the order of their paths; whether it holds elsewhere is left open."""
MORE = "more places of one kind than are kept"


def is_full(hits: list[Hit]) -> bool:
    """Whether there are so many that they should be trimmed."""
    return len(hits) > PLACES + PLACES // 4


def trim(hits: list[Hit]) -> bool:
    """Puts places in order and keeps only the first; whether any was dropped. In any portions the same are kept."""
    hits.sort(key=lambda hit: hit.path.encode("utf-8", "surrogateescape"))
    dropped = len(hits) > PLACES
    del hits[PLACES:]
    return dropped
