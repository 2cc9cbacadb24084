"""What `when` says about a stage of a Jenkinsfile, as one condition, and which triggers let it through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds, never
from mlscan.read.ci_jenkins_tokens import Statement, argument, source, strings_of, words_of
from mlscan.types.source import Job, Trigger

DEFAULT = Trigger("push", 1, "default")
"""What a file that says nothing is started by: every change of a branch, where all branches are built."""
_ALL_BRANCHES = (DEFAULT, Trigger("pull_request", 1, "default"), Trigger("tag", 1, "default"))
_BY_HAND = Trigger("manual", 1, "by hand")
_CAUSES: dict[str, Value] = {
    "schedule": "TimerTrigger",
    "manual": "UserIdCause",
    "workflow_run": "UpstreamCause",
    "push": Some(("SCM*", "Branch*", "*Push*")),
    "pull_request": Some(("Branch*", "*PullRequest*")),
    "tag": Some(("Branch*",)),
}
_SOMETHING = Some(("?*",))
_SIGNS = {"anyOf": " || ", "not": " || "}


@dataclass(slots=True)
class When:
    """A `when`, or a block in it, that is being read."""

    name: str = "when"
    parts: list[str] = field(default_factory=list)

    @property
    def condition(self) -> str:
        """The parts as one condition."""
        parts = [part for part in self.parts if part]
        found = _SIGNS.get(self.name, " && ").join(parts if len(parts) == 1 else [f"({part})" for part in parts])
        return f"!({found})" if self.name == "not" and found else found

    def take(self, statement: Statement) -> None:
        """Add one statement."""
        words, strings = words_of(statement), strings_of(statement)
        if not words and not strings:
            return
        if self.name == "expression":
            body = [t for t in statement if t.text not in ("return", "}")]
            self.parts.append(source(body))
            return
        self.parts.append(_part(statement, words[0] if words else "", strings[0].text if strings else ""))


def _part(statement: Statement, kind: str, text: str) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    if kind in ("beforeAgent", "beforeInput", "beforeOptions"):
        return ""
    if kind == "branch":
        named = argument(statement, "comparator") is None
        return f"branch == {quoted}" if named and not set("*?") & set(text) else f"branch_like({quoted})"
    if kind in ("tag", "buildingTag"):
        return "tag"
    if kind == "changeRequest":
        return "change_request"
    if kind == "triggeredBy":
        return f"triggered_by == {quoted}"
    name, value = argument(statement, "name"), argument(statement, "value")
    if kind == "environment" and name is not None and value is not None:
        return f"env.{name.text} == '{value.text}'"
    return f"{kind}({quoted})" if kind else ""


def names_of(trigger: Trigger) -> Lookup:
    """What names in a condition stand for when this trigger fires."""
    change, tag = trigger.kind == "pull_request", trigger.kind == "tag"

    def lookup(name: str) -> Value:
        name = name.removeprefix("env.")
        if name in ("change_request", "CHANGE_ID", "CHANGE_TARGET", "CHANGE_URL"):
            return _SOMETHING if change else None
        if name in ("tag", "TAG_NAME"):
            return _SOMETHING if tag else None
        if name in ("branch", "BRANCH_NAME", "GIT_BRANCH"):
            return Some(("PR-*",)) if change and name != "GIT_BRANCH" else UNKNOWN
        if name == "triggered_by":
            return _CAUSES.get(trigger.kind, UNKNOWN)
        return UNKNOWN

    return lookup


def started(job: Job, triggers: Iterable[Trigger]) -> Job:
    """The job with what its condition lets through of the triggers, or of all that a change may be where none is."""
    if never(job.condition):
        return replace(job, active=False)
    base = tuple(triggers)
    candidates = (*(base or _ALL_BRANCHES), _BY_HAND)
    kept = tuple(t for t in candidates if holds(job.condition, names_of(t)) is not False)
    if not job.condition or len(kept) == len(candidates) or (not base and DEFAULT in kept):
        return job
    other = Trigger("other", job.line, job.condition[:200])
    return replace(job, triggers=tuple(t for t in kept if t is not _BY_HAND) or kept or (other,))
