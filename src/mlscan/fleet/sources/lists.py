"""Repositories from a text or CSV file, or from standard input: an address or a path a line."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator
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
_PLAIN = re.compile(r"^[^,;\t]*$")

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
    header = [name.strip().strip('"').lower().replace(" ", "_") for name in first.split(separator)]
    named = next((header.index(name) for name in COLUMNS if name in header), None)
    if named is None and _PLAIN.match(first):
        yield from ((n, t) for n, line in enumerate(lines, 1) if (t := line.strip()) and not t.startswith("#"))
        return
    column, begun = named or 0, named is None
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            continue
        if row is None:
            return
        entry = row[column].strip() if column < len(row) else ""
        if begun and entry and not entry.startswith("#"):
            yield rows.line_num, entry
        begun = begun or any(cell.strip() for cell in row[:1] if not cell.lstrip().startswith("#"))


def _text(data: bytes) -> str:
    """The text, whatever a spreadsheet has saved it as."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")
