"""`mlscan plan`: the way up."""

from __future__ import annotations

from dataclasses import dataclass

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.gates import suggestion
from mlscan.cli.output import stdout_options
from mlscan.cli.reports import check_file, write_answer
from mlscan.report import RenderOptions
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    path: str
    rev: str | None
    target: int | None
    starter: str | None
    format: str
    output: str | None


@click.command("plan")
@click.argument("path", default=".", type=click.Path())
@click.option("--target", type=click.IntRange(1), metavar="N", help="Level to reach; default the next one.")
@click.option("--starter", metavar="CRITERION", help="Print only the starter of this step, to be put into its file.")
@click.option("--format", type=click.Choice(["terminal", "markdown", "json"]), default="terminal", show_default=True)
@scanning.OUTPUT
@scanning.REV
@scanning.common_options
def plan_command(**given: object) -> None:
    """Show the shortest way to the next level, or to level N.

    Ordered steps, each with why, how, effort, what it unlocks, and a file or some commands to start with that fit what
    the repository at PATH uses already.
    """
    request = msgspec.convert(given, _Request)
    if request.output is not None:
        check_file("--output", request.output)
    content = request.content()
    if request.target is not None:
        scanning.check_level(content, request.named_model, request.target, "--target")
    assessment = scanning.scanned(content, request.path, request, rev=request.rev, target=request.target)
    if request.starter is not None:
        write_answer(_starter(assessment, request.starter), request.output, color=False, data=True)
        return
    options = stdout_options(verbose=False, quiet=False, no_color=request.no_color)
    shown = RenderOptions() if request.output else options
    color = options.color and request.format == "terminal"
    data = request.format != "terminal"
    write_answer(_text(assessment, request.format, shown), request.output, color=color, data=data)


def _text(assessment: Assessment, format: str, options: RenderOptions) -> str:
    if format == "json":
        from mlscan.report.answers.data import plan_json

        return plan_json(assessment)
    from mlscan.report.answers.plan import plan_markdown, render_plan

    return plan_markdown(assessment) if format == "markdown" else render_plan(assessment, options)


def _starter(assessment: Assessment, criterion: str) -> str:
    steps = {s.criterion: s for s in assessment.next}
    if criterion not in steps:
        raise UsageError(f"--starter: no step {criterion!r} in this plan{suggestion(criterion, steps)}")
    starter = steps[criterion].starter
    if starter is None:
        raise UsageError(f"--starter: there is none for {criterion}")
    return starter.text
