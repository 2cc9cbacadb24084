"""`mlscan [PATH]`: the scan itself."""

from __future__ import annotations

from dataclasses import dataclass

import click
import msgspec
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from mlscan import __version__
from mlscan.cli import scanning
from mlscan.cli.gates import check_gates, failures, gates_of, holding, overruled
from mlscan.cli.output import complain, stdout_options, write_stdout
from mlscan.cli.reports import destinations, write_reports
from mlscan.cli.whole_help import WholeHelp
from mlscan.report import FORMATS
from mlscan.report.wording import set_aside
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError

GATE_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(scanning.Common):
    """The command line as given."""

    path: str
    rev: str | None
    format: str | None
    output: str | None
    report: tuple[str, ...]
    fail_under: int | None
    require: tuple[str, ...]
    count_attested: bool
    verbose: bool


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        write_stdout(f"mlscan {__version__}\n")
        context.exit(0)


def _complete_path(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    root = context.find_root().command
    names = root.list_commands(context) if isinstance(root, click.Group) else []
    shown = [CompletionItem(n) for n in names if n.startswith(incomplete)]
    return [*shown, CompletionItem(incomplete, type="dir")]


@click.command("scan", cls=WholeHelp)
@click.argument("path", default=".", shell_complete=_complete_path)
@scanning.REV
@scanning.MODEL
@click.option("--format", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True, help="What to print.")
@click.option("--output", metavar="FILE", help="Write the report here instead of to stdout.")
@click.option(
    "--report", multiple=True, metavar="FORMAT=FILE", help="Write a further report; repeatable, `-` is stdout."
)
@click.option("--fail-under", type=click.IntRange(0), metavar="N", help="Exit 1 when the level is under N.")
@click.option(
    "--require", multiple=True, metavar="PRACTICE", help="Exit 1 when this practice is not there; repeatable."
)
@click.option("--count-attested", is_flag=True, help="Gates count what people vouched for (attestations).")
@scanning.WITH
@scanning.DETECTORS
@scanning.RULES
@scanning.CONFIG
@scanning.NO_REPO_CONFIG
@scanning.POLICY
@scanning.AS_OF
@scanning.JOBS
@click.option("-q", "--quiet", is_flag=True, help="One line only.")
@click.option("-v", "--verbose", is_flag=True, help="All evidence, criteria, near misses and gaps.")
@scanning.DEBUG
@scanning.NO_COLOR
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.pass_context
def scan_command(context: click.Context, /, **given: object) -> int:
    """Say how mature the machine-learning process of the repository at PATH is: level 0 to 5, with the evidence."""
    if context.get_parameter_source("format") is ParameterSource.DEFAULT:
        given["format"] = None
    request = msgspec.convert(given, Request)
    if request.quiet and request.verbose:
        raise UsageError("--quiet and --verbose exclude each other")
    reports = destinations(request.format, request.output, request.report)
    content = request.content()
    check_gates(content, request.named_model, request.fail_under, request.require)
    assessment = scanning.scanned(content, request.path, request, rev=request.rev)
    configured = assessment.configuration
    if request.format is None and configured is not None and configured.format is not None:
        reports = destinations(None, request.output, request.report, configured.format)
    options = stdout_options(verbose=request.verbose, quiet=request.quiet, no_color=request.no_color)
    write_reports(reports, assessment, options)
    return _gate(request, assessment)


def _gate(request: Request, assessment: Assessment) -> int:
    for words in overruled(request.fail_under, request.count_attested, assessment):
        complain(words)
    gates = gates_of(request.fail_under, request.require, request.count_attested, assessment)
    if not gates:
        return 0
    if not assessment.applicable:
        aside = set_aside(assessment)
        why = f"{assessment.kind}{f' ({aside})' if aside else ''}"
        complain(f"gates do not apply: a level means nothing for kind {why}")
        return 0
    reasons = failures(assessment, gates)
    if reasons:
        complain(f"gate failed: {'; '.join(reasons)}")
    elif said := holding(assessment, gates):
        complain(said)
    return GATE_FAILED if reasons else 0
