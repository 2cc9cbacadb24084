"""The words of a fleet: repositories of an organisation, what became of each scan, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRepository:
    """One repository of a fleet, before anything of it is read. Two that are equal by name only never collapse."""

    identity: str
    """Host and numeric id where a forge gives one (`github.com#1296269`), so that a rename keeps its history; else the
    canonical URL; else the absolute path. Never shown in a report."""
    name: str
    """Full name on the forge (`group/sub/name`), else the path below the folder that was named."""
    url: str | None = None
    """Canonical https URL without user and token; None for a folder without a known origin."""
    clone_url: str | None = None
    """What is cloned, without credentials; None for a clone that lies here already."""
    path: str | None = None
    """A clone or bare repository that lies here already. Never shown in a report."""
    host: str = ""
    """Host of the forge (with the port where it is not the usual one), which decides on the token; "" for a folder."""
    forge: str = ""
    """`github` or `gitlab` where the host is known to be one, by its name or because the user said so; else ""."""
    private: bool | None = None
    """None: not known, which reports for the public treat as private."""
    archived: bool = False
    fork: bool = False
    language: str | None = None
    topics: tuple[str, ...] = ()
    default_branch: str | None = None
    pushed_at: str | None = None
    """ISO date and time (UTC) of the last push, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailure:
    """A source, or a part of one, that could not be listed: a value, so that it ends nothing else."""

    source: str
    reason: str


class Outcome(str, Enum):
    """What became of one scan of one repository."""

    SCANNED = "scanned"
    FAILED = "failed"
    """Nothing could be scanned: no access, no clone, out of time, a crash."""


class Cause(str, Enum):
    """Why a repository's verdict may differ from the one before it."""

    FIRST = "first"
    """There is none before it."""
    CODE = "code"
    """The repository has another revision."""
    CONTENT = "content"
    """Detectors or rules have changed, or the model is another one."""
    WAIVER = "waiver"
    """Waivers, attestations, configuration or policy have changed, or run out."""
    VERSION = "version"
    """mlscan is another version."""
    NONE = "none"
    """The same verdict as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One verdict on a repository, as the store keeps it."""

    scan: int
    """Number of the verdict in the store; grows with time."""
    at: str
    """ISO date and time (UTC) at which it was made."""
    revision: str | None
    committed_on: str | None
    content_digest: str
    model: str
    kind: str
    applicable: bool
    level: int
    level_name: str
    attested_level: int
    could_be: int
    target: int | None
    """The level that is asked of it; None where nobody named one."""
    run: int = 0
    """Number of the run that made it; grows with time."""
    causes: tuple[Cause, ...]
    """What moved it away from the verdict before it; where code and content changed both, each that moved it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFailure:
    """The newest scan that failed, where none has succeeded since."""

    at: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one repository of the fleet stands."""

    repository: FleetRepository
    points: tuple[Point, ...] = ()
    """Its verdicts, oldest first; () where it was never scanned. A failed scan leaves the last known one in place."""
    failure: LastFailure | None = None
    practices: Mapping[str, bool | None] = field(default_factory=dict)
    """Practice id -> present, absent, unknown, of the newest verdict."""
    missing: tuple[str, ...] = ()
    """Ids of the criteria that the shortest way asks for, in its order, of the newest: the needed ones of
    `Assessment.next`, to the next level or to the target where there is one."""

    @property
    def newest(self) -> Point | None:
        """The verdict that holds now; None where it was never scanned."""
        return self.points[-1] if self.points else None
