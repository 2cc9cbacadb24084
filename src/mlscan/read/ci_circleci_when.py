"""What starts a workflow of CircleCI, and which jobs of it: schedules, conditions on the pipeline, filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, both, either, equal, holds, negated, truth
from mlscan.read.ci_parts import CiFile, as_list, texts
from mlscan.types.source import Node, Trigger

_EVERYTHING = ("/.*/", "/^.*$/", "/.+/", "/^.*/")
_SOURCES = {"push": "webhook", "tag": "webhook", "schedule": "scheduled_pipeline", "api": "api"}
MAX_DEPTH = 6
"""Conditions inside conditions."""


def flow_triggers(file: CiFile, flow: Node) -> tuple[Trigger, ...]:
    """What starts a workflow: its schedules, else the events that its condition lets through."""
    schedules = [n.get("schedule") for n in as_list(flow.get("triggers"))]
    found = [
        Trigger("schedule", cron.line, cron.text, _plain(texts(schedule.get("filters", "branches", "only"))))
        for schedule in schedules
        if schedule is not None and (cron := schedule.get("cron")) is not None
    ]
    if found:
        return tuple(found)
    condition = flow.get("when") or flow.get("unless")
    if condition is None:
        return (Trigger("push", flow.line, "push"),)
    answers = {kind: _flow_holds(file, flow, _names_of(kind, file)) for kind in _SOURCES if kind != "tag"}
    kinds = [kind for kind, answer in answers.items() if answer is not False]
    # what asks for a parameter that is false where nobody gives it is started by whoever gives it
    if not kinds:
        return (Trigger("api", condition.line, "a parameter of the pipeline"),)
    if answers["push"] is not False and answers["push"] is None and kinds == list(answers):
        return (Trigger("push", condition.line, "when", unknown=True),)
    return tuple(Trigger(kind, condition.line, "when") for kind in kinds if kind != "api" or len(kinds) == 1)


def _flow_holds(file: CiFile, flow: Node, lookup: Lookup) -> bool | None:
    when, unless = flow.get("when"), flow.get("unless")
    found = _condition(file, when, lookup) if when is not None else True
    return both(found, negated(_condition(file, unless, lookup))) if unless is not None else found


def _condition(file: CiFile, node: Node, lookup: Lookup, depth: int = MAX_DEPTH) -> bool | None:
    """Whether a logic statement holds: `and`, `or`, `not`, `equal`, `matches`, or a value."""
    if not depth:
        return None
    if not node.map:
        text = file.text(node)
        return holds(text, lookup) if "==" in text or " or " in text else truth(_value(file, node, lookup))
    key, child = next(iter(node.map.items()))
    if key == "equal":
        values = [_value(file, item, lookup) for item in child.items]
        found: bool | None = True
        for value in values[1:]:
            found = both(found, equal(values[0], value))
        return found
    if key == "not":
        return negated(_condition(file, child, lookup, depth - 1))
    if key not in ("and", "or"):
        return None
    join = both if key == "and" else either
    result: bool | None = key == "and"
    for item in as_list(child):
        result = join(result, _condition(file, item, lookup, depth - 1))
    return result


def _value(file: CiFile, node: Node, lookup: Lookup) -> Value:
    if isinstance(node.value, (bool, int, float)):
        return node.value
    text = file.text(node).strip()
    if text.startswith("<<") and text.endswith(">>"):
        return lookup(text[2:-2].strip())
    return UNKNOWN if "<<" in text else text


def _names_of(kind: str, file: CiFile) -> Lookup:
    """What names of the pipeline stand for when it was started so; parameters are what the file says."""

    def lookup(name: str) -> Value:
        if name == "pipeline.trigger_source":
            return _SOURCES[kind]
        if name == "pipeline.schedule.name":
            return Some(("?*",)) if kind == "schedule" else ""
        if name.startswith("pipeline.parameters."):
            default = file.root.get("parameters", name.removeprefix("pipeline.parameters."), "default")
            given = default.value if default is not None else None
            return given if isinstance(given, (str, bool, int, float)) else UNKNOWN
        return UNKNOWN

    return lookup


def job_triggers(call: Node | None, triggers: Sequence[Trigger]) -> tuple[Trigger, ...]:
    """What starts a job of a workflow: the workflow's triggers as its filters let them through."""
    filters = call.get("filters") if call is not None else None
    if filters is None or not filters.map:
        return tuple(triggers)
    return tuple(dict.fromkeys(t for trigger in triggers for t in _filtered(filters, trigger)))


def _filtered(filters: Node, trigger: Trigger) -> Iterator[Trigger]:
    if trigger.kind != "push":
        yield trigger
        return
    only = texts(filters.get("branches", "only")) or texts(filters.get("branches"))
    ignored = texts(filters.get("branches", "ignore"))
    if not any(pattern in _EVERYTHING for pattern in ignored):
        yield replace(trigger, branches=_plain(only) or trigger.branches)
    tags = texts(filters.get("tags", "only"))
    if tags:
        yield Trigger("tag", filters.line, ", ".join(tags)[:200])


def _plain(branches: tuple[str, ...]) -> tuple[str, ...]:
    """The branches as written, none where one pattern takes all."""
    return () if any(branch in _EVERYTHING for branch in branches) else branches
