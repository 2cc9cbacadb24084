"""Where reports go: stdout, a file, several of them; the formats are those of the report room."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscan.cli.gates import suggestion
from mlscan.cli.output import write_file, write_stdout
from mlscan.report import FORMATS, TABLE, RenderOptions, render
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Destination:
    """One report that was asked for."""

    format: str
    file: str
    """`-` is stdout."""
    option: str
    """As it was asked for, for messages."""


def destinations(
    format: str | None, output: str | None, reports: Sequence[str], usual: str = FORMATS[0]
) -> list[Destination]:
    """All reports of one run, the one of --format first; `usual` is the format where none was asked for.

    Without --output that one goes to stdout; where it was not asked for, a --report to stdout takes its place.
    Raises UsageError before anything is scanned: for a format that does not exist, a folder that does not exist, and
    for two reports in one place.
    """
    further = [_report(words) for words in reports]
    first = Destination(format or usual, output or STDOUT, "--output")
    replaced = format is None and output is None and any(d.file == STDOUT for d in further)
    found = further if replaced else [first, *further]
    seen: dict[str, Destination] = {}
    for destination in found:
        place = _place(destination)
        if place in seen:
            raise UsageError(f"{_named(seen[place])} and {_named(destination)} would be written to the same place")
        seen[place] = destination
        if destination.file != STDOUT:
            check_file(destination.option, destination.file)
    return found


def _report(words: str) -> Destination:
    format, sign, file = words.partition("=")
    if not sign or not file:
        raise UsageError(f"--report {words}: give it as FORMAT=FILE, for instance markdown=report.md")
    if format not in TABLE:
        raise UsageError(f"--report {words}: no format {format!r}{suggestion(format, FORMATS)}")
    return Destination(format, file, "--report")


def _named(destination: Destination) -> str:
    if destination.option == "--output":
        return f"--format {destination.format}"
    return f"--report {destination.format}={destination.file}"


def _place(destination: Destination) -> str:
    return STDOUT if destination.file == STDOUT else os.path.normcase(os.path.realpath(destination.file))


def check_file(option: str, file: str) -> None:
    """Raises UsageError where no file can be written, as far as that can be told beforehand."""
    path = Path(os.path.realpath(file))
    if path.is_dir():
        raise UsageError(f"{option} {file}: is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"{option} {file}: there is no folder {path.parent.name}")


def write_reports(found: Sequence[Destination], assessment: Assessment, options: RenderOptions) -> None:
    """Renders all reports, then writes them, files first, each whole or not at all. Raises UsageError."""
    plain = RenderOptions(verbose=options.verbose, quiet=options.quiet)
    texts = [render(assessment, d.format, options if d.file == STDOUT else plain) for d in found]
    for destination, text in sorted(zip(found, texts, strict=True), key=lambda x: x[0].file == STDOUT):
        if destination.file == STDOUT:
            looks = TABLE[destination.format].looks
            write_stdout(text, color=options.color and looks, data=not looks)
        else:
            write_file(destination.file, text, destination.option)


def write_answer(text: str, output: str | None, *, color: bool, data: bool) -> None:
    """Text of another command, to a file or to stdout."""
    if output is None or output == STDOUT:
        write_stdout(text, color=color, data=data)
    else:
        write_file(output, text)
