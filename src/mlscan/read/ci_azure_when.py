"""What starts a pipeline of Azure Pipelines, and which of that starts a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds
from mlscan.read.ci_parts import as_list, named, texts
from mlscan.read.ci_triggers import narrowed
from mlscan.types.source import Job, Node, Trigger

_REASONS: dict[str, Value] = {
    "push": Some(("IndividualCI", "BatchedCI")),
    "tag": Some(("IndividualCI", "BatchedCI")),
    "schedule": "Schedule",
    "pull_request": "PullRequest",
    "manual": "Manual",
    "workflow_run": "ResourceTrigger",
    "dispatch": "ResourceTrigger",
}
_BY_HAND = Trigger("manual", 1, "by hand")
"""What every pipeline can be started by besides what its file says."""


def triggers_of(root: Node) -> Iterator[Trigger]:
    """The triggers of a pipeline; by hand where the file says that nothing else starts it."""
    found = [*_pushes(root), *_schedules(root), *_completions(root)]
    yield from found
    if not found:
        yield Trigger("manual", root.map["trigger"].line if "trigger" in root.map else 1, "no trigger")


def _pushes(root: Node) -> Iterator[Trigger]:
    for key, kind in (("trigger", "push"), ("pr", "pull_request")):
        node = root.get(key)
        if node is None:
            # a pipeline that says nothing is started by every push
            if key == "trigger":
                yield Trigger("push", 1, "default")
            continue
        tags = _included(node.get("tags"))
        branches = _included(node.get("branches")) if node.map else texts(node)
        if [b.lower() for b in branches] == ["none"] or _all_excluded(node.get("branches")):
            continue
        if branches or not tags:
            yield Trigger(kind, node.line, key, branches, _included(node.get("paths")))
        if tags:
            yield Trigger("tag", node.line, ", ".join(tags)[:200])


def _included(node: Node | None) -> tuple[str, ...]:
    return texts(node.get("include")) if node is not None and node.map else texts(node)


def _all_excluded(node: Node | None) -> bool:
    return node is not None and "*" in texts(node.get("exclude"))


def _schedules(root: Node) -> Iterator[Trigger]:
    for node in as_list(root.get("schedules")):
        cron = node.get("cron")
        if cron is not None and cron.text:
            yield Trigger("schedule", cron.line, cron.text, _included(node.get("branches")), unknown="$" in cron.text)


def _completions(root: Node) -> Iterator[Trigger]:
    for node in as_list(root.get("resources", "pipelines")):
        trigger = node.get("trigger")
        if trigger is not None and trigger.text.lower() not in ("none", "false"):
            yield Trigger("workflow_run", trigger.line, named(node.get("source")), _included(trigger.get("branches")))
    for node in as_list(root.get("resources", "webhooks")):
        yield Trigger("dispatch", node.line, named(node.get("webhook")))
    for key in ("containers", "packages", "repositories"):
        for node in as_list(root.get("resources", key)):
            trigger = node.get("trigger")
            if trigger is not None and trigger.text.lower() not in ("none", "false"):
                yield Trigger("other", trigger.line, f"a change in {named(node.get('name')) or key}")


def started(jobs: Sequence[Job], triggers: tuple[Trigger, ...]) -> tuple[Job, ...]:
    """The jobs with the triggers that their conditions let through; a job that is only for runs by hand says so."""
    if any(t.kind == "workflow_call" for t in triggers):
        return tuple(jobs)
    manual = [t for t in triggers if t.kind == "manual"]
    found = narrowed(jobs, triggers if manual else (*triggers, _BY_HAND), _starts)
    return tuple(_without_hand(job) for job in found)


def _starts(job: Job, trigger: Trigger) -> bool | None:
    return holds(job.condition, _names_of(trigger))


def _without_hand(job: Job) -> Job:
    if job.triggers is None or job.triggers == (_BY_HAND,):
        return job
    return replace(job, triggers=tuple(t for t in job.triggers if t is not _BY_HAND))


def _names_of(trigger: Trigger) -> Lookup:
    branches = tuple(b for b in trigger.branches if not b.startswith("!"))

    def lookup(name: str) -> Value:
        name = name.strip("$()").removeprefix("variables.").lower()
        if name == "build.reason":
            return _REASONS.get(trigger.kind, UNKNOWN)
        if name == "build.sourcebranch":
            return _source(trigger, branches)
        if name == "build.sourcebranchname" and trigger.kind == "push" and branches:
            return Some(tuple(b.rpartition("/")[2] for b in branches))
        return UNKNOWN

    return lookup


def _source(trigger: Trigger, branches: tuple[str, ...]) -> Value:
    if trigger.kind == "pull_request":
        return Some(("refs/pull/*",))
    if trigger.kind == "tag":
        return Some(("refs/tags/*",))
    if trigger.kind == "push":
        return Some(tuple(b if b.startswith("refs/") else f"refs/heads/{b}" for b in branches) or ("refs/heads/*",))
    return UNKNOWN
