"""Reads Bitbucket Pipelines and Buildkite: steps of shell commands, what starts them, what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds, never
from mlscan.read.ci_parts import CiFile, Others, as_list, limited, mapping_texts, named, texts
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

# --- Bitbucket --------------------------------------------------------------------------------------------------------

_PIPELINES = {
    "default": "push",
    "branches": "push",
    "bookmarks": "push",
    "pull-requests": "pull_request",
    "tags": "tag",
    "custom": "manual",
}


def parse_bitbucket(file: CiFile, system: str, _: Others) -> Workflow | None:
    """Bitbucket: a job for each step of each pipeline, with that pipeline's triggers."""
    pipelines = file.root.get("pipelines")
    if pipelines is None:
        return None
    events = _events(file.root.get("triggers"))
    jobs: list[Job] = []
    triggers: list[Trigger] = []
    delegations: list[Delegation] = []
    for key, node in pipelines.map.items():
        for pattern, entries in node.map.items() or (("", node),):
            branches = (pattern,) if key == "branches" else ()
            trigger = Trigger(_PIPELINES.get(key, "other"), entries.line, pattern or key, branches)
            own = (trigger, *events.get(pattern, ())) if key == "custom" else (trigger,)
            triggers += own
            elsewhere = entries.get("import")
            if elsewhere is not None and elsewhere.text:
                delegations.append(Delegation(elsewhere.line, elsewhere.text))
            jobs += _bitbucket_jobs(file, entries, own, f"{key} {pattern}".strip())
    return Workflow(system, file.path, "", tuple(triggers), limited(jobs), tuple(delegations), problems=file.problems)


def _events(node: Node | None) -> dict[str, list[Trigger]]:
    """Custom pipelines with the events that start them."""
    found: dict[str, list[Trigger]] = {}
    for event, rules in (node.map if node is not None else {}).items():
        kind = "pull_request" if event.startswith("pullrequest") else "push" if "push" in event else "other"
        for rule in as_list(rules):
            for name in texts(rule.get("pipelines")):
                found.setdefault(name, []).append(Trigger(kind, rule.line, event))
    return found


def _bitbucket_jobs(file: CiFile, entries: Node, own: tuple[Trigger, ...], prefix: str) -> Iterator[Job]:
    """The steps in order; those behind one that somebody starts wait for it, too."""
    stack: list[tuple[Node, str, bool]] = [(item, "", False) for item in reversed(as_list(entries))]
    number, asked = 0, False
    while stack:
        item, place, waits = stack.pop()
        for key in ("parallel", "stage"):
            group = item.get(key)
            if group is not None:
                inner = named(group.get("deployment")) or place
                manual = waits or named(group.get("trigger")) == "manual"
                steps = as_list(group.get("steps") if group.map else group)
                stack += [(step, inner, manual) for step in reversed(steps)]
        step = item.get("step")
        if step is None:
            continue
        number += 1
        asked = asked or waits or named(step.get("trigger")) == "manual"
        yield replace(_bitbucket_job(file, step, own, place), id=f"{prefix} {number}", manual=asked)


def _bitbucket_job(file: CiFile, step: Node, own: tuple[Trigger, ...], place: str) -> Job:
    scripts = [n for k in ("script", "after-script") for n in as_list(step.get(k))]
    pipes = [p for n in scripts if (p := n.get("pipe")) is not None]
    given = {p.line: mapping_texts(n.get("variables")) for n in scripts if (p := n.get("pipe")) is not None}
    steps = [Step(step.line, "script", file.commands(Node(tuple(n for n in scripts if n.text), step.line)))]
    steps += [Step(p.line, "pipe", uses=p.text, with_=given[p.line]) for p in pipes]
    paths = texts(step.get("condition", "changesets", "includePaths"))
    child = named(step.get("custom")) if named(step.get("type")) == "pipeline" else ""
    return Job(
        "",
        step.line,
        tuple(steps),
        file.text(step.get("name")),
        named(step.get("deployment")) or place or None,
        image=named(step.get("image") or file.root.get("image")) or None,
        uses=child or None,
        triggers=tuple(replace(t, paths=paths) for t in own) if paths else own,
    )


