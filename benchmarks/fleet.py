"""How fast many repositories are scanned, and what the coordinator of the run takes in memory meanwhile.

    python -m benchmarks.fleet CLONES [--repositories 1000] [--jobs 2] [--scaling 200] [--most-mb 200] [--work DIR]

CLONES is a folder of clones or bare repositories. Each is given further names, as links to its files, until there are
enough. All of them are scanned in one run, then once more (nothing has changed), then some of them with one and with
two workers. The figures go into `benchmarks/results.md`; Linux only, because they come from /proc.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results.md"
START, END = "<!-- fleet: made by benchmarks.fleet -->\n", "<!-- end of fleet -->\n"
_HEAD = "# Measurements\n\nEach section is made by the command that it names.\n\n"


@dataclass(slots=True)
class Measured:
    """One run."""

    jobs: int
    repositories: int = 0
    failed: int = 0
    seconds: float = 0.0
    memory: list[tuple[int, float]] = field(default_factory=list)
    """(repositories done, MB of the coordinator) over time."""
    worker: float = 0.0
    """MB of the largest worker."""

    @property
    def rate(self) -> float:
        """Repositories a second."""
        return self.repositories / self.seconds

    def at(self, share: float) -> float:
        """MB of the coordinator when this share of the repositories was done."""
        wanted = self.repositories * share
        return next((mb for done, mb in self.memory if done >= wanted), self.memory[-1][1])


def clones_in(folder: Path, most_mb: int) -> Iterator[Path]:
    """The git directories in a folder, to any depth, that are not larger than that."""
    for root, folders, files in os.walk(folder):
        if "HEAD" in files and "objects" in folders:
            folders.clear()
            if sum(p.stat().st_size for p in Path(root).rglob("*") if p.is_file()) <= most_mb * 1_000_000:
                yield Path(root)


def named_anew(clones: Sequence[Path], folder: Path, number: int) -> None:
    """So many repositories in a folder, each a clone under another name; files are links where that is possible."""
    for n, clone in enumerate(islice(cycle(clones), number)):
        shutil.copytree(clone, folder / f"project-{n:04}.git", copy_function=_link, symlinks=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def measure(folder: Path, store: Path, jobs: int) -> Measured:
    """Scans a folder, and watches the process that does."""
    command = [sys.executable, "-m", "mlscan", "fleet", "scan", str(folder), "--store", str(store)]
    log = store.with_suffix(f".{time.monotonic_ns()}.log")
    found, start = Measured(jobs), time.perf_counter()
    with subprocess.Popen([*command, "--jobs", str(jobs), "--quiet", "--log", str(log)]) as process:
        while process.poll() is None:
            found.memory.append((_ended(log)[0], _memory(process.pid)))
            found.worker = max([found.worker, *(_memory(n) for n in _children(process.pid))])
            time.sleep(0.5)
    found.seconds = time.perf_counter() - start
    found.repositories, found.failed = _ended(log)
    return found


def _ended(log: Path) -> tuple[int, int]:
    """(repositories that have ended, those of them that failed)."""
    words = [line.split()[1] for line in log.read_text().splitlines()] if log.exists() else []
    return sum(word != "note" for word in words), words.count("failed")


def _memory(number: int) -> float:
    """MB of a process; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS:")), 0.0)


def _children(number: int) -> list[int]:
    try:
        return [int(n) for p in Path(f"/proc/{number}/task").glob("*/children") for n in p.read_text().split()]
    except OSError:
        return []


def section(runs: Sequence[tuple[str, Measured]], clones: int, size: float) -> str:
    """The figures as a section of the page; the runs are the first, the second, and those with one and two workers."""
    whole, again, one, two = (measured for _, measured in runs)
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    faster = f"One worker to two: {two.rate / one.rate:.2f} times as fast. "
    faster += f"Nothing has changed: {whole.seconds / again.seconds:.0f} times as fast as the first run.\n"
    lines = [
        "## A fleet\n",
        f"`python -m benchmarks.fleet`: {whole.repositories:,} repositories, which are {clones:,} real clones under",
        f"other names; the store is SQLite. {machine}.\n",
        "| run | workers | repositories | failed | time | repositories/s |",
        "|---|--:|--:|--:|--:|--:|",
        *(
            f"| {name} | {m.jobs} | {m.repositories:,} | {m.failed:,} | {m.seconds:,.0f} s | {m.rate:.2f} |"
            for name, m in runs
        ),
        f"\n{faster}",
        "| of the first run | " + " | ".join(f"{share:.0%}" for share in _SHARES) + " |",
        "|---|" + "--:|" * len(_SHARES),
        "| coordinator, MB | " + " | ".join(f"{whole.at(share):.0f}" for share in _SHARES) + " |",
        f"\nLargest worker: {max(m.worker for _, m in runs):.0f} MB. The store takes {size / 1e6:.0f} MB.\n",
    ]
    return "\n".join(lines)


_SHARES = (0.05, 0.25, 0.5, 0.75, 1.0)


def write(text: str) -> None:
    """Puts the section into the page, in the place of the one that was there."""
    page = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else _HEAD
    before, _, rest = page.partition(START)
    after = rest.partition(END)[2]
    RESULTS.write_text(f"{before}{START}{text}{END}{after}", encoding="utf-8")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--repositories", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scaling", type=int, default=200)
    parser.add_argument("--most-mb", type=int, default=200, help="Leave larger clones out.")
    parser.add_argument("--work", type=Path, help="Where they are put; links need the file system of CLONES.")
    given = parser.parse_args()
    clones = sorted(clones_in(given.clones, given.most_mb))[: given.repositories]
    if not clones:
        parser.error(f"{given.clones} holds no clone")
    with tempfile.TemporaryDirectory(dir=given.work) as name:
        folder = Path(name)
        named_anew(clones, folder / "all", given.repositories)
        named_anew(clones, folder / "some", given.scaling)
        whole = measure(folder / "all", folder / "all.db", given.jobs)
        again = measure(folder / "all", folder / "all.db", given.jobs)
        scaling = [measure(folder / "some", folder / f"some-{jobs}.db", jobs) for jobs in (1, 2)]
        size = sum(p.stat().st_size for p in folder.glob("all.db*"))
    names = ("first", "again, nothing has changed", "some, one worker", "some, two workers")
    write(section(list(zip(names, (whole, again, *scaling), strict=True)), len(clones), size))
    return 0


if __name__ == "__main__":
    sys.exit(main())
