"""What is answered beyond the report: why a level does not hold, and what differs between two revisions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlscan.types.assessment import CriterionResult, LevelResult
from mlscan.types.evidence import Evidence, Gap, Location
from mlscan.types.snapshot import RepositoryInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One practice or detector that a criterion asks about."""

    id: str
    title: str
    strength: str | None
    """Least strength that counts; None where number or combination decides."""
    looked_for: tuple[str, ...]
    """What its detectors look for, in words."""
    present: bool | None
    """None: unknown."""
    unwanted: bool = False
    """True where the criterion asks that it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Something that nearly counted, and why it did not."""

    practice: str
    where: Location
    reason: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """One criterion that is not met, or not known to be."""

    criterion: CriterionResult
    level: int
    sought: tuple[Sought, ...]
    near: tuple[NearMiss, ...]
    would: str
    """What would meet it, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why a level does not hold, or that it does."""

    level: int
    name: str
    holds: bool
    levels: tuple[LevelResult, ...]
    """The levels up to it."""
    unmet: tuple[Unmet, ...]
    requires: tuple[str, ...] = ()
    """What the levels up to it ask for whatever their rating, and is not there, in words."""


class Direction(str, Enum):
    """What became of a practice or criterion between two revisions."""

    GAINED = "gained"
    LOST = "lost"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    UNKNOWN = "unknown"
    """Not known any more, or known to be absent only now: neither gained nor lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One practice or criterion that differs."""

    id: str
    """Of the practice or criterion."""
    title: str
    direction: Direction
    before: str
    after: str
    why: str
    """Why it is now as it is."""
    evidence: tuple[Evidence, ...] = ()
    """Where it shows: at HEAD, or at BASE for what is lost."""
    level: int | None = None
    """The level that asks for a criterion; None for a practice."""
    counts: bool = True
    """False for a practice that no level asks for: shown, never a loss to a gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two revisions."""

    name: str
    """As it was asked for."""
    repository: RepositoryInfo
    kind: str
    applicable: bool
    level: int
    level_name: str
    could_be: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentChange:
    """One ML project of the repository whose level differs; None where it is not there."""

    path: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two revisions, both judged by the same content on the same day."""

    model: str
    as_of: str
    base: Side
    head: Side
    changes: tuple[Change, ...]
    """Lost before weakened, unknown, gained and strengthened; practices before criteria, in the order of reports."""
    components: tuple[ComponentChange, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What can be read at BASE and cannot at HEAD."""
    notes: tuple[str, ...] = ()
    """What else differs and may be why: what was configured, waived or vouched for."""
    losses: tuple[str, ...] = ()
    """What is lost beyond doubt: `kind`, `level`, ids of practices and criteria."""
