"""The grammar of conditions in rules: what a criterion, a kind or a starter hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from mlscan.types.evidence import Context, Strength


class Cond(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    """What a criterion needs. Exactly one of the subjects or blocks; a bare string is a detector or practice id.

    `{practice: ID}` holds when the practice is present; with `strength` or `contexts` when it has evidence of at least
    that strength in those contexts (default: the contexts that count), also below its minimum for being present;
    `{detector: ID, strength, contexts}` when that detector has such evidence; `{count: ID, gte: n}` compares the
    number of distinct paths with evidence; `{share: [A, B], gte: 0.5}` compares count A divided by count B (0 where B
    is 0); `{number: NAME, gte: n}` compares a number of the findings; `{kind: [..]}` holds for repositories of a kind;
    `{host: [..]}` where the origin lies on such a host (`*` is a wildcard), in starters only: no level hangs on it.
    """

    any_of: list[Cond | str] | None = None
    all_of: list[Cond | str] | None = None
    not_: Cond | str | None = None
    at_least: AtLeastCond | None = None
    practice: str | None = None
    detector: str | None = None
    strength: Strength | None = None
    contexts: list[Context] | None = None
    count: str | list[str] | None = None
    share: list[str | list[str]] | None = None
    number: str | None = None
    gte: float | None = None
    lte: float | None = None
    kind: list[str] | None = None
    host: list[str] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a condition that says nothing, says two things, or has a key that does nothing."""
        given = [name for name in _SUBJECTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a condition needs exactly one of {', '.join(_SUBJECTS)}".replace("not_", "not"))
        compares = given[0] in ("count", "share", "number")
        if compares != (self.gte is not None or self.lte is not None):
            raise ValueError("count, share and number need gte or lte, and nothing else does")
        if self.strength is not None and given[0] not in ("practice", "detector"):
            raise ValueError("strength goes with practice or detector")
        if self.contexts is not None and given[0] not in ("practice", "detector", "count"):
            raise ValueError("contexts goes with practice, detector or count")
        if self.share is not None and len(self.share) != 2:
            raise ValueError("share needs two members")


_SUBJECTS = ("any_of", "all_of", "not_", "at_least", "practice", "detector", "count", "share", "number", "kind", "host")


class AtLeastCond(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least n of these hold."""

    n: Annotated[int, msgspec.Meta(ge=1)]
    of: list[Cond | str]


def written_out(cond: Cond | str | None, names: Mapping[str, Cond | str], depth: int = 10) -> Cond | str | None:
    """The condition with its names replaced by what they stand for; names may name others, to a depth of 10."""
    if isinstance(cond, str) and cond in names and depth:
        return written_out(names[cond], names, depth - 1)
    if cond is None or isinstance(cond, str):
        return cond

    def each(conds: list[Cond | str]) -> list[Cond | str]:
        return [written_out(c, names, depth) or "" for c in conds]

    at_least = cond.at_least and msgspec.structs.replace(cond.at_least, of=each(cond.at_least.of))
    return msgspec.structs.replace(
        cond,
        any_of=cond.any_of and each(cond.any_of),
        all_of=cond.all_of and each(cond.all_of),
        not_=written_out(cond.not_, names, depth),
        at_least=at_least,
    )


def members(cond: Cond) -> list[Cond | str]:
    """The direct members of a condition's blocks."""
    found = [*(cond.any_of or []), *(cond.all_of or []), *(cond.at_least.of if cond.at_least else [])]
    return found if cond.not_ is None else [*found, cond.not_]


def named(cond: Cond | str | None) -> Iterator[str]:
    """Ids of practices and detectors that a condition names, in order, repeated where it repeats them."""
    if cond is None:
        return
    if isinstance(cond, str):
        yield cond
        return
    if cond.practice or cond.detector:
        yield cond.practice or cond.detector or ""
    for item in [*([cond.count] if cond.count else []), *(cond.share or [])]:
        yield from [item] if isinstance(item, str) else item
    for child in members(cond):
        yield from named(child)


def hosts_named(cond: Cond | str | None) -> bool:
    """Whether a condition asks where the origin lies."""
    return isinstance(cond, Cond) and (cond.host is not None or any(map(hosts_named, members(cond))))


def numbers_named(cond: Cond | str | None) -> Iterator[str]:
    """Numbers of the findings that a condition asks for."""
    if isinstance(cond, Cond):
        if cond.number:
            yield cond.number
        for child in members(cond):
            yield from numbers_named(child)
