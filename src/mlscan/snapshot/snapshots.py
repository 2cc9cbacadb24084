"""The one snapshot behind all sources: files from an object store, from a folder, or from both."""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TypeVar

from mlscan.snapshot import reasons, takeover
from mlscan.snapshot.disk import Disk
from mlscan.snapshot.git import GitFailed
from mlscan.snapshot.kept import KeptBlobs
from mlscan.snapshot.listing import Listing
from mlscan.snapshot.log import MAILMAP, CommitLog
from mlscan.snapshot.objects import Answer, ObjectStream, Request
from mlscan.snapshot.table import FileTable
from mlscan.types.errors import SnapshotClosed
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, FileEntry, History, Limits, RepositoryInfo

_K = TypeVar("_K")
_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTER_BYTES = 1_024
_NONE = -1
"""The number of a path that is not there."""
_TIMES_READ = 4
"""How often a file is read at most."""


@dataclass(slots=True)
class Shared:
    """What snapshots of one repository have in common."""

    streams: list[ObjectStream]
    """Git processes that give blobs; none of them is in use while no snapshot is read."""
    log: CommitLog


@dataclass(slots=True)
class Parts:
    """What a snapshot is made of; a plain folder has no git, a bare repository no disk."""

    info: RepositoryInfo
    listing: Listing
    limits: Limits
    disk: Disk | None = None
    private: Path | None = None
    stream: ObjectStream | None = None
    sizes: Mapping[bytes, int | str] = field(default_factory=dict)
    """Object id -> bytes, or why the object cannot be read."""
    kept: KeptBlobs | None = None
    """Where blobs are kept for another snapshot of the repository."""
    shared: Shared | None = None
    """What belongs to several snapshots and outlives this one."""


