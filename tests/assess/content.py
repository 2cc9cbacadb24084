"""The repository's own rules as the assess room sees them, and small builders for findings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from mlscan.types.evidence import Context, Evidence, Findings, Location, Strength
from mlscan.types.model import (
    AssessContent,
    DetectorInfo,
    KindsFile,
    Model,
    ModelFile,
    PresenceFile,
    Topic,
)
from mlscan.types.snapshot import History, RepositoryInfo

RULES = Path(__file__).resolve().parents[2] / "rules"
INFO = RepositoryInfo(name="r", url=None, revision=None, dirty=False, history=History.FULL, committed_on=None)
DAY = "2024-05-06"
T = TypeVar("T")


def load(path: Path, kind: type[T]) -> T:
    value: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return msgspec.convert(value, kind)


@cache
def rules(detectors: tuple[tuple[str, DetectorInfo], ...] = ()) -> AssessContent:
    """The shipped rules, without detectors but for the given ones."""
    folder = RULES / "ml-process"
    topics = [load(p, Topic) for p in sorted(folder.glob("*.yaml")) if p.name != "model.yaml"]
    return AssessContent(
        model=Model(file=load(folder / "model.yaml", ModelFile), topics=tuple(topics)),
        presence=load(RULES / "presence.yaml", PresenceFile),
        kinds=load(RULES / "kinds.yaml", KindsFile),
        detectors=dict(detectors),
        digest="0" * 64,
    )


def seen(
    practice: str,
    strength: str = "automated",
    path: str | None = None,
    line: int | None = 1,
    *,
    detector: str | None = None,
    context: Context = Context.OWN,
    delegated_to: str | None = None,
) -> Evidence:
    return Evidence(
        detector=detector or f"{practice}-seen",
        practice=practice,
        where=Location(path or f"{practice}.py", line),
        excerpt="x",
        strength=Strength(strength),
        context=context,
        delegated_to=delegated_to,
    )


def findings(evidence: Sequence[Evidence], **more: Any) -> Findings:
    more.setdefault("numbers", {"contributors": 1})
    return Findings(evidence=tuple(evidence), **more)
