"""Everything that starts a command (steps of CI, make targets, scripts, containers), and where it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mlscan.detect.excerpt import excerpt
from mlscan.detect.facts import Facts
from mlscan.detect.follow import CommandIndex, Followed
from mlscan.detect.hits import Hit
from mlscan.types.evidence import Context
from mlscan.types.source import Command, Job, Step, Tree, Trigger, Workflow

NEVER = "can never run"
MAX_DEAD = 2_000
"""Commands that can never run that are looked at."""
CALLERS = 20
"""Callers of a reusable workflow whose triggers are taken over."""


@dataclass(frozen=True, slots=True)
class Started:
    """One command, or one action that is used, at the place that starts it."""

    kind: str
    path: str
    line: int
    units: tuple[str, ...]
    cwd: str = ""
    command: Command | None = None
    uses: str | None = None

    def hit(self, followed: Followed | None = None) -> Hit:
        """The hit at this place; its excerpt shows the way that the command was followed."""
        text = self.command.text if self.command else f"uses: {self.uses}"
        if followed is not None and len(followed.way) > 1:
            text = " -> ".join([text, *followed.way[1:]])
        return Hit(self.path, self.line, excerpt(text), self.units)


class CommandSources:
    """All commands of a repository by kind, followed at most once each."""

    def __init__(self, facts: Facts, index: CommandIndex, timed: Callable[[], Iterable[Started]] = lambda: ()) -> None:
        self._facts = facts
        self._index = index
        self._timed = timed
        commands = facts.lists.commands
        self._wrappers = tuple(tuple(w) for w in commands.wrappers) if commands else ()
        self._followed: dict[Started, tuple[Followed, ...]] = {}
        self._all: dict[str, list[Started]] = {}
        self._targets: dict[str, frozenset[str]] = {}
        self._inside: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}

    def add_images(self, composed: Iterable[tuple[str, Tree]]) -> None:
        """Lets commands be followed into containers: images that are built here, and services of compose files."""
        images = self._index.images
        for path, dockerfile in sorted(self._facts.dockerfiles.items()):
            if self._facts.context(path) is Context.OWN:
                images.add_dockerfile(path, dockerfile)
        for path, tree in composed:
            images.add_compose(path, tree)
        for started in self.of(("ci", "make", "shell", "task")):
            if started.command is not None:
                images.add_build(started.command.words, started.cwd)

    def of(self, kinds: Sequence[str]) -> Iterator[Started]:
        """Commands of these kinds (ci, make, shell, task, docker, cron, manifest), in the order of paths and lines."""
        for kind in kinds:
            if kind not in self._all:
                self._all[kind] = list(self._gather(kind))
            yield from self._all[kind]

    def followed(self, started: Started) -> tuple[Followed, ...]:
        """What a command finally runs; the command itself where nothing is followed."""
        if started.command is None:
            return ()
        if started not in self._followed:
            self._followed[started] = tuple(self._index.follow(started.command, started.cwd, self._wrappers))
        return self._followed[started]

    def dead(self) -> list[tuple[Started, str]]:
        """Commands of CI that can never run, each with why."""
        workflows = (self._facts.workflows[path] for path in sorted(self._facts.workflows))
        found = (
            (started, workflow.why_inactive) for workflow in workflows for started in ci_commands(workflow, dead=True)
        )
        return [(started, why or NEVER) for started, why in islice(found, MAX_DEAD)]

    def targets(self, path: str) -> frozenset[str]:
        """Repository files that the commands of one file run."""
        if not self._targets:
            found: dict[str, set[str]] = {}
            for started in self.of(("ci", "make", "shell", "task", "docker", "cron")):
                reached = {f.target for f in self.followed(started) if f.target}
                found.setdefault(started.path, set()).update(reached)
            self._targets = {p: frozenset(t) for p, t in found.items()} or {"": frozenset()}
        return self._targets.get(path, frozenset())

    def targets_inside(self, path: str, units: tuple[str, ...]) -> Collection[str]:
        """Repository files that the commands in one unit of a file run, in their order, each once."""
        if not self._inside:
            for started in self.of(("ci", "make", "shell", "task", "docker", "cron")):
                reached = dict.fromkeys(f.target for f in self.followed(started) if f.target)
                for count in range(1, len(started.units) + 1):
                    self._inside.setdefault((started.path, started.units[:count]), {}).update(reached)
        return self._inside.get((path, units), ())

    def _gather(self, kind: str) -> Iterator[Started]:
        if kind == "ci":
            for path in sorted(self._facts.workflows):
                yield from ci_commands(self._facts.workflows[path])
        elif kind == "docker":
            for path, dockerfile in sorted(self._facts.dockerfiles.items()):
                for number, stage in enumerate(dockerfile.stages):
                    units = (f"stage:{number}",)
                    yield from (Started(kind, path, c.line, units, "", c) for c in stage.commands)
        elif kind == "manifest":
            return
        else:
            yield from self._scripts(kind)
            if kind == "cron":
                yield from self._timed()

    def _scripts(self, kind: str) -> Iterator[Started]:
        for path, (found, script) in sorted(self._facts.scripts.items()):
            if found != kind:
                continue
            cwd = path.rpartition("/")[0] if kind not in ("shell", "cron") else ""
            for name, commands in script.groups.items():
                units = (f"job:{name}",) if name else ()
                yield from (Started(kind, path, c.line, units, cwd, c) for c in commands)


def ci_commands(workflow: Workflow, *, dead: bool = False) -> Iterator[Started]:
    """Commands and used actions of the steps that can run; `dead`: of those that cannot."""
    for job in workflow.jobs:
        for number, step in enumerate(job.steps):
            if (workflow.active and job.active and step.active) is not dead:
                yield from _step(workflow, job, number, step)


def _step(workflow: Workflow, job: Job, number: int, step: Step) -> Iterable[Started]:
    units = (f"job:{job.id}", f"step:{number}")
    for command in step.commands:
        yield Started("ci", workflow.path, command.line, units, step.working_directory, command)
    if step.uses:
        yield Started("ci", workflow.path, step.line, units, step.working_directory, None, step.uses)


def triggers_of(workflow: Workflow, workflows: Iterable[Workflow]) -> tuple[Trigger, ...]:
    """The workflow's own triggers and, when other workflows of the repository call it, theirs."""
    found = list(workflow.triggers)
    if any(t.kind == "workflow_call" for t in workflow.triggers):
        callers = [
            w
            for w in workflows
            if w.active and any(j.active and j.uses and not j.remote and _same(j.uses, workflow.path) for j in w.jobs)
        ]
        line = next(t.line for t in workflow.triggers if t.kind == "workflow_call")
        for caller in callers[:CALLERS]:
            for trigger in caller.triggers:
                detail = f"{trigger.detail} (called by {caller.path})".strip()
                found.append(Trigger(trigger.kind, line, detail, trigger.branches, trigger.paths, trigger.unknown))
    return tuple(found)


def _same(uses: str, path: str) -> bool:
    return uses.removeprefix("./").split("@", 1)[0] == path
