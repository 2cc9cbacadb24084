"""Reads Azure Pipelines: triggers, stages, jobs and deployments, with templates of the same repository taken in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from mlscan.read.ci_azure_scope import Scope, Templates, first_scope, parameter_values
from mlscan.read.ci_azure_steps import step_of
from mlscan.read.ci_azure_when import started, triggers_of
from mlscan.read.ci_conditions import never
from mlscan.read.ci_parts import (
    MAX_DEPTH,
    MAX_JOBS,
    MAX_STEPS,
    CiFile,
    Others,
    as_list,
    inactive,
    limited,
    mapping_texts,
    named,
    texts,
)
from mlscan.read.ci_paths import name_of_file
from mlscan.read.ci_triggers import waiting
from mlscan.read.ci_values import expanded, matrix_values
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

Variables = Mapping[str, tuple[str, ...]]

_BODY = ("stages", "jobs", "steps", "extends")
_STARTS = ("trigger", "pr", "schedules", "resources")
_HEAD = (*_STARTS, "pool", "name")
_WORDS = frozenset(
    ("task", "script", "bash", "pwsh", "powershell", "checkout", "template", "stage", "job", "deployment")
)


def azure_shaped(root: Node) -> bool:
    """Whether a map looks like a pipeline or a template of Azure Pipelines."""
    keys = root.map
    body = [key for key in _BODY if key in keys and (isinstance(keys[key].value, tuple) or key == "extends")]
    if not body or "on" in keys or "apiVersion" in keys or "$schema" in keys:
        return False
    kinds = {key for part in body for item in keys[part].items for key in item.map}
    extends = root.get("extends", "template") is not None
    return extends or bool(kinds & _WORDS) or any(key.startswith("${{") for key in kinds)


def parse_azure(file: CiFile, others: Others) -> Workflow | None:
    """The workflow of a pipeline or template; None where the file has another shape."""
    root = file.root
    if not azure_shaped(root):
        return None
    template = _is_template(file)
    triggers = (Trigger("workflow_call", 1, "template"),) if template else tuple(triggers_of(root))
    reader = _Pipeline(Templates(others))
    found = tuple(islice(reader.body(first_scope(file), {}, _Stage()), MAX_JOBS))
    jobs = started(waiting(limited(reader.approved(reader.told_apart(found)))), triggers)
    delegations = tuple(dict.fromkeys((*_resources(root), *reader.templates.delegations)))
    if not jobs and not delegations:
        return inactive("azure-pipelines", file, "no job")
    active = any(job.active for job in jobs) or bool(delegations)
    return Workflow(
        "azure-pipelines",
        file.path,
        file.text(root.get("name")),
        triggers,
        jobs,
        delegations,
        active,
        "" if active else "no job can run",
        problems=file.problems,
    )


def _is_template(file: CiFile) -> bool:
    """Whether other files take a file in: it has parameters, or is called a template, and says nothing of its start."""
    keys = file.root.map
    # a template has no variables beside its jobs, and only who starts a run is shown names of parameters
    shown = any("displayName" in node.map for node in as_list(file.root.get("parameters")))
    first = "/" not in file.path and name_of_file(file.path.lower()) is not None
    if first or shown or any(key in keys for key in (*_STARTS, "variables")):
        return False
    return "parameters" in keys or "template" in file.path.lower() or not any(key in keys for key in _HEAD)


def _resources(root: Node) -> Iterator[Delegation]:
    for node in as_list(root.get("resources", "repositories")):
        name = node.get("name") or node.get("repository")
        if name is not None and name.text:
            yield Delegation(name.line, name.text)


# --- stages and jobs --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stage:
    """The stage that jobs are in."""

    name: str = ""
    condition: str = ""
    manual: bool = False


@dataclass(slots=True)
class _Pipeline:
    """Walks stages, jobs and steps through templates."""

    templates: Templates
    depth: int = 0
    stages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stage -> stages that it waits for."""
    stage_of: list[str] = field(default_factory=list)
    """The stage of each job, in their order."""

    def body(self, scope: Scope, variables: Variables, stage: _Stage) -> Iterator[Job]:
        """The jobs of a file or of a stage's template."""
        yield from self._inside(scope, scope.file.root, self._variables(scope, scope.file.root, variables), stage)

    def _inside(self, scope: Scope, node: Node, variables: Variables, stage: _Stage) -> Iterator[Job]:
        for where, entry in self.templates.members(scope, node.get("stages")):
            yield from self._stage(where, entry, variables, stage)
        for where, entry in self.templates.members(scope, node.get("jobs")):
            yield from self._job(where, entry, variables, stage)
        if node.get("steps") is not None:
            yield self._make(scope, node, variables, stage)
        extends = node.get("extends")
        if extends is not None:
            yield from self._taken_in(scope, extends, variables, stage)

    def _stage(self, scope: Scope, node: Node, variables: Variables, outer: _Stage) -> Iterator[Job]:
        condition = _both(outer.condition, scope.text(node.get("condition")))
        if node.get("template") is not None:
            yield from self._taken_in(scope, node, variables, replace(outer, condition=condition))
            return
        name = scope.text(node.get("stage"))
        before = tuple(self.stages)[-1:]
        needs = node.get("dependsOn")
        self.stages[name] = before if needs is None else tuple(scope.file.filled(text) for text in texts(needs))
        stage = _Stage(name or outer.name, condition, named(node.get("trigger")) == "manual")
        yield from self._inside(scope, node, self._variables(scope, node, variables), stage)

    def _job(self, scope: Scope, node: Node, variables: Variables, stage: _Stage) -> Iterator[Job]:
        if node.get("template") is not None:
            yield from self._taken_in(scope, node, variables, stage)
        elif node.map:
            yield self._make(scope, node, self._variables(scope, node, variables), stage)

    def _taken_in(self, scope: Scope, node: Node, variables: Variables, stage: _Stage) -> Iterator[Job]:
        """Jobs of a template, at the line that names it; of one elsewhere those that it is given."""
        target = self.templates.open(scope, node) if self.depth < MAX_DEPTH else None
        self.depth += 1
        if target is not None:
            yield from self.body(target, variables, stage)
        elif self.depth <= MAX_DEPTH:
            yield from self._called(scope, node, stage)
            yield from self._given(scope, node, variables, stage)
        self.depth -= 1

    def _called(self, scope: Scope, node: Node, stage: _Stage) -> Iterator[Job]:
        uses, remote = self.templates.named(scope, node)
        if uses:
            self.stage_of.append(stage.name)
            yield Job(uses, scope.line(node), uses=uses, remote=remote)

    def _given(self, scope: Scope, node: Node, variables: Variables, stage: _Stage) -> Iterator[Job]:
        """Stages, jobs and steps that a template elsewhere is given."""
        parameters = node.get("parameters")
        for name, value in parameters.map.items() if parameters is not None else ():
            kinds = {key for item in value.items for key in item.map}
            part = "stages" if "stage" in kinds else "jobs" if kinds & {"job", "deployment"} else "steps"
            if kinds & _WORDS - {"template"} or (name in _BODY and "template" in kinds):
                yield from self._inside(scope, Node({part: value}, value.line), variables, stage)

    def _make(self, scope: Scope, node: Node, variables: Variables, stage: _Stage) -> Job:
        name = next((t for k in ("job", "deployment") if (t := scope.text(node.get(k)))), stage.name or "job")
        condition = _both(stage.condition, scope.text(node.get("condition")))
        written = scope.text(node.get("environment")) or scope.text(node.get("environment", "name"))
        environments = self._environments(scope, node, written, variables)
        known = {f"$({key})": one[0] for key, one in variables.items() if len(one) == 1 and "$[" not in one[0]}
        steps = (step for where, part in self._step_lists(scope, node) for step in self._steps(where, part, known))
        found = tuple(islice(steps, MAX_STEPS))
        self.stage_of.append(stage.name)
        return Job(
            name,
            scope.line(node),
            found,
            scope.text(node.get("displayName")) or (stage.name if stage.name != name else ""),
            written or None,
            environments if environments != (written,) else (),
            named(node.get("container"), "image") or None,
            needs=tuple(filter(None, map(scope.file.filled, texts(node.get("dependsOn"))))),
            condition=condition,
            active=not never(condition),
            manual=stage.manual or any((s.uses or "").startswith("ManualValidation@") for s in found),
        )

    def told_apart(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """The jobs, those whose name several stages use with the stage before the name."""
        pairs = list(zip(jobs, self.stage_of, strict=False))
        stages: dict[str, set[str]] = {}
        for job, stage in pairs:
            stages.setdefault(job.id, set()).add(stage)

        def named_in(stage: str, name: str) -> str:
            return f"{stage}.{name}" if stage and len(stages.get(name, ())) > 1 else name

        return tuple(
            replace(job, id=named_in(stage, job.id), needs=tuple(named_in(stage, n) for n in job.needs))
            for job, stage in pairs
        )

    def approved(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """The jobs, those of stages that wait for a stage with an approval waiting for somebody, too."""
        manual = {stage for job, stage in zip(jobs, self.stage_of, strict=False) if job.manual and stage}
        for name, needs in self.stages.items():
            if manual.intersection(needs):
                manual.add(name)
        first = {stage for job, stage in zip(jobs, self.stage_of, strict=False) if job.manual}
        later = manual - first
        pairs = zip(jobs, self.stage_of, strict=False)
        return tuple(replace(job, manual=True) if stage in later else job for job, stage in pairs)

    def _variables(self, scope: Scope, node: Node, outer: Variables) -> Variables:
        """Variables with their possible values: a name in several `${{ if }}` branches has several."""
        found: dict[str, tuple[str, ...]] = {}
        written = node.get("variables")
        if written is None:
            return outer
        for name, text in mapping_texts(self.templates.flat(scope, written)).items():
            found[name] = (scope.file.filled(text),)
        for where, entry in self.templates.members(scope, written if not written.map else None):
            name, value = where.text(entry.get("name")), where.text(entry.get("value"))
            target = self.templates.open(where, entry) if entry.get("template") and self.depth < MAX_DEPTH else None
            if target is not None:
                self.depth += 1
                for inner, values in self._variables(target, target.file.root, {}).items():
                    found[inner] = tuple(dict.fromkeys((*found.get(inner, ()), *values)))
                self.depth -= 1
            elif name and value:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), value)))
        return {**outer, **found}

    def _environments(self, scope: Scope, node: Node, text: str, variables: Variables) -> tuple[str, ...]:
        if not text:
            return ()
        matrix = node.get("strategy", "matrix")
        rows = tuple(matrix.map.values()) if matrix else ()

        def values(kind: str, name: str) -> tuple[str, ...]:
            if kind == "parameters":
                return parameter_values(scope.file.root, name)
            found = tuple(value for row in rows for value in matrix_values(row, name))
            return found or variables.get(name, ())

        return expanded(text, values)

    def _steps(self, scope: Scope, node: Node, known: Mapping[str, str], way: tuple[str, ...] = ()) -> Iterator[Step]:
        for where, entry in self.templates.members(scope, node):
            if entry.get("template") is None:
                if entry.map:
                    yield step_of(replace(where, file=where.file.with_values(known)), entry)
                continue
            uses, _ = self.templates.named(where, entry)
            yield Step(where.line(entry), "template", uses=uses, with_=mapping_texts(entry.get("parameters")))
            target = self.templates.open(where, entry) if len(way) < MAX_DEPTH else None
            if target is not None and target.file.path not in way:
                steps = target.file.root.get("steps") or Node(None, 1)
                yield from self._steps(target, steps, known, (*way, target.file.path))

    def _step_lists(self, scope: Scope, node: Node) -> Iterator[tuple[Scope, Node]]:
        """The lists of steps of a job, or of a deployment's hooks."""
        steps = node.get("steps")
        if steps is not None:
            yield scope, steps
        strategy = node.get("strategy")
        for kind in strategy.map.values() if strategy is not None else ():
            for hook in self.templates.flat(scope, kind).map.values():
                lists = (part.get("steps") for part in (hook, *hook.map.values()))
                yield from ((scope, part) for part in lists if part is not None)


def _both(outer: str, own: str) -> str:
    return f"{outer} && {own}" if outer and own else outer or own
