"""`mlscan fleet export`: the store as CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.fleet.extra import check_extra
from mlscan.cli.fleet.options import STORE
from mlscan.cli.output import one_line, write_stdout
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.fleet.store import Store

_WHAT = {
    "repositories": "fleet_newest",
    "practices": "fleet_newest_practices",
    "criteria": "fleet_newest_criteria",
    "history": "fleet_history",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINES = 500
"""Lines that are written at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """The command line as given."""

    store: str
    format: str
    what: str
    output: str | None
    debug: bool


@click.command("export")
@STORE
@click.option("--format", type=click.Choice(("csv", "jsonl")), default="csv", show_default=True, help="What to write.")
@click.option(
    "--what",
    type=click.Choice((*_WHAT, "assessments")),
    default="repositories",
    show_default=True,
    help="Newest verdicts; their practices or criteria, a row each; all verdicts; whole JSON reports (jsonl only).",
)
@scanning.OUTPUT
@scanning.DEBUG
def export_command(**given: object) -> None:
    """Write what the store holds, for a spreadsheet, a notebook or another program.

    It holds everything, private repositories too. docs/fleet-store.md describes the columns; databases can be asked
    directly.
    """
    check_extra()
    request = msgspec.convert(given, _Request)
    if request.what == "assessments" and request.format == "csv":
        raise UsageError("--what assessments: only with --format jsonl")
    from mlscan.fleet.store import Store

    with Store.open(request.store) as store:
        lines = _assessments(store) if request.what == "assessments" else _rows(store, request)
        if request.output is not None:
            _write(Path(request.output), lines)
            return
        for part in _parts(lines):
            write_stdout(part, data=True)


def _write(path: Path, lines: Iterable[str]) -> None:
    """The lines in a file that is either the old or the new one, however many they are. Raises UsageError."""
    direct = path.exists() and not path.is_file()
    new = path if direct else path.with_name(f".{path.name[:40]}.{os.getpid()}.tmp")
    try:
        with new.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            stream.writelines(lines)
        if not direct:
            new.replace(path)
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror or type(error).__name__}") from None
    finally:
        if not direct:
            new.unlink(missing_ok=True)


def _parts(lines: Iterable[str]) -> Iterator[str]:
    """The lines, many at once."""
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) >= _LINES:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting)


def _rows(store: Store, request: _Request) -> Iterator[str]:
    """The rows of a view, after their names where the format has no place for these in each row."""
    view = _WHAT[request.what]
    if request.format == "csv":
        yield _csv(store.columns(view))
        yield from (_csv([_plain(value) for value in row.values()]) for row in store.rows(view))
    else:
        yield from (_json({name: _plain(value) for name, value in row.items()}) for row in store.rows(view))


def _assessments(store: Store) -> Iterator[str]:
    """The whole report of each repository, as `mlscan --format json` writes it, in one line."""
    from mlscan.report import render

    for standing in store.standings():
        if standing.newest is not None:
            yield _json(json.loads(render(store.assessment(standing.newest.scan), "json")))


def _plain(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _json(value: Mapping[str, object]) -> str:
    # Non-ASCII is escaped: names may hold bytes that are no text, and what changes the direction of text.
    return json.dumps(value, ensure_ascii=True, separators=(", ", ": ")) + "\n"


def _csv(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: object) -> object:
    """The value as a spreadsheet takes it for text; a flag is true or false in every program."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = one_line(value)
        return f"'{shown}" if value.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown
    return value
