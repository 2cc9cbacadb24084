"""Independent ML projects inside one repository: each is judged with its own evidence and with what all share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mlscan.assess.facts import Facts, narrowed
from mlscan.assess.kinds import decide_kind
from mlscan.assess.presence import decide_practices
from mlscan.assess.projects import Projects, find_projects, owner
from mlscan.assess.verdict import Verdict, judge
from mlscan.types.assessment import Component
from mlscan.types.evidence import Evidence, Findings


@dataclass(frozen=True)
class Ownership:
    """Whose evidence is whose."""

    projects: Projects

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset({*self.projects.folders, *self.projects.beside})

    def owners(self, evidence: Evidence) -> frozenset[str]:
        """The folders that evidence counts for; none where it counts for every component.

        A place of CI counts for the projects that it works on, where that is known.
        """
        folders = self._folders
        named = [owner(path, folders) for path in evidence.concerns] or [owner(evidence.where.path, folders)]
        return frozenset(folder for folder in named if folder is not None)


def component_facts(whole: Facts, projects: Projects) -> Iterator[tuple[str, Facts]]:
    """Each component with the facts of the evidence that it owns and of what no project owns (shared CI)."""
    ownership = Ownership(projects)
    all_evidence = [e for found in whole.by_detector.values() for e in found]
    owners = {id(e): ownership.owners(e) for e in all_evidence}
    for folder in projects.folders:
        wanted = {key for key, owning in owners.items() if not owning or folder in owning}
        facts = narrowed(whole, lambda e, wanted=wanted: id(e) in wanted)  # type: ignore[misc]
        decide_practices(facts)
        facts.root = folder
        yield folder, facts


def judge_components(whole: Verdict, findings: Findings, as_of: str) -> dict[str, Verdict]:
    """A verdict for each component, by path; empty where the repository is one project.

    A kind that has no level of its own has no components either.
    """
    file = whole.facts.content.model.file
    if whole.kind.name in file.ceiling_by_kind:
        return {}
    projects = find_projects(whole.facts, findings.roots)
    parts = component_facts(whole.facts, projects)
    return {folder: judge(facts, decide_kind(facts), as_of) for folder, facts in parts}


def described(verdicts: dict[str, Verdict]) -> tuple[Component, ...]:
    """The components as a report shows them."""
    return tuple(Component(path=p, kind=v.kind.name, level=v.level) for p, v in verdicts.items())
