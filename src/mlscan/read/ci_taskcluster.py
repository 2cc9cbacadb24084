"""Reads Taskcluster: tasks with their commands in `.taskcluster.yml`, in kinds of a task graph, and its schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Value, holds
from mlscan.read.ci_containers import words_of
from mlscan.read.ci_parts import CiFile, Others, as_list, inactive, join, limited, named, open_ci, texts
from mlscan.types.source import Command, Job, Node, Step, Trigger, Workflow

ROOT = ".taskcluster.yml"
CRON = ".cron.yml"
MAX_VISITED = 20_000

_TASKS_FOR = {
    "github-push": "push",
    "github-pull-request": "pull_request",
    "github-pull-request-untrusted": "pull_request",
    "github-release": "release",
    "github-issue-comment": "other",
    "cron": "schedule",
    "action": "manual",
    "pr-action": "manual",
    "hg-push": "push",
}
_EVENT = re.compile(
    r"\b(?:github-(?:push|pull-request(?:-untrusted)?|release|issue-comment)|hg-push|cron|(?:pr-)?action)\b"
)
_STRUCTURE = frozenset(("in", "then", "else", "each", "tasks", "payload", "task", "jobs"))
"""Keys that say nothing about a task."""
_GRAPH = Trigger("other", 1, "set by the task graph", unknown=True)


def parse_taskcluster(file: CiFile, system: str, others: Others) -> Workflow | None:
    """All tasks with a command; None where there is none.

    A task of a kind is started by what starts the decision task, as far as it says so itself; a schedule is only one
    where the task graph has a file of schedules, as every decision task is written for it.
    """
    name = file.path.rpartition("/")[2]
    if name in (CRON, ".cron.yaml"):
        return _schedules(file, system)
    jobs = limited(_tasks(file))
    if not jobs:
        return None
    triggers = tuple(_events(file))
    if not triggers and name not in (ROOT, ".taskcluster.yaml"):
        triggers = tuple(t for t in _of_root(others) if t.kind not in ("schedule", "manual")) or (_GRAPH,)
    elif others(CRON) is None and any("taskgraph" in line for line in file.lines):
        triggers = tuple(t for t in triggers if t.kind != "schedule")
    triggers = triggers or (_GRAPH,)
    found = tuple(_started(job, triggers) for job in jobs)
    return Workflow(system, file.path, "", triggers, found, problems=file.problems)


def _events(file: CiFile) -> Iterator[Trigger]:
    """The events that a file speaks of, at the last line that does."""
    if file.path.rpartition("/")[2] not in (ROOT, ".taskcluster.yaml"):
        return
    lines = enumerate(file.lines, 1)
    found = {e: n for n, line in lines if "tasks" in line or "'" in line for e in _EVENT.findall(line)}
    yield from dict.fromkeys(Trigger(_TASKS_FOR[e], n, e) for e, n in sorted(found.items(), key=lambda x: x[1]))


def _of_root(others: Others) -> Iterator[Trigger]:
    data = others(ROOT)
    if data is not None:
        yield from (replace(t, line=1) for t in _events(open_ci(data, ROOT)))


def _schedules(file: CiFile, system: str) -> Workflow:
    """The schedules of a task graph: each starts a set of tasks that its name is for."""
    jobs, triggers = [], []
    for node in as_list(file.root.get("jobs")):
        times = as_list(node.get("when"))
        name = named(node.get("name"))
        found = [Trigger("schedule", t.line, _time(t)) for t in times if t.map]
        triggers += found
        if name and found:
            uses = named(node.get("job", "target-tasks-method")) or None
            jobs.append(Job(name, node.line, uses=uses, triggers=tuple(found)))
    if not triggers:
        return inactive(system, file, "no trigger")
    return Workflow(system, file.path, "", tuple(triggers), limited(jobs), problems=file.problems)


def _time(node: Node) -> str:
    return " ".join(f"{key} {child.text}" for key, child in node.map.items() if child.text)[:200]


def _tasks(file: CiFile) -> Iterator[Job]:
    """Every map with a command, wherever it lies, with the conditions around it."""
    stack: list[tuple[str, Node, tuple[str, ...]]] = [("task", file.root, ())]
    for _ in range(MAX_VISITED):
        if not stack:
            return
        name, node, around = stack.pop()
        job = _job(file, name, node)
        if job is not None:
            yield replace(job, condition=" && ".join(f"({c})" for c in around)[:500])
        if node.map:
            condition = named(node.get("$if"))
            for key, child in reversed(list(node.map.items())):
                inner = around
                if condition and key in ("then", "else"):
                    inner = (*around, condition if key == "then" else f"!({condition})")[-5:]
                stack.append((key if child.map and key not in _STRUCTURE and key[:1] != "$" else name, child, inner))
        elif isinstance(node.value, tuple):
            stack += [(name, child, around) for child in reversed(node.value)]


def _job(file: CiFile, name: str, node: Node) -> Job | None:
    for key in ("payload", "run", "worker"):
        command = node.get(key, "command")
        if command is None:
            continue
        title = named(node.get("metadata", "name")) or named(node.get("name"))
        image = named(node.get("payload", "image")) or named(node.get("worker", "docker-image"))
        folder = join("", file.text(node.get("run", "cwd")).replace("{checkout}", ""))
        step = Step(command.line, commands=_any_shape(file, command), working_directory=folder)
        return Job(title or name, node.line, (step,), title, image=image or None, triggers=_own(node))
    return None


def _own(node: Node) -> tuple[Trigger, ...] | None:
    """What a task of a kind says it runs for; None where it says nothing."""
    listed = node.get("run-on-tasks-for")
    if listed is None or "all" in texts(listed):
        return None
    found = [Trigger(_TASKS_FOR.get(name, "other"), listed.line, name) for name in texts(listed)]
    return tuple(found) or (Trigger("manual", listed.line, "only when asked for"),)


def _any_shape(file: CiFile, node: Node) -> tuple[Command, ...]:
    """A command as text, as a list of words, or as a list of such lists; of templates what they end in."""
    plain = _plain(node)
    if any(isinstance(item.value, tuple) for item in plain.items):
        return tuple(c for item in plain.items for c in _any_shape(file, item))
    if isinstance(plain.value, tuple):
        return words_of(file, tuple(map(_plain, plain.items)))
    return file.commands(plain)


def _plain(node: Node) -> Node:
    for _ in range(4):
        inner = next((node.map[key] for key in ("in", "then", "$eval", "artifact-reference") if key in node.map), None)
        if inner is None:
            break
        node = inner
    return node


def _started(job: Job, triggers: Sequence[Trigger]) -> Job:
    """The job with the triggers that the conditions around it let through."""
    if job.triggers is not None or not job.condition:
        return job
    kept = tuple(t for t in triggers if holds(job.condition, _names_of(t.detail)) is not False)
    return job if len(kept) == len(triggers) else replace(job, triggers=kept, active=bool(kept))


def _names_of(event: str) -> Lookup:
    def lookup(name: str) -> Value:
        return event if name == "tasks_for" else UNKNOWN

    return lookup
