"""`mlscan history`: how the level and the practices came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.output import stdout_options
from mlscan.cli.progress import Progress
from mlscan.cli.reports import check_file, write_answer
from mlscan.report import RenderOptions
from mlscan.types.assessment import Assessment
from mlscan.types.history import RepositoryHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    path: str
    rev: str | None
    every: str
    since: date | None
    exact: bool
    format: str
    output: str | None


@click.command("history")
@click.argument("path", required=False, default=".", type=click.Path())
@click.option(
    "--every",
    default="quarter",
    show_default=True,
    metavar="month|quarter|year|tag|N",
    help="Which revisions are judged: the last commit of each period, each tag, or every Nth commit.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=scanning.as_date,
    metavar="DATE",
    help="Begin here; default is the first commit.",
)
@click.option("--exact", is_flag=True, help="Find the commit of every change, however long it takes.")
@click.option("--rev", metavar="REV", help="End at this revision; default HEAD.")
@click.option("--format", type=click.Choice(["terminal", "json", "csv", "html"]), default="terminal", show_default=True)
@scanning.OUTPUT
@click.option("-q", "--quiet", is_flag=True, help="Only the levels.")
@scanning.alone_options
def history_command(**given: object) -> int:
    """Show the level and each practice over the repository's life, replayed with today's rules.

    Revisions are read from git along first parents, without a checkout; between two that differ, the commit that made
    the difference is looked for. html is the report of the newest revision with its history.
    """
    from mlscan.scan.history import HistoryOptions, history_of

    request = msgspec.convert(given, _Request)
    if request.output is not None:
        check_file("--output", request.output)
    content = request.content()
    with Progress(wanted=not request.quiet, things="revisions") as progress:
        scan = scanning.scan_options(request, progress, rev=request.rev)
        options = HistoryOptions(
            every=request.every, since=request.since, exact=request.exact, scan=scan, notify=progress
        )
        newest, history = history_of(content, request.path, options)
    looks = stdout_options(verbose=False, quiet=request.quiet, no_color=request.no_color)
    plain = RenderOptions(quiet=request.quiet)
    text = _text(newest, history, request.format, plain if request.output else looks)
    terminal = request.format == "terminal"
    write_answer(text, request.output, color=looks.color and terminal, data=not terminal)
    return 0


def _text(newest: Assessment, history: RepositoryHistory, format: str, options: RenderOptions) -> str:
    if format == "html":
        from mlscan.report.html_report import render_html

        return render_html(newest, history)
    if format == "terminal":
        from mlscan.report.answers.history import render_history

        return render_history(history, options)
    from mlscan.report.answers.history_data import history_csv, history_json

    return history_json(history) if format == "json" else history_csv(history)
