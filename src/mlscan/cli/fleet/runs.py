"""What `fleet scan` and `fleet reassess` share: their options, the setup of a run, and what is told at its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from mlscan.cli import scanning
from mlscan.cli.fleet.options import STORE
from mlscan.cli.fleet.watch import RunWatch, span
from mlscan.cli.limits import limits_of
from mlscan.cli.output import one_line, write_stdout
from mlscan.scan.processors import usable_processors
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.fleet.running import Fetcher, Result, Setup
    from mlscan.fleet.store import Store
    from mlscan.fleet.store.records import PolicyText

_MEGABYTE = 1_000_000
_LEAST_MEMORY = 500
_MOVES = 20
"""Repositories that moved, as many as are told one by one."""
NOTHING = 3
_WORDS = {
    "scanned": "scanned",
    "judged": "judged again from their evidence",
    "unchanged": "unchanged",
    "failed": "failed",
    "waiting": "not done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCommon(scanning.Common):
    """The shared options as given."""

    store: str
    jobs: int | None
    timeout: int
    memory: int
    log: str | None

    @property
    def workers(self) -> int:
        """How many repositories are done at once."""
        return self.jobs or usable_processors()


JOBS = click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Repositories at once; default all cores.")
TIMEOUT = click.option(
    "--timeout",
    type=click.IntRange(1, 86_400),
    default=1_800,
    show_default=True,
    metavar="SECONDS",
    help="For one repository, its clone included; it then counts as failed.",
)
MEMORY = click.option(
    "--memory",
    type=click.IntRange(0),
    default=4_000,
    show_default=True,
    metavar="MB",
    help="For each worker, where the system can limit it; 0 is no limit.",
)
LOG = click.option("--log", metavar="FILE", help="Add a line per repository to this file; without a terminal, stderr.")


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a command with the options of `RunCommon`."""
    quiet = click.option("-q", "--quiet", is_flag=True, help="No progress; errors and the summary only.")
    ours = (STORE, JOBS, TIMEOUT, MEMORY, LOG, quiet)
    theirs = (scanning.MODEL, scanning.DETECTORS, scanning.RULES, scanning.NO_REPO_CONFIG, scanning.POLICY)
    return scanning.stacked(function, (*ours, *theirs, scanning.AS_OF, scanning.DEBUG, scanning.NO_COLOR))


def setup_of(request: RunCommon, fetcher: Fetcher, *, full_history: bool = False) -> Setup:
    """What every worker is given. Raises UsageError, or SettingsError with file and line."""
    from mlscan.fleet.running import Bounds, Setup

    if 0 < request.memory < _LEAST_MEMORY:
        raise UsageError(f"--memory: a worker needs at least {_LEAST_MEMORY} MB")
    return Setup(
        fetcher=fetcher,
        detectors=tuple(os.path.abspath(d) for d in request.detectors),  # noqa: PTH100 - links stay as they are
        rules=tuple(os.path.abspath(r) for r in request.rules),  # noqa: PTH100
        model=request.model,
        policy=_policy(request.policy),
        repo_config=not request.no_repo_config,
        limits=limits_of(),
        bounds=Bounds(seconds=request.timeout, memory=request.memory * _MEGABYTE),
        full_history=full_history,
    )


def _policy(path: str | None) -> PolicyText | None:
    from pathlib import Path

    from mlscan.fleet.store.records import PolicyText
    from mlscan.settings import load_policy
    from mlscan.settings.loading import file_bytes

    if path is None:
        return None
    loaded = load_policy(path)
    return PolicyText(digest=loaded.digest, name=Path(path).name, data=file_bytes(path, "--policy"))


def tell(store: Store, result: Result, watch: RunWatch) -> None:
    """The summary of a run on stdout."""
    lines = (*_summary(store, result), *_failures(watch, result), *_moves(store, result))
    # Names are of others: they must not say anything to a terminal.
    write_stdout("".join(f"{one_line(line)}\n" for line in lines))


def _summary(store: Store, result: Result) -> Iterator[str]:
    counts = {state.value: count for state, count in store.counts(result.run).items() if count}
    shown = ", ".join(f"{counts[word]:,} {words}" for word, words in _WORDS.items() if word in counts)
    total = sum(counts.values())
    taken_up = ", taken up where it was stopped" if result.resumed else ""
    repositories = f"{total:,} {'repository' if total == 1 else 'repositories'}"
    yield f"{repositories}: {shown or 'nothing to do'}; {span(result.progress.seconds)}{taken_up}"
    if result.unlisted:
        yield f"{result.unlisted} of the sources could not be listed, wholly or in part"
    yield f"kept in {store.name} (run {result.run}); next: mlscan fleet report"


def _failures(watch: RunWatch, result: Result) -> Iterator[str]:
    if watch.failures:
        yield ""
        yield "Failed:"
        yield from (f"  {line}" for line in watch.failures)
        more = result.progress.failed - len(watch.failures)
        if more > 0:
            yield f"  and {more:,} more: --log FILE has all of them"


def _moves(store: Store, result: Result) -> Iterator[str]:
    by_cause: dict[str, int] = {}
    lines: list[str] = []
    for name, before, now, causes in store.moves(result.run):
        words = " and ".join(causes)
        by_cause[words] = by_cause.get(words, 0) + 1
        if len(lines) < _MOVES:
            lines.append(f"  {name}: level {before} to {now}, by {words}")
    moved = sum(by_cause.values())
    if moved:
        yield ""
        yield f"Moved: {moved:,} ({', '.join(f'{n:,} by {words}' for words, n in sorted(by_cause.items()))})"
        yield from lines
        if moved > len(lines):
            yield f"  and {moved - len(lines):,} more"
