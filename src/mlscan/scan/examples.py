"""Runs the examples inside detectors: each is a tiny repository and a promise of what is seen in it."""

from __future__ import annotations

from collections.abc import Iterator

from mlscan.detect.engine import Engine
from mlscan.detect.plan import Plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.content import Detector, Example
from mlscan.types.evidence import Findings


def run_example(plan: Plan, example: Example) -> Findings:
    """What all detectors of the plan see in the example's files."""
    return Engine(MemorySnapshot(example.files, example.authors), plan).run()


def broken_promises(plan: Plan, detector: Detector) -> Iterator[str]:
    """One line for each example that does not hold; nothing when all do."""
    assert detector.examples is not None
    for example in detector.examples.found:
        yield from _found(detector, example, run_example(plan, example))
    for example in detector.examples.not_found:
        yield from _not_found(detector, example, run_example(plan, example))
    for example in detector.examples.missed:
        if _places(detector, run_example(plan, example)):
            yield f"{example.name}: is found now; move it from `missed` to `found`"


def _places(detector: Detector, findings: Findings) -> dict[str, str]:
    return {
        f"{e.where.path}:{e.where.line}" if e.where.line else e.where.path: e.excerpt
        for e in findings.evidence
        if e.detector == detector.id and e.context in detector.contexts
    }


def _found(detector: Detector, example: Example, findings: Findings) -> Iterator[str]:
    places = _places(detector, findings)
    if not places:
        reasons = [
            f"{r.where.path}:{r.where.line} {r.reason}" for r in findings.rejections if r.detector == detector.id
        ]
        yield f"{example.name}: not found" + (f" (nearly: {'; '.join(reasons[:3])})" if reasons else "")
        return
    wanted = [example.at] if isinstance(example.at, str) else example.at or []
    for place in wanted:
        if place not in places:
            yield f"{example.name}: found at {', '.join(places)}, not at {place}"


def _not_found(detector: Detector, example: Example, findings: Findings) -> Iterator[str]:
    places = _places(detector, findings)
    if places:
        yield f"{example.name}: found at {', '.join(places)}"
    elif example.rejected is not None:
        reasons = [r.reason for r in findings.rejections if r.detector == detector.id]
        if not any(example.rejected in r for r in reasons):
            yield f"{example.name}: no rejection says {example.rejected!r}, only {reasons}"
