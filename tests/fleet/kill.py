"""Ends a run by force, again and again: processes are killed at moments that a seed decides, and it is started anew.

    cd tests && python -m fleet.kill [--runs 10] [--seed 1] [--repositories 12] [--store sqlite|postgresql]

Each disturbed run has to end with the report of an undisturbed one: nothing lost, nothing twice.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import text

from fleet import postgres
from fleet.running.build import REPEATABLE, SKETCH, commit
from mlscan.fleet.store import Store
from mlscan.report import render
from mlscan.types.assessment import Stats

DAY = "2026-11-26"
MOST_KILLS = 6
"""Of coordinators in one run; then it may end."""
WORKER_KILLS = 2
"""Of workers under one coordinator: a repository that took three of them with it counts as failed."""


def clones(folder: Path, number: int) -> Path:
    """A folder with so many small repositories, no two alike."""
    for n in range(number):
        files = dict(REPEATABLE if n % 3 else SKETCH)
        commit(folder / f"project-{n:03}", {**files, f"part_{n}.py": f"import sklearn\nN = {n}\n"})
    return folder


def report(url: str) -> str:
    """Everything that a report could show of a store, moments and durations apart."""
    lines = []
    with Store.open(url) as store:
        for standing in sorted(store.standings(gone=True), key=lambda s: s.repository.name):
            lines.append(f"{standing.repository.name} {standing.failure} {dict(standing.practices)} {standing.missing}")
            for point in standing.points:
                assessment = replace(store.assessment(point.scan), stats=Stats(files=0, bytes_read=0, seconds=0))
                lines.append(f"{[cause.value for cause in point.causes]}\n{render(assessment, 'json')}")
    return "\n".join(lines)


def doubles(url: str) -> list[str]:
    """What is in the store more than once, or has not ended.

    A run that was over when it was killed is followed by one in which nothing has changed.
    """
    asked = {
        "verdicts": "SELECT repository_id FROM fleet_verdicts GROUP BY repository_id HAVING COUNT(*) > 1",
        "evidence": "SELECT repository_id FROM fleet_evidence GROUP BY repository_id HAVING COUNT(*) > 1",
        "runs": "SELECT id FROM fleet_runs WHERE state <> 'finished'",
        "attempts": "SELECT repository_id FROM fleet_attempts WHERE state NOT IN ('scanned', 'unchanged')",
        "scans": "SELECT repository_id FROM fleet_attempts GROUP BY repository_id"
        " HAVING SUM(CASE WHEN state = 'scanned' THEN 1 ELSE 0 END) <> 1",
    }
    with Store.open(url) as store, store._engine.connect() as connection:
        return [f"{what} of {row[0]}" for what, query in asked.items() for row in connection.execute(text(query))]


@dataclass
class Running:
    """One `mlscan fleet scan`, and what its log has told."""

    process: subprocess.Popen[str]
    ended: list[str] = field(default_factory=list)

    def read(self, number: int) -> bool:
        """Reads the log until so many further repositories have ended; False when the run is over."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            words = line.split()
            if len(words) > 2 and words[1] in ("scanned", "failed"):
                self.ended.append(words[2])
                number -= 1
            if number < 0:
                return True
        return False

    def workers(self) -> list[int]:
        """Numbers of its worker processes."""
        found = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        numbers = [int(n) for path in found for n in path.read_text().split()]
        return [n for n in numbers if b"spawn_main" in _command(n)]

    def kill_worker(self, rng: random.Random) -> None:
        workers = self.workers()
        if workers:
            _kill(rng.choice(sorted(workers)))

    def end(self) -> int:
        """Waits until it has ended by itself; its exit code."""
        self.process.communicate()
        return self.process.returncode

    def kill(self) -> None:
        """Ends the coordinator, and waits until its workers have seen it."""
        handles = {number: os.pidfd_open(number) for number in self.workers()}
        self.process.kill()
        self.process.wait()
        left = [number for number, handle in handles.items() if not _ends(handle)]
        for number in left:
            _kill(number)
        self.process.communicate()
        assert not left, "a worker lives on without its coordinator"


def _command(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""


def _ends(handle: int) -> bool:
    """Whether a process ends soon; gives its handle back."""
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    try:
        return bool(waiting.poll(30_000))
    finally:
        os.close(handle)


def _kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return


def start(folder: Path, url: str) -> Running:
    """Starts the command as a user does."""
    command = [sys.executable, "-m", "mlscan", "fleet", "scan", str(folder), "--store", url]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(
        [*command, "--jobs", "2", "--as-of", DAY, "--cache", str(folder.parent / "cache")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Running(process)


def undisturbed(folder: Path, url: str) -> str:
    """The report of a run that nobody disturbs."""
    running = start(folder, url)
    running.read(1 << 30)
    assert running.end() == 0
    assert doubles(url) == []
    return report(url)


def disturbed(folder: Path, url: str, seed: int) -> tuple[str, Counter[str], int]:
    """(report, how often each repository was told to have ended, how often somebody was killed) of a disturbed run."""
    rng = random.Random(seed)
    ended: Counter[str] = Counter()
    kills = 0
    while True:
        running = start(folder, url)
        for _ in range(rng.randint(0, WORKER_KILLS)):
            if running.read(rng.randint(0, 2)):
                _pause(running, rng)
                running.kill_worker(rng)
                kills += 1
        goes_on = running.read(rng.randint(0, 3)) if kills < MOST_KILLS else running.read(1 << 30)
        if not goes_on:
            assert running.end() == 0, "the run has failed"
            ended.update(running.ended)
            return report(url), ended, kills
        _pause(running, rng)
        running.kill()
        kills += 1
        ended.update(running.ended)


def _pause(running: Running, rng: random.Random) -> None:
    """Lets the run go on for a part of a second."""
    try:
        running.process.wait(rng.random())
    except subprocess.TimeoutExpired:
        return


def check(folder: Path, fresh: Callable[[], str], seeds: range) -> Iterator[str]:
    """A line for each disturbed run; raises AssertionError where one ends otherwise than the undisturbed one."""
    wanted = undisturbed(folder, fresh())
    for seed in seeds:
        url = fresh()
        found, ended, kills = disturbed(folder, url, seed)
        assert found == wanted, f"seed {seed}: another report"
        assert not doubles(url), f"seed {seed}: {doubles(url)}"
        assert max(ended.values()) == 1, f"seed {seed}: done twice: {ended}"
        yield f"seed {seed}: {kills} killed, the same report of {len(wanted):,} characters"


@contextmanager
def stores(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """What makes addresses of new stores."""
    if kind == "sqlite":
        numbers = iter(range(10_000))
        yield lambda: str(folder / f"fleet-{next(numbers)}.db")
    else:
        with postgres.server() as server:
            yield server.fresh


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repositories", type=int, default=12)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, stores(given.store, Path(name)) as fresh:
        folder = clones(Path(name) / "clones", given.repositories)
        for line in check(folder, fresh, range(given.seed, given.seed + given.runs)):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
