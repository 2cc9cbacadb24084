"""`mlscan diff`: what a branch changes."""

from __future__ import annotations

from dataclasses import dataclass

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.gates import losses
from mlscan.cli.output import complain, stdout_options
from mlscan.cli.progress import Progress
from mlscan.cli.reports import check_file, write_answer
from mlscan.report import RenderOptions
from mlscan.types.answers import Comparison

GATE_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    base: str
    head: str | None
    path: str
    no_regress: bool
    exact: bool
    format: str
    output: str | None


@click.command("diff")
@click.argument("base")
@click.argument("head", required=False)
@click.option("--path", default=".", show_default=True, type=click.Path(), help="The repository.")
@click.option("--no-regress", is_flag=True, help="Exit 1 when a level, practice or criterion is lost.")
@click.option("--exact", is_flag=True, help="Compare with BASE itself, not with where HEAD left it.")
@click.option("--format", type=click.Choice(["terminal", "markdown", "json"]), default="terminal", show_default=True)
@scanning.OUTPUT
@scanning.common_options
def diff_command(**given: object) -> int:
    """Show what a branch changes: level, practices and criteria that are gained, lost, strengthened, with evidence.

    BASE and HEAD are revisions, read from the object database and judged by the same content. Without HEAD it is what
    lies in the folder. As in a pull request, the base is the commit at which HEAD left BASE.
    """
    from mlscan.scan.questions import compare_revisions

    request = msgspec.convert(given, _Request)
    if request.output is not None:
        check_file("--output", request.output)
    content = request.content()
    with Progress() as progress:
        options = scanning.scan_options(request, progress)
        revisions = (request.base, request.head)
        found = compare_revisions(content, request.path, revisions, options, exact=request.exact)
    looks = stdout_options(verbose=False, quiet=False, no_color=request.no_color)
    text = _text(found, request.format, RenderOptions() if request.output else looks)
    terminal = request.format == "terminal"
    write_answer(text, request.output, color=looks.color and terminal, data=not terminal)
    return _gate(found) if request.no_regress else 0


def _text(found: Comparison, format: str, options: RenderOptions) -> str:
    if format == "json":
        from mlscan.report.answers.data import comparison_json

        return comparison_json(found)
    from mlscan.report.answers.comparison import comparison_markdown, render_comparison

    return comparison_markdown(found) if format == "markdown" else render_comparison(found, options)


def _gate(found: Comparison) -> int:
    if not found.base.applicable:
        complain(f"gate does not apply: a level means nothing for kind {found.base.kind}")
        return 0
    reasons = losses(found)
    if reasons:
        complain(f"gate failed: {'; '.join(reasons)}")
        return GATE_FAILED
    if found.head.level < found.base.level:
        complain(f"gate holds: level {found.base.level} may still be there, not everything could be seen")
    return 0
