"""`mlscan fleet report`: where the repositories stand, what is missing most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import msgspec

from mlscan import __version__
from mlscan.cli import scanning
from mlscan.cli.fleet.extra import check_extra
from mlscan.cli.fleet.options import STORE
from mlscan.cli.output import stdout_options
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.fleet.store import Store
    from mlscan.fleet.summary import Question, Summary
    from mlscan.types.fleet import Standing
    from mlscan.types.model import AssessContent

_FORMATS = ("terminal", "markdown", "json", "csv")
_REDACTIONS = ("excerpts", "paths", "names")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(scanning.Common):
    """The options as given."""

    store: str
    format: str | None
    output: str | None
    report: tuple[str, ...]
    html: str | None
    reports: str | None
    badges: str | None
    public: bool
    redact: str | None
    since: str | None
    title: str | None
    verbose: bool


def _since(_context: click.Context, _parameter: click.Parameter, value: object) -> str | None:
    return None if value is None else str(value)[:10]


@click.command("report")
@STORE
@click.option("--format", type=click.Choice(_FORMATS), help="What to print; default terminal.")
@scanning.OUTPUT
@click.option("--report", multiple=True, metavar="FORMAT=FILE", help="One more report in a file; repeatable.")
@click.option("--html", metavar="FILE", help="One page with a map of repositories by practices, each with its report.")
@click.option("--reports", metavar="DIR", help="The full HTML report of each repository; --html links them.")
@click.option("--badges", metavar="DIR", help="A badge of each repository, and one of all.")
@click.option("--public", is_flag=True, help="Leave out repositories that are not public, and excerpts.")
@click.option("--redact", type=click.Choice(_REDACTIONS), help="Leave out excerpts; paths, too; names, too.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_since,
    metavar="DATE",
    help="What moved since that day; default since the newest run began.",
)
@click.option("--title", help="Heading of the report.")
@scanning.MODEL
@scanning.DETECTORS
@scanning.RULES
@scanning.POLICY
@scanning.AS_OF
@click.option("-q", "--quiet", is_flag=True, help="Coverage and levels only.")
@scanning.VERBOSE
@scanning.DEBUG
@scanning.NO_COLOR
def report_command(**given: object) -> None:
    """Show where the repositories of the store stand, and what is missing most.

    Coverage comes first; levels are counted, never averaged. No option asks a forge or a clone: all of it is in the
    store. docs/fleet.md says who can read what in a report that is published.
    """
    request = msgspec.convert(given, _Request)
    check_extra()
    from mlscan.cli.fleet.publishing import Publishing
    from mlscan.fleet.store import Store

    publishing = Publishing(
        format=request.format,
        output=request.output,
        reports=request.report,
        html=request.html,
        folder=request.reports,
        badges=request.badges,
    )
    publishing.check()
    with Store.open(request.store) as store:
        summary = _summary(store, request)
        options = stdout_options(verbose=request.verbose, quiet=request.quiet, no_color=request.no_color)
        publishing.write(summary, store.assessment, options)


def _summary(store: Store, request: _Request) -> Summary:
    from mlscan.fleet.summary import summarise

    last = store.last_run()
    standings = list(store.standings())
    attempts = {state.value: count for state, count in store.counts(last[0]).items()} if last else {}
    return summarise(standings, _rules(standings, request), _question(request, last, attempts))


def _question(request: _Request, last: tuple[int, str] | None, attempts: dict[str, int]) -> Question:
    from datetime import UTC, datetime

    from mlscan.fleet.summary import Question
    from mlscan.fleet.summary.summarise import TITLE
    from mlscan.types.fleet_report import Redaction

    run, began = last if last is not None and request.since is None else (None, request.since)
    return Question(
        mlscan_version=__version__,
        as_of=(request.as_of or datetime.now(UTC).date()).isoformat(),
        since=began,
        run=run,
        attempts=attempts,
        title=request.title or TITLE,
        public=request.public,
        redaction=Redaction(request.redact or "none"),
    )


def _rules(standings: list[Standing], request: _Request) -> AssessContent:
    """The model that was named, else the one that most verdicts were made by."""
    from collections import Counter

    content = request.content()
    used = Counter(s.newest.model for s in standings if s.newest)
    if request.model is None and request.policy is None and used and used.most_common(1)[0][0] in content.models:
        return content.assess(used.most_common(1)[0][0])
    rules = content.assess(request.named_model)
    if used and rules.model.file.id not in used:
        model = used.most_common(1)[0][0]
        raise UsageError(f"the verdicts of this store were made by model {model}: give --model, --rules or --policy")
    return rules
