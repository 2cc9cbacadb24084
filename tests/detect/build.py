"""Small helpers: a detector from a condition, run over files given as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mlscan.content import load_content
from mlscan.content.plugins import find_plugin
from mlscan.detect.engine import Engine
from mlscan.detect.plan import compile_plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.content import Detector
from mlscan.types.evidence import Findings
from mlscan.types.lists import DetectContent, Lists

LISTS: Lists = load_content().lists


def detector(find: Mapping[str, Any], name: str = "subject", **more: Any) -> Detector:
    """A detector with this condition."""
    base = {"id": name, "practice": "ml-code", "status": "stable", "since": "1.0", "title": name, "why": "w"}
    return msgspec.convert({**base, "strength": "used", "find": find, **more}, Detector)


def run(files: Mapping[str, str | bytes | None], *detectors: Detector, authors: int | None = None) -> Findings:
    """What the detectors see in these files."""
    plan = compile_plan(DetectContent(detectors, LISTS, find_plugin))
    return Engine(MemorySnapshot(files, authors), plan).run()


def places(files: Mapping[str, str | bytes | None], find: Mapping[str, Any]) -> list[str]:
    """`path:line` of all evidence of one condition."""
    found = run(files, detector(find)).evidence
    return [f"{e.where.path}:{e.where.line}" if e.where.line else e.where.path for e in found]
