"""What of a repository a place in a CI file works on: told by working folders, path filters and what commands name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit
from mlscan.detect.started import CommandSources, Started
from mlscan.types.source import Job, Trigger, Workflow

PLACES = 40
"""Files and folders kept for one place; one that works on more works on everything."""
_WILD = re.compile(r"[*?\[{]")
_FILTERED = ("push", "pull_request")


class Concerns:
    """Answers for places in CI files of one repository."""

    def __init__(self, facts: Facts, sources: CommandSources) -> None:
        self._facts, self._sources = facts, sources
        self._answers: dict[tuple[str, str], tuple[str, ...]] = {}
        self._commands: dict[str, list[Started]] = {}
        for started in sources.of(("ci",)):
            self._commands.setdefault(started.path, []).append(started)
        self._there = _with_folders(facts.paths) if len(facts.roots) > 1 and facts.workflows else frozenset()

    def of(self, hit: Hit) -> tuple[str, ...]:
        """Files and folders that the job (for a trigger: any job) works on, sorted; () where that is not known."""
        workflow = self._facts.workflows.get(hit.path)
        if workflow is None or len(self._facts.roots) < 2:
            return ()
        unit = next((u for u in hit.units if u.startswith("job:")), "")
        key = (hit.path, unit)
        if key not in self._answers:
            found = set(self._places(workflow, unit))
            self._answers[key] = tuple(sorted(found)) if len(found) <= PLACES else ()
        return self._answers[key]

    def _places(self, workflow: Workflow, unit: str) -> Iterator[str]:
        jobs = [job for job in workflow.jobs if unit in ("", f"job:{job.id}")]
        for job in jobs:
            yield from _filtered(workflow.triggers if job.triggers is None else job.triggers)
            yield from _folders(job)
        for started in self._commands.get(workflow.path, ()):
            if not unit or started.units[:1] == (unit,):
                yield from self._named(started)

    def _named(self, started: Started) -> Iterator[str]:
        """What a command runs, and the paths among its words."""
        for followed in self._sources.followed(started):
            if followed.target:
                yield followed.target
        words = started.command.words if started.command else ()
        for word in words:
            path = _joined(started.cwd, word.rpartition("=")[2])
            if path in self._there:
                yield path


def _with_folders(paths: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        here = path
        while here and here not in found:
            found.add(here)
            here = here.rpartition("/")[0]
    return frozenset(found)


def _filtered(triggers: Iterable[Trigger]) -> Iterator[str]:
    """Folders and files of path filters; nothing where a change elsewhere starts the job too."""
    asked = [t for t in triggers if t.kind in _FILTERED]
    if all(t.paths for t in asked):
        for trigger in asked:
            for pattern in trigger.paths:
                if not pattern.startswith("!"):
                    wild = _WILD.search(pattern)
                    yield (pattern[: wild.start()].rpartition("/")[0] if wild else pattern).strip("/")


def _folders(job: Job) -> Iterator[str]:
    for step in job.steps:
        if step.active and step.working_directory:
            yield step.working_directory


def _joined(folder: str, word: str) -> str:
    parts: list[str] = []
    for part in f"{folder}/{word}".split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