# --- Buildkite --------------------------------------------------------------------------------------------------------

_PUSH = Trigger("push", 1, "push")


def parse_buildkite(file: CiFile, system: str, _: Others) -> Workflow | None:
    """Buildkite: a job for each step with commands or plug-ins, or that triggers another pipeline."""
    jobs = limited(_buildkite(file))
    if not jobs:
        return None
    delegations = tuple(Delegation(job.line, job.uses) for job in jobs if job.uses and job.active)
    active = any(job.active for job in jobs)
    why = "" if active else "no job can run"
    return Workflow(system, file.path, "", (_PUSH,), jobs, delegations, active, why, problems=file.problems)


def _buildkite(file: CiFile) -> Iterator[Job]:
    stack = [n for root in file.documents for n in reversed(as_list(root.get("steps") or (None if root.map else root)))]
    blocked = False
    while stack:
        node = stack.pop()
        stack += reversed(as_list(node.get("steps")))
        blocked = blocked or "block" in node.map or node.text == "block"
        scripts = [n for k in ("command", "commands", "script") if (n := node.get(k)) is not None]
        plugins = list(_plugins(node))
        trigger = named(node.get("trigger"))
        name = named(node.get("key")) or named(node.get("label")) or named(node.get("name")) or trigger or "step"
        if not (scripts or trigger or plugins):
            continue
        steps = [Step(n.line, name, file.commands(n)) for n in scripts]
        steps += [Step(line, "plugin", uses=plugin, with_=mapping_texts(given)) for line, plugin, given in plugins]
        job = Job(name, node.line, tuple(steps), named(node.get("label")), None, (), _image(node),
                  trigger or None, bool(trigger), texts(node.get("depends_on")), manual=blocked)  # fmt: skip
        yield _started(job, file.text(node.get("if")), named(node.get("branches")), named(node.get("skip")))


def _plugins(node: Node) -> Iterator[tuple[int, str, Node | None]]:
    for item in as_list(node.get("plugins")):
        for name, given in item.map.items() or ((item.text, None),):
            if name:
                yield item.line, name, given


def _image(node: Node) -> str | None:
    """The image of a step's container plug-in."""
    return next((i for _, _, given in _plugins(node) if given is not None and (i := named(given.get("image")))), None)


def _started(job: Job, condition: str, branches: str, skip: str) -> Job:
    names = tuple(branches.split())
    job = replace(job, condition=condition, active=not never(condition) and skip in ("", "false"))
    if not condition:
        return replace(job, triggers=(replace(_PUSH, line=job.line, branches=names),)) if names else job
    kept = tuple(
        Trigger(kind, job.line, condition[:200], names)
        for kind in ("push", "pull_request", "tag", "schedule", "api", "manual")
        if holds(condition, _names_of(kind)) is not False
    )
    if any(t.kind == "push" for t in kept):
        return replace(job, triggers=(replace(_PUSH, line=job.line, branches=names),)) if names else job
    return replace(job, triggers=kept, active=job.active and bool(kept))


def _names_of(kind: str) -> Lookup:
    sources: dict[str, Value] = {"schedule": "schedule", "api": "api", "manual": "ui"}

    def lookup(name: str) -> Value:
        if name == "build.source":
            return sources.get(kind, "webhook")
        if name == "build.tag":
            return Some(("?*",)) if kind == "tag" else None
        if name.startswith("build.pull_request"):
            return UNKNOWN if kind == "pull_request" and name.count(".") > 2 else _there(kind == "pull_request")
        return UNKNOWN

    return lookup


def _there(there: bool) -> Value:
    return Some(("?*",)) if there else None
