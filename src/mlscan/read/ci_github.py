"""Reads workflows of GitHub Actions (Gitea and Forgejo read the same format)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from mlscan.read.ci_conditions import never
from mlscan.read.ci_github_steps import Runs, steps_of
from mlscan.read.ci_github_when import Starts
from mlscan.read.ci_parts import CiFile, Others, inactive, join, limited, mapping_texts, named, open_ci, texts
from mlscan.read.ci_values import Lookup, Row, expanded, matrix_rows, matrix_values, row_values
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

MAX_TRIGGERS = 50

_KINDS = {
    "pull_request": "pull_request",
    "pull_request_target": "pull_request",
    "merge_group": "pull_request",
    "release": "release",
    "workflow_dispatch": "manual",
    "repository_dispatch": "dispatch",
    "workflow_run": "workflow_run",
    "workflow_call": "workflow_call",
}


def parse_github(file: CiFile, system: str, others: Others) -> Workflow | None:
    """The workflow of a file with triggers and jobs; None where it has the shape of something else."""
    root = file.root
    jobs = root.map.get("jobs")
    on = root.map.get("on") or root.map.get("true")
    if jobs is None and on is None:
        return None
    triggers = tuple(islice(_triggers(on), MAX_TRIGGERS))
    starts = Starts(triggers, _merged(on))
    reader = _Jobs(file, on, others, starts)
    found = limited(reader.jobs())
    if not triggers or not found:
        return inactive(system, file, "no trigger" if found else "no job")
    found = starts.jobs(found)
    active = any(job.active for job in found)
    return Workflow(
        system,
        file.path,
        file.text(root.get("name")),
        triggers,
        found,
        tuple(reader.delegations),
        active,
        "" if active else "no job can run",
        problems=file.problems,
    )


# --- triggers ---------------------------------------------------------------------------------------------------------


def _triggers(on: Node | None) -> Iterator[Trigger]:
    if on is None:
        return
    events: Mapping[str, Node] = on.map or {item.text: item for item in on.items if item.text}
    for event, node in events.items():
        yield from _event(event, node, node.map)


def _event(event: str, node: Node, options: Mapping[str, Node]) -> Iterator[Trigger]:
    if event == "schedule":
        crons = [item.get("cron") for item in node.items]
        yield from (Trigger("schedule", cron.line, cron.text) for cron in crons if cron is not None and cron.text)
    elif event == "push":
        yield from _push(node, options)
    else:
        kind = _KINDS.get(event, "other")
        details = texts(options.get("workflows")) or texts(options.get("types"))
        detail = ", ".join(details) if kind in ("workflow_run", "dispatch", "release") else event
        yield Trigger(kind, node.line, detail, texts(options.get("branches")), texts(options.get("paths")))


def _merged(on: Node | None) -> frozenset[int]:
    """Lines of the pull requests that start a workflow when they are closed."""
    node = on.get("pull_request") if on is not None else None
    return frozenset((node.line,)) if node is not None and "closed" in texts(node.get("types")) else frozenset()


def _push(node: Node, options: Mapping[str, Node]) -> Iterator[Trigger]:
    branches, tags, paths = (texts(options.get(key)) for key in ("branches", "tags", "paths"))
    on_tags = "tags" in options or "tags-ignore" in options
    none, no_tag = ("**" in texts(options.get(key)) for key in ("branches-ignore", "tags-ignore"))
    if ("branches" in options or "branches-ignore" in options or not on_tags) and not none:
        yield Trigger("push", node.line, "push", branches, paths)
    if on_tags and not no_tag:
        yield Trigger("tag", node.line, ", ".join(tags), (), paths)


# --- jobs -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Scope:
    """What expressions of one job refer to."""

    matrix: Node | None
    inputs: Mapping[str, tuple[str, ...]]
    env: Mapping[str, str]
    branches: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)

    @property
    def cases(self) -> tuple[Lookup, ...]:
        """What names stand for, in each combination of the matrix."""
        return tuple(replace(self, rows=[row]).values for row in self.rows) or (self.values,)

    def values(self, kind: str, name: str) -> tuple[str, ...]:
        """Values of `kind.name`, empty where the file does not tell."""
        if kind == "matrix":
            return tuple(row_values(self.rows, name) if self.rows else matrix_values(self.matrix, name))
        if kind == "inputs":
            return self.inputs.get(name, ())
        if kind == "github":
            return self.branches if name == "ref_name" else ()
        return (self.env[name],) if kind == "env" and name in self.env else ()


class _Jobs:
    """Reads the jobs of one workflow."""

    def __init__(self, file: CiFile, on: Node | None, others: Others, starts: Starts) -> None:
        self._file = file
        self._others = others
        self._starts = starts
        self._inputs = _inputs(on)
        self._env = mapping_texts(file.root.get("env"))
        self.delegations: list[Delegation] = []

    def jobs(self) -> Iterator[Job]:
        """The jobs in order."""
        jobs = self._file.root.get("jobs")
        for name, node in (jobs.map if jobs else {}).items():
            if node.map:
                yield self._job(name, node)

    def _scope(self, node: Node) -> _Scope:
        matrix = node.get("strategy", "matrix")
        env = self._env | mapping_texts(node.get("env"))
        branches = tuple(b for t in self._starts.triggers if t.kind == "push" for b in t.branches if "*" not in b)
        return _Scope(matrix, self._inputs, env, branches, matrix_rows(matrix))

    def _job(self, name: str, node: Node) -> Job:
        scope = self._scope(node)
        written = named(node.get("environment"))
        environments = expanded(written, *scope.cases) if written else ()
        uses, remote = self._called(node.get("uses"))
        if uses and not remote and not written:
            environments = self._environments_of(uses, mapping_texts(node.get("with")), scope)
            written = environments[0] if environments else ""
        condition = self._file.text(node.get("if"))
        container = named(node.get("container"), "image")
        images = expanded(container, scope.values) if container else ()
        return Job(
            name,
            node.line,
            self._steps(node, scope),
            self._file.text(node.get("name")),
            written or None,
            environments if environments != (written,) else (),
            images[0] if images else None,
            uses,
            remote,
            texts(node.get("needs")),
            condition,
            not never(condition),
        )

    def _steps(self, node: Node, scope: _Scope) -> tuple[Step, ...]:
        steps = steps_of(self._file, node.get("steps"), self._runs(node, scope), self._others)
        return tuple(replace(s, active=False) if self._starts.never(s.condition) else s for s in steps)

    def _runs(self, job: Node, scope: _Scope) -> Runs:
        levels = [n for n in (job.get("defaults", "run"), self._file.root.get("defaults", "run")) if n is not None]

        def default(key: str) -> str:
            return next((n.map[key].text for n in levels if key in n.map), "")

        folders = expanded(default("working-directory"), scope.values)
        return Runs(join("", folders[0]), default("shell"), scope.cases)

    def _called(self, node: Node | None) -> tuple[str | None, bool]:
        """(the reusable workflow that a job calls, whether it lies in another repository)."""
        text = self._file.text(node)
        if node is None or not text:
            return None, False
        if text.startswith("./"):
            return text[2:], False
        self.delegations.append(Delegation(node.line, text))
        return text, True

    def _environments_of(self, path: str, given: Mapping[str, str], scope: _Scope) -> tuple[str, ...]:
        """Environments that a called workflow takes from its inputs, with what this call gives them."""
        data = self._others(path)
        if data is None or not given:
            return ()
        called = open_ci(data, path).root
        inputs = {key: expanded(value, *scope.cases) for key, value in given.items()}
        jobs = called.get("jobs")
        inner = _Scope(None, inputs, {})
        written = [named(job.get("environment")) for job in (jobs.map.values() if jobs else ())]
        return tuple(dict.fromkeys(v for w in written if "inputs." in w for v in expanded(w, inner.values) if v != w))


def _inputs(on: Node | None) -> dict[str, tuple[str, ...]]:
    """Values that inputs may have: the options of a choice, else the default."""
    found: dict[str, tuple[str, ...]] = {}
    for event in ("workflow_dispatch", "workflow_call"):
        inputs = on.get(event, "inputs") if on is not None else None
        for name, node in (inputs.map if inputs else {}).items():
            values = texts(node.get("options")) or texts(node.get("default"))
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *values)))
    return found
