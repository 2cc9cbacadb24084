"""Reads build files of cloud services and of PipelineLib, whose triggers are set elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlscan.read.ci_containers import script_of, words_of
from mlscan.read.ci_parts import CiFile, Others, as_list, inactive, join, limited, named, open_ci, texts
from mlscan.read.shell import command_of
from mlscan.types.source import Command, Job, Node, Step, Trigger, Workflow

ELSEWHERE = "set outside the repository"
_UNKNOWN = (Trigger("other", 1, ELSEWHERE, unknown=True), Trigger("workflow_call", 1, ELSEWHERE, unknown=True))
"""What starts a build is not in its file; a file of infrastructure of the repository may call it."""


# --- Cloud Build ------------------------------------------------------------------------------------------------------


def parse_cloud_build(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The steps of a build as one job; None where the file has another shape."""
    nodes = [n for n in as_list(file.root.get("steps")) if "name" in n.map]
    if not nodes:
        return None
    given = file.root.get("substitutions")
    values = {f"${{{k}}}": n.text for k, n in (given.map if given is not None else {}).items() if n.text}
    file = file.with_values(values)
    steps = tuple(_cloud_step(file, node) for node in nodes)
    job = Job("build", file.root.map["steps"].line, steps)
    return Workflow(system, file.path, "", _UNKNOWN, (job,), problems=file.problems)


def _cloud_step(file: CiFile, node: Node) -> Step:
    image = file.text(node.get("name"))
    entry = file.text(node.get("entrypoint"))
    if node.get("script") is not None:
        commands = script_of(file, node.get("script"))
    else:
        args = tuple(node.map["args"].items) if "args" in node.map else ()
        program = entry or image.rpartition("/")[2].split(":")[0].split("@")[0]
        start = args or (node.map["name"],)
        commands = words_of(file, args, program) if args else command_of((program,), file.line(start[0]))
    folder = join("", file.text(node.get("dir")))
    return Step(node.line, file.text(node.get("id")), commands, f"docker://{image}", working_directory=folder)


# --- CodeBuild --------------------------------------------------------------------------------------------------------


def parse_codebuild(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The phases of a build as steps of one job, and a job for each build that it starts with another file."""
    phases = file.root.get("phases")
    others = [n for key in ("build-list", "build-graph") for n in as_list(file.root.get("batch", key))]
    jobs = [Job("build", phases.line, phases_of(file))] if phases is not None else []
    for node in others:
        uses = named(node.get("buildspec"))
        jobs.append(Job(named(node.get("identifier")) or "build", node.line, uses=join("", uses) if uses else None))
    if not jobs:
        return None
    return Workflow(system, file.path, "", _UNKNOWN, limited(jobs), problems=file.problems)


def phases_of(file: CiFile) -> tuple[Step, ...]:
    """The phases of a build specification in order; their commands share one shell."""
    phases = file.root.get("phases")
    if phases is None:
        return ()
    if file.at is not None:
        return tuple(
            Step(file.at, name, file.commands(Node((*_lists(node),), node.line)))
            for name, node in phases.map.items()
            if node.map
        )
    names = [name for name, node in phases.map.items() for _ in (*as_list(node.get("commands")), None)]
    everything = Node(tuple(n for node in phases.map.values() for n in _lists(node)), phases.line)
    commands = file.commands(everything)
    return tuple(
        Step(node.line, name, tuple(c for c in commands if _between(c, node, phases)))
        for name, node in phases.map.items()
        if name in names
    )


def _lists(phase: Node) -> Iterator[Node]:
    yield from (n for key in ("commands", "finally") if (n := phase.get(key)) is not None)


def _between(command: Command, phase: Node, phases: Node) -> bool:
    later = [other.line for other in phases.map.values() if other.line > phase.line]
    return phase.line <= command.line < min(later, default=command.line + 1)


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
