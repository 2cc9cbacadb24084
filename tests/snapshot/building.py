"""Real git repositories for tests, made in a scrubbed environment, and what a snapshot says of them."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mlscan.snapshot import open_snapshot
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, Limits, RepositoryInfo

DATE = "2026-03-04T05:06:07+00:00"
LIMITS = Limits()
OLD = 1_700_000_000
"""Seconds: a time stamp that lies well before any index that a test writes."""


def run_git(folder: Path, *arguments: str, data: bytes | None = None, check: bool = True, **more: str) -> bytes:
    """Standard output of git in a folder, without any configuration of the machine."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": DATE,
        "GIT_COMMITTER_DATE": DATE,
        "GIT_TERMINAL_PROMPT": "0",
        **more,
    }
    ran = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env=environment,
        input=b"" if data is None else data,
        capture_output=True,
        check=False,
        timeout=60,
    )
    if check and ran.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {ran.stderr.decode(errors='replace')}")
    return ran.stdout


@dataclass
class Repo:
    """A repository, and ways to fill it."""

    path: Path

    def git(self, *arguments: str, data: bytes | None = None, check: bool = True, **environment: str) -> str:
        """What git prints, without the last newline."""
        return run_git(self.path, *arguments, data=data, check=check, **environment).decode().rstrip("\n")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Files with time stamps that make git (and us) trust the index."""
        for name, content in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
            os.utime(place, (OLD, OLD))

    def commit(self, files: Mapping[str, str | bytes]) -> str:
        """A commit of these files and of all others; its id."""
        self.write(files)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.head

    @property
    def head(self) -> str:
        """The id of HEAD."""
        return self.git("rev-parse", "HEAD")

    @cached_property
    def git_dir(self) -> Path:
        """Where HEAD lies."""
        return Path(self.git("rev-parse", "--absolute-git-dir"))

    def put(self, kind: str, content: bytes, *, as_id: str | None = None) -> str:
        """Writes a loose object as it is, whether git would allow it or not; its id."""
        data = b"%s %d\0" % (kind.encode(), len(content)) + content
        oid = as_id or hashlib.sha1(data, usedforsecurity=False).hexdigest()
        place = self.git_dir / "objects" / oid[:2] / oid[2:]
        place.parent.mkdir(exist_ok=True)
        if not place.exists():
            place.write_bytes(zlib.compress(data))
        return oid

    def put_tree(self, entries: list[tuple[str, bytes, str]]) -> str:
        """A tree of (mode, name, id), names as they are."""
        return self.put("tree", b"".join(b"%s %s\0" % (m.encode(), n) + bytes.fromhex(o) for m, n, o in entries))

    def put_commit(self, tree: str, branch: str = "main") -> str:
        """A commit of a tree, at the tip of a branch."""
        who = "Ann <ann@example.org> 1772600767 +0000"
        oid = self.put("commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\nmade\n".encode())
        (self.git_dir / "refs" / "heads" / branch).write_text(oid + "\n")
        return oid


def new_repo(path: Path, files: Mapping[str, str | bytes] | None = None, *options: str) -> Repo:
    """A new repository with one commit of the files; without files there is no commit."""
    path.mkdir(parents=True, exist_ok=True)
    run_git(path, "init", "--quiet", "--initial-branch=main", *options)
    repo = Repo(path)
    if files is not None:
        repo.commit(files)
    return repo


@dataclass(frozen=True)
class Read:
    """All that a snapshot gives."""

    info: RepositoryInfo
    data: dict[str, bytes]
    gaps: dict[str, set[str]]
    """Path -> reasons, from listing and reading."""
    authors: Mapping[Author, int] | Gap

    @property
    def reasons(self) -> set[str]:
        """The reasons of all gaps."""
        return {reason for found in self.gaps.values() for reason in found}


def read_all(target: Path | str, rev: str | None = None, limits: Limits = LIMITS) -> Read:
    """Opens a target, reads every file, asks for the authors, closes it."""
    data: dict[str, bytes] = {}
    gaps: dict[str, set[str]] = {}
    with open_snapshot(target, rev=rev, limits=limits) as snapshot:
        paths = [file.path for file in snapshot.files]
        for gap in snapshot.gaps:
            gaps.setdefault(gap.path, set()).add(gap.reason)
        for path, content in snapshot.read_many(paths):
            if isinstance(content, Gap):
                gaps.setdefault(path, set()).add(content.reason)
            else:
                data[path] = content
        assert paths == sorted(paths, key=lambda p: p.encode("utf-8", "surrogateescape"))
        return Read(snapshot.info, data, gaps, snapshot.authors())


class Traps:
    """Programs that leave a mark when they run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.mark = folder / "mark"
        self.program = self.make("trap")

    def make(self, name: str, then: str = "exit 1") -> Path:
        """One more program with this name."""
        program = self.folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho {name} >> '{self.mark}'\n{then}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    @property
    def sprung(self) -> str:
        """What has run; empty when nothing has."""
        return self.mark.read_text() if self.mark.exists() else ""


def make_deep(root: Path, depth: int, name: str = "d") -> None:
    """Folders in folders, deeper than a path can say."""
    here = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("deepest.py", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def remove_deep(root: Path, name: str = "d") -> None:
    """Takes such folders away again, which most tools cannot: the second one takes the place of the first."""
    first, other = root / name, root / "other"
    while True:
        try:
            (first / name).rename(other)
        except FileNotFoundError:
            break
        first.rmdir()
        other.rename(first)
    (first / "deepest.py").unlink()
    first.rmdir()
