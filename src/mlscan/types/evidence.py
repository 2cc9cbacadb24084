"""What detecting yields: evidence, gaps, rejections, and their sum, `Findings`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import Any

EXCERPT_LIMIT = 200
"""Characters of an excerpt at the most."""


class Strength(str, Enum):
    """How strongly a place shows its practice; ordered, see `rank`."""

    DECLARED = "declared"
    CONFIGURED = "configured"
    USED = "used"
    AUTOMATED = "automated"

    @property
    def rank(self) -> int:
        """0 for declared up to 3 for automated."""
        return _STRENGTHS.index(self)


_STRENGTHS = tuple(Strength)


class Context(str, Enum):
    """Whose evidence it is. Only `OWN` counts towards a level unless a rule says otherwise."""

    OWN = "own"
    TEST = "test"
    EXAMPLE = "example"
    DOCS = "docs"
    TEMPLATE = "template"
    VENDORED = "vendored"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the scanned repository."""

    path: str
    """Relative to the repository's root, `/` on every system."""
    line: int | None = None
    """1-based; None means the whole file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One place where a practice shows. Equal evidence compares equal, so reports are stable."""

    detector: str
    practice: str
    where: Location
    excerpt: str
    """One line, at most `EXCERPT_LIMIT` characters, secrets masked."""
    strength: Strength
    context: Context = Context.OWN
    delegated_to: str | None = None
    """Where the practice lives when this repository hands it to something elsewhere."""
    captures: tuple[tuple[str, str], ...] = ()
    """Named values that the matcher captured, sorted by name."""
    concerns: tuple[str, ...] = ()
    """Files and folders that a CI file works on at this place, sorted; () where it lies says whose it is."""

    @property
    def sort_key(self) -> tuple[str, int, bytes, int, str]:
        """Practice, strongest first, path bytes, line, detector: the order of every report."""
        path = self.where.path.encode("utf-8", "surrogateescape")
        return (self.practice, -self.strength.rank, path, self.where.line or 0, self.detector)


_REST: tuple[Callable[[Evidence], Any], ...] = (
    lambda e: e.concerns,
    lambda e: e.captures,
    lambda e: e.delegated_to or "",
    lambda e: e.context.value,
    lambda e: e.excerpt,
    lambda e: e.detector,
    lambda e: e.where.line or 0,
)
"""By what evidence of one practice, strength and path is sorted, the least first."""


def ordered(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Each evidence once, in the order of every report: practice, strongest first, path bytes, line, detector, rest."""
    found = list(evidence)
    # One sort for each part: a key of all parts for each of a great many takes more memory than they do.
    for key in (*_REST, _path_key(found), lambda e: -e.strength.rank, lambda e: e.practice):
        found.sort(key=key)
    return [e for before, e in pairwise([None, *found]) if e is not None and e != before]


def _path_key(evidence: Iterable[Evidence]) -> Callable[[Evidence], str | bytes]:
    """By the bytes of paths; text that is UTF-8 has the same order."""
    if all(e.where.path.isascii() for e in evidence):
        return lambda e: e.where.path
    return lambda e: e.where.path.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that could not be read, and why. Unknown is never "no".

    The reason holds no sizes, times or local paths, so that it is the same on every machine.
    """

    path: str
    """Relative path, or "" when the gap concerns the whole repository."""
    reason: str
    partial: bool = False
    """True when the file was read as far as it goes; False when nothing of it was."""
    hides_names: bool = False
    """True when not even the names are known of what lies at the path and below it: anything could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A near miss: all conditions of a detector held but one, or an exclusion hit."""

    detector: str
    practice: str
    where: Location
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that detecting saw in one snapshot; it knows nothing of levels."""

    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    hints: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Detector id -> why it could not be decided, for those that are neither seen nor absent."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Detector id -> why there may be more of what is seen: files of which not even the names are known."""
    numbers: Mapping[str, int | None] = field(default_factory=dict)
    """Counts that rules may ask for (files, contributors, roots, ...); None is unknown."""
    roots: tuple[str, ...] = ()
    """Folders with a manifest of their own, relative: each may be an ML project of its own. Assessing decides."""
