"""Reads GitLab CI: one file of a pipeline at a time, seen with all the files that the pipeline is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mlscan.read.ci_gitlab_files import Config, may_include
from mlscan.read.ci_gitlab_rules import Pipelines, When, when_of
from mlscan.read.ci_parts import CiFile, Others, as_list, inactive, limited, mapping_texts, named, open_ci, texts
from mlscan.read.ci_paths import ci_system, name_of_file
from mlscan.read.ci_triggers import waiting
from mlscan.read.ci_values import Lookup, expanded, matrix_values
from mlscan.types.source import Command, Delegation, Job, Node, Step, Trigger, Workflow

ROOT = ".gitlab-ci.yml"
_NO_JOBS = frozenset(("stages", "variables", "default", "include", "workflow", "image", "services", "cache", "spec"))
_NO_JOBS |= {"before_script", "after_script", "types"}
_JOB_KEYS = ("script", "trigger", "extends", "run", "before_script", "stage")
MAX_CHILDREN = 12
"""Pipelines, with those that they start, in which a file is looked for."""
NOT_INCLUDED = "no pipeline of this repository includes this file"


def parse_gitlab(file: CiFile, others: Others) -> Workflow | None:
    """The workflow of one file: the jobs that it defines, with what they take from the pipeline's other files.

    None for a file without jobs that no pipeline includes and that is not called a pipeline.
    Jobs of local files that have no workflow of their own are added to the file at the root.
    """
    root = None if file.path == ROOT else others(ROOT)
    place = _placed_in(file, root, others)
    config = place.config if place.included else Config()
    config.add(file, others)
    if place.included:
        # the file once more, over its own copy, so that its jobs have their own lines
        own = Config()
        own.add(file, lambda _: None)
        config.keys |= {key: node for key, node in own.keys.items() if key not in _NO_JOBS}
        config.origin |= own.origin
    found = _Pipeline(file, config).workflow()
    if place.started:
        return _child(found, place.started)
    why = "" if place.included else _why(root, file)
    if not found.jobs and not found.delegations and not name_of_file(file.path.lower().rpartition("/")[2]):
        return None
    return replace(found, active=False, why_inactive=why) if why else found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file belongs: the configuration that includes it, and what starts it where that is a child pipeline."""

    config: Config
    included: bool = False
    started: tuple[Trigger, ...] = ()


def _placed_in(file: CiFile, root: bytes | None, others: Others) -> _Place:
    """The pipeline of the first file that takes a file in, else the child pipeline that does."""
    config = Config()
    if root is None:
        return _Place(config)
    config.add(open_ci(root, ROOT), others, 0)
    stack: list[_Place] = [_Place(config)]
    for number in range(MAX_CHILDREN):
        if number >= len(stack):
            break
        place = stack[number]
        parents = place.config.children.get(file.path, ())
        if parents:
            return _Place(place.config, started=_started_by(place, parents))
        if file.path in place.config.files:
            return replace(place, included=True)
        for path, jobs in place.config.children.items():
            data = others(path) if len(stack) < MAX_CHILDREN else None
            if data is not None:
                inner = Config()
                inner.add(open_ci(data, path), others, 0)
                stack.append(_Place(inner, started=_started_by(place, jobs)))
    return _Place(config)


def _started_by(place: _Place, jobs: Iterable[Node]) -> tuple[Trigger, ...]:
    """What starts the child pipeline of these jobs, in a pipeline that may be one itself."""
    own = tuple(dict.fromkeys(t for job in jobs for t in _starts(place.config, job)))
    return place.started if place.started and all(t.kind in ("push", "workflow_call") for t in own) else own


def _starts(config: Config, job: Node) -> tuple[Trigger, ...]:
    """What starts the child pipeline of a job."""
    pipeline = _Pipeline(CiFile(ROOT, (), ()), config)
    own = when_of(pipeline.with_rules(config.resolved(job)), pipeline.pipelines()).triggers
    return tuple(replace(t, line=1) for t in (pipeline.triggers() if own is None else own))


def _child(found: Workflow, started: tuple[Trigger, ...]) -> Workflow:
    """A child pipeline with the triggers of the job that starts it."""

    def job(one: Job) -> Job:
        called = one.triggers is not None and any(t.kind == "workflow_call" for t in one.triggers)
        return replace(one, triggers=None) if called else one

    return replace(found, triggers=started, jobs=tuple(map(job, found.jobs)))


def _why(root: bytes | None, file: CiFile) -> str:
    """Why a file that is not included by name never runs; "" where it may be after all."""
    if root is None:
        # a project may be told to begin with another file, which then says what a first file says
        first = file.path.startswith(".") and bool({"stages", "workflow"} & set(file.root.map))
        return "" if file.path == ROOT or first else NOT_INCLUDED
    include = open_ci(root, ROOT).root.get("include")
    entries = [node.get("local") if node.map else node for node in as_list(include)]
    return "" if any(e is not None and may_include(e.text, file.path) for e in entries) else NOT_INCLUDED