class RepositorySnapshot:
    """A repository's files at one revision, or as they lie in a folder. See the protocol `Snapshot`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._files = FileTable(parts.listing.entries, parts.sizes)
        # What the table has now would otherwise be kept as long as the parts are.
        parts.listing.entries, parts.sizes = [], {}
        self._streams = parts.shared.streams if parts.shared else [parts.stream] if parts.stream else []
        self._idle = list(self._streams)
        self._read = 0
        self._full = False
        self._end = monotonic() + parts.limits.seconds
        self._closed = False
        # Also when nobody closes it: a folder in the temporary place would stay for ever.
        self._release = weakref.finalize(self, _release, parts, () if parts.shared else self._streams)

    @property
    def info(self) -> RepositoryInfo:
        """What is known of the repository apart from its files."""
        return self._parts.info

    @property
    def files(self) -> Sequence[FileEntry]:
        """Regular files, sorted by the bytes of their paths."""
        return self._files

    @property
    def gaps(self) -> Sequence[Gap]:
        """What could not be listed."""
        return self._parts.listing.gaps

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes or gap, in the order asked for. Raises SnapshotClosed after `close`."""
        wanted = list(paths)
        # The requests run ahead of the answers, so what both ask for is looked up once, in order.
        numbers = array("q", (_NONE if (number := self._files.find(path)) is None else number for path in wanted))
        answers = self._answers(numbers)
        for path, number in zip(wanted, numbers, strict=True):
            self._check_open()
            if number == _NONE:
                yield path, Gap(path, "no such file in the snapshot")
            elif self._full:
                yield path, Gap(path, reasons.TOTAL)
            elif self.is_late():
                yield path, Gap(path, reasons.TIME)
            elif self._files.oid(number) is None:
                yield path, self._counted(path, self._from_disk(path))
            elif problem := self._problem(number):
                yield path, Gap(path, problem)
            else:
                answer = next(answers, reasons.BROKEN)
                yield path, self._counted(path, Gap(path, answer) if isinstance(answer, str) else answer)

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file of any size."""
        self._check_open()
        number = self._files.find(path)
        if number is None:
            return Gap(path, "no such file in the snapshot")
        oid = self._files.oid(number)
        if oid is None:
            assert self._parts.disk is not None
            return self._parts.disk.head(path, count)
        answer = self._files.problem(number) or self._stored([Request(oid, count, head=True)])
        found = answer if isinstance(answer, str) else next(answer, reasons.BROKEN)
        return Gap(path, found) if isinstance(found, str) else found

    def authors(self) -> Mapping[Author, int] | Gap:
        """Authors of the commits reachable from the revision, or a gap where the history is not there."""
        known = self._known(CommitLog.authors)
        if known is not None:
            return known
        log = self._log(f"--max-count={self._parts.limits.commits}", "--no-patch")
        if isinstance(log, Gap):
            return log
        try:
            return _count(log)
        except (GitFailed, OSError):
            return Gap("", "history with missing commits: the authors are unknown")

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """Authors of the newest commits with the paths of the snapshot that these change."""
        known = self._known(CommitLog.touched)
        if known is not None:
            return known
        count = f"--max-count={self._parts.limits.recent_commits}"
        log = self._log(count, "--no-merges", "--name-only", "--no-renames", "--no-ext-diff", mark="%x02")
        if isinstance(log, Gap):
            return log
        try:
            return _changed(log, self._parts.info.folder, self._parts.limits.changed_paths)
        except (GitFailed, OSError):
            return Gap("", "history with missing objects: what people touch is unknown")

    def is_late(self) -> bool:
        """Whether the limit of time has passed since the snapshot was opened."""
        return monotonic() > self._end

    def may_be_shared(self) -> bool:
        """See `Snapshot`; what is kept or shared already belongs to this process only."""
        if self._parts.kept is not None or self._parts.shared is not None:
            return False
        # What is not known may be of any size, unless it cannot be read at all; what is read may be read again.
        count = self._files.bytes_in_all()
        return count is not None and _TIMES_READ * count <= self._parts.limits.total_bytes

    def forked(self) -> None:
        """See `Snapshot`: git processes of its own; those that belong to both stay where they are."""
        self._idle = [ObjectStream(stream.git) for stream in self._streams[:1]]
        self._streams = [*self._streams, *self._idle]

    def add_read(self, count: int) -> None:
        """See `Snapshot`."""
        self._read += count

    def _known(self, ask: Callable[[CommitLog, RepositoryInfo, Limits], _K | None]) -> _K | None:
        """What the log that several snapshots share says; None where git has to be asked."""
        shared, info = self._parts.shared, self._parts.info
        return ask(shared.log, info, self._parts.limits) if shared is not None else None

    def _log(self, *options: str, mark: str = "") -> Iterator[bytes] | Gap:
        """Records of `git log`: an author each, with the mark before, and what the options add."""
        info, stream = self._parts.info, self._parts.stream
        if stream is None or info.revision is None or info.history is History.NONE:
            return Gap("", "no history")
        if info.history is History.SHALLOW:
            return Gap("", "shallow clone: the authors are unknown")
        mailmap = f"{info.revision}:.mailmap"
        size = (stream.git.run(["cat-file", "-s", mailmap]) or b"").strip()
        merged = size.isdigit() and int(size) <= MAILMAP
        use = ["-c", f"mailmap.blob={mailmap}"] if merged else []
        who = "%aN%x01%aE" if merged else "%an%x01%ae"
        return stream.git.records([*use, "log", "-z", *options, f"--format={mark}{who}", info.revision, "--"])

    def close(self) -> None:
        """Releases files, processes and the private folder; safe to call twice."""
        self._closed = True
        self._release()

    def __enter__(self) -> RepositorySnapshot:
        """The snapshot itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise SnapshotClosed("the snapshot is closed")

    def _limit(self, path: str) -> int:
        limits = self._parts.limits
        return limits.notebook_bytes if path.endswith(".ipynb") else limits.file_bytes

    def _problem(self, number: int) -> str | None:
        """Why there is no use in asking for an object."""
        size, problem = self._files.size(number), self._files.problem(number)
        if problem is not None:
            return problem
        return reasons.TOO_LARGE if size is not None and size > self._limit(self._files.paths[number]) else None

    def _answers(self, numbers: Iterable[int]) -> Iterator[Answer]:
        return self._stored(request for number in numbers if (request := self._request(number)) is not None)

    def _request(self, number: int) -> Request | None:
        """What is asked of the object store for a file; None where there is no use in it."""
        oid = self._files.oid(number) if number != _NONE and not self._full else None
        return None if oid is None or self._problem(number) else Request(oid, self._limit(self._files.paths[number]))

    def _stored(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """Answers from a stream of its own, so that readers may be under way at the same time."""
        if not self._idle:
            self._idle = [ObjectStream(self._streams[0].git)]
            self._streams += self._idle
        stream, kept = self._idle.pop(), self._parts.kept
        try:
            yield from kept.answers(requests, stream.read) if kept is not None else stream.read(requests)
        finally:
            self._idle.append(stream)

    def _counted(self, path: str, data: bytes | Gap) -> bytes | Gap:
        if isinstance(data, Gap):
            return data
        self._read += len(data)
        self._full = self._read > self._parts.limits.total_bytes
        if self._full:
            return Gap(path, reasons.TOTAL)
        return Gap(path, reasons.LFS) if is_pointer(data) else data

    def _from_disk(self, path: str) -> bytes | Gap:
        assert self._parts.disk is not None
        return self._parts.disk.read(path, self._limit(path))


def _release(parts: Parts, streams: Iterable[ObjectStream]) -> None:
    for stream in streams:
        stream.close()
    if parts.disk is not None:
        parts.disk.close()
    if parts.private is not None and parts.shared is None:
        takeover.remove(parts.private)


def is_pointer(data: bytes) -> bool:
    """Whether the bytes are those that Git LFS keeps in place of a file."""
    return len(data) <= _POINTER_BYTES and data.startswith(_POINTER)


def _count(records: Iterable[bytes]) -> dict[Author, int]:
    found: dict[Author, int] = {}
    for record in records:
        name, sign, email = record.strip(b"\n").decode("utf-8", "replace").partition("\x01")
        if sign:
            author = Author(name, email)
            found[author] = found.get(author, 0) + 1
    return found


def _changed(records: Iterable[bytes], folder: str, most: int) -> dict[Author, frozenset[str]]:
    """Authors with the paths after them; paths of other folders are left out, those of this one begin in it.

    most: paths of one commit that are looked at.
    """
    start = f"{folder}/" if folder else ""
    found: dict[Author, set[str]] = {}
    paths: set[str] = set()
    left = most
    for record in records:
        line = record.strip(b"\n")
        if line.startswith(b"\x02"):
            name, _, email = line[1:].decode("utf-8", "replace").partition("\x01")
            paths, left = found.setdefault(Author(name, email), set()), most
            continue
        left -= bool(line)
        if left < 0:
            continue
        path = line.decode("utf-8", "surrogateescape")
        if path.startswith(start) and path != start:
            paths.add(path[len(start) :])
    return {author: frozenset(changed) for author, changed in found.items()}
