"""Reads Tekton: tasks, pipelines and their runs, started by hand, by listeners or by Pipelines as Code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mlscan.read.ci_conditions import UNKNOWN, Lookup, Value, holds
from mlscan.read.ci_containers import container_of
from mlscan.read.ci_parts import (
    MAX_STEPS,
    CiFile,
    Others,
    as_list,
    join,
    limited,
    named,
    open_ci,
    texts,
    without_variables,
)
from mlscan.read.ci_triggers import waiting
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

_AS_CODE = "pipelinesascode.tekton.dev/"
_EVENTS = {"push": "push", "pull_request": "pull_request", "merge_request": "pull_request", "tag": "tag"}
_TARGET = re.compile(r"target_branch\s*==\s*[\"']([^\"']+)[\"']")
_METHOD = re.compile(r"[\"'][^\"']*[\"']\.\w+\([^()]*\)")
_HEADER = re.compile(r"[\"'](push|pull_request|Push Hook|Merge Request Hook|repo:refs_changed|pr:\w+)[\"']")
_ROOTS = ("$(workspaces.source.path)", "/workspace/source", "$(workspaces.output.path)", "/workspace/output")
MAX_TASKS = 300


def parse_tekton(file: CiFile, system: str, others: Others) -> Workflow | None:
    """A job for each task of what the file runs; what nothing in it runs is there for others to call.

    None where no document is of Tekton. Tasks of the same name are looked for beside the file.
    """
    documents = [d for d in file.documents if "tekton.dev/" in named(d.get("apiVersion"))]
    if not documents:
        return None
    reader = _Documents(file, others, documents)
    jobs = waiting(limited(islice(reader.jobs(), MAX_TASKS)))
    triggers = tuple(dict.fromkeys(t for job in jobs for t in job.triggers or ()))
    if not jobs:
        return None
    single = tuple(replace(job, triggers=None) if job.triggers == triggers else job for job in jobs)
    delegations = tuple(dict.fromkeys(reader.delegations))
    name = named(documents[0].get("metadata", "name"))
    return Workflow(system, file.path, name, triggers, single, delegations, problems=file.problems)


@dataclass(slots=True)
class _Documents:
    """All documents of a file by kind and name."""

    file: CiFile
    others: Others
    documents: Sequence[Node]
    delegations: list[Delegation] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)

    def of(self, *kinds: str) -> Iterator[Node]:
        """The documents of these kinds."""
        yield from (d for d in self.documents if named(d.get("kind")) in kinds)

    def jobs(self) -> Iterator[Job]:
        """The jobs of everything that is started, then those that wait to be called."""
        for listener in self.of("EventListener", "Trigger"):
            yield from self._listened(listener)
        for run in self.of("PipelineRun", "TaskRun"):
            yield from self._run(run, self._triggers(run))
        for kind in ("Pipeline", "Task"):
            for node in self.of(kind, "ClusterTask" if kind == "Task" else kind):
                if (kind, _name(node)) not in self.used:
                    yield from self._called(node, kind)

    def _called(self, node: Node, kind: str) -> Iterator[Job]:
        called = (Trigger("workflow_call", self.file.line(node), kind.lower()),)
        spec = node.get("spec") or Node(None, node.line)
        if kind == "Task":
            yield replace(self._job(_name(node) or "task", node.line, spec, self.file), triggers=called)
        else:
            yield from self._pipeline(spec, self.file, called)

    def _listened(self, listener: Node) -> Iterator[Job]:
        """What a listener starts: the runs of its templates."""
        spec = listener.get("spec") or Node(None, listener.line)
        entries = as_list(spec.get("triggers")) if named(listener.get("kind")) == "EventListener" else (spec,)
        for entry in entries:
            triggers = tuple(_of_listener(entry)) or (Trigger("dispatch", entry.line, "event"),)
            name = named(entry.get("template", "ref")) or named(entry.get("template", "name"))
            template = next((t for t in self.of("TriggerTemplate") if _name(t) == name), None)
            spec_here = entry.get("template", "spec") or (template.get("spec") if template is not None else None)
            runs = as_list(spec_here.get("resourcetemplates")) if spec_here is not None else ()
            for run in runs:
                yield from self._run(run, triggers)
            if not runs and name:
                yield Job(named(entry.get("name")) or name, entry.line, uses=name, triggers=triggers)

    def _run(self, run: Node, triggers: tuple[Trigger, ...]) -> Iterator[Job]:
        spec = run.get("spec") or Node(None, run.line)
        given = _params(spec.get("params"))
        name = _name(run)
        if named(run.get("kind")) == "TaskRun":
            task = Node({**spec.map, "name": Node(name or "task", run.line)}, run.line)
            yield replace(self._task(task, self.file.with_values(given)), triggers=triggers)
            return
        where, pipeline = self.file, spec.get("pipelineSpec")
        reference = spec.get("pipelineRef")
        if pipeline is None and reference is not None:
            if reference.get("resolver") is None:
                where, pipeline = self._defined(named(reference), "Pipeline", reference.line)
            if pipeline is None:
                remote = self._delegated(reference, whole=True)
                yield Job(name or "pipeline", reference.line, uses=_place(reference), remote=remote, triggers=triggers)
        if pipeline is not None:
            yield from self._pipeline(pipeline, where.with_values(given), triggers)

    def _pipeline(self, spec: Node, file: CiFile, triggers: tuple[Trigger, ...]) -> Iterator[Job]:
        file = replace(file, values={**_defaults(spec.get("params")), **file.values})
        for key in ("tasks", "finally"):
            for task in as_list(spec.get(key)):
                if task.map:
                    yield replace(self._task(task, file), triggers=triggers)

    def _task(self, task: Node, file: CiFile) -> Job:
        """One task of a pipeline: written there, or defined in the file, beside it or elsewhere."""
        name, line = named(task.get("name")) or "task", file.line(task)
        found = task.get("taskSpec")
        reference = task.get("taskRef") or Node(None, task.line)
        where = file
        if found is None and reference.get("resolver") is None:
            where, found = self._defined(named(reference), "Task", line)
            where = where.with_values({old: file.filled(new) for old, new in _params(task.get("params")).items()})
        if found is not None:
            job = self._job(name, line, found, where)
        else:
            self._delegated(reference)
            uses, manual = _place(reference), named(reference.get("kind")) == "ApprovalTask"
            job = Job(name, line, (Step(line, name, uses=uses),) if uses and not manual else (), manual=manual)
        return replace(job, needs=texts(task.get("runAfter")), condition=_when(file, task.get("when")))

    def _defined(self, name: str, kind: str, line: int) -> tuple[CiFile, Node | None]:
        """The specification of a task or pipeline of this name, in the file or, reported at `line`, beside it."""
        for node in self.of(kind, f"Cluster{kind}"):
            if name and _name(node) == name:
                self.used.add((kind, name))
                return self.file, node.get("spec")
        folder, lower = self.file.path.rpartition("/")[0], kind.lower()
        places = (name, f"{lower}s/{name}", f"../{lower}s/{name}", lower, f"{lower}s")
        for path in [join(folder, f"{place}.yaml") for place in places] if name else ():
            data = self.others(path) if path != self.file.path else None
            other = open_ci(data, path) if data is not None else CiFile(path, (), ())
            for node in other.documents:
                if named(node.get("kind")) == kind and _name(node) == name:
                    return replace(other, at=line), node.get("spec")
        return self.file, None

    def _job(self, name: str, line: int, spec: Node, file: CiFile) -> Job:
        file = replace(file, values={**_defaults(spec.get("params")), **file.values})
        nodes = [n for n in as_list(spec.get("steps")) if n.map]
        template = spec.get("stepTemplate")
        image = next((i for n in nodes if (i := file.text(n.get("image")))), "")
        steps = (self._step(file, n, template) for n in nodes[:MAX_STEPS])
        return Job(name, line, tuple(steps), image=image or None)

    def _step(self, file: CiFile, node: Node, template: Node | None) -> Step:
        folder = node.get("workingDir") or (template.get("workingDir") if template is not None else None)
        path = file.text(folder)
        for root in _ROOTS:
            path = path.removeprefix(root)
        uses = _place(node.get("ref")) or (f"docker://{file.text(node.get('image'))}" if node.get("image") else "")
        commands = without_variables(container_of(file, node), file.text(node.get("script")))
        folder_of = join("", path.lstrip("/"))
        return Step(file.line(node), named(node.get("name")), commands, uses or None, working_directory=folder_of)

    def _delegated(self, reference: Node, *, whole: bool = False) -> bool:
        """Whether a reference leads to another repository, which is kept then; catalogues are for whole pipelines."""
        resolver = named(reference.get("resolver"))
        kinds = ("git", "http", "bundles", "hub") if whole else ("git", "http")
        bundle = named(reference.get("bundle"))
        if resolver not in kinds and not bundle:
            return False
        values = _given(reference)
        to = ":".join(filter(None, (values.get("url") or values.get("bundle", ""), values.get("pathInRepo", ""))))
        self.delegations.append(Delegation(self.file.line(reference), to or bundle or _place(reference)))
        return True

    def _triggers(self, run: Node) -> tuple[Trigger, ...]:
        """What starts a run: its annotations, or somebody who applies it."""
        notes = run.get("metadata", "annotations")
        found = tuple(_as_code(notes)) if notes is not None else ()
        return found or (Trigger("manual", run.line, "applied"),)


def _given(reference: Node) -> dict[str, str]:
    return {named(p.get("name")): named(p.get("value")) for p in as_list(reference.get("params"))}


def _place(reference: Node | None) -> str:
    """What a reference names: by its name, else by what its resolver is given."""
    if reference is None:
        return ""
    values = _given(reference)
    place = next((values[k] for k in ("name", "pathInRepo", "url", "bundle") if values.get(k)), "")
    return named(reference) or place or named(reference.get("bundle")) or named(reference.get("resolver"))


def _name(node: Node) -> str:
    return named(node.get("metadata", "name")) or named(node.get("metadata", "generateName")).rstrip("-")


def _as_code(notes: Node) -> Iterator[Trigger]:
    """The triggers that annotations of Pipelines as Code say."""
    branches = _listed(named(notes.get(_AS_CODE + "on-target-branch")))
    paths = _listed(named(notes.get(_AS_CODE + "on-path-change")))
    events = notes.get(_AS_CODE + "on-event")
    for event in _listed(named(events)):
        kind = "tag" if event == "push" and branches and all("refs/tags" in b for b in branches) else event
        yield Trigger(_EVENTS.get(kind, "other"), events.line if events is not None else 1, event, branches, paths)
    expression = notes.get(_AS_CODE + "on-cel-expression")
    if expression is not None and expression.text:
        named_branches = tuple(_TARGET.findall(expression.text))
        for event in ("push", "pull_request"):
            if holds(_METHOD.sub("changed", expression.text), _names_of(event)) is not False:
                yield Trigger(_EVENTS[event], expression.line, expression.text[:200], named_branches, paths)
    comment = notes.get(_AS_CODE + "on-comment")
    if comment is not None:
        yield Trigger("other", comment.line, comment.text[:200])


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for one in text.strip().strip("[]").split(",") if (part := one.strip().strip("'\"")))


def _names_of(event: str) -> Lookup:
    def lookup(name: str) -> Value:
        return event if name in ("event", "event_type") else UNKNOWN

    return lookup


def _of_listener(entry: Node) -> Iterator[Trigger]:
    """The events that the interceptors of a listener let through."""
    for interceptor in as_list(entry.get("interceptors")):
        params = {named(p.get("name")): p.get("value") for p in as_list(interceptor.get("params"))}
        kinds = list(texts(params.get("eventTypes")))
        for part in interceptor.map.values():
            kinds += texts(part.get("eventTypes"))
        written = named(params.get("filter")) or named(interceptor.get("cel", "filter"))
        kinds += _HEADER.findall(written)
        for kind in kinds:
            lower = kind.lower()
            merged = "pull" in lower or "merge" in lower or lower.startswith("pr:")
            pushed = "push" in lower or "refs_changed" in lower
            yield Trigger("pull_request" if merged else "push" if pushed else "other", interceptor.line, kind)


def _params(node: Node | None) -> dict[str, str]:
    return {f"$(params.{named(p.get('name'))})": named(p.get("value")) for p in as_list(node) if p.get("value")}


def _defaults(node: Node | None) -> dict[str, str]:
    return {f"$(params.{named(p.get('name'))})": named(p.get("default")) for p in as_list(node) if p.get("default")}


def _when(file: CiFile, node: Node | None) -> str:
    parts = []
    for one in as_list(node):
        values = ", ".join(f"'{value}'" for value in texts(one.get("values")))
        cel = named(one.get("cel"))
        parts.append(cel or f"{file.text(one.get('input'))} {named(one.get('operator'))} [{values}]")
    return " && ".join(parts)[:500]
