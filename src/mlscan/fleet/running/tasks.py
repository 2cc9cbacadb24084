"""What goes to a worker process and what comes back: plain values only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from mlscan.fleet.cloning import Clone
from mlscan.fleet.store.records import Judged, Known, PolicyText
from mlscan.types.fleet import FleetRepository
from mlscan.types.snapshot import Limits


class Fetcher(Protocol):
    """What finds the revision of a repository and gives a clone of it; it travels to worker processes."""

    def revision(self, repository: FleetRepository) -> str | None:
        """The commit that the repository stands at now, without cloning it; None where that is not known."""
        ...

    def fetched(self, repository: FleetRepository) -> AbstractContextManager[Clone]:
        """A clone that stays as it is until the end of the block. Raises CloneFailure."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one repository may cost. Whoever goes beyond loses that repository, and nothing else."""

    seconds: int = 1_800
    """From the start of its clone to its verdict."""
    memory: int = 4_000_000_000
    """Bytes of address space of a worker, where the system knows such a limit; 0 is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What every worker of a run is given when it starts."""

    fetcher: Fetcher
    detectors: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    model: str | None = None
    policy: PolicyText | None = None
    repo_config: bool = True
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    full_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One repository to be done."""

    repository: FleetRepository
    as_of: date
    known: Known | None = None
    """The newest verdict, where there is one."""
    evidence: bytes | None = None
    """What that verdict stands on."""
    looks: bool = True
    """False: nothing is read, only the evidence is judged."""
    always: bool = False
    """True: it is read and judged even where nothing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a worker made of a task: `judged`, `reason`, or neither where the newest verdict still holds."""

    seconds: float
    content_digest: str
    judged: Judged | None = None
    reason: str | None = None
    """Why nothing could be scanned, in one line without a path of this machine."""
    notes: tuple[str, ...] = ()
    """What could not be had of the repository, each in one line."""
    spent: bool = False
    """True where the worker should not be used again."""
