"""Runs over a fleet: scanning what sources list, and judging again what is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlscan import __version__
from mlscan.content import load_content
from mlscan.fleet.cloning import CloneFailure
from mlscan.fleet.running.coordinator import Coordinator, How
from mlscan.fleet.running.judging import Judge, Keys
from mlscan.fleet.running.listing import Note, gather_into
from mlscan.fleet.running.slots import Make, Slot, WorkerProcess
from mlscan.fleet.running.tasks import Bounds, Fetcher, Setup
from mlscan.fleet.running.watching import Ending, Progress, Watch
from mlscan.fleet.sources import Filters, gather
from mlscan.fleet.store.records import RunKind, RunPlan
from mlscan.types.fleet import FleetRepository
from mlscan.types.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.fleet.store import Store

__all__ = ["Bounds", "Ending", "Fetcher", "Progress", "Result", "Scan", "Setup", "Watch", "reassess", "scan"]

_SECRET = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What is to be scanned, and how."""

    sources: Sequence[str]
    setup: Setup
    filters: Filters = field(default_factory=Filters)
    jobs: int = 1
    as_of: date | None = None
    """The day for expiries and upcoming criteria; None is today (UTC), or that of the run that is taken up."""
    always: bool = False
    """True: what has not changed is scanned again, too, and no run is taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a run."""

    run: int
    resumed: bool
    progress: Progress
    unlisted: int
    """Sources that could not be listed, wholly or in part."""


def scan(store: Store, asked: Scan, watch: Watch, make: Make | None = None) -> Result:
    """Scans what the sources list, and stores each repository as it is done. A run that was stopped is taken up.

    make: what does the work, see `slots.Make`; default a process of this machine each.
    Raises UsageError for sources or a model that mean nothing, ContentError, SettingsError, StoreError.
    """
    content = _checked(asked.setup)
    keys = Keys.of(asked.setup, content)
    plan = _plan(RunKind.SCAN, asked, keys, content)
    with store.writing() as writer:
        run = writer.begin(plan, fresh=asked.always)
        bounds, peek = asked.setup.bounds, partial(_here, asked.setup.fetcher)
        how = How(look_key=keys.look, judge_key=keys.judge, bounds=bounds, peek=peek, always=asked.always)
        slots = [Slot(make or _processes(asked.setup), asked.setup.bounds) for _ in range(asked.jobs)]
        coordinator = Coordinator(writer=writer, run=run, plan=plan, how=how, slots=slots, watch=watch)
        events = coordinator.events
        found = gather(asked.sources, asked.filters, lambda words: events.put(Note(words)))
        gather_into(events, coordinator.room, lambda: found)
        coordinator.drive(is_listed=False)
    return Result(run=run.id, resumed=run.resumed, progress=coordinator.progress, unlisted=coordinator.unlisted)


def reassess(store: Store, asked: Scan, watch: Watch, make: Make | None = None) -> Result:
    """Judges the evidence of every repository by the content and policy of today; nothing is cloned or read.

    Raises what `scan` raises.
    """
    content = _checked(asked.setup)
    keys = Keys.of(asked.setup, content)
    plan = _plan(RunKind.REASSESS, asked, keys, content)
    with store.writing() as writer:
        run = writer.begin(plan)
        writer.enlist_judged(run.id)
        how = How(look_key=keys.look, judge_key=keys.judge, bounds=asked.setup.bounds, looks=False)
        slots = [Slot(make or _processes(asked.setup), asked.setup.bounds) for _ in range(asked.jobs)]
        coordinator = Coordinator(writer=writer, run=run, plan=plan, how=how, slots=slots, watch=watch)
        coordinator.drive(is_listed=True)
    return Result(run=run.id, resumed=run.resumed, progress=coordinator.progress, unlisted=0)


def _here(fetcher: Fetcher, repository: FleetRepository) -> str | None:
    """The revision of a repository that lies here; None for all others, and where it cannot be told."""
    try:
        return fetcher.revision(repository) if repository.path is not None else None
    except CloneFailure:
        return None


def _processes(setup: Setup) -> Callable[[], WorkerProcess]:
    return lambda: WorkerProcess(setup)


def _checked(setup: Setup) -> Content:
    """The content of a run. Raises what is wrong with it, with the policy or the model, before anything begins."""
    judge = Judge(setup, load_content(setup.detectors, setup.rules, examples=False))
    options = judge.options(date.min)
    judge.content.assess((options.policy.model if options.policy else None) or setup.model or DEFAULT_MODEL)
    return judge.content


def _plan(kind: RunKind, asked: Scan, keys: Keys, content: Content) -> RunPlan:
    # The same words mean another folder elsewhere.
    sources = [str(Path(s).absolute()) if Path(s).exists() else s for s in asked.sources]
    listing = _digest(kind, *sources, asked.filters)
    return RunPlan(
        kind=kind,
        key=_digest(listing, keys.look, keys.judge, asked.as_of),
        listing=listing,
        sources=_SECRET.sub("//", " ".join(asked.sources)),
        as_of=(asked.as_of or datetime.now(UTC).date()).isoformat(),
        mlscan_version=__version__,
        content_digest=content.digest,
        policy=asked.setup.policy,
    )


def _digest(*values: object) -> str:
    # A name may hold bytes that are no text.
    return hashlib.sha256(repr(msgspec.to_builtins(values)).encode("utf-8", "backslashreplace")).hexdigest()
