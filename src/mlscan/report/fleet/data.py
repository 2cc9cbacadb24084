"""The fleet as data: JSON with everything, CSV with one row a repository."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec

from mlscan.report.clean import clean
from mlscan.report.json_report import Json, dumped_json
from mlscan.types.fleet_report import Fleet, FleetRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_FIELDS = (
    *("name", "url", "host", "state", "kind", "applicable", "level", "level_name", "attested_level", "could_be"),
    *("target", "at_target", "to_next", "assessed_on", "since", "revision", "committed_on", "language", "topics"),
    *("private", "archived", "fork", "missing"),
)


def json_report(fleet: Fleet) -> str:
    """Two-space indented JSON by the published schema; the same bytes for the same fleet."""
    value: Json = msgspec.to_builtins(fleet)
    return dumped_json(value)


def csv_report(fleet: Fleet) -> str:
    """A head and one row a repository, practices as `yes`, `no`, `unknown`; no cell starts a formula."""
    practices = [p.id for p in fleet.practices]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_FIELDS, *practices])
    for row in fleet.repositories:
        writer.writerow([cell(x) for x in _cells(row, practices)])
    return out.getvalue()


def _cells(row: FleetRow, practices: Iterable[str]) -> list[object]:
    fields = [getattr(row, name) for name in _FIELDS]
    if not row.practices:
        return [*fields, *("" for _ in practices)]
    return [*fields, *(_answer(row.practices.get(p)) for p in practices)]


def _answer(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


def cell(value: object) -> str:
    """The text of a cell that no spreadsheet runs: a leading apostrophe makes it text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        value = " ".join(map(str, value))
    words = clean(str(getattr(value, "value", value)))
    return f"'{words}" if words.lstrip().startswith(_FORMULA) else words
