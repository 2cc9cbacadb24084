"""Snapshots of many revisions of one repository: it is opened once, and what they share is asked of git once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from mlscan.snapshot import reasons, takeover
from mlscan.snapshot.git import Git, GitFailed, held_back, is_revision
from mlscan.snapshot.kept import KeptBlobs
from mlscan.snapshot.log import CommitLog
from mlscan.snapshot.objects import Answer, ObjectStream, Request
from mlscan.snapshot.opening import Opening, existing_folder
from mlscan.snapshot.repository import Found, find_repository
from mlscan.snapshot.snapshots import Parts, RepositorySnapshot, Shared
from mlscan.snapshot.trees import TREES
from mlscan.types.errors import NothingToScan, UsageError
from mlscan.types.snapshot import History, Limits, RepositoryInfo

_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the line."""

    revision: str
    committed_on: str
    """ISO date (UTC); "" where the commit has none that makes sense."""
    merges: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A revision and its first parents, newest first."""

    commits: tuple[Commit, ...]
    whole: bool
    """False where the line goes on, but the commits are not there or too many."""


class Revisions:
    """One repository, opened for many revisions; close it or use it as a context manager."""

    def __init__(
        self, target: str | os.PathLike[str], rev: str | None = None, limits: Limits = _DEFAULT_LIMITS
    ) -> None:
        """rev: the newest revision; None is HEAD.

        Raises NothingToScan where there is no repository, no commit or no such revision, UsageError for a revision
        that git would take for an option.
        """
        folder = existing_folder(target)
        if rev is not None and not is_revision(rev):
            raise UsageError(f"--rev: {rev!r} is no name of a revision")
        found = find_repository(folder)
        if not isinstance(found, Found):
            why = f" ({found.reason})" if found else ""
            raise NothingToScan(f"{target}: no git repository, so there is no history{why}")
        self._limits = limits
        with held_back():
            self._private = Path(tempfile.mkdtemp(prefix="mlscan-"))
        self._opening: Opening | None = None
        self._streams: list[ObjectStream] = []
        try:
            self._open(folder, found, target, rev)
        except BaseException:
            self.close()
            raise

    def _open(self, folder: Path, found: Found, target: str | os.PathLike[str], rev: str | None) -> None:
        takeover.take_over(found, self._private)
        opening = self._opening = Opening(folder, found, self._private, self._limits)
        opening.trees = _KeptStream(opening.git)
        self._streams.append(opening.stream)
        tip = opening.revision(rev)
        if tip is None:
            raise NothingToScan(f"{target}: the repository has no commit yet, so there is no history")
        self.tip = tip
        self.info: RepositoryInfo = opening.info(tip, b"")
        self._shared = Shared(self._streams, CommitLog(opening.git, opening.trees, tip, self._limits))

    @property
    def _git(self) -> Git:
        assert self._opening is not None
        return self._opening.git

    def line(self) -> Line:
        """The newest revision and its first parents."""
        most = self._limits.commits
        arguments = ["log", "-z", "--first-parent", f"--max-count={most + 1}", "--no-patch", "--format=%H%x01%ct%x01%P"]
        commits: list[Commit] = []
        whole = self.info.history is not History.SHALLOW
        try:
            for record in self._git.records([*arguments, self.tip, "--"]):
                oid, date, parents = record.strip(b"\n").decode("ascii", "replace").split("\x01")
                commits.append(Commit(oid, _day(date), " " in parents))
        except (GitFailed, OSError, ValueError):
            whole = False
        return Line(tuple(commits[:most]), whole and len(commits) <= most)

    def tags(self) -> Mapping[str, str]:
        """Names of tags -> the commit that each names."""
        listed = self._git.run(
            ["for-each-ref", "--format=%(objectname) %(*objectname) %(refname:strip=2)", "refs/tags"]
        )
        found: dict[str, str] = {}
        for line in (listed or b"").decode("utf-8", "replace").splitlines():
            oid, peeled, name = line.split(" ", 2)
            found[name] = peeled or oid
        return found

    def changed(self, commits: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Paths of the scanned folder that each commit changes against its first parent, as far as git can tell."""
        wanted = set(commits)
        found: dict[str, set[str]] = {}
        start = f"{self.info.folder}/" if self.info.folder else ""
        arguments = ["log", "-z", "--no-walk=unsorted", "--stdin", "-m", "--first-parent", "--name-only"]
        how = ["--no-renames", "--no-ext-diff", "--format=%x02%H"]
        paths: set[str] = set()
        try:
            for record in self._git.records(
                [*arguments, *how], asked="".join(f"{c}\n" for c in commits).encode("ascii")
            ):
                line = record.strip(b"\n")
                if line.startswith(b"\x02") and (oid := line[1:].decode("ascii", "replace")) in wanted:
                    paths = found.setdefault(oid, set())
                elif (path := line.decode("utf-8", "surrogateescape")).startswith(start):
                    paths.add(path[len(start) :])
        except (GitFailed, OSError):
            return {}
        return {oid: frozenset(paths) for oid, paths in found.items()}

    def prepare(self, revisions: Iterable[str]) -> None:
        """Asks git at once for what snapshots of these revisions will ask for one by one."""
        self._shared.log.prepare(revisions, self._limits)

    def snapshot(self, revision: str) -> RepositorySnapshot:
        """The snapshot of a revision by its full id; one at a time. Raises NothingToScan where the folder is not."""
        assert self._opening is not None
        parts = self._opening.parts_of(revision, revision)
        if not isinstance(parts, Parts):
            raise NothingToScan(f"{revision}: {parts[0].reason if parts else reasons.BAD_HEAD}")
        return RepositorySnapshot(replace(parts, shared=self._shared))

    def close(self) -> None:
        """Ends the processes and removes the private folder; safe to call twice."""
        for stream in self._streams:
            stream.close()
        if self._opening is not None:
            self._opening.stream.close()
            self._opening.trees.close()
        takeover.remove(self._private)

    def __enter__(self) -> Revisions:
        """The repository itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()


class _KeptStream(ObjectStream):
    """Trees and commits that many revisions hold are read once."""

    def __init__(self, git: Git) -> None:
        super().__init__(git)
        self._kept = KeptBlobs(TREES)

    def read(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """See `ObjectStream`."""
        read: Callable[[Iterable[Request]], Iterator[Answer]] = super().read
        return self._kept.answers(requests, read)


def _day(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
