"""The one snapshot behind all sources: files from an object store, from a folder, or from both."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from mlscan.snapshot import repository
from mlscan.snapshot.disk import TOO_LARGE, Disk
from mlscan.snapshot.git import Git, ObjectStream
from mlscan.snapshot.listing import Entry, Listing
from mlscan.types.errors import SnapshotClosed
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, FileEntry, History, Limits, RepositoryInfo

MISSING = "missing object (partial clone)"
TOTAL = "limit of bytes in all reached"


@dataclass(slots=True)
class Parts:
    """What a snapshot is made of; a plain folder has no git, a bare repository no disk."""

    info: RepositoryInfo
    listing: Listing
    limits: Limits
    disk: Disk | None = None
    disk_prefix: str = ""
    git: Git | None = None
    private: Path | None = None


class RepositorySnapshot:
    """A repository's files at one revision, or as they lie in a folder. See the protocol `Snapshot`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._entries = {e.path: e for e in parts.listing.entries}
        self._objects: ObjectStream | None = None
        self._read = 0
        self._closed = False

    @property
    def info(self) -> RepositoryInfo:
        """What is known of the repository apart from its files."""
        return self._parts.info

    @property
    def files(self) -> Sequence[FileEntry]:
        """Regular files, sorted by the bytes of their paths."""
        return [FileEntry(e.path, None if e.oid else e.size, e.executable) for e in self._parts.listing.entries]

    @property
    def gaps(self) -> Sequence[Gap]:
        """What could not be listed."""
        return self._parts.listing.gaps

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes or gap, in the order asked for. Raises SnapshotClosed after `close`."""
        if self._closed:
            raise SnapshotClosed("the snapshot is closed")
        wanted = list(paths)
        stored = [e for p in wanted if (e := self._entries.get(p)) is not None and e.oid]
        answers = self._stored(stored)
        for path in wanted:
            entry = self._entries.get(path)
            if entry is None:
                yield path, Gap(path, "no such file in the snapshot")
            elif entry.oid:
                yield path, self._counted(path, _answer(path, next(answers, "missing")))
            else:
                yield path, self._counted(path, self._from_disk(path))

    def _stored(self, entries: Sequence[Entry]) -> Iterator[bytes | str]:
        if not entries or self._parts.git is None:
            return iter(())
        if self._objects is None:
            self._objects = self._parts.git.objects()
        return self._objects.read((e.oid or "", self._limit(e.path)) for e in entries)

    def _limit(self, path: str) -> int:
        limits = self._parts.limits
        return limits.notebook_bytes if path.endswith(".ipynb") else limits.file_bytes

    def _counted(self, path: str, data: bytes | Gap) -> bytes | Gap:
        if isinstance(data, Gap):
            return data
        if self._read + len(data) > self._parts.limits.total_bytes:
            return Gap(path, TOTAL)
        self._read += len(data)
        return data

    def _from_disk(self, path: str) -> bytes | Gap:
        disk, prefix = self._parts.disk, self._parts.disk_prefix
        if disk is None:
            return Gap(path, MISSING)
        found = disk.read(f"{prefix}/{path}" if prefix else path, self._limit(path))
        return Gap(path, found.reason) if isinstance(found, Gap) else found

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file; from an object store only of files within the limit of a notebook."""
        entry = self._entries.get(path)
        if self._closed:
            raise SnapshotClosed("the snapshot is closed")
        if entry is None:
            return Gap(path, "no such file in the snapshot")
        if entry.oid is None:
            disk, prefix = self._parts.disk, self._parts.disk_prefix
            found = disk.head(f"{prefix}/{path}" if prefix else path, count) if disk else Gap(path, MISSING)
            return Gap(path, found.reason) if isinstance(found, Gap) else found
        if self._parts.git is None:
            return Gap(path, MISSING)
        if self._objects is None:
            self._objects = self._parts.git.objects()
        answers = list(self._objects.read([(entry.oid, self._parts.limits.notebook_bytes)]))
        answer = _answer(path, answers[0] if answers else "missing")
        return answer if isinstance(answer, Gap) else answer[:count]

    def authors(self) -> Mapping[Author, int] | Gap:
        """Authors of the commits reachable from the revision, or a gap where the history is not there."""
        info, git = self._parts.info, self._parts.git
        if git is None or info.revision is None or info.history is History.NONE:
            return Gap("", "no history")
        if info.history is History.SHALLOW:
            return Gap("", "shallow clone: the authors are unknown")
        count = self._parts.limits.commits
        output = git.run(
            [
                "-c",
                f"mailmap.blob={info.revision}:.mailmap",
                "-c",
                "log.showSignature=false",
                "log",
                "-z",
                "--no-patch",
                "--use-mailmap",
                f"--max-count={count}",
                "--format=%aN%x01%aE",
                info.revision,
                "--",
            ]
        )
        if output is None:
            return Gap("", "history with missing commits: the authors are unknown")
        return _count(output)

    def close(self) -> None:
        """Releases files, processes and the private folder; safe to call twice."""
        self._closed = True
        if self._objects is not None:
            self._objects.close()
        if self._parts.disk is not None:
            self._parts.disk.close()
        if self._parts.private is not None:
            repository.remove(self._parts.private)

    def __enter__(self) -> RepositorySnapshot:
        """The snapshot itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes it."""
        self.close()


def _answer(path: str, answer: bytes | str) -> bytes | Gap:
    if isinstance(answer, bytes):
        return answer
    return Gap(path, TOO_LARGE if answer == "too large" else MISSING)


def _count(output: bytes) -> dict[Author, int]:
    found: dict[Author, int] = {}
    for record in output.split(b"\0"):
        name, sign, email = record.strip(b"\n").decode("utf-8", "replace").partition("\x01")
        if sign:
            author = Author(name, email)
            found[author] = found.get(author, 0) + 1
    return found


def blob_id(data: bytes, length: int) -> str:
    """The object id that git gives to a file's bytes; length is that of the ids in use, 40 or 64."""
    hasher = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    hasher.update(b"blob %d\0" % len(data))
    hasher.update(data)
    return hasher.hexdigest()


def is_clean(entry: Entry, path: Path, index_ns: int) -> bool | None:
    """Whether a tracked file is as its index entry says; None when it is gone."""
    try:
        state = os.lstat(path)
    except OSError:
        return None
    same = (state.st_size & 0xFFFFFFFF) == entry.size and state.st_mtime_ns == entry.mtime_ns
    return same and state.st_mtime_ns < index_ns
