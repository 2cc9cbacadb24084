"""Reads the files of hosted CI services that list steps or phases of shell commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlscan.read.ci_parts import CiFile, Others, as_list, limited, named, texts
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
    "deployment": "manual",
}


# --- Bitbucket --------------------------------------------------------------------------------------------------------


def parse_bitbucket(file: CiFile, system: str, _: Others) -> Workflow | None:
    """Bitbucket: a job for each step of each pipeline, with that pipeline's triggers."""
    pipelines = file.root.get("pipelines")
    if pipelines is None:
        return None
    kinds = {"default": "push", "branches": "push", "pull-requests": "pull_request", "tags": "tag", "custom": "manual"}
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    for key, node in pipelines.map.items():
        for pattern, entries in node.map.items() or (("", node),):
            trigger = Trigger(
                kinds.get(key, "other"), entries.line, pattern or key, (pattern,) if key == "branches" else ()
            )
            triggers.append(trigger)
            jobs += _bitbucket_jobs(file, entries, trigger, f"{key} {pattern}".strip())
    return Workflow(system, file.path, "", tuple(triggers), limited(jobs), problems=file.problems)


def _bitbucket_jobs(file: CiFile, entries: Node, trigger: Trigger, prefix: str) -> Iterator[Job]:
    stack = list(reversed(as_list(entries)))
    number = 0
    while stack:
        item = stack.pop()
        for key in ("parallel", "stage"):
            group = item.get(key)
            if group is not None:
                stack += reversed(as_list(group.get("steps") if group.map else group))
        step = item.get("step")
        if step is None:
            continue
        number += 1
        scripts = [n for k in ("script", "after-script") for n in as_list(step.get(k))]
        pipes = [p for n in scripts if (p := n.get("pipe")) is not None]
        steps = [Step(step.line, "script", file.commands(Node(tuple(n for n in scripts if n.text), step.line)))]
        steps += [Step(p.line, "pipe", uses=p.text) for p in pipes]
        name = file.text(step.get("name"))
        manual = named(step.get("trigger")) == "manual"
        environment = named(step.get("deployment")) or None
        image = named(step.get("image") or file.root.get("image")) or None
        yield Job(f"{prefix} {number}", step.line, tuple(steps), name, environment, (), image,
                  manual=manual, triggers=(trigger,))  # fmt: skip


# --- Buildkite --------------------------------------------------------------------------------------------------------


def parse_buildkite(file: CiFile, system: str, _: Others) -> Workflow | None:
    """Buildkite: a job for each step with commands, or that triggers another pipeline."""
    jobs = limited(_buildkite(file))
    if not jobs:
        return None
    return Workflow(system, file.path, "", (Trigger("push", 1, "push"),), jobs, problems=file.problems)


def _buildkite(file: CiFile) -> Iterator[Job]:
    stack = [n for root in file.documents for n in reversed(as_list(root.get("steps") or (None if root.map else root)))]
    blocked = False
    while stack:
        node = stack.pop()
        stack += reversed(as_list(node.get("steps")))
        blocked = blocked or "block" in node.map or node.text == "block"
        scripts = [n for k in ("command", "commands") if (n := node.get(k)) is not None]
        trigger = named(node.get("trigger"))
        name = named(node.get("key")) or named(node.get("label")) or named(node.get("name")) or trigger or "step"
        if scripts or trigger:
            steps = tuple(Step(n.line, name, file.commands(n)) for n in scripts)
            yield Job(name, node.line, steps, named(node.get("label")), uses=trigger or None, remote=bool(trigger),
                      condition=file.text(node.get("if")), manual=blocked)  # fmt: skip


# --- Drone and Woodpecker ---------------------------------------------------------------------------------------------


def parse_drone(file: CiFile, system: str, _: Others) -> Workflow | None:
    """Drone and Woodpecker: a job for each step of each document, with the triggers of document and step."""
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    for root in file.documents:
        conditions = as_list(root.get("trigger") or root.get("when"))
        triggers += [t for node in conditions for t in _drone_triggers(node)]
        steps = root.get("steps") or root.get("pipeline")
        pairs: Mapping[str, Node] = steps.map if steps is not None else {}
        listed = pairs or {named(n.get("name")) or str(i): n for i, n in enumerate(as_list(steps)) if n.map}
        jobs += [_drone_job(file, name, node) for name, node in listed.items() if node.map]
    if not jobs:
        return None
    push = (Trigger("push", 1, "push"),)
    return Workflow(system, file.path, "", tuple(triggers) or push, limited(jobs), problems=file.problems)


def _drone_triggers(node: Node) -> Iterator[Trigger]:
    events = node.get("event")
    if events is not None and events.map:
        events = events.get("include")
    branches = texts(node.get("branch"))
    for item in events.items if events is not None else ():
        yield Trigger(_EVENTS.get(item.text, "other"), item.line, item.text, branches)
    cron = node.get("cron")
    if cron is not None and events is None:
        yield Trigger("schedule", cron.line, ", ".join(texts(cron)))


def _drone_job(file: CiFile, name: str, node: Node) -> Job:
    commands = node.get("commands")
    image = named(node.get("image"))
    step = Step(
        commands.line if commands else node.line, name, file.commands(commands), None if commands else image or None
    )
    own = tuple(t for when in as_list(node.get("when")) for t in _drone_triggers(when))
    return Job(name, node.line, (step,), image=image or None, triggers=own or None)
