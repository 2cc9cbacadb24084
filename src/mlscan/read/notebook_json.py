"""`.ipynb` files: cells with their lines, language and tags. Outputs are skipped, broken JSON is salvaged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, TypeVar

import msgspec

from mlscan.read.notebook_cells import RawCell, RawNotebook
from mlscan.read.notebook_language import guess_language, language_name
from mlscan.read.notebook_source import Locator, source_lines
from mlscan.read.text import as_utf8
from mlscan.types.source import Problem

CELL_LIMIT = 10_000
"""Cells that are read of one notebook."""
CODE_LIMIT = 600_000
"""Bytes of the code of all cells together, as JSON."""
PROSE_LIMIT = 100_000
"""Bytes of the text of one cell that is no code: pictures may be inside."""
_MANY_CELLS = 5 * CELL_LIMIT
_MANY_COMMAS = 1_000_000
"""Beyond these, a list is only decoded when all its members are cells, as each takes memory before it is looked at."""
_TAGS_LIMIT = 10_000

_T = TypeVar("_T")
_RAW = msgspec.Raw(b"null")
_BROKEN = (msgspec.DecodeError, ValueError, RecursionError)

_KIND = re.compile(rb'"cell_type"\s{0,20}:\s{0,20}"(code|markdown|raw|heading)"')
_SOURCE = re.compile(rb'"(?:source|input)"\s{0,20}:\s{0,20}(?=[\["])')
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SOURCE_VALUE = re.compile(rb"%b|\[\s*+(?:%b\s*+,?\s*+)*+\]?" % (_STRING, _STRING), re.DOTALL)


class _Cell(msgspec.Struct):
    cell_type: msgspec.Raw = _RAW
    source: msgspec.Raw = _RAW
    input: msgspec.Raw = _RAW
    metadata: msgspec.Raw = _RAW
    outputs: msgspec.Raw = _RAW
    language: msgspec.Raw = _RAW


class _SureCell(_Cell, kw_only=True):
    cell_type: msgspec.Raw


class _Book(msgspec.Struct):
    cells: msgspec.Raw = _RAW
    worksheets: msgspec.Raw = _RAW
    metadata: msgspec.Raw = _RAW


class _Sheet(msgspec.Struct):
    cells: msgspec.Raw = _RAW


class _Named(msgspec.Struct):
    name: msgspec.Raw = _RAW
    display_name: msgspec.Raw = _RAW
    language: msgspec.Raw = _RAW


class _Metadata(msgspec.Struct):
    kernelspec: msgspec.Raw = _RAW
    language_info: msgspec.Raw = _RAW
    language: msgspec.Raw = _RAW
    databricks: msgspec.Raw = msgspec.field(default=_RAW, name="application/vnd.databricks.v1+notebook")


class _Editor(msgspec.Struct):
    language: msgspec.Raw = msgspec.field(default=_RAW, name="languageId")


class _CellMetadata(msgspec.Struct):
    tags: msgspec.Raw = _RAW
    vscode: msgspec.Raw = _RAW


_BOOK = msgspec.json.Decoder(_Book)
_CELL = msgspec.json.Decoder(_Cell)
_SURE_CELLS = msgspec.json.Decoder(list[_SureCell])
_SHEET = msgspec.json.Decoder(_Sheet)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_METADATA = msgspec.json.Decoder(_Metadata)
_NAMED = msgspec.json.Decoder(_Named)
_EDITOR = msgspec.json.Decoder(_Editor)
_CELL_METADATA = msgspec.json.Decoder(_CellMetadata)
_TEXT = msgspec.json.Decoder(str)
_TEXTS = msgspec.json.Decoder(list[str])


def read_json(data: bytes) -> RawNotebook:
    """The cells of an `.ipynb` file, of whatever is left of it when it is broken; one more than are read at most."""
    data = as_utf8(data)
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    if not data or data.isspace():
        return RawNotebook([], "unknown", (Problem(None, "empty notebook"),))
    try:
        book = _BOOK.decode(data)
        crowded = _is_crowded(data)
        sure = _SURE_CELLS.decode(book.cells) if crowded else None
    except msgspec.ValidationError:
        if data.lstrip()[:1] == b"{":
            return _salvage(data, "cell that is no object")
        return RawNotebook([], "unknown", (Problem(1, "no notebook: not a JSON object"),))
    except _BROKEN:
        return _salvage(data, "broken JSON: only what looks like cells was read")
    reader = _Reader(data)
    found: Iterable[_Cell] = _cells(book, reader) if sure is None else sure
    cells = [reader.cell(cell) for cell in islice(found, CELL_LIMIT + 1)]
    return RawNotebook(cells, _language(book.metadata) or guess_language(cells), reader.problems)


def _is_crowded(data: bytes) -> bool:
    return data.count(b",") > _MANY_COMMAS or data.count(b'"cell_type"') > _MANY_CELLS


def _cells(book: _Book, reader: _Reader) -> Iterator[_Cell]:
    cells = _items(book.cells)
    sheets = _items(book.worksheets) if cells is None else ()
    if cells is None:
        cells = []
    if sheets is None:
        reader.problem(1, "notebook without a list of cells")
    for sheet in sheets or ():
        try:
            cells += _items(_SHEET.decode(sheet).cells) or ()
        except _BROKEN:
            reader.problem(1, "worksheet that is no object")
    for raw in cells:
        try:
            yield _CELL.decode(raw)
        except _BROKEN:
            reader.problem(None, "cell that is no object")


class _Reader:
    """Turns cells as they were decoded into cells with lines, in their order."""

    def __init__(self, data: bytes) -> None:
        self._locator = Locator(data)
        self._problems: dict[Problem, None] = {}
        self._left = CODE_LIMIT

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong, each thing once, of many only some."""
        return tuple(self._problems)

    def problem(self, line: int | None, reason: str) -> None:
        """Note something that is wrong."""
        if len(self._problems) < 100:
            self._problems[Problem(line, reason)] = None

    def cell(self, cell: _Cell) -> RawCell:
        """The cell with its lines."""
        kind = _kind(_text(cell.cell_type))
        key, raw = (b'"source"', cell.source) if cell.source is not _RAW else (b'"input"', cell.input)
        source = self.clipped(memoryview(raw), kind)
        start = self._locator.find(key, source) if raw is not _RAW else self._locator.line
        lines = source_lines(source, start)
        if lines is None:
            self.problem(start, "cell without source text")
        metadata = _fields(_CELL_METADATA, cell.metadata) or _CellMetadata()
        return RawCell(
            kind=kind,
            lines=lines or [],
            tags=_tags(metadata.tags),
            has_output=_filled(cell.outputs),
            language=_cell_language(cell, metadata),
        )

    def salvaged(self, kind: Literal["code", "markdown", "raw"], source: memoryview, start: int) -> RawCell:
        """A cell of which only its kind and source are known, and where the source starts in the file."""
        return RawCell(kind, source_lines(self.clipped(source, kind), self._locator.line_at(start)) or [])

    def clipped(self, source: memoryview, kind: str) -> bytes:
        """As much of a source as is read of it."""
        limit = self._left if kind == "code" else PROSE_LIMIT
        if kind == "code":
            self._left = max(0, self._left - source.nbytes)
        if source.nbytes <= limit:
            return bytes(source)
        self.problem(None, "longer than what is read of a file")
        return bytes(source[:limit])


