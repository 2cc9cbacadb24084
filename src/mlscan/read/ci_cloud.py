"""Reads build files of cloud services and of Taskcluster and PipelineLib, whose triggers are often set elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlscan.read.ci_parts import CiFile, Others, as_list, inactive, join, limited, named, open_ci, texts, with_folders
from mlscan.read.shell import command_of
from mlscan.types.source import Command, Job, Node, Step, Trigger, Workflow

ELSEWHERE = "set outside the repository"
_DASH_C = re.compile(r"-[a-z]*c[a-z]*")
_MAX_VISITED = 20_000


def words_of(file: CiFile, nodes: tuple[Node, ...], program: str = "") -> tuple[Command, ...]:
    """The command that a list of words is; of `bash -c TEXT` the commands of the text at their lines."""
    words = tuple(filter(None, (program, *(file.text(n) for n in nodes))))
    for number, node in enumerate(nodes[:-1]):
        if _DASH_C.fullmatch(node.text) and number <= 2:
            return with_folders(file.commands(nodes[number + 1]))
    return command_of(words, file.line(nodes[0])) if words and nodes else ()


# --- Cloud Build ------------------------------------------------------------------------------------------------------


def parse_cloud_build(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The steps of a build as one job; None where the file has another shape."""
    nodes = [n for n in as_list(file.root.get("steps")) if "name" in n.map]
    if not nodes:
        return None
    steps = tuple(_cloud_step(file, node) for node in nodes)
    trigger = Trigger("other", 1, ELSEWHERE, unknown=True)
    job = Job("build", file.root.map["steps"].line, steps)
    return Workflow(system, file.path, "", (trigger,), (job,), problems=file.problems)


def _cloud_step(file: CiFile, node: Node) -> Step:
    image = file.text(node.get("name"))
    entry = file.text(node.get("entrypoint"))
    if node.get("script") is not None:
        commands = file.commands(node.get("script"))
    else:
        args = tuple(node.map["args"].items) if "args" in node.map else ()
        program = entry or image.rpartition("/")[2].split(":")[0].split("@")[0]
        start = args or (node.map["name"],)
        commands = words_of(file, args, program) if args else command_of((program,), file.line(start[0]))
    folder = join("", file.text(node.get("dir")))
    return Step(node.line, file.text(node.get("id")), commands, f"docker://{image}", working_directory=folder)


# --- CodeBuild --------------------------------------------------------------------------------------------------------


