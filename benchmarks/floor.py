"""`python -m benchmarks.floor REPOSITORY`: times mlscan beside `git cat-file --batch` streaming the same blobs.

Both are timed as whole processes, start-up included, one after the other in each round, so that a slow moment of the
machine hits both. What is printed are medians. Peak memory is that of the largest mlscan process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 20


@dataclass(frozen=True)
class Blobs:
    """The blobs of a revision."""

    ids: bytes
    """One object id a line, as `cat-file --batch` takes them."""
    count: int
    size: int
    """Bytes of all of them."""


@dataclass(frozen=True)
class Timing:
    """Medians over the rounds."""

    git_seconds: float
    scan_seconds: float
    scan_peak_bytes: int | None
    """None where the system does not tell."""

    @property
    def ratio(self) -> float:
        """How many times as long as git mlscan takes."""
        return self.scan_seconds / self.git_seconds


def git(repository: Path, *words: str) -> bytes:
    """Standard output of a git command in the repository; raises CalledProcessError."""
    return subprocess.run(["git", "-C", str(repository), *words], check=True, capture_output=True).stdout


def list_blobs(repository: Path, revision: str) -> Blobs:
    """The distinct blobs of regular files of a revision."""
    listed = git(repository, "ls-tree", "-r", "-z", "-l", revision).split(b"\0")
    rows = [row.split(b"\t", 1)[0].split() for row in listed if row.startswith(b"100")]
    sizes = {row[2]: int(row[3]) for row in rows}
    return Blobs(b"".join(blob + b"\n" for blob in sizes), len(sizes), sum(sizes.values()))


def stream_blobs(repository: Path, blobs: Blobs) -> float:
    """Seconds that one `git cat-file --batch` takes to write all blobs into a pipe that is read and thrown away."""
    start = time.perf_counter()
    command = ["git", "-C", str(repository), "cat-file", "--batch", "--buffer"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        writer = threading.Thread(target=_feed, args=(process.stdin, blobs.ids))
        writer.start()
        while process.stdout.read(CHUNK):
            pass
        writer.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start


def _feed(stream: IO[bytes], content: bytes) -> None:
    with stream:
        stream.write(content)


def scan(repository: Path, revision: str) -> float:
    """Seconds that one `mlscan --format json` takes as a process of its own."""
    command = [sys.executable, "-m", "mlscan", str(repository), "--rev", revision, "--format", "json"]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(repository: Path, revision: str, runs: int) -> tuple[Blobs, Timing]:
    """Times both, `runs` times after one round that only warms up."""
    blobs = list_blobs(repository, revision)
    stream_blobs(repository, blobs)
    scan(repository, revision)
    rounds = [(stream_blobs(repository, blobs), scan(repository, revision)) for _ in range(runs)]
    git_seconds, scan_seconds = (statistics.median(column) for column in zip(*rounds, strict=True))
    return blobs, Timing(git_seconds, scan_seconds, peak_bytes(repository, revision))


def peak_bytes(repository: Path, revision: str) -> int | None:
    """Peak memory of the largest process of one more scan; None where the system does not tell (Windows).

    A fresh process does the asking: what it learns of its children is of this scan alone.
    """
    if os.name != "posix":
        return None
    asking = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    scanning = [sys.executable, "-m", "mlscan", str(repository), "--rev", revision, "--format", "json"]
    ran = subprocess.run([sys.executable, "-c", asking, *scanning], check=True, capture_output=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return int(ran.stdout) * unit


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description="Time mlscan beside git.")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    repository = options.repository.resolve()
    revision = git(repository, "rev-parse", "--verify", f"{options.rev}^{{commit}}").decode().strip()
    blobs, timing = measure(repository, revision, options.runs)
    print(f"{blobs.count} blobs, {blobs.size / 1e6:.1f} MB, median of {options.runs} runs")
    print(f"git cat-file --batch   {timing.git_seconds:7.3f} s")
    print(f"mlscan                 {timing.scan_seconds:7.3f} s   {timing.ratio:.1f} times the floor")
    if timing.scan_peak_bytes is not None:
        print(f"peak memory of mlscan  {timing.scan_peak_bytes / 1e6:7.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
