"""A script for a Python that has mlscan: the patterns that every file is searched for, and a search for nothing else.

    python -I search_blobs.py patterns FILE
    python -I search_blobs.py paths FILE REPOSITORY
    python -I search_blobs.py search FILE REPOSITORY IDS [--loose]

The first writes the patterns of all loaded detectors into FILE, the second the paths that mlscan reads at HEAD, each
ended by a zero. The third streams the blobs of a repository, whose ids
are the lines of IDS, out of git and searches each for the words, with `--loose` also for the literal parts of loose
patterns, and prints how many blobs and bytes it was given, and in how many of them something was found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import re2

MEMORY = 32 << 20
"""Bytes that the automaton may take, as in mlscan."""


def patterns() -> dict[str, list[str]]:
    """Words of which a file must hold one for a matcher to be asked, and patterns of which it must hold the parts."""
    from mlscan.content import load_content
    from mlscan.detect.plan import compile_plan

    plan = compile_plan(load_content().for_detect)
    words = [word for leaf in plan.leaves for clause in leaf.words for word in clause]
    return {
        "words": sorted({word.pattern for word in words if not word.loose}),
        "loose": sorted({word.pattern for word in words if word.loose}),
    }


def paths(repository: str) -> set[str]:
    """The files that a scan of HEAD asks for; it is told that they are empty, so it ends soon."""
    import mlscan
    from mlscan.snapshot.snapshots import RepositorySnapshot

    asked: set[str] = set()

    def nothing(_: RepositorySnapshot, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        for path in wanted:
            asked.add(path)
            yield path, b""

    RepositorySnapshot.read_many = nothing  # type: ignore[method-assign, assignment]
    mlscan.scan(repository, rev="HEAD")
    return asked


def blobs(repository: str, ids: str) -> Iterator[bytes]:
    """The contents of these blobs, in order, out of one process of git."""
    command = ["git", "-C", repository, "cat-file", "--batch", "--buffer"]
    with (
        Path(ids).open("rb") as given,
        subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, bufsize=1 << 20) as git,
    ):
        assert git.stdout is not None
        yield from _contents(git.stdout)


def _contents(stream: IO[bytes]) -> Iterator[bytes]:
    while header := stream.readline():
        yield stream.read(int(header.split()[2]))
        stream.read(1)


def search(found: dict[str, list[str]], contents: Iterator[bytes], loose: bool) -> tuple[int, int, int]:
    """(blobs, bytes, blobs in which something was found)."""
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    words, parts = re2.Set.SearchSet(options), re2.Filter()
    for pattern in found["words"]:
        words.Add(pattern.encode())
    words.Compile()
    if loose:
        for pattern in found["loose"]:
            parts.Add(pattern.encode(), options)
        parts.Compile()
    count = size = hits = 0
    for content in contents:
        there = bool(words.Match(content))
        if loose:
            there = bool(parts.Match(content, True)) or there
        count, size, hits = count + 1, size + len(content), hits + there
    return count, size, hits


def main(arguments: list[str]) -> None:
    """The command."""
    if arguments[0] == "patterns":
        Path(arguments[1]).write_text(json.dumps(patterns()), encoding="utf-8")
        return
    if arguments[0] == "paths":
        found = b"".join(os.fsencode(path) + b"\0" for path in sorted(paths(arguments[2])))
        Path(arguments[1]).write_bytes(found)
        return
    _, file, repository, ids, *options = arguments
    wanted = json.loads(Path(file).read_text(encoding="utf-8"))
    print(*search(wanted, blobs(repository, ids), "--loose" in options))


if __name__ == "__main__":
    main(sys.argv[1:])
