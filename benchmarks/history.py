"""`mlscan history` beside scanning each of its revisions alone.

    python -m benchmarks.history REPOSITORY [--every month] [--since DATE] [--alone 10]

is the section of `python -m benchmarks` for one repository, printed. Of the revisions some, spread over the history,
are scanned one by one, and stand for the others. Each of these reports must say what the history says of that revision:
level, kind and practices.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT, Environment, install
from benchmarks.floor import GIT, list_blobs, streaming
from benchmarks.make_repo import make_history
from benchmarks.page import medians, megabytes, seconds, table, times, yes
from benchmarks.process import Command, FailedError
from benchmarks.rounds import Figures, Patience, measure
from benchmarks.suite import Real, Suite

COMMITS, FILES, SAMPLES = 1_000, 1_000, 100
"""Of the history that is made."""
ALONE = 10
"""Revisions that are scanned alone."""
SECONDS, FASTER = 10.0, 10.0
"""Targets: of five years by month of a repository with 7,000 commits, and against scanning each revision alone."""


@dataclass
class Measured:
    """A history, and some of its revisions alone."""

    commits: int
    moments: Sequence[dict[str, Any]]
    """Revisions that were judged."""
    history: Figures
    floor: Figures
    """git streaming all their blobs, each once."""
    alone: Figures = field(default_factory=Figures)
    """One run for each of some revisions."""
    differences: list[str] = field(default_factory=list)
    """What a history and a report say differently of a revision."""

    @property
    def each_alone(self) -> float:
        """Seconds for all revisions, from the mean of those that were scanned."""
        return sum(ran.seconds for ran in self.alone.runs) / len(self.alone.runs) * len(self.moments)

    @property
    def faster(self) -> float:
        """How many times as fast the history is."""
        return self.each_alone / self.history.seconds


def measure_history(
    mlscan: Environment, work: Path, repository: Path, words: Sequence[str], runs: tuple[int, int]
) -> Measured:
    """Figures of one repository; runs: (of the history, revisions that are scanned alone). Raises FailedError."""
    told = work / "history.json"
    start = (mlscan.script("mlscan"), "history", str(repository), *words, "--format", "json", "--output", str(told))
    history = measure({"": Command(start)}, Patience(runs[0], warm=False), work)[""]
    if history.failure:
        raise FailedError(f"mlscan history {repository}: {history.failure}")
    report = json.loads(told.read_text(encoding="utf-8"))
    moments = [moment for moment in report["moments"] if moment["brief"] is not None]
    blobs = list_blobs(repository, [moment["point"]["revision"] for moment in moments])
    floor = measure({"": streaming(repository, blobs, work)}, Patience(runs[0]), work)[""]
    found = Measured(report["commits"], moments, history, floor)
    for moment in spread(moments, runs[1]):
        _alone(mlscan, work, repository, moment, found)
    return found


def _alone(mlscan: Environment, work: Path, repository: Path, moment: dict[str, Any], found: Measured) -> None:
    """Scans one revision, and compares what is said of it."""
    told = work / "alone.json"
    words = ("--rev", moment["point"]["revision"], "--format", "json", "--output", str(told))
    command = Command((mlscan.script("mlscan"), str(repository), *words))
    ran = measure({"": command}, Patience(1, warm=False), work)[""]
    if ran.failure:
        raise FailedError(f"mlscan {repository}: {ran.failure}")
    found.alone.runs += ran.runs
    found.differences += differences(moment, json.loads(told.read_text(encoding="utf-8")))


def spread(moments: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of the revisions, at equal distances, the first and the newest among them."""
    if count >= len(moments) or count < 2:
        return list(moments)
    return [moments[round(n * (len(moments) - 1) / (count - 1))] for n in range(count)]


