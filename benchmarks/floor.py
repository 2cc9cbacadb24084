"""What any scanner would have to do at least: read the same blobs out of git, and search the same bytes once."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment
from benchmarks.process import Command, clean_environment

SCRIPT = Path(__file__).resolve().parent / "search_blobs.py"
GIT = "`git cat-file --batch`"
WORDS = "git and RE2: words"
LOOSE = "git and RE2: words and parts of loose patterns"
RIPGREP = "ripgrep: words"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Blobs:
    """Distinct blobs of a repository."""

    ids: bytes
    """One object id a line, as `cat-file --batch` takes them."""
    count: int
    size: int
    """Bytes of all of them."""


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


def list_blobs(repository: Path, revisions: Iterable[str]) -> Blobs:
    """The distinct blobs of regular files of some revisions."""
    sizes: dict[bytes, int] = {}
    for revision in revisions:
        listed = git(repository, "ls-tree", "-r", "-z", "-l", revision).split(b"\0")
        rows = [row.split(b"\t", 1)[0].split() for row in listed if row.startswith(b"100")]
        sizes.update((row[2], int(row[3])) for row in rows)
    return Blobs(b"".join(blob + b"\n" for blob in sizes), len(sizes), sum(sizes.values()))


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
    """What is timed beside a scan, by the words of its row; ripgrep where it is installed and files are there."""
    work = patterns.file.parent
    stream = streaming(repository, blobs, work)
    python = (str(environment.python), "-I", str(SCRIPT), "search", str(patterns.file), str(repository))
    found = {
        GIT: stream,
        WORDS: Command((*python, str(stream.given))),
        LOOSE: Command((*python, str(stream.given), "--loose")),
    }
    ripgrep = shutil.which("rg")
    if ripgrep and checked_out:
        words = [ripgrep, "--no-config", "--no-ignore", "--hidden", "--text", "--count", "--glob", "!.git"]
        words += ["--regex-size-limit", "1G", "--dfa-size-limit", "256M", "--file", str(patterns.for_ripgrep)]
        found[RIPGREP] = Command((*words, str(repository)), fine=frozenset({0, 1}))
    return found
