"""`python -m benchmarks.make_repo DIR --files N --bytes B --seed S`: a large, realistic git repository.

The same arguments give the same commit on every machine: names, texts and dates come from the seed alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO

from benchmarks import write_file
from benchmarks.words import NOUNS
from benchmarks.write_file import Writer, name


@dataclass(frozen=True)
class Kind:
    """A kind of file: its share of the files, its usual size against the others, how it is named and written."""

    share: float
    size: float
    pattern: str
    write: Writer


KINDS = [
    Kind(0.30, 1.0, "{folder}/{name}_{n}.py", write_file.python),
    Kind(0.03, 8.0, "notebooks/{folder}/{name}_{n}.ipynb", write_file.notebook),
    Kind(0.12, 0.4, "{folder}/{name}_{n}.yaml", write_file.yaml),
    Kind(0.03, 1.0, "{folder}/{name}_{n}.json", write_file.table),
    Kind(0.11, 0.8, "docs/{folder}/{name}_{n}.md", write_file.markdown),
    Kind(0.01, 0.5, "{folder}/{name}_{n}.txt", write_file.text),
    Kind(0.02, 0.2, "scripts/{folder}/{name}_{n}.sh", write_file.shell),
    Kind(0.02, 0.3, "infra/{folder}/{name}_{n}.tf", write_file.terraform),
    Kind(0.007, 0.1, "{folder}/{name}_{n}/Dockerfile", write_file.dockerfile),
    Kind(0.01, 0.1, "{folder}/{name}_{n}/requirements.txt", write_file.requirements),
    Kind(0.008, 0.1, ".github/workflows/{name}_{n}.yml", write_file.workflow),
    Kind(0.05, 0.5, "sql/{folder}/{name}_{n}.sql", write_file.sql),
    Kind(0.04, 1.0, "web/{folder}/{name}_{n}.js", write_file.javascript),
    Kind(0.245, 1.3, "data/{folder}/{name}_{n}.csv", write_file.other),
]
"""Shares as counted in half A of the calibration set (44 repositories, 17,359 files), but for two: Python has 32 %
there, and what is `.csv` here is there whatever else there is, pictures, logs and other languages.
"""


def files(count: int, total_bytes: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` files of about `total_bytes` together, as (path, content)."""
    chance = Random(seed)
    folders = ["/".join(chance.sample(NOUNS, chance.randint(1, 4))) for _ in range(max(1, count // 12))]
    kinds = chance.choices(KINDS, [kind.share for kind in KINDS], k=count)
    unit = total_bytes / sum(kind.size for kind in kinds)
    for number, kind in enumerate(kinds):
        path = kind.pattern.format(folder=chance.choice(folders), name=name(chance), n=number)
        size = int(unit * kind.size * chance.lognormvariate(-0.32, 0.8))
        yield path, kind.write(chance, size).encode()


def make(target: Path, count: int, total_bytes: int, seed: int) -> None:
    """Writes the repository with one commit and checks it out; raises FileExistsError when the folder is not empty."""
    write(target, [files(count, total_bytes, seed)])


def make_history(target: Path, commits: int, count: int, total_bytes: int, seed: int) -> None:
    """A repository of `count` files in the end, of which half came with the first of its commits, made one a day.

    Each of the others changes two files; as long as there are some left, it adds one, too.
    """
    chance, made = Random(seed), list(files(count, total_bytes, seed))
    there, waiting = made[: count // 2], made[count // 2 :]

    def commit(number: int) -> list[tuple[str, bytes]]:
        if not number:
            return list(there)
        added = waiting[-1:]
        del waiting[-1:]
        there.extend(added)
        return [*added, *(_again(chance, *chance.choice(there)) for _ in range(2))]

    write(target, map(commit, range(commits)))


def _again(chance: Random, path: str, body: bytes) -> tuple[str, bytes]:
    """A file with another content of its kind, about as large."""
    ends = {kind.pattern.rpartition("}")[2]: kind for kind in KINDS}
    kind = ends[max((end for end in ends if path.endswith(end)), key=len)]
    return path, kind.write(chance, len(body)).encode()


def write(target: Path, commits: Iterable[Iterable[tuple[str, bytes]]]) -> None:
    """Writes a repository with these commits of (path, content), and checks it out.

    Raises FileExistsError when the folder is not empty.
    """
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(target)
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(target)], check=True)
    with subprocess.Popen(["git", "-C", str(target), "fast-import", "--quiet"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with process.stdin as stream:
            for number, content in enumerate(commits):
                _write_commit(stream, content, FIRST_DAY + number * 86_400)
            stream.write(b"done\n")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "git fast-import")
    subprocess.run(["git", "-C", str(target), "reset", "--quiet", "--hard"], check=True)


FIRST_DAY = 1_700_000_000
"""Of the first commit, in seconds."""


def _write_commit(stream: IO[bytes], content: Iterable[tuple[str, bytes]], moment: int) -> None:
    message = b"Made for a benchmark"
    stream.write(b"commit refs/heads/main\ncommitter Bench <bench@example.org> %d +0000\n" % moment)
    stream.write(b"data %d\n%s\n" % (len(message), message))
    for path, body in content:
        stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(body), body))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.make_repo", description="Make a large repository.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=60_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    make(options.folder, options.files, options.bytes, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
