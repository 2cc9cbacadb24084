"""A history as data: JSON by a published schema, and CSV with one row a revision."""

from __future__ import annotations

import csv
import io

import msgspec

from mlscan.report.fleet.data import cell
from mlscan.report.json_report import Json, dumped_json
from mlscan.report.published import schema_of
from mlscan.types.history import Moment, RepositoryHistory

_HEAD = ("date", "revision", "label", "level", "level_name", "could_be", "kind", "applicable", "gaps", "problem")


def history_json(history: RepositoryHistory) -> str:
    """Two-space indented JSON by the schema of `history_schema`; the same bytes for the same history."""
    value: Json = msgspec.to_builtins(history, str_keys=True)
    return dumped_json(value)


def history_csv(history: RepositoryHistory) -> str:
    """A head and one row a revision, oldest first, practices as `yes`, `no`, `unknown`; no cell starts a formula."""
    practices = [p.id for p in history.practices]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_HEAD, *practices])
    for moment in history.moments:
        seen = [_answer(moment, name) for name in practices]
        writer.writerow([cell(value) for value in (*_fields(moment), *seen)])
    return out.getvalue()


def _fields(moment: Moment) -> tuple[object, ...]:
    brief, point = moment.brief, moment.point
    verdict: tuple[object, ...] = ("",) * 5
    if brief is not None:
        verdict = (brief.level, brief.level_name, brief.could_be, brief.kind, brief.applicable)
    return (point.on, point.revision, moment.label, *verdict, moment.gaps, moment.problem)


def _answer(moment: Moment, practice: str) -> str:
    present = moment.brief.present.get(practice) if moment.brief is not None else None
    return "unknown" if present is None else "yes" if present else "no"


def history_schema() -> str:
    """The JSON Schema (2020-12) of `mlscan history --format json`, as text that ends in a newline."""
    return schema_of(RepositoryHistory, "mlscan history")
