"""Repositories from a text or CSV file, or from standard input: an address or a path a line."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from mlscan.fleet.sources.addresses import PUBLIC_FORGES, address_of, is_address
from mlscan.fleet.sources.folders import in_folder
from mlscan.types.fleet import FleetRepository, SourceFailure

COLUMNS = ("repository", "repository_url", "clone_url", "url", "web_url", "html_url", "path", "repo", "remote")
"""Names of the column that is read where a CSV file has one of them, in this order; else it is the first."""
BYTES = 50_000_000
"""Bytes of the largest list."""
_SEPARATORS = ",;\t"

Found = Iterator[FleetRepository | SourceFailure]


def from_file(file: Path, notify: Callable[[str], None]) -> Found:
    """The repositories of a list; paths in it are seen from its folder."""
    try:
        with file.open("rb") as stream:
            yield from _read(stream, file.name, file.resolve().parent, notify)
    except OSError:
        yield SourceFailure(source=file.name, reason="the list cannot be read")


def from_stdin(notify: Callable[[str], None]) -> Found:
    """The repositories that standard input lists; paths are seen from the current folder."""
    yield from _read(sys.stdin.buffer, "-", Path.cwd(), notify)


def from_address(text: str, notify: Callable[[str], None]) -> Found:
    """The one repository that an address names."""
    yield from _read(io.BytesIO(text.encode("utf-8", "surrogateescape")), "address", Path.cwd(), notify)


def _read(stream: BinaryIO, source: str, folder: Path, notify: Callable[[str], None]) -> Found:
    data = stream.read(BYTES + 1)
    if len(data) > BYTES:
        yield SourceFailure(source=source, reason="the list is too large")
        return
    if b"\0" in data[:4_096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield SourceFailure(source=source, reason="neither text nor CSV")
        return
    secrets = 0
    for line, entry in _entries(_text(data)):
        where = f"{source}:{line}"
        if is_address(entry) and not entry.lower().startswith("file://"):
            address = address_of(entry)
            if isinstance(address, str):
                yield SourceFailure(source=where, reason=address)
                continue
            secrets += address.had_secret
            yield FleetRepository(
                identity=address.identity,
                name=address.path,
                url=address.url,
                clone_url=address.clone_url,
                host=address.host,
                forge=PUBLIC_FORGES.get(address.host, ""),
            )
        else:
            yield from _on_disk(entry, where, folder)
    if secrets:
        notify(f"{source}: passwords and tokens in addresses were not used ({secrets}); they belong in the environment")


def _on_disk(entry: str, where: str, folder: Path) -> Found:
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    named = url2pathname(urlsplit(entry).path) if entry.lower().startswith("file://") else entry
    try:
        place = folder / Path(named).expanduser()
    except RuntimeError:
        yield SourceFailure(source=where, reason="no such folder")
        return
    yield from in_folder(place, where)


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each entry; empty lines and those that begin with # hold none."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    separator = max(_SEPARATORS, key=first.count)
    if separator not in first and _column([first]) is None:
        yield from ((n, t) for n, line in enumerate(lines, 1) if (t := line.strip()) and not t.startswith("#"))
        return
    rows = _rows(text, separator)
    begun = [row for _, row in zip(range(2), rows, strict=False)]
    if not begun:
        return
    column = _column(begun[0][1])
    is_headed = column is not None
    if column is None:
        # Nobody has named it: the first one that holds an address, in the first line or below a header.
        held = [(n, i) for n, (_, row) in enumerate(begun) for i, cell in enumerate(row) if is_address(cell.strip())]
        row_number, column = min(held, default=(0, 0))
        is_headed = row_number == 1
    for line, row in (*begun[is_headed:], *rows):
        if column < len(row) and (entry := row[column].strip()) and not entry.startswith("#"):
            yield line, entry


def _column(header: Sequence[str]) -> int | None:
    names = [name.strip().strip('"').lower().replace(" ", "_") for name in header]
    return next((names.index(name) for name in COLUMNS if name in names), None)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that is neither empty nor a comment; a broken one is left out."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#"):
            yield reader.line_num, row


def _text(data: bytes) -> str:
    """The text, whatever a spreadsheet has saved it as."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")
