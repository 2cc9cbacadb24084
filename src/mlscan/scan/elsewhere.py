"""What a repository hands to others, followed into the clones of those that the user gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlscan.detect import detect
from mlscan.read.ci import ci_system
from mlscan.scan.clones import Clones
from mlscan.scan.joined import JoinedSnapshot, told
from mlscan.scan.references import Files, Place, Shape
from mlscan.scan.shapes_ci import azure, github, gitlab, jenkins
from mlscan.scan.shapes_infra import helm, kustomize, terraform
from mlscan.types.evidence import Findings

if TYPE_CHECKING:
    from mlscan.types.lists import DetectContent
    from mlscan.types.snapshot import Limits, Snapshot

ROUNDS = 4
"""Repositories that lead from one to the next."""
_CI: dict[str, Shape] = {
    "github-actions": github,
    "gitea-actions": github,
    "forgejo-actions": github,
    "gitlab-ci": gitlab,
    "azure-pipelines": azure,
    "jenkins": jenkins,
}
_NAMES: dict[str, Shape] = {
    "Chart.yaml": helm,
    "requirements.yaml": helm,
    "kustomization.yaml": kustomize,
    "kustomization.yml": kustomize,
    "Kustomization": kustomize,
}


class Elsewhere:
    """The clones that were given, and what could not be found in them."""

    def __init__(self, paths: Sequence[str | Path], limits: Limits) -> None:
        """Raises UsageError for a path that is no folder."""
        self._clones = Clones(paths, limits)
        self._missing: set[str] = set()
        self._repository = ""

    def followed(self, snapshot: Snapshot, content: DetectContent, plain: Findings) -> Findings:
        """The findings with what lies in the clones; those of the repository alone where nothing leads there."""
        joined = JoinedSnapshot(snapshot)
        findings = plain
        for _ in range(ROUNDS):
            if not self._join(joined, findings):
                break
            findings = detect(joined, content)
        hints = (*plain.hints, *self._hints())
        return replace(told(findings, joined, plain) if joined.resolved else plain, hints=hints)

    def close(self) -> None:
        """Releases what was opened."""
        self._clones.close()

    def _join(self, joined: JoinedSnapshot, findings: Findings) -> int:
        """Takes in what references of the findings lead to; how many do."""
        count = 0
        for place in _places(findings):
            if (place.path, place.line) in joined.resolved:
                continue
            shape = _shape(place.path)
            text = joined.text(place.path) if shape else None
            joint = shape(place, text, self._find) if shape and text is not None else None
            if joint is not None:
                joined.add(place, joint, self._repository)
                count += 1
        return count

    def _find(self, reference: str, revisions: Sequence[str]) -> Files | None:
        clone = self._clones.meant_by(reference)
        if clone is None:
            return None
        view = clone.at(revisions)
        self._repository = clone.identity.name
        if view is None:
            wanted = f"revision {revisions[0]}" if revisions else "revision to read"
            self._missing.add(f"The clone of {clone.identity.name} has no {wanted}, which this repository uses.")
        return view

    def _hints(self) -> Iterator[str]:
        yield from sorted(self._missing)
        for name in self._clones.unused():
            yield f"Nothing that is handed to {name} was found; its clone is not used."


def _places(findings: Findings) -> list[Place]:
    found = {
        Place(e.where.path, e.where.line, dict(e.captures).get("to", ""))
        for e in findings.evidence
        if e.delegated_to is not None and e.where.line is not None
    }
    return sorted((p for p in found if p.to), key=lambda p: (p.path, p.line, p.to))


def _shape(path: str) -> Shape | None:
    """How references of a file look, told from its name."""
    if path.endswith((".tf", ".hcl")):
        return terraform
    return _NAMES.get(path.rpartition("/")[2]) or _CI.get(ci_system(path) or "")
