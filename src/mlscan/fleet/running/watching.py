"""What is told of a run while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from mlscan.fleet.store.records import AttemptState
from mlscan.types.fleet import FleetRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one repository ended."""

    repository: FleetRepository
    state: AttemptState
    words: str
    """Its level, or why there is none."""
    seconds: float


@dataclass(slots=True)
class Progress:
    """Where a run is."""

    total: int = 0
    """Repositories that are known so far."""
    is_listed: bool = False
    """True when these are all."""
    before: int = 0
    """Repositories that were done before this process took the run up."""
    counts: dict[AttemptState, int] = field(default_factory=dict)
    """What became of those that this process has done."""
    seconds: float = 0.0
    """Since this process began."""

    @property
    def done(self) -> int:
        """Repositories that this process has done."""
        return sum(self.counts.values())

    @property
    def failed(self) -> int:
        """Those of them that failed."""
        return self.counts.get(AttemptState.FAILED, 0)

    @property
    def rate(self) -> float:
        """Repositories a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that are left at this rate; None where that cannot be told."""
        left = self.total - self.before - self.done
        return left / self.rate if self.is_listed and self.rate else None


class Watch(Protocol):
    """Somebody who is told."""

    def note(self, message: str) -> None:
        """One line about sources and clones: what was left out, what is waited for, what could not be listed."""
        ...

    def ended(self, ending: Ending) -> None:
        """One repository is done, and what became of it is stored."""
        ...

    def moved(self, progress: Progress) -> None:
        """Called about once a second, and whenever something has changed."""
        ...
