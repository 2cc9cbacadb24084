"""Reads Cirrus, Semaphore, SourceHut and Codefresh: lists of shell commands with little around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Some, Value, holds, never
from mlscan.read.ci_parts import CiFile, Others, as_list, join, limited, named, texts
from mlscan.types.source import Job, Node, Step, Trigger, Workflow

CHANGES = (Trigger("push", 1, "push"), Trigger("pull_request", 1, "pull_request"))


def _workflow(file: CiFile, system: str, jobs: Iterator[Job], triggers: tuple[Trigger, ...]) -> Workflow | None:
    found = limited(jobs)
    if not found:
        return None
    return Workflow(system, file.path, file.text(file.root.get("name")), triggers, found, problems=file.problems)


# --- Cirrus -----------------------------------------------------------------------------------------------------------


def parse_cirrus(file: CiFile, system: str, _: Others) -> Workflow | None:
    """A job for each task; its scripts are steps."""
    return _workflow(file, system, _cirrus(file), CHANGES)


def _cirrus(file: CiFile) -> Iterator[Job]:
    for key, node in file.root.map.items():
        if key != "task" and not key.endswith("_task"):
            continue
        for task in as_list(node):
            scripts = [(k, n) for k, n in task.map.items() if k == "script" or k.endswith("_script")]
            steps = tuple(Step(n.line, k.removesuffix("_script"), file.commands(n)) for k, n in scripts)
            name = named(task.get("name")) or key.removesuffix("_task")
            image = named(task.get("container"), "image") or named(file.root.get("container"), "image")
            job = Job(name, task.line, steps, image=image or None, needs=texts(task.get("depends_on")))
            manual = named(task.get("trigger_type")) == "manual"
            yield _cirrus_started(replace(job, manual=manual), file.text(task.get("only_if") or task.get("if")))


def _cirrus_started(job: Job, condition: str) -> Job:
    job = replace(job, condition=condition, active=not never(condition))
    kept = tuple(t for t in CHANGES if holds(condition, _cirrus_names(t.kind)) is not False)
    if not condition or kept == CHANGES:
        return job
    others = tuple(
        Trigger(kind, job.line, condition[:200])
        for kind in ("tag", "schedule")
        if holds(condition, _cirrus_names(kind)) is not False
    )
    return replace(job, triggers=kept or others, active=job.active and bool(kept or others))


def _cirrus_names(kind: str) -> Lookup:
    something = Some(("?*",))
    known: dict[str, Value] = {
        "CIRRUS_PR": something if kind == "pull_request" else "",
        "CIRRUS_TAG": something if kind == "tag" else "",
        "CIRRUS_CRON": something if kind == "schedule" else "",
    }
    return lambda name: known.get(name.strip("${}"), UNKNOWN)


# --- Semaphore --------------------------------------------------------------------------------------------------------


def parse_semaphore(file: CiFile, system: str, _: Others) -> Workflow | None:
    """A job for each job of each block, and one for each pipeline that is promoted to."""
    first = file.path.rpartition("/")[2].startswith("semaphore.")
    triggers = CHANGES if first else (Trigger("workflow_call", 1, "promotion"),)
    return _workflow(file, system, _semaphore(file), triggers)


def _semaphore(file: CiFile) -> Iterator[Job]:
    for block in as_list(file.root.get("blocks")):
        task = block.get("task")
        before, after = (task.get(k, "commands") if task is not None else None for k in ("prologue", "epilogue"))
        for node in as_list(task.get("jobs") if task is not None else None):
            parts = [n for n in (before, node.get("commands"), after) if n is not None]
            steps = tuple(Step(n.line, "commands", file.commands(n)) for n in parts)
            names = [named(block.get("name")), named(node.get("name"))]
            yield Job(" ".join(filter(None, names)) or "job", node.line, steps)
    for node in as_list(file.root.get("promotions")):
        path = named(node.get("pipeline_file"))
        manual = node.get("auto_promote") is None and node.get("auto_promote_on") is None
        folder = file.path.rpartition("/")[0]
        yield Job(named(node.get("name")) or path or "promotion", node.line, uses=join(folder, path), manual=manual)


# --- SourceHut and Codefresh ------------------------------------------------------------------------------------------


def parse_sourcehut(file: CiFile, system: str, _: Others) -> Workflow | None:
    """One job whose steps are the tasks."""
    tasks = [(k, n) for item in as_list(file.root.get("tasks")) for k, n in item.map.items()]
    steps = tuple(Step(n.line, k, file.commands(n)) for k, n in tasks)
    image = named(file.root.get("image")) or None
    job = Job("build", file.root.map["tasks"].line, steps, image=image) if steps else None
    return _workflow(file, system, iter((job,) if job is not None else ()), CHANGES[:1])


def parse_codefresh(file: CiFile, system: str, _: Others) -> Workflow | None:
    """A job for each step; what starts them is set elsewhere."""
    unknown = Trigger("other", 1, "set outside the repository", unknown=True)
    return _workflow(file, system, _codefresh(file), (unknown,))


def _codefresh(file: CiFile) -> Iterator[Job]:
    stack = list(reversed(list((file.root.get("steps") or Node(None, 1)).map.items())))
    while stack:
        name, node = stack.pop()
        inner = node.get("steps")
        if inner is not None and inner.map:
            stack += reversed(list(inner.map.items()))
            continue
        commands = node.get("commands") or node.get("cmd")
        kind = named(node.get("type"))
        step = Step(
            node.line, name, file.commands(commands), kind or None,
            working_directory=join("", file.text(node.get("working_directory")).replace("${{main_clone}}", "")),
        )  # fmt: skip
        yield Job(name, node.line, (step,), image=named(node.get("image")) or None, manual=kind == "pending-approval")
