"""Reads Argo Workflows: workflows, templates, schedules, and the sensors that start them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from mlscan.read.ci_containers import container_of, script_of
from mlscan.read.ci_parts import MAX_JOBS, CiFile, Others, as_list, join, limited, named, open_ci, texts
from mlscan.read.ci_triggers import waiting
from mlscan.types.source import Job, Node, Step, Trigger, Workflow

_KINDS = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "Sensor")
_CALLED = ("WorkflowTemplate", "ClusterWorkflowTemplate")
_COMPILED = "pipelines.kubeflow.org/"
"""Of annotations that say that a workflow is made from a program, which is what is to be looked at."""
_FORGES = ("github", "gitlab", "bitbucket", "bitbucketserver", "gerrit")


def parse_argo(file: CiFile, system: str, others: Others) -> Workflow | None:
    """A job for each template that runs something; None where no document is such a workflow, or all are compiled."""
    documents = [
        d
        for d in file.documents
        if named(d.get("kind")) in _KINDS and "argoproj.io/" in named(d.get("apiVersion")) and not _compiled(d)
    ]
    if not documents:
        return None
    found = [(d, _started(d, file.documents)) for d in documents]
    reader = _Reader(file, others)
    jobs = limited(islice((job for d, t in found for job in reader.document(d, t)), MAX_JOBS))
    triggers = tuple(dict.fromkeys(t for _, own in found for t in own))
    single = tuple(replace(job, triggers=None) if job.triggers == triggers else job for job in jobs)
    live = [d for d in documents if not _suspended(d)]
    return Workflow(
        system,
        file.path,
        _name(documents[0]),
        triggers,
        single,
        active=bool(live),
        why_inactive="" if live else "suspended",
        problems=file.problems,
    )


def _compiled(node: Node) -> bool:
    notes = [node.get("metadata", key) for key in ("annotations", "labels")]
    return any(key.startswith(_COMPILED) for note in notes if note is not None for key in note.map)


def _name(node: Node) -> str:
    return named(node.get("metadata", "name")) or named(node.get("metadata", "generateName")).rstrip("-")


def _suspended(node: Node) -> bool:
    return named(node.get("kind")) == "CronWorkflow" and named(node.get("spec", "suspend")) == "true"


# --- what starts them -------------------------------------------------------------------------------------------------


def _started(document: Node, documents: Sequence[Node]) -> tuple[Trigger, ...]:
    kind = named(document.get("kind"))
    if kind == "CronWorkflow":
        spec = document.get("spec") or document
        nodes = [n for key in ("schedule", "schedules") if (n := spec.get(key)) is not None]
        return tuple(Trigger("schedule", n.line, text) for n in nodes for text in texts(n))
    if kind == "Sensor":
        found = [t for d in as_list(document.get("spec", "dependencies")) for t in _event(d, documents)]
        return tuple(dict.fromkeys(found)) or (Trigger("dispatch", document.line, "event"),)
    return (Trigger("workflow_call" if kind in _CALLED else "manual", document.line, kind),)


def _event(dependency: Node, documents: Sequence[Node]) -> Iterator[Trigger]:
    """What a dependency of a sensor waits for, by its source where that is in the same file."""
    name, event = named(dependency.get("eventSourceName")), named(dependency.get("eventName"))
    sources = [d for d in documents if named(d.get("kind")) == "EventSource" and _name(d) == name]
    for source in sources:
        for kind, node in (source.get("spec") or source).map.items():
            entry = node.get(event)
            if entry is None:
                continue
            if kind == "calendar":
                times = texts(entry.get("schedule")) or texts(entry.get("interval"))
                yield Trigger("schedule", entry.line, ", ".join(times))
            else:
                yield Trigger("push" if kind in _FORGES else "dispatch", entry.line, f"{kind} {event}")
            return
    yield Trigger("dispatch", dependency.line, " ".join(filter(None, (name, event))))


# --- what they run ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the documents of one file."""

    file: CiFile
    others: Others

    def document(self, document: Node, triggers: tuple[Trigger, ...]) -> Iterator[Job]:
        """The jobs of one document."""
        kind = named(document.get("kind"))
        active = not _suspended(document)
        if kind == "Sensor":
            for trigger in as_list(document.get("spec", "triggers")):
                yield from (replace(job, triggers=triggers) for job in self._of_sensor(trigger))
            return
        spec = document.get("spec", "workflowSpec") if kind == "CronWorkflow" else document.get("spec")
        for job in self._jobs(self.file, spec or Node(None, document.line), _name(document) or kind.lower()):
            yield replace(job, triggers=triggers, active=active)

    def _of_sensor(self, trigger: Node) -> Iterator[Job]:
        """The workflows that a sensor makes or asks for; anything else that it calls by its kind."""
        template = trigger.get("template") or Node(None, trigger.line)
        name = named(template.get("name")) or "trigger"
        for kind, node in template.map.items():
            resource = node.get("source", "resource")
            if resource is not None and named(resource.get("kind")) in _KINDS:
                yield from self._jobs(self.file, resource.get("spec") or resource, name)
            elif node.map and kind != "conditionsReset":
                target = named(node.get("url")) or named(resource.get("kind") if resource is not None else None) or kind
                yield Job(name, node.line, (Step(node.line, name, uses=f"{kind}:{target}"[:200]),))

    def _jobs(self, file: CiFile, spec: Node, name: str) -> Iterator[Job]:
        """The jobs of a specification, with those of the template that it names where that lies beside the file."""
        file = file.with_values(_values("workflow.parameters", spec.get("arguments", "parameters")))
        called = spec.get("workflowTemplateRef")
        if called is not None:
            where, found = self._beside(named(called), called.line)
            if found is None:
                yield Job(name, called.line, uses=named(called))
            else:
                values = _values("workflow.parameters", found.get("arguments", "parameters"))
                yield from _templates(replace(where, values={**values, **file.values}), found)
        yield from _templates(file, spec)

    def _beside(self, name: str, line: int) -> tuple[CiFile, Node | None]:
        """The specification of a workflow template of this name in the file or, reported at `line`, beside it."""
        folder = self.file.path.rpartition("/")[0]
        places = (name, "workflowtemplate", "workflow-template", "workflow_template", "template", "templates")
        for path in [self.file.path, *(join(folder, f"{place}.yaml") for place in places if name)]:
            data = self.others(path) if path != self.file.path else None
            other = self.file if path == self.file.path else CiFile(path, (), ())
            other = open_ci(data, path) if data is not None else other
            for node in other.documents:
                if named(node.get("kind")) in _CALLED and _name(node) == name:
                    return replace(other, at=line), node.get("spec")
        return self.file, None


