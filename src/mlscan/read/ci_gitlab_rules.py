"""What `rules`, `only`, `except` and `when` of GitLab CI say about when a job runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds
from mlscan.read.ci_parts import flat, texts
from mlscan.types.source import Node, Trigger

MAX_RULES = 100

_SOURCES = {
    "schedule": "schedule",
    "merge_request_event": "pull_request",
    "external_pull_request_event": "pull_request",
    "push": "push",
    "web": "manual",
    "chat": "manual",
    "api": "api",
    "trigger": "api",
    "pipeline": "workflow_run",
    "parent_pipeline": "workflow_call",
}
_SOURCE_OF: Mapping[str, Value] = {
    "push": "push",
    "tag": "push",
    "schedule": "schedule",
    "pull_request": Some(("merge_request_event", "external_pull_request_event")),
    "manual": Some(("web", "chat")),
    "api": Some(("api", "trigger")),
    "workflow_run": "pipeline",
    "workflow_call": "parent_pipeline",
}
_KEYWORDS = {
    "branches": "push",
    "pushes": "push",
    "tags": "tag",
    "schedules": "schedule",
    "merge_requests": "pull_request",
    "external_pull_requests": "pull_request",
    "web": "manual",
    "api": "api",
    "triggers": "api",
    "external": "api",
    "chat": "manual",
    "pipelines": "workflow_run",
}
_SOURCE = re.compile(r"\$\{?CI_PIPELINE_SOURCE\}?\s*(==|=~)\s*(\"[^\"]*\"|'[^']*'|/[^/]*/)")
_TAG = re.compile(r"(?<!!)\$\{?CI_COMMIT_TAG\}?" + r"(?!\s*(?:==\s*(?:null|\"\"|'')|!~))")
_MERGE = re.compile(r"\$\{?CI_MERGE_REQUEST_\w+\}?" + r"(?!\s*==\s*(?:null|\"\"|''))")
_BRANCH = re.compile(
    r"\$\{?CI_(?:COMMIT_BRANCH|COMMIT_REF_NAME|COMMIT_REF_SLUG|DEFAULT_BRANCH)\}?"
    r"(?:\s*(==|=~|!=|!~)\s*(\"[^\"]*\"|'[^']*'|/[^/\n]*/|\$\{?\w+\}?))?"
)
_OWN = re.compile(r"\$\{?CI_(?:PIPELINE_SOURCE|COMMIT_|MERGE_REQUEST|DEFAULT_BRANCH)")
"""Variables that say what started a pipeline; those of a project are set elsewhere."""
_SOMETHING = Some(("?*",))


@dataclass(frozen=True, slots=True)
class When:
    """When a job runs: its own triggers (None where it says nothing), whether by hand, whether at all."""

    triggers: tuple[Trigger, ...] | None = None
    manual: bool = False
    active: bool = True
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Pipelines:
    """Which pipelines there are at all: what the configuration says for all jobs."""

    rules: Node | None = None
    """`workflow: rules`."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables with the values that the configuration gives them; a run may be given others."""

    def admit(self, kind: str) -> bool:
        """Whether a pipeline that is started so exists."""
        if self.rules is None or not self.rules.items:
            return True
        for rule in islice(flat(self.rules), MAX_RULES):
            text = _text(rule.get("if"))
            found = holds(text, names_of(kind)) if text else True
            if _text(rule.get("when")) == "never":
                if found and not _depends(rule):
                    return False
            elif found is not False and rule.map:
                return True
        return False

    def triggers(self) -> tuple[Trigger, ...] | None:
        """What starts a pipeline; None where nothing is said."""
        if self.rules is None or not self.rules.items:
            return None
        return _rules(self.rules, "", self.variables).triggers or ()


def names_of(kind: str, variables: Mapping[str, str] | None = None) -> Lookup:
    """What variables in a condition stand for in a pipeline that was started so."""

    def lookup(name: str) -> Value:
        name = name.strip("${}")
        if name == "CI_PIPELINE_SOURCE":
            return _SOURCE_OF.get(kind, UNKNOWN)
        if name == "CI_COMMIT_TAG":
            return _SOMETHING if kind == "tag" else None
        if name == "CI_COMMIT_BRANCH":
            return None if kind in ("tag", "pull_request") else _SOMETHING
        if name.startswith("CI_MERGE_REQUEST_"):
            return (_SOMETHING if name.endswith("ID") else UNKNOWN) if kind == "pull_request" else None
        return variables[name] if variables and name in variables else UNKNOWN

    return lookup


