"""Matchers that look across files: commands and CI with indirection, references, imported dependencies, history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlscan.detect.excerpt import excerpt
from mlscan.detect.facts import DEPTH, Facts
from mlscan.detect.follow import Followed
from mlscan.detect.globs import matches
from mlscan.detect.hits import Hit, Result
from mlscan.detect.plan import Leaf
from mlscan.detect.started import CommandSources, Started, triggers_of
from mlscan.detect.values import check_for, expand
from mlscan.types.content import CiMatch, CommandMatch, Value
from mlscan.types.lists import CommandClass, CommandPattern
from mlscan.types.source import Command, Job, Trigger, Workflow


class CommandMatcher:
    """Tells which class a command is of, and evaluates `command` matchers."""

    def __init__(self, facts: Facts, sources: CommandSources, files_of: Callable[[str], frozenset[str]]) -> None:
        self._facts = facts
        self._sources = sources
        self._files_of = files_of
        self._classes: dict[tuple[str, Started], Followed | bool] = {}
        self._reached: dict[tuple[str, str], bool] = {}

    def hits(self, spec: CommandMatch, reject: Callable[[Hit, str], None]) -> Iterator[Hit]:
        """Places that start a command of this description."""
        names = [spec.class_] if isinstance(spec.class_, str) else spec.class_ or []
        for started in self._sources.of(spec.within):
            if spec.class_ is None:
                found = self._plain(spec, started)
            else:
                found = next((f for n in names if (f := self._of_class(n, started, reject)) is not None), None)
                if found is not None and not self._plain(spec, started):
                    found = None
            if found is not None:
                yield started.hit(None if isinstance(found, bool) else found)

    def _plain(self, spec: CommandMatch, started: Started) -> Followed | bool | None:
        if spec.program is None and not spec.words and spec.not_words is None:
            return True
        for command, followed in self._commands(started, spec.follow):
            if self._words_hold(command, spec.program, spec.words, spec.not_words):
                return followed or True
        return None

    def _commands(self, started: Started, follow: bool) -> Iterator[tuple[Command, Followed | None]]:
        if started.command is None:
            return
        if not follow:
            yield started.command, None
            return
        for followed in self._sources.followed(started):
            yield followed.command, followed

    def _words_hold(self, command: Command, program: Value | None, words: Iterable[Value], bad: Value | None) -> bool:
        lists = self._facts.lists
        if program is not None and not check_for(program, lists)(command.program):
            return False
        if bad is not None and any(map(check_for(bad, lists), command.words)):
            return False
        return all(any(map(check_for(word, lists), command.words)) for word in words)

    def _of_class(self, name: str, started: Started, reject: Callable[[Hit, str], None]) -> Followed | bool | None:
        key = (name, started)
        if key not in self._classes:
            self._classes[key] = self._classify(name, started, reject)
        return self._classes[key] or None

    def _classify(self, name: str, started: Started, reject: Callable[[Hit, str], None]) -> Followed | bool:
        commands = self._facts.lists.commands
        group = commands.classes.get(name) if commands else None
        if group is None:
            return False
        if started.command is None:
            uses = started.uses or ""
            return any(p.uses is not None and check_for(p.uses, self._facts.lists)(uses) for p in group.any_of)
        for followed in self._sources.followed(started):
            if not any(self._pattern(p, followed) for p in group.any_of):
                continue
            if self._excluded(group, started, followed):
                reject(started.hit(followed), f"looks like {group.title}, but only a smoke test")
                continue
            return followed
        return False

    def _excluded(self, group: CommandClass, started: Started, followed: Followed) -> bool:
        if group.not_words is None:
            return False
        check = check_for(group.not_words, self._facts.lists)
        own = started.command.words if started.command else ()
        return any(map(check, (*followed.command.words, *own)))

    def _pattern(self, pattern: CommandPattern, followed: Followed) -> bool:
        if pattern.uses is not None:
            return False
        command = followed.command
        if not self._words_hold(command, pattern.program, pattern.words, pattern.not_words):
            return False
        if pattern.sequence and not self._sequence(pattern.sequence, command):
            return False
        if pattern.target is not None:
            globs = [str(g) for g in expand(pattern.target, self._facts.lists)]
            if not followed.target or not matches(followed.target, globs):
                return False
        if pattern.runs is not None:
            names = [pattern.runs] if isinstance(pattern.runs, str) else pattern.runs
            return bool(followed.target) and any(self._runs(n, followed.target or "") for n in names)
        return True

    def _sequence(self, wanted: Iterable[Value], command: Command) -> bool:
        words = iter(command.words)
        return all(any(map(check_for(value, self._facts.lists), words)) for value in wanted)

    def _runs(self, detector: str, target: str) -> bool:
        key = (detector, target)
        if key not in self._reached:
            self._reached[key] = self._facts.reaches([target], self._files_of(detector), DEPTH) is not None
        return self._reached[key]


class CiMatcher:
    """Evaluates `ci` matchers over the normalised workflows."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._workflows = [facts.workflows[p] for p in sorted(facts.workflows)]
        self._triggers = {w.path: triggers_of(w, self._workflows) for w in self._workflows}

    def result(self, leaf: Leaf, reject: Callable[[Hit, str], None]) -> Result:
        """Hits in workflows that can run; inactive ones are rejected with their reason."""
        assert isinstance(leaf.spec, CiMatch)
        found: list[Hit] = []
        for workflow in self._workflows:
            hits = list(self._workflow(leaf.spec, workflow))
            if workflow.active:
                found += hits
            elif hits or not workflow.jobs:
                reject(Hit(workflow.path, 1), workflow.why_inactive or "cannot run")
        return Result(tuple(found))

    def _check(self, value: Value | None, text: str) -> bool:
        return value is None or check_for(value, self._facts.lists)(text)

    def _workflow(self, spec: CiMatch, workflow: Workflow) -> Iterator[Hit]:
        if not self._check(spec.system, workflow.system):
            return
        if spec.remote:
            for delegation in workflow.delegations:
                if self._check(spec.uses, delegation.to):
                    captures = (("to", excerpt(delegation.to)),)
                    yield Hit(workflow.path, delegation.line, excerpt(delegation.to), (), captures)
            return
        job_level = any(v is not None for v in (spec.job, spec.environment, spec.uses, spec.approval, spec.commands))
        if not job_level:
            yield from self._trigger_hits(spec, workflow)
            return
        for job in workflow.jobs:
            if job.active:
                yield from self._job(spec, workflow, job)

    def _trigger_hits(self, spec: CiMatch, workflow: Workflow) -> Iterator[Hit]:
        if spec.trigger is None:
            yield Hit(workflow.path, 1, excerpt(workflow.name or workflow.path))
            return
        for trigger in self._triggers[workflow.path]:
            if self._fires(spec, trigger):
                yield self._trigger_hit(spec, workflow, trigger, ())
        for job in workflow.jobs:
            for trigger in job.triggers or ():
                if job.active and self._fires(spec, trigger):
                    yield self._trigger_hit(spec, workflow, trigger, (f"job:{job.id}",))

    def _fires(self, spec: CiMatch, trigger: Trigger) -> bool:
        return not trigger.unknown and self._check(spec.trigger, trigger.kind)

    def _trigger_hit(self, spec: CiMatch, workflow: Workflow, trigger: Trigger, units: tuple[str, ...]) -> Hit:
        text = f"{trigger.kind}: {trigger.detail}" if trigger.detail else trigger.kind
        captures = ((spec.as_, trigger.kind),) if spec.as_ else ()
        return Hit(workflow.path, trigger.line, excerpt(text), units, captures)

    def _job(self, spec: CiMatch, workflow: Workflow, job: Job) -> Iterator[Hit]:
        triggers = job.triggers if job.triggers is not None else self._triggers[workflow.path]
        if spec.trigger is not None and not any(self._fires(spec, t) for t in triggers):
            return
        if not self._check(spec.job, job.id) and not (job.name and self._check(spec.job, job.name)):
            return
        if spec.approval is not None and spec.approval != job.manual:
            return
        if spec.commands and not (job.uses or any(s.active and (s.commands or s.uses) for s in job.steps)):
            return
        units = (f"job:{job.id}",)
        if spec.environment is not None:
            yield from self._environments(spec, workflow, job, units)
        elif spec.uses is not None:
            yield from self._uses(spec, workflow, job, units)
        else:
            yield Hit(workflow.path, job.line, excerpt(f"job {job.id}"), units)

    def _environments(self, spec: CiMatch, workflow: Workflow, job: Job, units: tuple[str, ...]) -> Iterator[Hit]:
        names = job.environments or ((job.environment,) if job.environment else ())
        for name in names:
            if self._check(spec.environment, name):
                captures = ((spec.as_, name),) if spec.as_ else ()
                yield Hit(workflow.path, job.line, excerpt(f"job {job.id}, environment {name}"), units, captures)

    def _uses(self, spec: CiMatch, workflow: Workflow, job: Job, units: tuple[str, ...]) -> Iterator[Hit]:
        used = [(job.line, job.uses, units)] if job.uses else []
        used += [(s.line, s.uses, (*units, f"step:{n}")) for n, s in enumerate(job.steps) if s.active and s.uses]
        for line, name, where in used:
            if name and (self._check(spec.uses, name) or self._check(spec.uses, name.split("@", 1)[0])):
                captures = ((spec.as_, name),) if spec.as_ else ()
                yield Hit(workflow.path, line, excerpt(f"uses: {name}"), where, captures)
