"""Detecting as a whole: the files as they are meant, what other snapshots told, other processes."""

from __future__ import annotations

from dataclasses import replace

from mlscan.detect.crew import Crew, HelperFailed
from mlscan.detect.engine import Engine, Progress
from mlscan.detect.generated import GeneratedSnapshot, generated_paths, with_own_paths
from mlscan.detect.memory import Memory
from mlscan.detect.plan import plan_for
from mlscan.types.evidence import Findings
from mlscan.types.lists import DetectContent
from mlscan.types.snapshot import Snapshot


def detect(
    snapshot: Snapshot,
    content: DetectContent,
    *,
    progress: Progress | None = None,
    memory: Memory | None = None,
    crew: Crew | None = None,
) -> Findings:
    """All evidence, gaps, rejections and numbers of a snapshot. Never raises for what a file holds.

    memory: of other snapshots of the same repository, by the same content; the findings are the same without it.
    crew: other processes that may do a part of the work, where there is no memory; the findings are the same alone.
    """
    rules = content.lists.contexts
    generated = generated_paths([f.path for f in snapshot.files], rules.templates if rules else None)
    memory = memory if memory is not None and memory.is_for(content) else None
    plan = memory.plan if memory is not None else plan_for(content)
    seen = GeneratedSnapshot(snapshot, generated) if generated else snapshot
    crew = crew if memory is None and snapshot.may_be_shared() else None
    try:
        findings = Engine(seen, plan, memory, crew).run(progress)
    except HelperFailed:
        findings = Engine(seen, plan).run(progress)
    return replace(with_own_paths(findings, generated), roots=()) if generated else findings