def when_of(job: Node, pipelines: Pipelines) -> When:
    """When a job runs by its `rules`, or by `only`, `except` and `when`."""
    when = _text(job.get("when"))
    rules = job.get("rules")
    if rules is not None:
        found = _rules(rules, when, pipelines.variables)
    else:
        only, without = job.get("only"), job.get("except")
        triggers = tuple(_kept(list(_only(only)), without)) if only is not None or without is not None else None
        found = When(triggers, when == "manual", when != "never" and triggers != ())
    if not found.triggers:
        return found
    left = tuple(t for t in found.triggers if t.kind == "manual" or pipelines.admit(t.kind))
    return replace(found, triggers=left, active=found.active and bool(left))


def _rules(rules: Node, when: str, variables: Mapping[str, str]) -> When:
    triggers: list[Trigger] = []
    live: list[str] = []
    conditions: list[str] = []
    before: list[str] = []
    for rule in islice(flat(rules), MAX_RULES):
        if not rule.map:
            continue
        how = _text(rule.get("when")) or when
        text = _text(rule.get("if"))
        always = not text and not _depends(rule)
        if how == "never" and always:
            break
        if how == "never":
            before += [] if _depends(rule) else [text]
            continue
        found = [t for t in _rule(rule, variables) if not _stopped(t.kind, before)]
        if not found:
            continue
        live.append(how)
        conditions += [text] if text else []
        triggers += found
        if how == "manual":
            triggers += [Trigger("manual", rule.line, "when: manual", t.branches) for t in found[:1]]
        if always:
            break
    manual = bool(live) and all(how == "manual" for how in live)
    return When(tuple(dict.fromkeys(triggers)), manual, bool(live), " || ".join(conditions)[:500])


def _depends(rule: Node) -> bool:
    """Whether a rule looks at files."""
    return "changes" in rule.map or "exists" in rule.map


def _stopped(kind: str, conditions: list[str]) -> bool:
    """Whether a rule with `when: never` certainly held before."""
    return any(holds(condition, names_of(kind)) for condition in conditions)


def _rule(rule: Node, variables: Mapping[str, str]) -> Iterator[Trigger]:
    changes = rule.get("changes")
    paths = texts(changes.get("paths")) if changes is not None and changes.map else texts(changes)
    condition = rule.get("if")
    if condition is None or not condition.text:
        yield Trigger("push", rule.line, "rules", (), paths)
        return
    text, line = condition.text, condition.line
    found = [kind for kind in _kinds(text) if holds(text, names_of(kind)) is not False]
    if not found and holds(text, names_of("push")) is not False:
        found = ["push"]
    branches = tuple(value.strip("\"'") for sign, value in _BRANCH.findall(text) if sign in ("==", "=~") and value)
    for kind in found or [k for k in _SOURCE_OF if k != "push" and holds(text, names_of(k))][:1]:
        sure = _OWN.search(text) is not None or holds(text, names_of(kind, variables)) is True
        yield Trigger(kind, line, text[:200], branches, paths, unknown=not sure)


def _kinds(text: str) -> list[str]:
    """What a condition says that starts a pipeline."""
    found = []
    for _, value in _SOURCE.findall(text):
        found += [_SOURCES.get(word, "other") for word in re.split(r"[|()^$]+", value.strip("\"'/")) if word]
    if _MERGE.search(text) and "!$CI_MERGE" not in text:
        found.append("pull_request")
    if _TAG.search(text):
        found.append("tag")
    if not found or _BRANCH.search(text.replace("CI_DEFAULT_BRANCH", "")):
        found.append("push")
    return list(dict.fromkeys(found))


def _only(node: Node | None) -> Iterator[Trigger]:
    """Triggers of an `only`; those that jobs have without one where there is none."""
    if node is None:
        yield Trigger("push", 0, "push")
        yield Trigger("tag", 0, "tag")
        return
    refs = node.get("refs") if node.map else node
    paths = texts(node.get("changes"))
    if refs is None:
        condition = node.get("variables")
        yield Trigger("push", node.line, "only", (), paths, unknown=condition is not None)
        return
    names = texts(refs)
    branches = tuple(name for name in names if name not in _KEYWORDS)
    for item in refs.items:
        kind = _KEYWORDS.get(item.text)
        if kind:
            yield Trigger(kind, item.line, item.text, branches if kind == "push" else (), paths)
    if branches and "branches" not in names:
        yield Trigger("push", refs.line, ", ".join(branches)[:200], branches, paths)


def _kept(triggers: list[Trigger], without: Node | None) -> Iterator[Trigger]:
    refs = without.get("refs") if without is not None and without.map else without
    gone = {_KEYWORDS[name] for name in texts(refs) if name in _KEYWORDS}
    yield from (t for t in triggers if t.kind not in gone)


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""
