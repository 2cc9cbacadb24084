"""What a condition asks for, and what it asks not to be there."""

from __future__ import annotations

from collections.abc import Iterator

from mlscan.types.conditions import Cond, members, named


def wants(cond: Cond | str | None) -> Iterator[str]:
    """Ids that a condition names outside of `not`."""
    if not isinstance(cond, Cond):
        yield from named(cond)
    elif cond.not_ is None:
        below = members(cond)
        for child in below:
            yield from wants(child)
        yield from () if below else named(cond)


def unwants(cond: Cond | str | None) -> Iterator[str]:
    """Ids that a condition names inside of `not`."""
    if isinstance(cond, Cond):
        if cond.not_ is not None:
            yield from named(cond.not_)
        else:
            for child in members(cond):
                yield from unwants(child)
