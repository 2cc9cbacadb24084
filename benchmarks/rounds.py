"""Several commands in turn, several times, so that a slow moment of the machine hits all of them; medians are kept."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.process import Command, FailedError, Ran, run

LONG = 10.0
"""Seconds from which on a run needs nothing to be warm: the one that warms up counts."""


@dataclass
class Figures:
    """What the runs of one command took."""

    runs: list[Ran] = field(default_factory=list)
    failure: str = ""
    """Why there are no figures; "" where there are."""

    @property
    def seconds(self) -> float:
        """Median; raises StatisticsError where nothing ran."""
        return statistics.median(ran.seconds for ran in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """Median, of all its processes."""
        return statistics.median(ran.cpu_seconds for ran in self.runs)

    @property
    def peak_bytes(self) -> float:
        """Median, of its largest process; 0 where the system does not tell."""
        return statistics.median(ran.peak_bytes for ran in self.runs)


@dataclass(frozen=True)
class Patience:
    """How much time is spent."""

    runs: int
    """Of each command, after one that only warms up."""
    warm: bool = True
    """Whether there is one that only warms up."""
    limit: float = 1_800.0
    """Seconds after which a run is stopped."""
    once_over: float | None = None
    """Seconds of one run after which a command is not run again."""
    often: str = ""
    """The command that is run again all the same."""


def measure(commands: Mapping[str, Command], patience: Patience, work: Path) -> dict[str, Figures]:
    """The figures of each command, by its name. A command that fails is not run again, and says why."""
    found = {name: Figures() for name in commands}
    for number in range(0 if patience.warm else 1, patience.runs + 1):
        for name, command in commands.items():
            figures = found[name]
            if figures.failure or _is_enough(name, figures, patience):
                continue
            try:
                ran = run(command, work / "errors.txt", patience.limit)
            except FailedError as failure:
                figures.failure = str(failure)
                figures.runs.clear()
                continue
            if number or ran.seconds >= LONG:
                figures.runs.append(ran)
    return found


def _is_enough(name: str, figures: Figures, patience: Patience) -> bool:
    if len(figures.runs) >= patience.runs:
        return True
    over = patience.once_over if name != patience.often else None
    return over is not None and any(ran.seconds >= over for ran in figures.runs)
