"""`mlscan detectors` and `mlscan rules`: what there is."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence

import click

from mlscan.cli import loading
from mlscan.cli.gates import suggestion
from mlscan.cli.output import one_line, write_stdout
from mlscan.types.content import Detector
from mlscan.types.errors import UsageError
from mlscan.types.model import Criterion, Level

_FORMAT = click.option("--format", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
_DETECTORS = click.option("--detectors", multiple=True, metavar="DIR", help="Further detectors; repeatable.")
_RULES = click.option("--rules", multiple=True, metavar="DIR", help="Further maturity models; repeatable.")
_LEGEND = "\n! essential: without it the level does not hold.  ? no file can show it: never counted.\n"
_DEBUG = click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")


@click.command("detectors")
@click.option("--practice", metavar="ID", help="Only those of this practice.")
@_FORMAT
@_DETECTORS
@_RULES
@_DEBUG
def detectors_command(practice: str | None, format: str, detectors: tuple[str, ...], rules: tuple[str, ...]) -> None:
    """List the detectors.

    A detector says what counts as evidence, for which practice, and how strongly.
    """
    content = loading.load(detectors, rules)
    practices = content.presence.practices
    if practice is not None and practice not in practices:
        raise UsageError(f"--practice: no practice {practice!r}{suggestion(practice, practices)}")
    chosen = [d for d in content.detectors if practice in (None, d.practice)]
    order = {name: position for position, name in enumerate(practices)}
    chosen.sort(key=lambda d: (order.get(d.practice, len(order)), d.id))
    if format == "json":
        write_stdout(json.dumps([_detector(d) for d in chosen], indent=2, ensure_ascii=False) + "\n", data=True)
    else:
        rows = [(d.id, d.practice, d.strength.value, d.title) for d in chosen]
        write_stdout(table(("ID", "PRACTICE", "STRENGTH", "TITLE"), rows))


def _detector(d: Detector) -> dict[str, str]:
    return {
        "id": d.id,
        "practice": d.practice,
        "strength": d.strength.value,
        "status": d.status,
        "title": d.title,
        "why": d.why,
    }


@click.command("rules")
@click.option("--model", default="ml-process", show_default=True, metavar="ID", help="Maturity model to list.")
@_FORMAT
@_RULES
@_DEBUG
def rules_command(model: str, format: str, rules: tuple[str, ...]) -> None:
    """List what each level asks."""
    measured = loading.load((), rules).assess(model).model
    asked = [(level, [c for n, c in measured.criteria() if n == level.n]) for level in measured.file.levels]
    if format == "json":
        write_stdout(json.dumps([_level(*x) for x in asked], indent=2, ensure_ascii=False) + "\n", data=True)
        return
    blocks = []
    for level, criteria in asked:
        rows = [(f"  {c.id}", c.effort, str(c.weight) + _mark(c), c.title) for c in criteria]
        head = f"Level {level.n} {level.name}: {one_line(level.short)}\n"
        blocks.append(head + (table(("  ID", "EFFORT", "WEIGHT", "TITLE"), rows) if rows else ""))
    write_stdout("\n".join(blocks) + _LEGEND)


def _mark(c: Criterion) -> str:
    return ("!" if c.essential else "") + ("" if c.observable else "?")


def _level(level: Level, criteria: list[Criterion]) -> dict[str, object]:
    asked = [{"id": c.id, "title": c.title, "why": c.why, "how": c.how, "effort": c.effort} for c in criteria]
    return {"level": level.n, "name": level.name, "short": level.short, "criteria": asked}


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns, one row a line; the last column is cut at the terminal's width, or whole when piped."""
    cleaned = [head, *(tuple(one_line(cell) for cell in row) for row in rows)]
    widths = [max(len(row[i]) for row in cleaned) for i in range(len(head) - 1)]
    lines = ["  ".join([*(f"{c:<{w}}" for c, w in zip(row, widths, strict=False)), row[-1]]) for row in cleaned]
    limit = shutil.get_terminal_size((0, 0)).columns if sys.stdout.isatty() else 0
    return "".join((line[:limit] if limit else line).rstrip() + "\n" for line in lines)
