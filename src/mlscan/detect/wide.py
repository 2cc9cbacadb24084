"""Evaluates `ci` matchers over the normalised workflows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mlscan.detect.excerpt import excerpt
from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit, Result
from mlscan.detect.plan import Leaf
from mlscan.detect.started import NEVER, triggers_of
from mlscan.detect.values import check_for
from mlscan.types.content import CiMatch, Value
from mlscan.types.source import Job, Trigger, Workflow


class CiMatcher:
    """Evaluates `ci` matchers over the normalised workflows."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._workflows = [facts.workflows[p] for p in sorted(facts.workflows)]
        self._sure = True
        """Whether triggers that a variable decides are taken not to fire."""
        self._triggers = {w.path: triggers_of(w, self._workflows) for w in self._workflows}

    def result(self, leaf: Leaf, reject: Callable[[Hit, str], None]) -> Result:
        """Hits in workflows that can run; inactive ones are rejected with their reason."""
        assert isinstance(leaf.spec, CiMatch)
        found: list[Hit] = []
        unsure: set[str] = set()
        for workflow in self._workflows:
            hits = list(self._workflow(leaf.spec, workflow))
            if workflow.active:
                found += hits
                self._never(leaf.spec, workflow, reject)
                if not hits and self._may_fire(leaf.spec, workflow):
                    unsure.add(workflow.path)
            elif hits or not workflow.jobs or any(self._workflow(leaf.spec, _alive(workflow))):
                reject(Hit(workflow.path, 1), workflow.why_inactive or NEVER)
        return Result(tuple(found), frozenset(unsure))

    def _never(self, spec: CiMatch, workflow: Workflow, reject: Callable[[Hit, str], None]) -> None:
        """Rejects what jobs that can never run would be."""
        if all(job.active for job in workflow.jobs):
            return
        alive, dead = _alive(workflow), {f"job:{job.id}" for job in workflow.jobs if not job.active}
        for hit in self._workflow(spec, alive):
            if hit.units[:1] and hit.units[0] in dead:
                reject(hit, f"the job {NEVER}")

    def _may_fire(self, spec: CiMatch, workflow: Workflow) -> bool:
        """Whether it would hold if the triggers that a variable decides did fire."""
        triggers = [*self._triggers[workflow.path], *(t for job in workflow.jobs for t in job.triggers or ())]
        if spec.trigger is None or not any(t.unknown and self._check(spec.trigger, t.kind) for t in triggers):
            return False
        self._sure = False
        try:
            return any(True for _ in self._workflow(spec, workflow))
        finally:
            self._sure = True

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
        return not (self._sure and trigger.unknown) and self._check(spec.trigger, trigger.kind)

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


def _alive(workflow: Workflow) -> Workflow:
    """The workflow as if all its jobs could run."""
    return replace(workflow, jobs=tuple(replace(job, active=True) for job in workflow.jobs))
