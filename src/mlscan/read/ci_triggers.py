"""Which triggers of a workflow can fire at all, and which of them start a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from mlscan.types.source import Job, Trigger, Workflow

NO_BRANCH = "its branches do not exist"
MAX_ASKED = 50_000
"""Pairs of jobs and triggers that are compared."""
_PASSES = 20
"""Jobs that need jobs that are followed."""
_WILD = re.compile(r"[*?\[\]+!^$|(){}\\]")
_WHATEVER_BEFORE = re.compile(r"\b(?:always|failure|cancelled|failed|succeededOrFailed|canceled)\s*\(", re.IGNORECASE)
"""Conditions that hold though a job before did not run."""
_ON_BRANCHES = ("push", "pull_request", "schedule")


def admits(patterns: Sequence[str], branch: str) -> bool:
    """Whether a list of branch patterns lets a branch through; `!` takes out again, no pattern lets all through."""
    found = not any(not p.startswith("!") for p in patterns)
    for pattern in patterns:
        if pattern.startswith("!"):
            found = found and not fnmatchcase(branch, pattern[1:])
        elif fnmatchcase(branch, pattern):
            found = True
    return found


def cannot_fire(workflow: Workflow, branches: Sequence[str]) -> bool:
    """Whether nothing can ever start a workflow because all its triggers wait for branches that do not exist.

    `branches` are all branches of the repository; False where none is known. A pattern may match a branch to come.
    """
    if not branches or not workflow.active:
        return False
    triggers = [*workflow.triggers, *(t for job in workflow.jobs for t in job.triggers or ())]
    return bool(triggers) and all(_dead(trigger, branches) for trigger in triggers)


def firing(workflow: Workflow, branches: Sequence[str]) -> Workflow:
    """The workflow without triggers whose branches do not exist; inactive, with the reason, where none is left."""
    if not branches or not workflow.active:
        return workflow
    if cannot_fire(workflow, branches):
        return replace(workflow, active=False, why_inactive=NO_BRANCH)
    triggers = tuple(t for t in workflow.triggers if not _dead(t, branches))
    jobs = tuple(_firing(job, triggers, workflow.triggers, branches) for job in workflow.jobs)
    return replace(workflow, triggers=triggers, jobs=jobs)


def _firing(job: Job, left: tuple[Trigger, ...], before: tuple[Trigger, ...], branches: Sequence[str]) -> Job:
    if job.triggers is None:
        return replace(job, active=job.active and bool(left or not before))
    triggers = tuple(t for t in job.triggers if not _dead(t, branches))
    return replace(job, triggers=triggers, active=job.active and bool(triggers or not job.triggers))


def _dead(trigger: Trigger, branches: Sequence[str]) -> bool:
    """Whether a trigger names branches, none of them there and none a pattern."""
    names = [name.removeprefix("refs/heads/") for name in trigger.branches]
    if trigger.kind not in _ON_BRANCHES or not names or any(map(_is_pattern, names)):
        return False
    known = {branch.removeprefix("refs/heads/") for branch in branches}
    return not known.intersection(names)


def _is_pattern(name: str) -> bool:
    return bool(_WILD.search(name)) or (name.startswith("/") and name.endswith("/"))


def narrowed(
    jobs: Iterable[Job], triggers: tuple[Trigger, ...], started: Callable[[Job, Trigger], bool | None]
) -> tuple[Job, ...]:
    """The jobs, each with the triggers of its own that its condition lets through; inactive where that is none.

    `started` says whether a trigger starts a job, None where that is unknown. A job that needs others is started by
    what starts those, unless its condition holds whatever came before.
    """
    found: list[Job] = list(jobs)
    if len(found) * len(triggers) > MAX_ASKED:
        return tuple(found)
    for number, job in enumerate(found):
        base = triggers if job.triggers is None else job.triggers
        found[number] = _with(job, base, tuple(t for t in base if started(job, t) is not False))
    for _ in range(_PASSES):
        known = {job.id: job for job in found}
        later = [_after(job, known, triggers) for job in found]
        if later == found:
            break
        found = later
    return tuple(found)


def _with(job: Job, base: tuple[Trigger, ...], kept: tuple[Trigger, ...]) -> Job:
    if len(kept) == len(base):
        return job
    return replace(job, triggers=kept or job.triggers, active=job.active and bool(kept))


def _after(job: Job, jobs: Mapping[str, Job], triggers: tuple[Trigger, ...]) -> Job:
    """A job without the triggers that do not start the jobs it needs."""
    before = [jobs[name] for name in job.needs if name in jobs]
    if not before or not job.active or _WHATEVER_BEFORE.search(job.condition):
        return job
    if not all(one.active for one in before):
        return replace(job, active=False)
    base = triggers if job.triggers is None else job.triggers
    kept = tuple(t for t in base if all(one.triggers is None or t in one.triggers for one in before))
    return _with(job, base, kept)


def waiting(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """The jobs, those that need a job for which somebody is asked being such jobs themselves."""
    manual = {job.id for job in jobs if job.manual} | {job.name for job in jobs if job.manual and job.name}
    for _ in range(_PASSES):
        more = {job.id for job in jobs if job.id not in manual and manual.intersection(job.needs)}
        if not more:
            break
        manual |= more
    return tuple(replace(job, manual=True) if job.id in manual and not job.manual else job for job in jobs)
