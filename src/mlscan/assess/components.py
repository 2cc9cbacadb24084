"""Independent ML projects inside one repository: each is judged with its own evidence and with what all share."""

from __future__ import annotations

from collections.abc import Sequence

from mlscan.assess.facts import Facts, gather
from mlscan.assess.kinds import decide_kind
from mlscan.assess.presence import decide_practices
from mlscan.assess.verdict import Verdict, judge
from mlscan.types.assessment import Component
from mlscan.types.evidence import Findings
from mlscan.types.model import AssessContent


def owner(path: str, roots: Sequence[str]) -> str | None:
    """The deepest root that holds the path; None for what lies outside all of them."""
    holding = [r for r in roots if r in ("", ".") or path == r or path.startswith(f"{r}/")]
    return max(holding, key=len, default=None)


def component_facts(content: AssessContent, findings: Findings, root: str) -> Facts:
    """Facts of one component: evidence that it owns and evidence that no component owns (shared CI, infrastructure)."""
    facts = gather(content, findings, lambda e: owner(e.where.path, findings.roots) in (root, None))
    decide_practices(facts)
    return facts


def judge_components(content: AssessContent, findings: Findings, as_of: str) -> dict[str, Verdict]:
    """A verdict for each root, by path; empty where the repository is one project."""
    if len(findings.roots) < 2:
        return {}
    verdicts = {}
    for root in sorted(set(findings.roots), key=lambda r: r.encode("utf-8", "surrogateescape")):
        facts = component_facts(content, findings, root)
        verdicts[root] = judge(facts, decide_kind(facts), as_of)
    return verdicts


def described(verdicts: dict[str, Verdict]) -> tuple[Component, ...]:
    """The components as a report shows them."""
    return tuple(Component(path=p, kind=v.kind.name, level=v.level) for p, v in verdicts.items())
