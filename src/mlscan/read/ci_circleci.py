"""Reads CircleCI: the jobs that workflows name, with commands, executors and orbs; filters, schedules, approvals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from mlscan.read.ci_circleci_when import flow_triggers, job_triggers
from mlscan.read.ci_parts import (
    MAX_JOBS,
    MAX_STEPS,
    CiFile,
    Others,
    as_list,
    inactive,
    join,
    limited,
    mapping_texts,
    named,
    texts,
)
from mlscan.read.ci_triggers import waiting
from mlscan.types.source import Delegation, Job, Node, Step, Trigger, Workflow

MAX_DEPTH = 4
"""Commands that use commands, and conditions in them, that are followed."""
MAX_MATRIX = 10
"""Values of a matrix that jobs are made for."""

_KEEPING = frozenset(
    (
        "checkout", "attach_workspace", "persist_to_workspace", "restore_cache", "save_cache", "store_artifacts",
        "store_test_results", "add_ssh_keys", "setup_remote_docker",
    )
)  # fmt: skip
"""Steps that only prepare a job or keep what it made."""
_CHECKED_OUT = re.compile(r"(?:~|/\w+/circleci)/(?:project|repo)(?=/|$)")


def parse_circleci(file: CiFile, system: str, _: Others) -> Workflow | None:
    """The jobs that workflows name, each with the triggers of its workflow; all jobs where there is no workflow.

    None for a file of another name that has neither.
    """
    config = _Config(file)
    flows = {k: n for k, n in _map(file.root.get("workflows")).items() if n.map and k != "version"}
    jobs = _map(file.root.get("jobs"))
    if not jobs and not flows:
        return inactive(system, file, "no job") if file.path.endswith(("/config.yml", "/config.yaml")) else None
    found: list[Job] = []
    triggers: list[Trigger] = []
    for flow in flows.values():
        own = flow_triggers(file, flow)
        triggers += own
        found += islice(config.jobs(flow, own), MAX_JOBS)
    if not flows:
        triggers = [Trigger("push", 1, "push")]
        found = [config.job(name, name, None, {}) for name in islice(jobs, MAX_JOBS)]
    active = any(job.active for job in found)
    return Workflow(
        system,
        file.path,
        "",
        tuple(dict.fromkeys(triggers)),
        waiting(limited(found)),
        tuple(dict.fromkeys(config.delegations)),
        active or not found,
        "" if active or not found else "no job can run",
        problems=file.problems,
    )


def _map(node: Node | None) -> Mapping[str, Node]:
    return node.map if node is not None else {}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a job or command is defined: the file's own lists, or those of an orb inside the file."""

    root: Node
    file: CiFile

    def find(self, kind: str, name: str) -> Node | None:
        """A command, job or executor of this name."""
        return self.root.get(kind, name) if name else None


