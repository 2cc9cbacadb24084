"""A snapshot of files that are given as values: for the examples inside detectors, and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, FileEntry, History, RepositoryInfo


class MemorySnapshot:
    """Files from a mapping of path to content; a content of None is a file that cannot be read."""

    def __init__(self, files: Mapping[str, str | bytes | None], authors: int | None = None) -> None:
        self._data = {p: c.encode("utf-8", "surrogateescape") if isinstance(c, str) else c for p, c in files.items()}
        self._authors = authors

    @property
    def info(self) -> RepositoryInfo:
        """A repository without name, origin or revision."""
        history = History.NONE if self._authors is None else History.FULL
        return RepositoryInfo(name="memory", url=None, revision=None, dirty=False, history=history, committed_on=None)

    @property
    def files(self) -> Sequence[FileEntry]:
        """The files, sorted by the bytes of their paths."""
        paths = sorted(self._data, key=lambda p: p.encode("utf-8", "surrogateescape"))
        return [FileEntry(p, None if self._data[p] is None else len(self._data[p] or b"")) for p in paths]

    @property
    def gaps(self) -> Sequence[Gap]:
        """Nothing is lost while listing."""
        return ()

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes."""
        for path in paths:
            data = self._data.get(path)
            yield path, Gap(path, "missing object (partial clone)") if data is None else data

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file."""
        data = self._data.get(path)
        return Gap(path, "missing object (partial clone)") if data is None else data[:count]

    def authors(self) -> Mapping[Author, int] | Gap:
        """As many authors as were asked for, or a gap where there is no history."""
        if self._authors is None:
            return Gap("", "no history")
        return {Author(f"Person {n}", f"person{n}@example.org"): 1 for n in range(self._authors)}

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """Every author has changed every file, or a gap where there is no history."""
        authors = self.authors()
        return authors if isinstance(authors, Gap) else dict.fromkeys(authors, frozenset(self._data))

    def is_late(self) -> bool:
        """There is no limit of time."""
        return False

    def may_be_shared(self) -> bool:
        """There is nothing that belongs to one process only."""
        return True

    def forked(self) -> None:
        """There is nothing to be done."""

    def add_read(self, count: int) -> None:
        """Nobody counts."""

    def close(self) -> None:
        """Nothing is held."""
