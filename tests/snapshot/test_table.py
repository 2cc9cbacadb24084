"""The table of a snapshot's files gives what was put in, in whatever order it is asked."""

from __future__ import annotations

import pytest

from mlscan.snapshot.listing import Entry, encode
from mlscan.snapshot.table import FileTable
from mlscan.types.snapshot import FileEntry

ONE, TWO = bytes(range(20)), bytes(20)
ENTRIES = [
    Entry("a", None, size=7),
    Entry("b", ONE, executable=True),
    Entry("c/d", TWO),
    Entry("c/é", None),
    Entry("c/\udcff", ONE),
]
SIZES: dict[bytes, int | str] = {ONE: 12, TWO: "missing"}
FILES = [
    FileEntry("a", 7),
    FileEntry("b", 12, executable=True, content=ONE.hex()),
    FileEntry("c/d", None, content=TWO.hex()),
    FileEntry("c/é", None),
    FileEntry("c/\udcff", 12, content=ONE.hex()),
]


def table(entries: list[Entry] = ENTRIES) -> FileTable:
    return FileTable(sorted(entries, key=lambda e: encode(e.path)), SIZES)


def test_the_files_are_those_that_were_given() -> None:
    found = table()
    assert list(found) == FILES
    assert [f.content for f in found] == [f.content for f in FILES]
    assert (found[1], found[-1], found[1:3], len(found)) == (FILES[1], FILES[-1], FILES[1:3], 5)
    assert found == FILES
    with pytest.raises(IndexError):
        found[5]


def test_paths_are_found_in_any_order() -> None:
    found = table()
    paths = [f.path for f in FILES]
    for order in (paths, paths[::-1], ["c/d", "a", "a", "c/\udcff", "b"]):
        assert [found.find(path) for path in order] == [paths.index(path) for path in order]
    assert [found.find(path) for path in ("", "0", "aa", "c", "zz")] == [None] * 5
    assert FileTable([], {}).find("a") is None


def test_problems_and_sizes() -> None:
    found = table()
    assert [found.problem(n) for n in range(5)] == [None, None, "missing", None, None]
    assert found.bytes_in_all() is None
    assert table([e for e in ENTRIES if e.path != "c/é"]).bytes_in_all() == 7 + 12 + 12


def test_ids_of_both_lengths() -> None:
    for oid in (bytes(range(20)), bytes(range(32))):
        assert [f.content for f in FileTable([Entry("a", None), Entry("b", oid)], {})] == [None, oid.hex()]