@dataclass(slots=True)
class _Config:
    """One configuration file."""

    file: CiFile
    delegations: list[Delegation] = field(default_factory=list)

    def jobs(self, flow: Node, triggers: Sequence[Trigger]) -> Iterator[Job]:
        """The jobs that one workflow names."""
        for item in as_list(flow.get("jobs")):
            calls = item.map.items() or ((item.text, None),)
            for name, call in calls:
                for given in _combinations(call):
                    job = self.job(name, named(_of(call, "name")) or name, call, given)
                    line = item.line if call is None else call.line
                    own = job_triggers(call, triggers)
                    yield replace(job, triggers=own, line=job.line or line, active=job.active and bool(own))

    def job(self, name: str, title: str, call: Node | None, given: Mapping[str, str]) -> Job:
        """One job with the parameters that a workflow gives it."""
        place, node = self._found("jobs", name)
        needs = tuple(named(n) or next(iter(n.map), "") for n in as_list(_of(call, "requires")))
        title = _filled(title, "matrix", given)
        if node is None:
            return self._elsewhere(name, title, call, needs)
        file = place.file.with_values(_values(node.get("parameters"), given))
        folder = _folder(file.text(node.get("working_directory")))
        steps = chain(
            self._steps(_Place(place.root, self.file), _of(call, "pre-steps"), ""),
            self._steps(_Place(place.root, file), node.get("steps"), folder),
            self._steps(_Place(place.root, self.file), _of(call, "post-steps"), ""),
        )
        return Job(
            title,
            node.line,
            tuple(islice(steps, MAX_STEPS)),
            title if title != name else "",
            given.get("environment") or None,
            image=self._image(_Place(place.root, file), node) or None,
            needs=needs,
        )

    def _elsewhere(self, name: str, title: str, call: Node | None, needs: tuple[str, ...]) -> Job:
        """An approval, or a job of an orb that is kept elsewhere."""
        line = call.line if call is not None else 0
        if named(_of(call, "type")) == "approval":
            return Job(title, line, name=title if title != name else "", needs=needs, manual=True)
        uses = self._orb_name(name)
        if "/" in name:
            self.delegations.append(Delegation(line or 1, uses))
        return Job(title, line, name=title if title != name else "", uses=uses, remote="/" in name, needs=needs)

    def _orb_name(self, name: str) -> str:
        """`alias/thing` with the orb's own name instead of the alias."""
        alias, _, thing = name.partition("/")
        orb = named(self.file.root.get("orbs", alias)) if thing else ""
        return f"{orb.partition('@')[0]}/{thing}" if orb else name

    def _found(self, kind: str, name: str) -> tuple[_Place, Node | None]:
        """Where a job, command or executor is defined, in the file or in an orb inside it."""
        own = _Place(self.file.root, self.file)
        node = own.find(kind, name)
        alias, _, thing = name.partition("/")
        orb = self.file.root.get("orbs", alias) if node is None and thing else None
        if orb is None or not orb.map:
            return own, node
        inside = _Place(orb, self.file)
        return inside, inside.find(kind, thing)

    def _image(self, place: _Place, node: Node, depth: int = 2) -> str:
        docker = as_list(node.get("docker"))
        image = docker[0].get("image") if docker else node.get("machine", "image")
        if image is not None:
            return place.file.text(image)
        executor = node.get("executor")
        name = place.file.text(executor.get("name") if executor is not None and executor.map else executor)
        if not name or not depth:
            return ""
        where, found = self._found("executors", name)
        inner = place.find("executors", name)
        given = {k: place.file.text(v) for k, v in _map(executor).items() if k != "name"}
        target = inner or found
        if target is None:
            return ""
        file = where.file.with_values(_values(target.get("parameters"), given))
        return self._image(_Place(where.root, file), target, depth - 1)

    def _steps(self, place: _Place, steps: Node | None, folder: str, depth: int = MAX_DEPTH) -> Iterator[Step]:
        for item in as_list(steps):
            for kind, node in item.map.items() or ((place.file.filled(item.text), item),):
                if kind == "run":
                    yield _run(place.file, node, folder)
                elif kind in ("when", "unless"):
                    yield from self._steps(place, node.get("steps"), folder, depth - 1) if depth else ()
                elif kind and kind not in _KEEPING:
                    yield from self._used(place, kind, node, folder, depth)

    def _used(self, place: _Place, kind: str, node: Node, folder: str, depth: int) -> Iterator[Step]:
        """The steps of a command of the file, or the name of one that is kept elsewhere."""
        command = place.find("commands", kind)
        where = place
        if command is None:
            where, command = self._found("commands", kind)
        if command is None or not depth:
            yield Step(place.file.line(node), kind, uses=self._orb_name(kind), with_=mapping_texts(node))
            return
        given = {key: place.file.filled(text) for key, text in mapping_texts(node).items()}
        file = replace(where.file, values={}).with_values(_values(command.get("parameters"), given))
        yield from self._steps(_Place(where.root, file), command.get("steps"), folder, depth - 1)


def _run(file: CiFile, node: Node, folder: str) -> Step:
    script = node.get("command") if node.map else node
    where = _folder(file.text(node.get("working_directory"))) or folder
    return Step(
        file.line(node), file.text(node.get("name")) if node.map else "", file.commands(script), working_directory=where
    )


def _folder(text: str) -> str:
    """A folder relative to where the code is checked out."""
    match = _CHECKED_OUT.match(text)
    if match:
        return join("", text[match.end() :].lstrip("/"))
    return "" if text.startswith(("~", "/")) else join("", text)


def _of(node: Node | None, key: str) -> Node | None:
    return node.get(key) if node is not None else None


def _values(declared: Node | None, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a job, command or executor as they are written in it, with their values."""
    found: dict[str, str] = {}
    for name, node in _map(declared).items():
        value = given.get(name, named(node.get("default")))
        found[f"<< parameters.{name} >>"] = found[f"<<parameters.{name}>>"] = value
    return found


def _filled(text: str, kind: str, given: Mapping[str, str]) -> str:
    for name, value in given.items():
        text = text.replace(f"<< {kind}.{name} >>", value).replace(f"<<{kind}.{name}>>", value)
    return text


def _combinations(call: Node | None) -> list[dict[str, str]]:
    """The parameters that a workflow gives a job, once for each row of its matrix."""
    given = {k: t for k, t in mapping_texts(call).items() if k not in ("name", "type", "requires", "context")}
    axes = _map(call.get("matrix", "parameters") if call is not None else None)
    rows = [given]
    for name, values in axes.items():
        rows = [{**row, name: value} for row in rows for value in texts(values)[:MAX_MATRIX]][:MAX_MATRIX] or rows
    without = [mapping_texts(n) for n in as_list(call.get("matrix", "exclude") if call is not None else None)]
    return [row for row in rows if not any(gone and gone.items() <= row.items() for gone in without)]