def _templates(file: CiFile, spec: Node) -> Iterator[Job]:
    nodes = [n for n in as_list(spec.get("templates")) if n.map]
    needs = _needs(nodes)
    yield from waiting([job for node in nodes for job in _template(file, node, needs)])


def _template(file: CiFile, node: Node, needs: Mapping[str, tuple[str, ...]]) -> Iterator[Job]:
    """The job of a template that runs something, waits for somebody, or names templates kept elsewhere."""
    name = named(node.get("name")) or "template"
    file = file.with_values(_values("inputs.parameters", node.get("inputs", "parameters")))
    steps = tuple(_steps(file, node))
    waits = node.get("suspend") is not None or "suspend" in node.map
    manual = waits and not named(node.get("suspend", "duration"))
    image = file.text(_first(node, "container", "script").get("image"))
    if steps or manual:
        yield Job(name, file.line(node), steps, image=image or None, needs=needs.get(name, ()), manual=manual)
    for task in _tasks(node):
        reference = task.get("templateRef")
        if reference is not None:
            uses = "/".join(filter(None, (named(reference), named(reference.get("template")))))
            yield Job(named(task.get("name")) or uses, file.line(task), uses=uses)
        inline = task.get("inline")
        if inline is not None:
            steps = tuple(_steps(file, inline))
            yield Job(named(task.get("name")) or "inline", file.line(task), steps)


def _first(node: Node, *keys: str) -> Node:
    return next((n for key in keys if (n := node.get(key)) is not None), Node(None, node.line))


def _steps(file: CiFile, node: Node) -> Iterator[Step]:
    containers = [n for key in ("container", "script") if (n := node.get(key)) is not None]
    containers += [n for n in as_list(node.get("containerSet", "containers")) if n.map]
    for container in containers:
        source = container.get("source")
        shell = named(as_list(container.get("command"))[0]) if as_list(container.get("command")) else "sh"
        if source is not None:
            shells = shell.rpartition("/")[2] in ("sh", "bash", "ash", "zsh", "")
            commands = script_of(file, source) if shells else ()
        else:
            commands = container_of(file, container)
        folder = join("", file.text(container.get("workingDir")))
        uses = f"docker://{file.text(container.get('image'))}" if container.get("image") else None
        yield Step(file.line(container), named(container.get("name")), commands, uses, working_directory=folder)
    for kind in ("resource", "http", "plugin", "data"):
        child = node.get(kind)
        if child is not None:
            yield Step(
                file.line(child), kind, uses=f"{kind}:{named(child.get('action')) or named(child.get('url'))}"[:200]
            )


def _tasks(node: Node) -> Iterator[Node]:
    """The tasks of a graph, or the members of all groups of steps."""
    yield from (t for t in as_list(node.get("dag", "tasks")) if t.map)
    for group in as_list(node.get("steps")):
        yield from (t for t in (group.items if isinstance(group.value, tuple) else (group,)) if t.map)


def _needs(nodes: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """Template -> templates that run before it, by the graphs and steps that name both."""
    found: dict[str, dict[str, None]] = {}
    for node in nodes:
        tasks = {named(t.get("name")): named(t.get("template")) for t in as_list(node.get("dag", "tasks"))}
        for task in as_list(node.get("dag", "tasks")):
            written = named(task.get("depends")).replace("&&", " ").replace("||", " ").replace("!", " ")
            names = (*texts(task.get("dependencies")), *(w.strip("()").partition(".")[0] for w in written.split()))
            before = dict.fromkeys(tasks[name] for name in names if tasks.get(name))
            found.setdefault(named(task.get("template")), {}).update(before)
        earlier: dict[str, None] = {}
        for group in as_list(node.get("steps")):
            members = group.items if isinstance(group.value, tuple) else (group,)
            templates = [t for m in members if (t := named(m.get("template")))]
            for template in templates:
                found.setdefault(template, {}).update(earlier)
            earlier = dict.fromkeys(templates) or earlier
    return {name: tuple(n for n in before if n != name) for name, before in found.items()}


def _values(kind: str, node: Node | None) -> dict[str, str]:
    """Parameters as templates write them, with the values that the file gives them."""
    found = {}
    for parameter in as_list(node):
        name, value = named(parameter.get("name")), named(parameter.get("value") or parameter.get("default"))
        if name and value:
            found[f"{{{{{kind}.{name}}}}}"] = found[f"{{{{ {kind}.{name} }}}}"] = value
    return found