def parse_codebuild(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The phases of a build as steps of one job; the commands share one shell."""
    phases = file.root.get("phases")
    if phases is None:
        return None
    names = [name for name, node in phases.map.items() for _ in (*as_list(node.get("commands")), None)]
    lists = [node.get(key) for node in phases.map.values() for key in ("commands", "finally")]
    everything = Node(tuple(n for n in lists if n is not None), phases.line)
    commands = file.commands(everything)
    steps = tuple(
        Step(node.line, name, tuple(c for c in commands if _between(c, node, phases)))
        for name, node in phases.map.items()
        if name in names
    )
    trigger = Trigger("other", 1, ELSEWHERE, unknown=True)
    return Workflow(system, file.path, "", (trigger,), (Job("build", phases.line, steps),), problems=file.problems)


def _between(command: Command, phase: Node, phases: Node) -> bool:
    later = [other.line for other in phases.map.values() if other.line > phase.line]
    return phase.line <= command.line < min(later, default=command.line + 1)


# --- Taskcluster ------------------------------------------------------------------------------------------------------

_TASKS_FOR = {
    "github-push": "push",
    "github-pull-request": "pull_request",
    "github-pull-request-untrusted": "pull_request",
    "github-release": "release",
    "cron": "schedule",
    "action": "manual",
    "pr-action": "manual",
    "hg-push": "push",
}
_EVENT = re.compile(r"\b(?:github-(?:push|pull-request(?:-untrusted)?|release)|hg-push|cron|(?:pr-)?action)\b")


def parse_taskcluster(file: CiFile, system: str, _: Others) -> Workflow | None:
    """All tasks with a command in a `.taskcluster.yml` or a kind; JSON-e is walked as it is written."""
    jobs = limited(_tasks(file))
    if not jobs:
        return None
    events = {
        e: n for n, line in enumerate(file.lines, 1) if "tasks" in line or "'" in line for e in _EVENT.findall(line)
    }
    triggers = tuple(dict.fromkeys(Trigger(_TASKS_FOR[e], n, e) for e, n in sorted(events.items(), key=lambda x: x[1])))
    default = (Trigger("other", 1, "set by the task graph", unknown=True),)
    return Workflow(system, file.path, "", triggers or default, jobs, problems=file.problems)


def _tasks(file: CiFile) -> Iterator[Job]:
    stack: list[tuple[str, Node]] = [("task", file.root)]
    for _ in range(_MAX_VISITED):
        if not stack:
            return
        name, node = stack.pop()
        job = _taskcluster_job(file, name, node)
        if job is not None:
            yield job
        if node.map:
            stack += [(key if child.map else name, child) for key, child in reversed(list(node.map.items()))]
        elif isinstance(node.value, tuple):
            stack += [(name, child) for child in reversed(node.value)]


def _taskcluster_job(file: CiFile, name: str, node: Node) -> Job | None:
    for key in ("payload", "run", "worker"):
        command = node.get(key, "command")
        if command is not None:
            title = named(node.get("metadata", "name")) or named(node.get("name"))
            image = named(node.get("payload", "image")) or named(node.get("worker", "docker-image"))
            folder = join("", file.text(node.get("run", "cwd")).replace("{checkout}", ""))
            commands = _any_shape(file, command)
            step = Step(command.line, commands=commands, working_directory=folder)
            return Job(title or name, node.line, (step,), title, image=image or None)
    return None


def _any_shape(file: CiFile, node: Node) -> tuple[Command, ...]:
    """A command as text, as a list of words, or as a list of such lists."""
    if any(isinstance(item.value, tuple) for item in node.items):
        return tuple(c for item in node.items for c in _any_shape(file, item))
    if isinstance(node.value, tuple):
        return words_of(file, tuple(node.items))
    return file.commands(node)


# --- PipelineLib ------------------------------------------------------------------------------------------------------


def parse_pipelinelib(file: CiFile, system: str, others: Others) -> Workflow | None:
    """A job for each pipeline; a stage runs what the variant of its Blubber file starts."""
    pipelines = file.root.get("pipelines")
    if pipelines is None:
        return None
    jobs = limited(_pipelinelib(file, pipelines.map, others))
    trigger = Trigger("other", pipelines.line, ELSEWHERE, unknown=True)
    if not jobs:
        return inactive(system, file, "no job")
    return Workflow(system, file.path, "", (trigger,), jobs, problems=file.problems)


def _pipelinelib(file: CiFile, pipelines: Mapping[str, Node], others: Others) -> Iterator[Job]:
    for name, node in pipelines.items():
        folder = join("", file.text(node.get("directory")))
        blubber = join(folder, file.text(node.get("blubberfile")) or "blubber.yaml")
        data = others(join(".pipeline", file.text(node.get("blubberfile")) or "blubber.yaml")) or others(blubber)
        variants = open_ci(data, blubber).root.get("variants") if data is not None else None
        stages = as_list(node.get("stages"))
        yield Job(name, node.line, tuple(_stage(stage, variants, folder) for stage in stages))


def _stage(stage: Node, variants: Node | None, folder: str) -> Step:
    name = named(stage.get("name"))
    run = stage.get("run")
    variant = named(stage.get("build")) or name
    entry = (
        variants.get(variant, "entrypoint") if variants is not None and (run is not None or name == "test") else None
    )
    commands = command_of(texts(entry), stage.line) if entry is not None else ()
    return Step(stage.line, name, tuple(replace(c, line=stage.line) for c in commands), working_directory=folder)
