"""What detecting sees of a repository: a list of files and their bytes, whatever lies behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from mlscan.types.evidence import Context, Gap


class History(str, Enum):
    """How much of the history is there: everything, commits only, a shallow part, none."""

    FULL = "full"
    COMMITS = "commits"
    SHALLOW = "shallow"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One regular file of a snapshot."""

    path: str
    """Relative to the snapshot's root, `/`-separated; bytes that are not UTF-8 as surrogate escapes."""
    size: int | None
    """Bytes; None when it is only known after reading."""
    executable: bool = False
    context: Context | None = None
    """Whose file it is, where somebody said so; None leaves that to the rules."""
    content: str | None = field(default=None, compare=False)
    """Stands for the bytes: files with equal ids hold the same; None where it is only known after reading."""


@dataclass(frozen=True, slots=True)
class Author:
    """Name and e-mail as a commit has them, after the mailmap. Never shown in a report."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what is read; whatever they cut off becomes a gap."""

    file_bytes: int = 4_000_000
    notebook_bytes: int = 100_000_000
    total_bytes: int = 1_000_000_000
    files: int = 200_000
    depth: int = 100
    path_bytes: int = 4_096
    commits: int = 200_000
    seconds: int = 1_800
    """From opening on; files that have not been read by then are gaps, and detectors that have not been decided are
    unknown. Checked between files and between matchers."""
    recent_commits: int = 1_000
    """Commits whose changed paths are looked at."""
    changed_paths: int = 10_000
    """Paths of one of these commits that are looked at; what changes more is an import, not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryInfo:
    """What is known of the repository apart from its files."""

    name: str
    url: str | None
    """Canonical https URL of the origin without user and token, or None."""
    revision: str | None
    """Full object id, 40 or 64 hex digits; None where there is no commit."""
    dirty: bool
    """True when a changed or untracked file was read."""
    history: History
    committed_on: str | None
    """ISO date (UTC) of the revision's commit, or None."""
    branches: tuple[str, ...] = ()
    """Names of the branches that are known, sorted; empty when refs are not known."""
    all_branches: bool = False
    """True when `branches` are certainly all that the origin has, as of the last fetch."""
    submodules: tuple[str, ...] = ()
    """Paths of submodules: listed, not entered."""
    folder: str = ""
    """The scanned folder below the repository's root, `/`-separated; "" where all of it was scanned."""

    def from_root(self, path: str) -> str:
        """A path of the snapshot as seen from the repository's root; "" and "." are the scanned folder."""
        if not self.folder:
            return path
        return self.folder if path in ("", ".") else f"{self.folder}/{path}"


class Snapshot(Protocol):
    """A repository's files at one revision, read-only."""

    @property
    def info(self) -> RepositoryInfo:
        """What is known of the repository apart from its files."""
        ...

    @property
    def files(self) -> Sequence[FileEntry]:
        """Regular files, sorted by the bytes of their paths. Links, pipes and submodules are not among them."""
        ...

    @property
    def gaps(self) -> Sequence[Gap]:
        """What could not be listed, known after opening."""
        ...

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes, or the gap that says why not; in the order asked for.

        Never raises for a bad file; raises `SnapshotClosed` once the snapshot is closed.
        """
        ...

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first `count` bytes of a file, for telling formats apart without reading all of it."""
        ...

    def authors(self) -> Mapping[Author, int] | Gap:
        """Authors of the commits reachable from the revision, with their number of commits."""
        ...

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """Authors of the newest commits (`Limits.recent_commits`) with the paths that these change, merges left out."""
        ...

    def is_late(self) -> bool:
        """Whether the limit of time has passed: no file is read any more, and work that is left is left out."""
        ...

    def may_be_shared(self) -> bool:
        """Whether several processes may read it, each a part: no limit on the whole can be reached by what is there."""
        ...

    def forked(self) -> None:
        """To be called first in a copy of this process: nothing that belongs to both is used from then on."""
        ...

    def add_read(self, count: int) -> None:
        """Counts bytes that another process has read."""
        ...

    def close(self) -> None:
        """Release files and child processes; safe to call twice."""
        ...


class SnapshotView:
    """A snapshot seen through something: hands everything on to the one behind it, for others to change a part."""

    def __init__(self, inner: Snapshot) -> None:
        self._inner = inner

    @property
    def info(self) -> RepositoryInfo:
        """As of the snapshot behind it, as is everything here."""
        return self._inner.info

    @property
    def files(self) -> Sequence[FileEntry]:
        """See `Snapshot`."""
        return self._inner.files

    @property
    def gaps(self) -> Sequence[Gap]:
        """See `Snapshot`."""
        return self._inner.gaps

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """See `Snapshot`."""
        return self._inner.read_many(paths)

    def head(self, path: str, count: int) -> bytes | Gap:
        """See `Snapshot`."""
        return self._inner.head(path, count)

    def authors(self) -> Mapping[Author, int] | Gap:
        """See `Snapshot`."""
        return self._inner.authors()

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """See `Snapshot`."""
        return self._inner.touched()

    def is_late(self) -> bool:
        """See `Snapshot`."""
        return self._inner.is_late()

    def may_be_shared(self) -> bool:
        """See `Snapshot`."""
        return self._inner.may_be_shared()

    def forked(self) -> None:
        """See `Snapshot`."""
        self._inner.forked()

    def add_read(self, count: int) -> None:
        """See `Snapshot`."""
        self._inner.add_read(count)

    def close(self) -> None:
        """Closes the snapshot behind it."""
        self._inner.close()
