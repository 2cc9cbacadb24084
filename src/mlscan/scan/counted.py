"""A snapshot that counts what is read of it, for statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, FileEntry, RepositoryInfo, Snapshot


class CountedSnapshot:
    """Hands everything on to the snapshot behind it."""

    def __init__(self, inner: Snapshot) -> None:
        self._inner = inner
        self.bytes_read = 0
        """Bytes that were handed out so far."""

    @property
    def info(self) -> RepositoryInfo:
        """What is known of the repository apart from its files."""
        return self._inner.info

    @property
    def files(self) -> Sequence[FileEntry]:
        """Regular files, sorted."""
        return self._inner.files

    @property
    def gaps(self) -> Sequence[Gap]:
        """What could not be listed."""
        return self._inner.gaps

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes or gap, counted."""
        for path, data in self._inner.read_many(paths):
            self.bytes_read += 0 if isinstance(data, Gap) else len(data)
            yield path, data

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file."""
        data = self._inner.head(path, count)
        self.bytes_read += 0 if isinstance(data, Gap) else len(data)
        return data

    def authors(self) -> Mapping[Author, int] | Gap:
        """Authors with their number of commits."""
        return self._inner.authors()

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """As of the snapshot."""
        return self._inner.touched()

    def close(self) -> None:
        """Release files and child processes."""
        self._inner.close()
