"""The labelled repositories: what readers said of them, their halves, and where clones of them lie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

HERE = Path(__file__).parent
LABELS = HERE / "labels.json"

Half = Literal["A", "B"]

PRACTICE_OF = {
    "notebooks": "notebooks",
    "notebooks_only": "notebooks-only",
    "deps_declared": "dependencies",
    "deps_locked": "lockfile",
    "tests": "tests",
    "ci": "ci",
    "ci_ml": "ci-ml",
    "containerized": "containers",
    "experiment_tracking": "experiment-tracking",
    "config_managed": "config-management",
    "data_validation": "data-validation",
    "data_versioning": "data-versioning",
    "pipeline": "ml-pipeline",
    "scheduled": "scheduled-runs",
    "feature_store": "feature-store",
    "model_registry": "model-registry",
    "serving": "serving",
    "env_separation": "environments",
    "iac": "iac",
    "cd": "cd",
    "monitoring": "monitoring",
    "drift_monitoring": "drift-monitoring",
    "auto_retraining": "auto-retraining",
    "governance": "governance",
    "team": "team",
}
"""Fact of the rubric -> practice of mlscan; see README.md of this folder."""


class Label(msgspec.Struct, frozen=True):
    """What readers said of one repository at one revision."""

    repo: str
    revision: str
    kind: str
    level: int
    low: int
    high: int
    facts: dict[str, bool | None]
    """None: two readers differ, so that it does not count."""
    evidence: dict[str, str] = {}
    why: str = ""
    readings: int = 1

    @property
    def half(self) -> Half:
        """A is for looking into, B for measuring only: two thirds and one third, by the name alone."""
        return "A" if int(hashlib.sha256(self.repo.encode()).hexdigest()[:8], 16) % 3 else "B"

    def practices(self) -> dict[str, bool]:
        """Practice -> whether it is there, without the facts that readers differ on."""
        known = ((PRACTICE_OF[fact], value) for fact, value in self.facts.items() if fact in PRACTICE_OF)
        return {practice: value for practice, value in known if value is not None}

    def place(self, practice: str) -> str:
        """The path that a reader gave for a practice, or ""."""
        return next((self.evidence.get(fact, "") for fact, p in PRACTICE_OF.items() if p == practice), "")


class Clone(msgspec.Struct, frozen=True):
    """Where a labelled repository lies on this machine."""

    git_dir: str
    revision: str


def load_labels(path: Path = LABELS) -> list[Label]:
    """All labels, in the order of the file; raises msgspec.ValidationError for a broken file."""
    return msgspec.json.decode(path.read_bytes(), type=list[Label])


def find_clones(mirror: Path, labels: Sequence[Label]) -> dict[str, Clone]:
    """Name -> clone, for those that are there.

    mirror: an index file `{"owner/name": {"git_dir": ..., "revision": ...}}`, or a folder with clones named
    `owner+name` or `owner/name`, bare or not. The revision of an index wins over that of the label.
    """
    if mirror.is_file():
        raw = json.loads(mirror.read_text(encoding="utf-8"))
        index = msgspec.convert(raw, dict[str, Clone])
        return {label.repo: index[label.repo] for label in labels if label.repo in index}
    found = ((label, _folder(mirror, label.repo)) for label in labels)
    return {label.repo: Clone(str(folder), label.revision) for label, folder in found if folder}


def _folder(mirror: Path, name: str) -> Path | None:
    candidates = (mirror / name.replace("/", "+"), mirror / name, mirror / f"{name}.git")
    return next((c for c in candidates if c.is_dir()), None)
