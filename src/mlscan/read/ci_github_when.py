"""What conditions of GitHub Actions can know of the event that starts a workflow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds
from mlscan.read.ci_triggers import narrowed
from mlscan.types.source import Job, Trigger

_PAYLOADS = {
    "pull_request": ("pull_request",),
    "release": ("release",),
    "workflow_run": ("workflow_run",),
    "inputs": ("manual",),
    "client_payload": ("dispatch",),
    "schedule": ("schedule",),
}
"""Parts of `github.event` that only some events have."""
_EVENTS = {
    "tag": "push",
    "manual": "workflow_dispatch",
    "dispatch": "repository_dispatch",
}
_SPECIAL = re.compile(r"[*?+\[].*", re.DOTALL)
_HEADS, _TAGS = "refs/heads/", "refs/tags/"


def event_of(trigger: Trigger) -> str:
    """`github.event_name` of a trigger."""
    if trigger.kind in ("pull_request", "other", "push"):
        return trigger.detail or trigger.kind
    return _EVENTS.get(trigger.kind, trigger.kind)


@dataclass(frozen=True, slots=True)
class Starts:
    """What starts a workflow."""

    triggers: tuple[Trigger, ...]
    merged: frozenset[int] = frozenset()
    """Lines of pull requests that start it when they are closed: a merged one runs on the branch that it went to."""

    @property
    def known(self) -> bool:
        """False where other workflows call this one, so that the events are theirs."""
        return bool(self.triggers) and not any(t.kind == "workflow_call" for t in self.triggers)

    def jobs(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        """The jobs with the triggers that their conditions let through."""
        if not self.known:
            return tuple(jobs)
        return narrowed(jobs, self.triggers, lambda job, trigger: holds(job.condition, self._names(trigger)))

    def never(self, condition: str) -> bool:
        """Whether no trigger lets a condition hold."""
        return bool(condition) and self.known and all(holds(condition, self._names(t)) is False for t in self.triggers)

    def _names(self, trigger: Trigger) -> Lookup:
        return names_of(trigger, merged=trigger.line in self.merged)


def names_of(trigger: Trigger, *, merged: bool = False) -> Lookup:
    """What names in a condition stand for when this trigger fires."""
    event = event_of(trigger)
    ref = UNKNOWN if merged else _ref(trigger)

    def lookup(name: str) -> Value:
        name = name.lower()
        if name == "github.event_name":
            return event
        if name == "github.ref":
            return ref
        if name == "github.ref_type":
            return "branch" if trigger.kind == "push" and trigger.branches else UNKNOWN
        if name in ("github.head_ref", "github.base_ref"):
            return UNKNOWN if trigger.kind == "pull_request" else ""
        if name == "github.ref_name":
            return _short(ref)
        if name == "github.event.schedule" and trigger.kind == "schedule":
            return trigger.detail
        kinds = _PAYLOADS.get(_payload(name))
        return UNKNOWN if kinds is None or trigger.kind in kinds else None

    return lookup


def _payload(name: str) -> str:
    """The part of the event that a name looks into."""
    parts = name.split(".")
    if parts[0] == "inputs":
        return "inputs"
    return parts[2] if parts[:2] == ["github", "event"] and len(parts) > 2 else ""


def _ref(trigger: Trigger) -> Value:
    if trigger.kind == "pull_request":
        # a trusted run sees the branch that the change goes to
        return Some(("refs/pull/*/merge",)) if trigger.detail == "pull_request" else Some((_HEADS + "*",))
    if trigger.kind in ("tag", "release"):
        return Some((_TAGS + "*",))
    if trigger.kind == "push" and trigger.branches and not any(b.startswith("!") for b in trigger.branches):
        return Some(tuple(_HEADS + _SPECIAL.sub("*", branch) for branch in trigger.branches))
    if trigger.kind in ("schedule", "workflow_run", "dispatch"):
        return Some((_HEADS + "*",))
    return Some(("refs/*",)) if trigger.kind in ("push", "manual") else UNKNOWN


def _short(ref: Value) -> Value:
    if not isinstance(ref, Some) or any("*" in pattern for pattern in ref.patterns):
        return UNKNOWN
    return Some(tuple(pattern.removeprefix(_HEADS) for pattern in ref.patterns))