def _filled(outputs: msgspec.Raw) -> bool:
    head = bytes(memoryview(outputs)[:64])
    return head[:1] == b"[" and head[1:].lstrip()[:1] not in (b"", b"]")


def _kind(text: str) -> Literal["code", "markdown", "raw"]:
    if text == "code":
        return "code"
    return "markdown" if text in ("markdown", "heading", "html") else "raw"


def _items(raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    try:
        return _LIST.decode(raw)
    except _BROKEN:
        return None


def _fields(decoder: msgspec.json.Decoder[_T], raw: msgspec.Raw) -> _T | None:
    try:
        return decoder.decode(raw)
    except _BROKEN:
        return None


def _text(raw: msgspec.Raw) -> str:
    """The text of a JSON string, "" for everything else."""
    try:
        return _TEXT.decode(raw)
    except _BROKEN:
        return ""


def _tags(tags: msgspec.Raw) -> tuple[str, ...]:
    if memoryview(tags).nbytes > _TAGS_LIMIT:
        return ()
    try:
        return tuple(_TEXTS.decode(tags))
    except _BROKEN:
        return ()


def _cell_language(cell: _Cell, metadata: _CellMetadata) -> str:
    editor = _fields(_EDITOR, metadata.vscode)
    return language_name((_text(editor.language) if editor else "") or _text(cell.language))


def _language(raw: msgspec.Raw) -> str:
    """The language that the notebook's metadata name, or ""."""
    metadata = _fields(_METADATA, raw) or _Metadata()
    kernel, info = _fields(_NAMED, metadata.kernelspec) or _Named(), _fields(_NAMED, metadata.language_info) or _Named()
    databricks = _fields(_NAMED, metadata.databricks) or _Named()
    named = (info.name, kernel.language, databricks.language, metadata.language, kernel.name, kernel.display_name)
    return next((name for text in named if (name := language_name(_text(text)))), "")


def _salvage(data: bytes, reason: str) -> RawNotebook:
    """The cells that can be made out in broken JSON: a source after each `cell_type`."""
    reader = _Reader(data)
    view = memoryview(data)
    cells: list[RawCell] = []
    kinds = list(islice(_KIND.finditer(data), CELL_LIMIT + 1))
    for kind, following in zip(kinds, [*kinds[1:], None][: len(kinds)], strict=True):
        end = following.start() if following else len(data)
        key = _SOURCE.search(data, kind.end(), end)
        value = _SOURCE_VALUE.match(data, key.end(), end) if key else None
        if value is not None:
            cells.append(reader.salvaged(_kind(kind.group(1).decode()), view[slice(*value.span())], value.start()))
    return RawNotebook(cells, guess_language(cells), (Problem(None, reason), *reader.problems))