@dataclass(slots=True)
class _Pipeline:
    """Turns a configuration into the workflow of one of its files."""

    file: CiFile
    config: Config

    def workflow(self) -> Workflow:
        """The workflow with the file's own jobs."""
        jobs = waiting(limited(self._jobs()))
        downstream = [d for job in jobs for d in self._downstream(job)]
        delegations = (*self.config.delegations, *downstream)
        own = {key for key, origin in self.config.origin.items() if origin == self.file.path}
        if not jobs and not delegations:
            return inactive("gitlab-ci", self.file, "empty" if not own else "no job")
        triggers = self.triggers()
        active = any(job.active for job in jobs) or bool(delegations)
        return Workflow(
            "gitlab-ci",
            self.file.path,
            self._workflow_name(),
            triggers,
            jobs,
            tuple(d for d in delegations if d.line),
            active and bool(triggers),
            "" if active and triggers else "nothing can run",
            problems=self.file.problems,
        )

    def with_rules(self, job: Node) -> Node:
        """A job with the references in its rules replaced by what they name."""
        rules = self.config.references(job.get("rules"))
        return job if rules is None else Node({**job.map, "rules": rules}, job.line)

    def _workflow_name(self) -> str:
        node = self.config.keys.get("workflow")
        return named(node.get("name")) if node is not None else ""

    def triggers(self) -> tuple[Trigger, ...]:
        """What starts the pipeline."""
        found = self.pipelines().triggers()
        return (Trigger("push", 1, "push"),) if found is None else tuple(replace(t, line=t.line or 1) for t in found)

    def pipelines(self) -> Pipelines:
        """Which pipelines there are at all."""
        workflow = self.config.keys.get("workflow")
        rules = self.config.references(workflow.get("rules")) if workflow is not None else None
        return Pipelines(rules, self.config.variables)

    def _jobs(self) -> Iterator[Job]:
        pipelines = self.pipelines()
        for name, node in self.config.keys.items():
            origin = self.config.origin[name]
            mine = origin == self.file.path or (self.file.path == ROOT and ci_system(origin) != "gitlab-ci")
            if mine and name not in _NO_JOBS and not name.startswith(".") and any(key in node.map for key in _JOB_KEYS):
                yield self._job(name, self.config.resolved(node), pipelines)

    def _job(self, name: str, node: Node, pipelines: Pipelines) -> Job:
        when = when_of(self.with_rules(node), pipelines)
        written, environments = self._environment(node)
        uses, remote = _called(node)
        return Job(
            name,
            node.line or 1,
            self._steps(node),
            environment=written or None,
            environments=environments if environments != (written,) else (),
            image=self._image(node),
            uses=uses,
            remote=remote,
            needs=tuple(filter(None, (named(n, "job") for n in as_list(node.get("needs"))))),
            condition=when.condition,
            active=when.active,
            manual=when.manual,
            triggers=_placed(when, node.line),
        )

    def _steps(self, node: Node) -> tuple[Step, ...]:
        before = node.get("before_script") or self.config.default("before_script", node)
        after = node.get("after_script") or self.config.default("after_script", node)
        line = node.line or 1
        first = node.get("script")
        steps = [Step(first.line if first else line, "script", self._commands((before, first), line))]
        steps += [self._run(item) for item in as_list(node.get("run"))]
        if after is not None:
            steps.append(Step(after.line or line, "after_script", self._commands((after,), line)))
        return tuple(s for s in steps if s.commands or s.uses)

    def _run(self, node: Node) -> Step:
        """A member of `run`: a script, or a step that is kept elsewhere."""
        uses = named(node.get("step") or node.get("func"), "url") or None
        return Step(node.line, named(node.get("name")), self._commands((node.get("script"),), node.line), uses)

    def _commands(self, nodes: Iterable[Node | None], line: int) -> tuple[Command, ...]:
        found = [self.config.references(node) for node in nodes]
        scripts = Node(tuple(n for n in found if n is not None), line)
        return tuple(c if c.line else replace(c, line=line) for c in self.file.commands(scripts))

    def _image(self, node: Node) -> str | None:
        written = named(node.get("image") or self.config.default("image", node))
        return expanded(written, self._values(node))[0] if written else None

    def _environment(self, node: Node) -> tuple[str, tuple[str, ...]]:
        """(the environment as written, its values); none for a job that only stops or looks at one."""
        written = named(node.get("environment"))
        action = node.get("environment", "action")
        if not written or (action is not None and action.text not in ("", "start")):
            return "", ()
        return written, expanded(written, self._values(node))

    def _values(self, node: Node) -> Lookup:
        variables = self.config.variables | mapping_texts(node.get("variables"))
        rows = as_list(node.get("parallel", "matrix"))

        def values(_: str, name: str) -> tuple[str, ...]:
            found = tuple(value for row in rows for value in matrix_values(row, name))
            return found or ((variables[name],) if variables.get(name) else ())

        return values

    def _downstream(self, job: Job) -> tuple[Delegation, ...]:
        return (Delegation(job.line, job.uses),) if job.uses and job.remote else ()


def _placed(when: When, line: int) -> tuple[Trigger, ...] | None:
    if when.triggers is None:
        return None
    return tuple(t if t.line else replace(t, line=line or 1) for t in when.triggers)


def _called(node: Node) -> tuple[str | None, bool]:
    """(pipeline that a job starts, whether it is that of another project)."""
    trigger = node.get("trigger")
    if trigger is None:
        return None, False
    project = named(trigger, "project")
    if project:
        return project, True
    for include in as_list(trigger.get("include")):
        local = include.get("local") if include.map else include
        if local is not None and local.text:
            return local.text.lstrip("/"), False
        if "artifact" in include.map:
            return named(include.map["artifact"]), False
        if "project" in include.map:
            return ":".join(filter(None, (named(include.map["project"]), named(include.get("file"))))), True
        if include.map:
            return next(iter(texts(next(iter(include.map.values())))), None), True
    return None, False
