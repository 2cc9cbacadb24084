"""What detectors with a `hint` saw, as sentences for the report; nothing of it is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlscan.types.content import Detector
from mlscan.types.evidence import Evidence, ordered

MOST = 5
"""Hints of one detector; the rest is counted in the last one."""


def hints_of(evidence: Iterable[Evidence], detectors: Mapping[str, Detector]) -> tuple[str, ...]:
    """`path:line: name: hint` for each thing that a detector with a hint saw in a context that counts, once a thing."""
    found: dict[str, dict[str, str]] = {}
    for item in ordered(e for e in evidence if detectors[e.detector].hint):
        detector = detectors[item.detector]
        if item.context in detector.contexts:
            captures = dict(item.captures)
            what = captures.get("package") or captures.get("what") or item.excerpt
            place = f"{item.where.path}:{item.where.line}" if item.where.line else item.where.path
            said = place if what == place else f"{place}: {what}"
            found.setdefault(detector.id, {}).setdefault(what, f"{said}: {detector.hint}")
    hints: list[str] = []
    for name in sorted(found):
        texts = list(found[name].values())
        hints += texts[:MOST]
        if len(texts) > MOST:
            hints.append(f"{len(texts) - MOST} more like these: {detectors[name].hint}")
    return tuple(hints)
