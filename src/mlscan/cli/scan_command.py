"""`mlscan [PATH]`: the scan itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import click
import msgspec
from click.shell_completion import CompletionItem

from mlscan import __version__
from mlscan.cli import loading, not_built
from mlscan.cli.gates import check_gates, failures
from mlscan.cli.output import complain, stdout_options, write_file, write_stdout
from mlscan.cli.progress import Progress
from mlscan.cli.whole_help import WholeHelp
from mlscan.report import BUILT, FORMATS, RenderOptions, render
from mlscan.scan import ScanOptions, scan_with
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError

GATE_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The command line as given."""

    path: str
    rev: str | None
    model: str
    format: str
    output: str | None
    fail_under: int | None
    require: tuple[str, ...]
    detectors: tuple[str, ...]
    rules: tuple[str, ...]
    as_of: date | None
    quiet: bool
    verbose: bool
    debug: bool
    no_color: bool


def _date(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    return None if value is None else value.date()


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        write_stdout(f"mlscan {__version__}\n")
        context.exit(0)


def _complete_path(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    root = context.find_root().command
    names = root.list_commands(context) if isinstance(root, click.Group) else []
    shown = [CompletionItem(n) for n in names if n not in not_built.COMMANDS and n.startswith(incomplete)]
    return [*shown, CompletionItem(incomplete, type="dir")]


@click.command("scan", cls=WholeHelp)
@click.argument("path", default=".", shell_complete=_complete_path)
@click.option("--rev", metavar="REV", help="Read this revision from the object database, without a checkout.")
@click.option("--model", default="ml-process", show_default=True, metavar="ID", help="Maturity model to measure by.")
@click.option("--format", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
@click.option("--output", metavar="FILE", help="Write the report here instead of to stdout.")
@click.option("--fail-under", type=click.IntRange(0), metavar="N", help="Exit 1 when the level is under N.")
@click.option(
    "--require", multiple=True, metavar="PRACTICE", help="Exit 1 when this practice is not there; repeatable."
)
@click.option("--detectors", multiple=True, metavar="DIR", help="Further detectors; repeatable.")
@click.option("--rules", multiple=True, metavar="DIR", help="Further maturity models; repeatable.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), callback=_date, metavar="DATE", help="Day; default today.")
@click.option("-q", "--quiet", is_flag=True, help="One line only.")
@click.option("-v", "--verbose", is_flag=True, help="All evidence, criteria, near misses and gaps.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.option("--no-color", is_flag=True, help="No colour (NO_COLOR and FORCE_COLOR are respected, too).")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@not_built.options
def scan_command(**given: object) -> int:
    """Say how mature the machine-learning process of the repository at PATH is: level 0 to 5, with the evidence."""
    request = msgspec.convert(given, Request)
    _check(request)
    content = loading.load(request.detectors, request.rules)
    check_gates(content, request.model, request.fail_under, request.require)
    progress = Progress(wanted=not request.quiet)
    options = ScanOptions(rev=request.rev, model=request.model, as_of=request.as_of, progress=progress)
    try:
        assessment = scan_with(content, request.path, options)
    finally:
        progress.finish()
    _report(request, assessment)
    return _gate(request, assessment)


def _check(request: Request) -> None:
    if request.format not in BUILT:
        raise UsageError(f"--format {request.format} is not built yet; there are: {', '.join(BUILT)}")
    if request.quiet and request.verbose:
        raise UsageError("--quiet and --verbose exclude each other")


def _report(request: Request, assessment: Assessment) -> None:
    options = stdout_options(verbose=request.verbose, quiet=request.quiet, no_color=request.no_color)
    if request.output is None:
        text = render(assessment, request.format, options)
        write_stdout(text, color=options.color, data=request.format != "terminal")
    else:
        for_file = RenderOptions(verbose=options.verbose, quiet=options.quiet)
        write_file(request.output, render(assessment, request.format, for_file))


def _gate(request: Request, assessment: Assessment) -> int:
    if request.fail_under is None and not request.require:
        return 0
    if not assessment.applicable:
        complain(f"gates do not apply: a level means nothing for kind {assessment.kind}")
        return 0
    reasons = failures(assessment, request.fail_under, request.require)
    if reasons:
        complain(f"gate failed: {'; '.join(reasons)}")
    return GATE_FAILED if reasons else 0
