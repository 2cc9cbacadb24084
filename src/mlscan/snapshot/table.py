"""The files of a snapshot in little memory: beside its path a file takes some thirty bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

from mlscan.snapshot.listing import Entry, encode
from mlscan.types.snapshot import FileEntry

_EXECUTABLE, _STORED = 1, 2
_UNKNOWN = -1


class FileTable(Sequence[FileEntry]):
    """Files in the order of their paths' bytes; each is made anew when it is asked for."""

    def __init__(self, entries: Iterable[Entry], sizes: Mapping[bytes, int | str]) -> None:
        """entries: in order. sizes: object id -> bytes, or why the object cannot be read."""
        self.paths: list[str] = []
        self._oids = bytearray()
        self._width = 0
        self._flags = bytearray()
        self._sizes = array("q")
        self._problems: dict[int, str] = {}
        self._last = -1
        for entry in entries:
            self._add(entry, sizes.get(entry.oid) if entry.oid else entry.size)

    def _add(self, entry: Entry, size: int | str | None) -> None:
        if isinstance(size, str):
            self._problems[len(self.paths)] = size
        self.paths.append(entry.path)
        self._flags.append(entry.executable * _EXECUTABLE + (entry.oid is not None) * _STORED)
        self._sizes.append(size if isinstance(size, int) else _UNKNOWN)
        self._width = self._width or len(entry.oid or b"")
        if self._width:
            # Files before the first that has an object have none.
            self._oids += bytes(self._width * (len(self.paths) - 1) - len(self._oids))
            self._oids += entry.oid or bytes(self._width)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> FileEntry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[FileEntry]: ...

    def __getitem__(self, index: int | slice) -> FileEntry | Sequence[FileEntry]:
        if isinstance(index, slice):
            return [self._entry(number) for number in range(*index.indices(len(self)))]
        return self._entry(range(len(self))[index])

    def __iter__(self) -> Iterator[FileEntry]:
        return map(self._entry, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(FileEntry.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def _entry(self, number: int) -> FileEntry:
        executable = bool(self._flags[number] & _EXECUTABLE)
        return FileEntry(self.paths[number], self.size(number), executable, content=self.oid(number))

    def find(self, path: str) -> int | None:
        """The number of a path; quickly where paths are asked for in their order. None where there is none."""
        after = self._last + 1
        if after < len(self.paths) and self.paths[after] == path:
            self._last = after
            return after
        found = bisect_left(self.paths, encode(path), key=encode)
        if found == len(self.paths) or self.paths[found] != path:
            return None
        self._last = found
        return found

    def oid(self, number: int) -> str | None:
        """The id of the object that holds the content; None for a file that is read from disk."""
        if not self._flags[number] & _STORED:
            return None
        return self._oids[number * self._width : (number + 1) * self._width].hex()

    def size(self, number: int) -> int | None:
        """Bytes; None where that is not known before reading."""
        size = self._sizes[number]
        return None if size == _UNKNOWN else size

    def problem(self, number: int) -> str | None:
        """Why the object cannot be read, where that is known."""
        return self._problems.get(number)

    def bytes_in_all(self) -> int | None:
        """Bytes of all files that can be read; None where that of one is not known."""
        unknown = self._sizes.count(_UNKNOWN)
        return sum(self._sizes) + unknown if unknown == len(self._problems) else None
