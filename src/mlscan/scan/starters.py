"""Runs the examples of starters: each is a tiny repository, what it must be shown, and what that does for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlscan.assess import assess
from mlscan.assess.facts import Facts, gather
from mlscan.assess.presence import decide_practices
from mlscan.assess.starters import starter_for
from mlscan.detect.engine import Engine
from mlscan.detect.plan import Plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.assessment import StarterFile, Status
from mlscan.types.model import AssessContent
from mlscan.types.starters import StarterExample

_DAY = "2000-01-01"


def seen(plan: Plan, content: AssessContent, example: StarterExample) -> Facts:
    """What is known of a repository with these files."""
    facts = gather(content, Engine(MemorySnapshot(example.files), plan).run())
    decide_practices(facts)
    facts.host = example.host
    return facts


def broken_starters(plan: Plan, content: AssessContent, criterion: str) -> Iterator[str]:
    """One line for each example of the criterion's starters that does not hold; nothing when all do."""
    for example in content.model.starters[criterion].examples:
        starter = starter_for(criterion, seen(plan, content, example))
        if starter is None or starter.path != example.file:
            yield f"{example.name}: is shown {starter.path if starter else None!r}, not {example.file!r}"
            continue
        yield from (f"{example.name}: lacks {word!r}" for word in example.has if word not in starter.text)
        yield from (f"{example.name}: has {word!r}" for word in example.lacks if word in starter.text)
        before, after = _met(plan, content, example.files), _met(plan, content, taken(example.files, starter))
        yield from (f"{example.name}: {name} is met before" for name in example.met if name in before)
        yield from (f"{example.name}: {name} is not met after it" for name in example.met if name not in after)


def taken(files: Mapping[str, str], starter: StarterFile) -> dict[str, str]:
    """The files once the starter is in place."""
    there = files.get(starter.path, "") if starter.adds else ""
    return {**files, starter.path: f"{there}\n{starter.text}" if there else starter.text}


def _met(plan: Plan, content: AssessContent, files: Mapping[str, str]) -> set[str]:
    snapshot = MemorySnapshot(dict(files))
    result = assess(Engine(snapshot, plan).run(), snapshot.info, content, as_of=_DAY)
    return {c.id for level in result.levels for c in level.criteria if c.status is Status.MET}
