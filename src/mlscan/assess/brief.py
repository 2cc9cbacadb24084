"""The verdict in brief, for many revisions: the same level, kind and practices as `assess`, without the reasons."""

from __future__ import annotations

from mlscan.assess.assess import judge_whole
from mlscan.assess.components import judge_components
from mlscan.assess.results import best_of, level_name, present, seen_strength
from mlscan.types.evidence import Findings
from mlscan.types.history import Brief
from mlscan.types.model import AssessContent


def assess_briefly(findings: Findings, content: AssessContent, *, as_of: str) -> Brief:
    """The verdict in brief. Pure, as `assess` is."""
    whole = judge_whole(findings, content, as_of)
    judged = [*judge_components(whole, findings, as_of).values()] or [whole]
    best, facts = best_of(judged), whole.facts
    strengths = {name: seen_strength(name, facts) for name in facts.practices}
    return Brief(
        level=best.level,
        level_name=level_name(facts, best.level),
        could_be=max(v.could_be for v in judged),
        kind=whole.kind.name,
        applicable=whole.kind.name in content.model.file.applicable_kinds,
        present={name: present(presence) for name, presence in facts.practices.items()},
        strengths={name: strength for name, strength in strengths.items() if strength is not None},
    )
