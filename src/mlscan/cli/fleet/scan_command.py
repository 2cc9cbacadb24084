"""`mlscan fleet scan SOURCE...`: gathers, clones, scans and stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mlscan.cli import scanning
from mlscan.cli.fleet.extra import check_extra
from mlscan.cli.fleet.runs import NOTHING, RunCommon, run_options, setup_of, tell
from mlscan.cli.fleet.watch import watching
from mlscan.cli.output import complain

if TYPE_CHECKING:
    from mlscan.fleet.cloning import Cloner
    from mlscan.fleet.sources import Filters

_GIGABYTE = 1_000_000_000
_STOPPED = "stopped; what is done is kept: the same command goes on where it was"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(RunCommon):
    """The command line as given."""

    source: tuple[str, ...]
    cache: str | None
    cache_size: int
    full_history: bool
    rescan: bool
    archived: bool
    forks: bool
    language: tuple[str, ...]
    topic: tuple[str, ...]
    name: tuple[str, ...]
    pushed_since: date | None


@click.command("scan")
@click.argument("source", nargs=-1, required=True)
@click.option("--archived/--no-archived", help="Archived repositories, too; default not.")
@click.option("--forks/--no-forks", help="Forks, too; default not.")
@click.option("--language", multiple=True, metavar="NAME", help="Only those of this main language; repeatable.")
@click.option("--topic", multiple=True, metavar="NAME", help="Only those with this topic; repeatable.")
@click.option("--name", multiple=True, metavar="PATTERN", help="Only those of such a name, !PATTERN: not; repeatable.")
@click.option(
    "--pushed-since",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=scanning.as_date,
    metavar="DATE",
    help="Only those that were pushed to on that day or later.",
)
@click.option(
    "--full-history", is_flag=True, help="Clone whole histories; default is the newest files and all commits."
)
@click.option("--rescan", is_flag=True, help="Scan what has not changed, too.")
@click.option("--cache", metavar="DIR", help="Where clones are kept; default the user's folder for caches.")
@click.option(
    "--cache-size",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="GB",
    help="For all clones; the least recently used go first. 0 keeps none.",
)
@run_options
def scan_command(**given: object) -> int:
    """Scan the repositories that each SOURCE lists, and keep what was seen.

    A SOURCE is github:ORG, github:user/NAME, gitlab:GROUP (on a server of your own: github:https://HOST/ORG), a folder
    of clones, a text or CSV file of addresses and paths, or - for a list from stdin. Tokens come from the environment
    (GITHUB_TOKEN, GH_ENTERPRISE_TOKEN, GITLAB_TOKEN) or from gh and glab.

    What has not changed since the last time is not scanned again. A run that was stopped goes on where it was.
    """
    check_extra()
    request = msgspec.convert(given, _Request)
    from mlscan.fleet.running import Scan, scan
    from mlscan.fleet.store import Store

    cloner = _cloner(request)
    asked = Scan(
        sources=request.source,
        setup=setup_of(request, cloner, full_history=request.full_history),
        filters=_filters(request),
        jobs=request.workers,
        as_of=request.as_of,
        always=request.rescan,
    )
    with Store.open(request.store, create=True) as store, watching(request.log, quiet=request.quiet) as watch:
        try:
            result = scan(store, asked, watch)
        except BaseException as error:
            if not isinstance(error, Exception):
                watch.erase()
                complain(_STOPPED)
            raise
        cloner.prune()
        watch.erase()
        tell(store, result, watch)
        counts = {state.value: count for state, count in store.counts(result.run).items()}
    nothing = not any(counts[word] for word in ("scanned", "judged", "unchanged"))
    if nothing:
        complain("no repository could be scanned")
    return NOTHING if nothing else 0


def _filters(request: _Request) -> Filters:
    from mlscan.fleet.sources import Filters

    return Filters(
        archived=request.archived,
        forks=request.forks,
        languages=request.language,
        topics=request.topic,
        names=request.name,
        pushed_since=request.pushed_since,
    )


def _cloner(request: _Request) -> Cloner:
    from mlscan.cli.limits import limits_of
    from mlscan.content.compiled import cache_folder
    from mlscan.fleet.cloning import CloneLimits, Cloner
    from mlscan.fleet.running.worker import tell as told

    base = cache_folder() or Path(".mlscan-cache")
    cache = Path(request.cache) if request.cache else base / "clones"
    limits = limits_of()
    bounds = CloneLimits(
        file_bytes=limits.file_bytes,
        notebook_bytes=limits.notebook_bytes,
        seconds=min(CloneLimits().seconds, request.timeout),
        cache_bytes=request.cache_size * _GIGABYTE,
    )
    return Cloner(cache.absolute(), bounds, full_history=request.full_history, notify=told)