def differences(moment: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """What a history and a report say differently of a revision."""
    brief = moment["brief"]
    practices = {name: found["present"] for name, found in report["practices"].items()}
    pairs = {name: (brief[name], report[name]) for name in ("level", "could_be", "kind", "applicable")}
    pairs |= {name: (brief["present"].get(name), present) for name, present in practices.items()}
    revision = moment["point"]["revision"][:10]
    return [f"{revision} {name}: {here!r} and {alone!r}" for name, (here, alone) in pairs.items() if here != alone]


def section(suite: Suite) -> str:
    """A history of 100 samples that is made, and one of a real repository where one was given."""
    folder = suite.work / "history"
    if not folder.exists():
        make_history(folder, COMMITS, FILES, FILES * suite.bytes_a_file, 1)
    every = max(1, COMMITS // SAMPLES)
    made = Real(f"made, {FILES:,} files", folder)
    asked: list[tuple[Real, tuple[str, ...]]] = [(made, ("--every", str(every)))]
    if suite.history is not None:
        since = ("--since", suite.since) if suite.since else ()
        asked.append((suite.history, ("--every", "month", *since)))
    runs = min(suite.runs, 3)
    found = {}
    for one, words in asked:
        found[f"{one.name}, `{' '.join(words)}`"] = measure_history(
            suite.mlscan, suite.work, one.path, words, (runs, ALONE)
        )
    told = f"{medians(runs)}; alone: the mean of {ALONE} revisions times their number."
    parts = [
        "## History",
        f"`python -m benchmarks history --history NAME=CLONE --since DATE`. {told} {suite.machine}",
        shown(found),
        table(("target", "measured", "reached"), targets(found, real=suite.history is not None)),
    ]
    return "\n\n".join(parts + _told(found))


def _told(found: dict[str, Measured]) -> list[str]:
    wrong = [line for one in found.values() for line in one.differences]
    if not wrong:
        return ["Level, kind and practices are the same as in the scans of single revisions."]
    return ["A history and a scan of the revision differ:", "\n".join(f"- {line}" for line in wrong)]


def shown(found: dict[str, Measured]) -> str:
    """The table of some histories."""
    heads = ("", "commits", "revisions", "history", "each alone", "times as fast", f"times {GIT}", "peak memory")
    return table(
        heads,
        (
            (
                name,
                f"{one.commits:,}",
                f"{len(one.moments):,}",
                seconds(one.history.seconds),
                seconds(one.each_alone),
                times(one.faster),
                "failed" if one.floor.failure else times(one.history.seconds / one.floor.seconds),
                megabytes(one.history.peak_bytes),
            )
            for name, one in found.items()
        ),
    )


def targets(found: dict[str, Measured], *, real: bool) -> list[tuple[str, str, str]]:
    """The targets: the last of the histories is the one that the time was set for, where there is a real one."""
    lines = []
    if real:
        name, one = list(found.items())[-1]
        lines.append(
            (f"{name} under {SECONDS:.0f} s", seconds(one.history.seconds), yes(one.history.seconds < SECONDS))
        )
    for name, one in found.items():
        what = f"{name}: {FASTER:.0f} times as fast as each alone"
        lines.append((what, f"{times(one.faster)} times", yes(one.faster >= FASTER)))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a history says what a scan does not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description="Time mlscan history.")
    parser.add_argument("repository", type=Real.named)
    parser.add_argument("--every", default="month")
    parser.add_argument("--since", help="ISO date; default is the first commit")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", type=int, default=10, help="revisions that are scanned one by one; 0 is all of them")
    parser.add_argument("--python", type=Path, help="a Python that has mlscan; default: a new environment")
    options = parser.parse_args(arguments)
    one: Real = options.repository
    words = ["--every", options.every, *(["--since", options.since] if options.since else [])]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        mlscan = Environment(options.python) if options.python else install(work / "mlscan", str(ROOT))
        runs = (options.runs, options.alone)
        found = measure_history(mlscan, work, one.path, words, runs)
    print(shown({one.name: found}), *_told({"": found}), sep="\n\n")
    return 1 if found.differences else 0


if __name__ == "__main__":
    sys.exit(main())
