"""Reads Azure Pipelines: triggers, stages, jobs and deployments, with templates of the same repository taken in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from mlscan.read.ci_azure_steps import Templates, step_of
from mlscan.read.ci_conditions import never
from mlscan.read.ci_parts import (
    MAX_DEPTH,
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
from mlscan.read.ci_values import expanded, matrix_values
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

Variables = Mapping[str, tuple[str, ...]]

_BODY = ("stages", "jobs", "steps", "extends")
_HEAD = ("trigger", "pr", "schedules", "resources", "pool", "name")


def azure_shaped(root: Node) -> bool:
    """Whether a map looks like a pipeline or a template of Azure Pipelines."""
    keys = root.map
    body = [key for key in _BODY if key in keys and (isinstance(keys[key].value, tuple) or key == "extends")]
    if not body or "on" in keys or "apiVersion" in keys or "$schema" in keys:
        return False
    members = [item for key in body for item in keys[key].items if item.map]
    kinds = {key for item in members for key in item.map}
    words = {"task", "script", "bash", "pwsh", "powershell", "checkout", "template", "stage", "job", "deployment"}
    extends = root.get("extends", "template") is not None
    return extends or bool(kinds & words) or any(key.startswith("${{") for key in kinds)


def parse_azure(file: CiFile, others: Others) -> Workflow | None:
    """The workflow of a pipeline or template; None where the file has another shape."""
    root = file.root
    if not azure_shaped(root):
        return None
    template = _is_template(file)
    triggers = (Trigger("workflow_call", 1, "template"),) if template else tuple(_triggers(root))
    reader = _Pipeline(Templates(others))
    jobs = limited(reader.body(file, {}, ""))
    delegations = tuple(dict.fromkeys((*_resources(root), *reader.templates.delegations)))
    if not jobs and not delegations:
        return inactive("azure-pipelines", file, "no job")
    name = file.text(root.get("name"))
    return Workflow("azure-pipelines", file.path, name, triggers, jobs, delegations, problems=file.problems)


def _is_template(file: CiFile) -> bool:
    keys = file.root.map
    if any(key in keys for key in _HEAD[:4]):
        return False
    return "parameters" in keys or "template" in file.path.lower() or not any(key in keys for key in _HEAD)


# --- triggers ---------------------------------------------------------------------------------------------------------


def _triggers(root: Node) -> Iterator[Trigger]:
    found = [*_pushes(root), *_schedules(root), *_completions(root)]
    yield from found
    if not found:
        yield Trigger("manual", root.map["trigger"].line if "trigger" in root.map else 1, "no trigger")


def _pushes(root: Node) -> Iterator[Trigger]:
    for key, kind in (("trigger", "push"), ("pr", "pull_request")):
        node = root.get(key)
        if node is None:
            # a pipeline that says nothing is started by every push
            if key == "trigger":
                yield Trigger("push", 1, "default")
        elif node.text.lower() != "none":
            tags = _included(node.get("tags"))
            branches = _included(node.get("branches")) if node.map else texts(node)
            if branches or not tags:
                yield Trigger(kind, node.line, key, branches, _included(node.get("paths")))
            if tags:
                yield Trigger("tag", node.line, ", ".join(tags)[:200])


def _included(node: Node | None) -> tuple[str, ...]:
    return texts(node.get("include")) if node is not None and node.map else texts(node)


def _schedules(root: Node) -> Iterator[Trigger]:
    for node in as_list(root.get("schedules")):
        cron = node.get("cron")
        if cron is not None and cron.text:
            yield Trigger("schedule", cron.line, cron.text, _included(node.get("branches")), unknown="$" in cron.text)


def _completions(root: Node) -> Iterator[Trigger]:
    for node in as_list(root.get("resources", "pipelines")):
        trigger = node.get("trigger")
        if trigger is not None and trigger.text.lower() not in ("none", "false"):
            yield Trigger("workflow_run", trigger.line, named(node.get("source")), _included(trigger.get("branches")))
    for node in as_list(root.get("resources", "webhooks")):
        yield Trigger("dispatch", node.line, named(node.get("webhook")))


def _resources(root: Node) -> Iterator[Delegation]:
    for node in as_list(root.get("resources", "repositories")):
        name = node.get("name") or node.get("repository")
        if name is not None and name.text:
            yield Delegation(name.line, name.text)


# --- stages and jobs --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Pipeline:
    """Walks stages, jobs and steps through templates."""

    templates: Templates
    depth: int = 0

    def body(self, file: CiFile, variables: Variables, condition: str) -> Iterator[Job]:
        """The jobs of a file or of a stage's template."""
        yield from self._inside(file, file.root, self._variables(file, file.root, variables), condition)

    def _inside(self, file: CiFile, node: Node, variables: Variables, condition: str) -> Iterator[Job]:
        for entry in self._entries(node.get("stages")):
            yield from self._stage(file, entry, variables, condition)
        for entry in self._entries(node.get("jobs")):
            yield from self._job(file, entry, variables, condition)
        if node.get("steps") is not None:
            yield self._make(file, node, variables, condition)
        extends = node.get("extends")
        if extends is not None:
            yield from self._taken_in(file, extends, variables, condition)

    def _entries(self, node: Node | None, depth: int = 6) -> Iterator[Node]:
        """Members of a list, those below `${{ if }}` and `${{ each }}` too."""
        for item in as_list(node):
            blocks = [child for key, child in item.map.items() if key.startswith("${{")]
            if not blocks or any(not key.startswith("${{") for key in item.map):
                yield item
            for block in blocks if depth else ():
                yield from self._entries(block, depth - 1)

    def _stage(self, file: CiFile, node: Node, variables: Variables, condition: str) -> Iterator[Job]:
        own = _both(condition, file.text(node.get("condition")))
        if node.get("template") is not None:
            yield from self._taken_in(file, node, variables, own)
        else:
            yield from self._inside(file, node, self._variables(file, node, variables), own)

    def _job(self, file: CiFile, node: Node, variables: Variables, condition: str) -> Iterator[Job]:
        if node.get("template") is not None:
            yield from self._taken_in(file, node, variables, condition)
        elif node.map:
            yield self._make(file, node, self._variables(file, node, variables), condition)

    def _taken_in(self, file: CiFile, node: Node, variables: Variables, condition: str) -> Iterator[Job]:
        """Jobs of a template, at the line that names it."""
        target = self.templates.open(file, node) if self.depth < MAX_DEPTH else None
        if target is None:
            yield from self._called(file, node)
            return
        self.depth += 1
        yield from self.body(target, variables, condition)
        self.depth -= 1

    def _called(self, file: CiFile, node: Node) -> Iterator[Job]:
        uses, remote = self.templates.named(file, node)
        if uses:
            yield Job(uses, file.line(node), uses=uses, remote=remote)

    def _make(self, file: CiFile, node: Node, variables: Variables, outer: str) -> Job:
        name = next((t for k in ("job", "deployment", "stage") if (t := file.text(node.get(k)))), "job")
        condition = _both(outer, file.text(node.get("condition")))
        written = file.text(node.get("environment")) or file.text(node.get("environment", "name"))
        environments = self._environments(file, node, written, variables)
        steps = tuple(islice((step for part in _step_lists(node) for step in self._steps(file, part)), MAX_STEPS))
        return Job(
            name,
            file.line(node),
            steps,
            file.text(node.get("displayName")),
            written or None,
            environments if environments != (written,) else (),
            named(node.get("container"), "image") or None,
            needs=texts(node.get("dependsOn")),
            condition=condition,
            active=not never(condition),
            manual=any((s.uses or "").startswith("ManualValidation@") for s in steps),
        )

    def _variables(self, file: CiFile, node: Node, outer: Variables) -> Variables:
        """Variables with their possible values: a name in several `${{ if }}` branches has several."""
        found: dict[str, tuple[str, ...]] = {}
        written = node.get("variables")
        for name, text in mapping_texts(written).items():
            found[name] = (text,)
        for entry in self._entries(written):
            name, value = file.text(entry.get("name")), file.text(entry.get("value"))
            target = self.templates.open(file, entry) if entry.get("template") and self.depth < MAX_DEPTH else None
            if target is not None:
                self.depth += 1
                for inner, values in self._variables(target, target.root, {}).items():
                    found[inner] = tuple(dict.fromkeys((*found.get(inner, ()), *values)))
                self.depth -= 1
            elif name and value:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), value)))
        return {**outer, **found}

    def _environments(self, file: CiFile, node: Node, text: str, variables: Variables) -> tuple[str, ...]:
        if not text:
            return ()
        matrix = node.get("strategy", "matrix")
        rows = tuple(matrix.map.values()) if matrix else ()

        def values(kind: str, name: str) -> tuple[str, ...]:
            if kind == "parameters":
                return _parameter(file.root, name)
            found = tuple(value for row in rows for value in matrix_values(row, name))
            return found or variables.get(name, ())

        return expanded(text, values)

    def _steps(self, file: CiFile, node: Node, way: tuple[str, ...] = ()) -> Iterator[Step]:
        for entry in self._entries(node):
            template = entry.get("template")
            if template is None:
                if entry.map:
                    yield step_of(file, entry)
                continue
            uses, _ = self.templates.named(file, entry)
            yield Step(file.line(entry), "template", uses=uses, with_=mapping_texts(entry.get("parameters")))
            target = self.templates.open(file, entry) if len(way) < MAX_DEPTH else None
            if target is not None and target.path not in way:
                steps = target.root.get("steps")
                yield from self._steps(target, steps, (*way, target.path)) if steps is not None else ()


def _step_lists(node: Node) -> Iterator[Node]:
    """The lists of steps of a job, or of a deployment's hooks."""
    steps = node.get("steps")
    if steps is not None:
        yield steps
    strategy = node.get("strategy")
    for kind in strategy.map.values() if strategy else ():
        for hook in kind.map.values():
            yield from (s for inner in (hook, *hook.map.values()) if (s := inner.get("steps")) is not None)


def _parameter(root: Node, name: str) -> tuple[str, ...]:
    """Values that a parameter may have, else its default."""
    for node in as_list(root.get("parameters")):
        if named(node.get("name")) == name:
            return texts(node.get("values")) or texts(node.get("default"))
    return ()


def _both(outer: str, own: str) -> str:
    return f"{outer} && {own}" if outer and own else outer or own
