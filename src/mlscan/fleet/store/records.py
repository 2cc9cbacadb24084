"""What goes into the store and what comes out of it, apart from the words in `mlscan.types.fleet`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from mlscan.types.assessment import Assessment
from mlscan.types.fleet import Cause, FleetRepository


class RunKind(str, Enum):
    """What a run does."""

    SCAN = "scan"
    REASSESS = "reassess"


class RunState(str, Enum):
    """Where a run is."""

    RUNNING = "running"
    """It goes on, or was ended by force: the next one of the same key takes it up."""
    STOPPED = "stopped"
    FINISHED = "finished"


class AttemptState(str, Enum):
    """What became of one repository in one run."""

    WAITING = "waiting"
    SCANNED = "scanned"
    """It was read, and judged."""
    JUDGED = "judged"
    """It was judged again from the evidence that was kept."""
    UNCHANGED = "unchanged"
    """Its newest verdict still holds."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """A policy as it was read, so that an older verdict can be told apart from it."""

    digest: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run is asked to do. Two plans of the same key are the same run, one taking up the other."""

    kind: RunKind
    key: str
    """Digest of everything that decides what the run does, its day apart."""
    listing: str
    """Digest of the sources and filters alone: what a later run of it does not list is gone."""
    sources: str
    """In words, without credentials."""
    as_of: str
    """ISO date."""
    mlscan_version: str
    content_digest: str
    policy: PolicyText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has begun."""

    id: int
    as_of: str
    resumed: bool
    """True where an earlier process began it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A repository that a run has still to do."""

    id: int
    repository: FleetRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The newest verdict on a repository, as far as the next one is compared with it."""

    evidence: int
    revision: str
    look_key: str
    judge_key: str
    as_of: str
    changes_on: str | None
    """ISO date of the first day on which the same evidence may be judged otherwise; None: never."""
    content_digest: str
    mlscan_version: str
    detect_digest: str
    policy: PolicyText | None
    said_digest: str
    mark: tuple[str, str, bool, int, int, int]
    """Model, kind, applicable, level, attested level, ceiling: what counts as the verdict."""

    def holds_on(self, day: str) -> bool:
        """Whether the same evidence is judged the same on that day (ISO date)."""
        return self.as_of <= day and (self.changes_on is None or day < self.changes_on)


def mark_of(a: Assessment) -> tuple[str, str, bool, int, int, int]:
    """What counts as the verdict, see `Known.mark`."""
    return (a.model, a.kind, a.applicable, a.level, a.attested_level, a.could_be)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """New evidence about a repository at one revision."""

    look_key: str
    detect_digest: str
    history: str
    said_digest: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A new verdict."""

    revision: str
    look: Look | None
    """None: it stands on the evidence of the verdict before it."""
    judge_key: str
    as_of: str
    changes_on: str | None
    committed_on: str | None
    content_digest: str
    mlscan_version: str
    policy_digest: str | None
    mark: tuple[str, str, bool, int, int, int]
    level_name: str
    target: int | None
    causes: tuple[Cause, ...]
    missing: tuple[str, ...]
    practices: Mapping[str, tuple[bool | None, str | None]] = field(default_factory=dict)
    """Practice -> present, strength."""
    criteria: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Criterion -> the level that asks for it, status."""
    data: bytes = b""
    """The whole assessment, packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one repository ended in one run: exactly one of `judged` and `reason`, or neither where it is unchanged."""

    at: datetime
    seconds: float
    judged: Judged | None = None
    reason: str | None = None

    @property
    def state(self) -> AttemptState:
        """What became of it."""
        if self.reason is not None:
            return AttemptState.FAILED
        if self.judged is None:
            return AttemptState.UNCHANGED
        return AttemptState.JUDGED if self.judged.look is None else AttemptState.SCANNED
