"""What any scanner would have to do at least: read the same blobs out of git, and search the same bytes once."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment
from benchmarks.process import Command, clean_environment

SCRIPT = Path(__file__).resolve().parent / "search_blobs.py"
GIT = "`git cat-file --batch`"
WORDS = "git and RE2: words"
LOOSE = "git and RE2: words and parts of loose patterns"
RIPGREP = "ripgrep: words"
_ARGUMENTS = 1_500_000
"""Bytes of a command, below what Linux takes."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Blobs:
    """Distinct blobs of a repository."""

    ids: bytes
    """One object id a line, as `cat-file --batch` takes them."""
    count: int
    size: int
    """Bytes of all of them."""
    paths: tuple[bytes, ...] = ()
    """Files that have them."""


@dataclass(frozen=True)
class Patterns:
    """What every file is searched for."""

    file: Path
    """All of them, for `search_blobs.py`."""
    words: int
    loose: int
    for_ripgrep: Path
    """The words alone, one a line."""


def git(repository: Path, *words: str) -> bytes:
    """Standard output of a git command in the repository; raises CalledProcessError."""
    return subprocess.run(["git", "-C", str(repository), *words], check=True, capture_output=True).stdout


def list_blobs(repository: Path, revisions: Iterable[str], only: Container[bytes] | None = None) -> Blobs:
    """The distinct blobs of regular files of some revisions; only: paths besides which nothing counts."""
    sizes: dict[bytes, int] = {}
    paths: dict[bytes, None] = {}
    for revision in revisions:
        listed = git(repository, "ls-tree", "-r", "-z", "-l", revision).split(b"\0")
        for entry, _, path in (row.partition(b"\t") for row in listed if row.startswith(b"100")):
            if only is None or path in only:
                _, _, blob, size = entry.split()
                # Of an object that is not there git says no size; neither a scan nor a floor can read it.
                if size.isdigit():
                    sizes[blob] = int(size)
                    paths[path] = None
    return Blobs(b"".join(blob + b"\n" for blob in sizes), len(sizes), sum(sizes.values()), tuple(paths))


def list_read(environment: Environment, repository: Path, work: Path) -> Blobs:
    """The blobs at HEAD that an installed mlscan reads; raises CalledProcessError."""
    file = work / "paths.bin"
    command = [str(environment.python), "-I", str(SCRIPT), "paths", str(file), str(repository)]
    subprocess.run(command, check=True, env=clean_environment(), capture_output=True)
    return list_blobs(repository, ["HEAD"], frozenset(file.read_bytes().split(b"\0")))


def find_patterns(environment: Environment, work: Path) -> Patterns:
    """The patterns of the detectors of an installed mlscan; raises CalledProcessError."""
    file, lines = work / "patterns.json", work / "patterns.txt"
    command = [str(environment.python), "-I", str(SCRIPT), "patterns", str(file)]
    subprocess.run(command, check=True, env=clean_environment())
    found = json.loads(file.read_text(encoding="utf-8"))
    lines.write_text("".join(f"{for_ripgrep(word)}\n" for word in found["words"]), encoding="utf-8")
    return Patterns(file, len(found["words"]), len(found["loose"]), lines)


def for_ripgrep(pattern: str) -> str:
    """The same pattern with its escaped signs written as numbers: Rust knows fewer escapes than RE2."""
    return _ESCAPED.sub(lambda m: m[0] if m[1].isalnum() or not m[1].isascii() else rf"\x{ord(m[1]):02x}", pattern)


def streaming(repository: Path, blobs: Blobs, work: Path) -> Command:
    """`git cat-file --batch` writing the blobs to nowhere."""
    ids = work / "ids.txt"
    ids.write_bytes(blobs.ids)
    return Command(("git", "-C", str(repository), "cat-file", "--batch", "--buffer"), given=ids)


def floors(
    environment: Environment, patterns: Patterns, repository: Path, blobs: Blobs, *, checked_out: bool
) -> Mapping[str, Command]:
    """What is timed beside a scan, by the words of its row.

    ripgrep where it is installed, files are there, and their names fit into a command.
    """
    work = patterns.file.parent
    stream = streaming(repository, blobs, work)
    python = (str(environment.python), "-I", str(SCRIPT), "search", str(patterns.file), str(repository))
    found = {
        GIT: stream,
        WORDS: Command((*python, str(stream.given))),
        LOOSE: Command((*python, str(stream.given), "--loose")),
    }
    ripgrep = shutil.which("rg")
    if ripgrep and checked_out and sum(len(path) + 10 for path in blobs.paths) < _ARGUMENTS:
        words = [ripgrep, "--no-config", "--text", "--count", "--regex-size-limit", "1G", "--dfa-size-limit", "256M"]
        words += ["--file", str(patterns.for_ripgrep), "--", *(f"./{os.fsdecode(path)}" for path in blobs.paths)]
        found[RIPGREP] = Command(tuple(words), fine=frozenset({0, 1}), folder=repository)
    return found
