"""`mlscan why-not`: why a level does not hold."""

from __future__ import annotations

from dataclasses import dataclass

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.output import stdout_options, write_stdout
from mlscan.cli.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    level: int
    path: str
    rev: str | None
    format: str
    verbose: bool


@click.command("why-not")
@click.argument("level", type=click.IntRange(1), metavar="N")
@click.argument("path", default=".", type=click.Path())
@click.option("--format", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
@scanning.VERBOSE
@scanning.REV
@scanning.common_options
def why_not_command(**given: object) -> None:
    """Say why level N does not hold for the repository at PATH.

    For each criterion up to it that is not met: what was looked for, what nearly counted and why it did not, what
    would.
    """
    from mlscan.report.answers.data import why_not_json
    from mlscan.report.answers.why_not import render_why_not
    from mlscan.scan.questions import why_level_fails

    request = msgspec.convert(given, _Request)
    content = request.content()
    scanning.check_level(content, request.named_model, request.level, "N")
    with Progress() as progress:
        options = scanning.scan_options(request, progress, rev=request.rev)
        assessment, answer = why_level_fails(content, request.path, request.level, options)
    if request.format == "json":
        write_stdout(why_not_json(assessment, answer), data=True)
        return
    looks = stdout_options(verbose=request.verbose, quiet=False, no_color=request.no_color)
    write_stdout(render_why_not(assessment, answer, looks), color=looks.color)
