"""What `rules`, `only`, `except` and `when` of GitLab CI say about when a job runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlscan.read.ci_parts import as_list, texts
from mlscan.types.source import Node, Trigger

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
_NO_TAG = re.compile(r"\$\{?CI_COMMIT_TAG\}?\s*==\s*null")


@dataclass(frozen=True, slots=True)
class When:
    """When a job runs: its own triggers (None where it says nothing), whether by hand, whether at all."""

    triggers: tuple[Trigger, ...] | None = None
    manual: bool = False
    active: bool = True
    condition: str = ""


def when_of(job: Node) -> When:
    """When a job runs by its `rules`, or by `only`, `except` and `when`."""
    when = _text(job.get("when"))
    rules = job.get("rules")
    if rules is not None:
        return _rules(rules, when)
    only, without = job.get("only"), job.get("except")
    triggers = tuple(_kept(list(_only(only)), without)) if only is not None or without is not None else None
    return When(triggers, when == "manual", when != "never" and triggers != ())


def rule_triggers(rules: Node) -> tuple[Trigger, ...]:
    """The triggers that `workflow: rules` let through."""
    return _rules(rules, "").triggers or ()


def _rules(rules: Node, when: str) -> When:
    triggers: list[Trigger] = []
    live: list[str] = []
    conditions: list[str] = []
    for rule in as_list(rules):
        if not rule.map:
            continue
        how = _text(rule.get("when")) or when
        if how == "never":
            continue
        live.append(how)
        found = list(_rule(rule))
        conditions += [c for c in (_text(rule.get("if")),) if c]
        triggers += found
        if how == "manual":
            triggers += [Trigger("manual", rule.line, "when: manual", t.branches) for t in found[:1]]
    manual = bool(live) and all(how == "manual" for how in live)
    return When(tuple(dict.fromkeys(triggers)), manual, bool(live), " || ".join(conditions)[:500])


def _rule(rule: Node) -> Iterator[Trigger]:
    changes = rule.get("changes")
    paths = texts(changes.get("paths")) if changes is not None and changes.map else texts(changes)
    condition = rule.get("if")
    if condition is None or not condition.text:
        yield Trigger("push", rule.line, "rules", (), paths)
        return
    text, line = condition.text, condition.line
    kinds = _kinds(text)
    branches = tuple(value.strip("\"'") for sign, value in _BRANCH.findall(text) if sign in ("==", "=~") and value)
    if not kinds and (_BRANCH.search(text) or _NO_TAG.search(text)):
        kinds = ["push"]
    for kind in kinds:
        yield Trigger(kind, line, text[:200], branches, paths)
    if not kinds:
        yield Trigger("push", line, text[:200], branches, paths, unknown=True)


def _kinds(text: str) -> list[str]:
    found = []
    for _, value in _SOURCE.findall(text):
        found += [_SOURCES.get(word, "other") for word in re.split(r"[|()^$]+", value.strip("\"'/")) if word]
    if _MERGE.search(text) and "!$CI_MERGE" not in text:
        found.append("pull_request")
    if _TAG.search(text):
        found.append("tag")
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
