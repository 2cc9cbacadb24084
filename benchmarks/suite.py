"""What the sections share: an installed mlscan, repositories that are made once, runs and their figures."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks import make_repo, page
from benchmarks.environments import Environment
from benchmarks.floor import GIT, WORDS, Blobs, Patterns, find_patterns, floors, list_blobs, list_read
from benchmarks.process import Command, FailedError
from benchmarks.rounds import Figures, Patience, measure

FILES = {"small": 100, "medium": 1_000, "large": 10_000, "huge": 100_000}
BYTES_A_FILE = 5_300
"""Asked of `make_repo`; what it makes is a little more: 10,000 files have 60 MB."""
SEED = 1
MLSCAN = "**mlscan**"
SLOW = 20.0
"""Seconds from which on one run of anything else has to do."""


@dataclass(frozen=True)
class Real:
    """A repository that somebody else made: it is scanned, and nothing else runs on it."""

    name: str
    path: Path

    @classmethod
    def named(cls, value: str) -> Real:
        """What `NAME=PATH` says, or a path alone, which is named like its folder."""
        name, mark, path = value.partition("=")
        if mark:
            return cls(name, Path(path).resolve())
        folder = Path(value).resolve()
        return cls((folder.parent if folder.name in (".git", "repo") else folder).name.removesuffix(".git"), folder)


@dataclass(frozen=True)
class Sized:
    """What was measured of one repository."""

    blobs: Blobs
    """At HEAD."""
    read: Blobs
    """Those that mlscan reads, and the floors with it."""
    figures: Mapping[str, Figures]
    """By row: mlscan and the floors."""

    @property
    def scan(self) -> Figures:
        """Of mlscan."""
        return self.figures[MLSCAN]


@dataclass
class Suite:
    """One run of the benchmarks."""

    mlscan: Environment
    work: Path
    runs: int = 5
    real: Sequence[Real] = ()
    history: Real | None = None
    since: str | None = None
    limit: float = 60.0
    """Seconds after which a tool of others is stopped."""
    revision: str = ""
    """Of the checkout that mlscan was installed from, in brackets; "" where that is not known."""
    files: Mapping[str, int] = field(default_factory=lambda: FILES)
    bytes_a_file: int = BYTES_A_FILE
    _sized: dict[str, Sized] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> Patterns:
        """What every file is searched for."""
        return find_patterns(self.mlscan, self.work)

    @cached_property
    def machine(self) -> str:
        """What the figures were taken with, as a line."""
        return page.machine(f"{self.mlscan.version('mlscan')} {self.revision}".strip())

    def made(self, name: str) -> Path:
        """The repository of a size; made where it is not there yet."""
        folder = self.work / name
        if not folder.exists():
            say(f"making {folder.name}: {self.files[name]:,} files")
            make_repo.make(folder, self.files[name], self.files[name] * self.bytes_a_file, SEED)
        return folder

    def scanning(self, repository: Path, *words: str) -> Command:
        """A scan of a repository, for its report in JSON."""
        return Command((self.mlscan.script("mlscan"), str(repository), *words, "--format", "json"))

    def beside_floors(
        self, repository: Path, *words: str, runs: int, checked_out: bool = True, quick: bool = False
    ) -> Sized:
        """A scan and the floors in turn; raises FailedError where mlscan fails.

        checked_out: whether its files are there, too. quick: only the floors that are lowest.
        """
        blobs, read = list_blobs(repository, ["HEAD"]), list_read(self.mlscan, repository, self.work)
        commands = {MLSCAN: self.scanning(repository, *words)}
        beside = floors(self.mlscan, self.patterns, repository, read, checked_out=checked_out)
        commands |= {name: one for name, one in beside.items() if not quick or name in (GIT, WORDS)}
        found = Sized(blobs, read, measure(commands, Patience(runs, once_over=SLOW, often=MLSCAN), self.work))
        if found.scan.failure:
            raise FailedError(f"mlscan {repository}: {found.scan.failure}")
        return found

    def sized(self, name: str) -> Sized:
        """The figures of a size, measured once."""
        if name not in self._sized:
            runs = min(self.runs, 3) if name in ("large", "huge") else self.runs
            self._sized[name] = self.beside_floors(self.made(name), runs=runs, quick=name == "huge")
        return self._sized[name]


def say(text: str) -> None:
    """Tells who waits what is done at the moment."""
    print(text, file=sys.stderr, flush=True)


def rows(figures: Mapping[str, Figures], scan: Figures) -> list[tuple[str, str, str, str]]:
    """Rows of a table: what, time, how many times as long mlscan takes, memory."""
    found = []
    for name, one in figures.items():
        if one.failure:
            found.append((name, one.failure, "", ""))
            continue
        ratio = "" if one is scan else page.times(scan.seconds / one.seconds)
        found.append((name, page.seconds(one.seconds), ratio, page.megabytes(one.peak_bytes)))
    return found


HEADS = ("", "time", "mlscan takes, times", "peak memory")
