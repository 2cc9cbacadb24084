"""`.ipynb` files: cells with their lines, language and tags. Outputs are skipped, broken JSON is salvaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from mlscan.read.notebook_cells import RawCell, RawNotebook
from mlscan.read.notebook_language import guess_language, language_name
from mlscan.read.notebook_source import Locator, source_lines
from mlscan.read.text import as_utf8
from mlscan.types.source import Problem

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


class _Book(msgspec.Struct):
    cells: msgspec.Raw = _RAW
    worksheets: msgspec.Raw = _RAW
    metadata: msgspec.Raw = _RAW


class _Sheet(msgspec.Struct):
    cells: msgspec.Raw = _RAW


_BOOK = msgspec.json.Decoder(_Book)
_CELL = msgspec.json.Decoder(_Cell)
_SHEET = msgspec.json.Decoder(_Sheet)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_TEXTS = msgspec.json.Decoder(list[str])


def read_json(data: bytes) -> RawNotebook:
    """The cells of an `.ipynb` file, of whatever is left of it when it is broken."""
    data = as_utf8(data)
    if not data.strip():
        return RawNotebook([], "unknown", (Problem(None, "empty notebook"),))
    try:
        book = _BOOK.decode(data)
    except msgspec.ValidationError:
        return RawNotebook([], "unknown", (Problem(1, "no notebook: not a JSON object"),))
    except _BROKEN:
        return _salvage(data)
    problems: list[Problem] = []
    locator = Locator(data)
    cells = [cell for raw in _cells(book, problems) if (cell := _cell(raw, locator, problems)) is not None]
    language = _language(book.metadata) or guess_language(cells)
    return RawNotebook(cells, language, tuple(dict.fromkeys(problems)))


def _cells(book: _Book, problems: list[Problem]) -> Iterator[msgspec.Raw]:
    cells = _items(book.cells)
    if cells is not None:
        yield from cells
        return
    sheets = _items(book.worksheets)
    if sheets is None:
        problems.append(Problem(1, "notebook without a list of cells"))
    for sheet in sheets or ():
        try:
            yield from _items(_SHEET.decode(sheet).cells) or ()
        except _BROKEN:
            problems.append(Problem(1, "worksheet that is no object"))


def _cell(raw: msgspec.Raw, locator: Locator, problems: list[Problem]) -> RawCell | None:
    try:
        cell = _CELL.decode(raw)
    except _BROKEN:
        problems.append(Problem(None, "cell that is no object"))
        return None
    key, source = (b'"source"', bytes(cell.source)) if cell.source is not _RAW else (b'"input"', bytes(cell.input))
    start = locator.find(key, source)
    lines = source_lines(source, start)
    if lines is None:
        problems.append(Problem(start, "cell without source text"))
        lines = []
    return RawCell(
        kind=_kind(_text(cell.cell_type)),
        lines=lines,
        tags=_tags(cell.metadata),
        has_output=_filled(cell.outputs),
        language=_cell_language(cell),
    )


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


def _fields(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return _FIELDS.decode(raw)
    except _BROKEN:
        return {}


def _text(raw: msgspec.Raw) -> str:
    """The text of a JSON string, "" for everything else."""
    try:
        return _TEXT.decode(raw)
    except _BROKEN:
        return ""


def _tags(metadata: msgspec.Raw) -> tuple[str, ...]:
    tags = _fields(metadata).get("tags")
    try:
        return tuple(_TEXTS.decode(tags)) if tags is not None else ()
    except _BROKEN:
        return ()


def _cell_language(cell: _Cell) -> str:
    editor = _fields(_fields(cell.metadata).get("vscode", _RAW))
    return language_name(_text(editor.get("languageId", _RAW)) or _text(cell.language))


def _language(metadata: msgspec.Raw) -> str:
    """The language that the notebook's metadata name, or ""."""
    fields = _fields(metadata)
    kernel, info = _fields(fields.get("kernelspec", _RAW)), _fields(fields.get("language_info", _RAW))
    databricks = _fields(fields.get("application/vnd.databricks.v1+notebook", _RAW))
    named = (
        info.get("name"),
        kernel.get("language"),
        databricks.get("language"),
        fields.get("language"),
        kernel.get("name"),
        kernel.get("display_name"),
    )
    names = (language_name(_text(raw)) for raw in named if raw is not None)
    return next((name for name in names if name), "")


def _salvage(data: bytes) -> RawNotebook:
    """The cells that can be made out in broken JSON: a source after each `cell_type`."""
    locator = Locator(data)
    cells: list[RawCell] = []
    kinds = list(_KIND.finditer(data))
    for kind, following in zip(kinds, [*kinds[1:], None][: len(kinds)], strict=True):
        end = following.start() if following else len(data)
        key = _SOURCE.search(data, kind.end(), end)
        value = _SOURCE_VALUE.match(data, key.end(), end) if key else None
        if value is None:
            continue
        lines = source_lines(value.group(), locator.line_at(value.start()))
        cells.append(RawCell(_kind(kind.group(1).decode()), lines or []))
    language = guess_language(cells)
    return RawNotebook(cells, language, (Problem(None, "broken JSON: only what looks like cells was read"),))
