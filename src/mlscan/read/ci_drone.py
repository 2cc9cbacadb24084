"""Reads Drone and Woodpecker: a job for each step, started by what its pipeline and the step itself say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Value, holds
from mlscan.read.ci_parts import CiFile, Others, as_list, limited, mapping_texts, named, texts
from mlscan.types.source import Job, Node, Step, Trigger, Workflow

_EVENTS = {
    "push": "push",
    "pull_request": "pull_request",
    "tag": "tag",
    "release": "release",
    "cron": "schedule",
    "custom": "manual",
    "manual": "manual",
    "promote": "manual",
    "rollback": "manual",
    "deployment": "manual",
}
_ALL = ("push", "pull_request", "tag", "cron", "promote")
_SCRIPTS = ("script", "commands", "command")
"""Settings in which plug-ins are given shell text."""


def parse_drone(file: CiFile, system: str, _: Others) -> Workflow | None:
    """A job for each step of each pipeline of the file, with the triggers of the pipeline and of the step."""
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    for root in file.documents:
        steps = root.get("steps") or root.get("pipeline")
        pairs: Mapping[str, Node] = steps.map if steps is not None else {}
        listed = pairs or {named(n.get("name")) or str(i): n for i, n in enumerate(as_list(steps)) if n.map}
        if not any(node.map for node in listed.values()):
            continue
        own = _triggers(root.get("trigger") or root.get("when"))
        triggers += own or (Trigger("push", root.line, "push"),)
        environment = _targets(root.get("trigger") or root.get("when"))
        jobs += [_job(file, name, node, own, environment) for name, node in listed.items() if node.map]
    if not jobs:
        return None
    unique = tuple(dict.fromkeys(triggers))
    found = [replace(job, triggers=None) if job.triggers == unique else job for job in jobs]
    active = any(job.active for job in found)
    why = "" if active else "no job can run"
    return Workflow(system, file.path, "", unique, limited(found), (), active, why, problems=file.problems)


def _triggers(node: Node | None) -> tuple[Trigger, ...]:
    return tuple(t for one in as_list(node) for t in _one(one))


def _one(node: Node) -> Iterator[Trigger]:
    """The triggers of one condition; conditions without an event are for pushes, or for what they speak of."""
    events = node.get("event")
    branches = _included(node.get("branch"))
    excluded = texts(events.get("exclude")) if events is not None else ()
    if events is not None and events.map:
        events = events.get("include")
    found = events.items if events is not None else ()
    if not found and excluded:
        found = tuple(Node(kind, node.line) for kind in _ALL if kind not in excluded)
    cron, ref = node.get("cron"), node.get("ref")
    paths = _included(node.get("path"))
    evaluated = named(node.get("evaluate"))
    for item in found:
        kind = _EVENTS.get(item.text, "other")
        if not evaluated or holds(evaluated, _names_of(item.text)) is not False:
            yield Trigger(kind, item.line, item.text, branches, paths)
    if found:
        return
    if cron is not None:
        yield Trigger("schedule", cron.line, ", ".join(_included(cron)))
    elif ref is not None:
        tags = any(pattern.startswith("refs/tags/") for pattern in _included(ref))
        yield Trigger("tag" if tags else "push", ref.line, ", ".join(_included(ref))[:200])
    elif branches or paths or evaluated:
        kinds = [k for k in ("push", "tag", "cron") if not evaluated or holds(evaluated, _names_of(k)) is not False]
        yield from (Trigger(_EVENTS[kind], node.line, evaluated or kind, branches, paths) for kind in kinds[:1])


def _names_of(event: str) -> Lookup:
    def lookup(name: str) -> Value:
        return event if name.strip("${}") == "CI_PIPELINE_EVENT" else UNKNOWN

    return lookup


def _included(node: Node | None) -> tuple[str, ...]:
    return texts(node.get("include")) if node is not None and node.map else texts(node)


def _targets(node: Node | None) -> tuple[str, ...]:
    """Environments that a promotion goes to."""
    return tuple(t for one in as_list(node) for key in ("target", "environment") for t in _included(one.get(key)))


def _job(file: CiFile, name: str, node: Node, outer: Sequence[Trigger], environments: tuple[str, ...]) -> Job:
    image = named(node.get("image"))
    settings = node.get("settings") or node
    commands = node.get("commands") or next((n for k in _SCRIPTS if (n := settings.get(k)) is not None), None)
    plug_in = node.get("commands") is None and image
    step = Step(
        commands.line if commands is not None else node.line,
        name,
        file.commands(commands),
        image if plug_in else None,
        mapping_texts(node.get("settings")),
    )
    own = _triggers(node.get("when"))
    kinds = {t.kind for t in outer}
    kept = tuple(t for t in own if not kinds or t.kind in kinds or (t.detail not in _EVENTS))
    places = _targets(node.get("when")) or environments
    return Job(
        name,
        node.line,
        (step,),
        environment=places[0] if places else None,
        environments=places if len(places) > 1 else (),
        image=image or None,
        needs=texts(node.get("depends_on")),
        active=bool(kept) or not own,
        triggers=kept or tuple(outer) or None,
    )
