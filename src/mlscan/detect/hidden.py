"""What could lie where not even the names of files are known: beyond the limit, in folders that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import product

from mlscan.detect.globs import glob_regex, whole_glob
from mlscan.detect.plan import Leaf, Plan
from mlscan.types.content import HistoryMatch, SiblingsMatch
from mlscan.types.evidence import Context, Gap

MOST = 200
"""Places that are told apart; more are taken for the whole repository."""
_NAME = "\1"
"""A file name that no glob means."""
_CHOICE = re.compile(r"\{([^{}]*)\}")
_CHOICES = 64
"""Alternatives of one glob that are written out; one with more could mean anything."""


def hidden_places(gaps: Iterable[Gap], *, renamed: bool = False) -> dict[str, str]:
    """Place -> why it is hidden; "" is the whole repository.

    renamed: the files of the snapshot have other paths than the gaps name.
    """
    found = {gap.path: gap.reason for gap in sorted(gaps, reverse=True) if gap.hides_names}
    return {"": min(found.items())[1]} if found and (renamed or len(found) > MOST) else found


class Hidden:
    """Tells which matchers could hold where not even the names of files are known."""

    def __init__(self, places: Mapping[str, str], plan: Plan, contexts: Mapping[str, Context]) -> None:
        """contexts: of places that are not the repository's own; the root holds files of all contexts."""
        self.places = places
        """Place -> why it is hidden."""
        self._contexts = contexts
        self._reached = {path: plan.globs.select(partial(may_lie_at, path)) for path in places if path}
        self._whole = {path: plan.globs.match(inside(path)) for path in places if path}

    def of(self, leaf: Leaf) -> frozenset[str]:
        """The places in which a matcher could hold."""
        if not self.places or isinstance(leaf.spec, HistoryMatch):
            return frozenset()
        return frozenset(path for path in self.places if not path or self._may_hold(leaf, path))

    def _may_hold(self, leaf: Leaf, path: str) -> bool:
        if leaf.contexts is not None and self._contexts.get(path, Context.OWN) not in leaf.contexts:
            return False
        if leaf.in_ is not None and leaf.in_.isdisjoint(self._reached[path]):
            return False
        if isinstance(leaf.spec, SiblingsMatch):
            return any(may_lie_at(path, glob.replace("{env}", "*")) for glob in leaf.spec.of)
        return leaf.not_in.isdisjoint(self._whole[path])


def inside(place: str) -> str:
    """A path of which nothing is known but that it lies below a place."""
    return f"{place}/{_NAME}" if place else _NAME


def may_lie_at(path: str, glob: str) -> bool:
    """Whether a glob could match the path or something below it; in doubt it could."""
    forms = _forms(whole_glob(glob))
    return forms is None or any(_may_match(form.split("/"), path.split("/")) for form in forms)


@lru_cache(maxsize=4096)
def _forms(glob: str) -> Sequence[str] | None:
    """The glob with its alternatives written out; None where they are too many or nested."""
    pieces = _CHOICE.split(glob)
    choices = [piece.split(",") if number % 2 else [piece] for number, piece in enumerate(pieces)]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > _CHOICES:
        return None
    forms = ["".join(form) for form in product(*choices)]
    return None if any("{" in form or "}" in form for form in forms) else forms


def _may_match(parts: Sequence[str], path: Sequence[str]) -> bool:
    """Whether the parts of a glob can match a path that begins with these."""
    open_ = _beyond(parts, {0})
    for name in path:
        held = {at if parts[at] == "**" else at + 1 for at in open_ if at < len(parts) and _holds(parts[at], name)}
        if any("**" in parts[at] and parts[at] != "**" for at in open_ if at < len(parts)):
            return True  # it crosses folders inside of a name
        open_ = _beyond(parts, held)
    return bool(open_)


def _beyond(parts: Sequence[str], open_: set[int]) -> set[int]:
    """With the parts that `**` lets follow at once."""
    found: set[int] = set()
    for at in range(len(parts) + 1):
        if at in open_ or (at and at - 1 in found and parts[at - 1] == "**"):
            found.add(at)
    return found


@lru_cache(maxsize=65536)
def _holds(part: str, name: str) -> bool:
    return part == "**" or re.fullmatch(glob_regex(f"/{part}"), name, re.DOTALL) is not None
