"""A snapshot that counts what is read of it, for statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot, SnapshotView


class CountedSnapshot(SnapshotView):
    """Hands everything on to the snapshot behind it."""

    def __init__(self, inner: Snapshot) -> None:
        super().__init__(inner)
        self.bytes_read = 0
        """Bytes that were handed out so far."""

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

    def add_read(self, count: int) -> None:
        """Counts bytes that another process has read."""
        self.bytes_read += count
        self._inner.add_read(count)
