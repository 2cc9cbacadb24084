"""How a repository came to be as it is: its level and practices over its life, judged by today's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlscan.types.snapshot import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The verdict on one revision in brief: the same as in its report, without the reasons."""

    level: int
    level_name: str
    could_be: int
    kind: str
    applicable: bool
    present: Mapping[str, bool | None]
    """Practice -> whether it is present; None is unknown."""
    strengths: Mapping[str, str]
    """Practice -> its strength, where something of it was seen."""


@dataclass(frozen=True, slots=True)
class Point:
    """One commit."""

    revision: str
    on: str
    """ISO date (UTC) of the commit; "" where it has none that makes sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One revision that was looked at."""

    point: Point
    label: str
    """What it was chosen for: `2024-05`, `2024-Q2`, `2024`, a tag, or "" for the first, the newest, and every Nth."""
    brief: Brief | None
    """None where it could not be judged."""
    problem: str = ""
    """Why not, in one line."""
    gaps: int = 0
    """Files and folders of it that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When something became as it then was."""

    at: Point | None
    """The commit that changed it; None where it is only known between which two."""
    after: Point | None
    """The newest commit that was looked at and is before it; None where the history begins so."""
    before: Point
    """The oldest commit that was looked at and is not before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in which a practice was there."""

    appeared: Turn
    vanished: Turn | None = None
    """None: it is there at the newest revision, as far as that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeHistory:
    """One practice over the life of the repository."""

    id: str
    title: str
    group: str
    informational: bool
    present: bool | None
    """Now."""
    spans: tuple[Span, ...]
    """When it was there, oldest first; () where it never was at a revision that was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """The level went up or down."""

    before: int
    after: int
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Where the history begins, and why there."""

    point: Point
    why: str
    """`first-commit`, `shallow-clone`, `missing-commits` or `since`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The repository whose history it is."""

    name: str
    url: str | None
    revision: str | None
    """The newest one."""
    folder: str
    """The folder whose history it is, below the repository's root; "" for all of it."""
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryHistory:
    """The level and each practice over the life of a repository, replayed with today's rules."""

    mlscan_version: str
    content_digest: str
    repository: Whose
    model: str
    as_of: str
    """The day for what expires and what counts from a later day, at every revision alike."""
    every: str
    since: str | None
    level_names: Mapping[int, str] = field(default_factory=dict)
    commits: int
    """Commits of the line of first parents, from the beginning on."""
    begins: Beginning
    moments: tuple[Moment, ...]
    """Oldest first; the last is the newest revision."""
    levels: tuple[LevelChange, ...]
    practices: tuple[PracticeHistory, ...]
    notes: tuple[str, ...] = ()
    """What somebody should know of what was looked at, one sentence each."""
    replayed_with: str = "today's rules"
    schema_version: str = "1.0"
