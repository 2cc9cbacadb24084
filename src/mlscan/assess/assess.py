"""From findings to a verdict: `assess`."""

from __future__ import annotations

from dataclasses import replace

import mlscan
from mlscan.assess.advice import ahead, next_steps
from mlscan.assess.components import described, judge_components
from mlscan.assess.facts import gather
from mlscan.assess.kinds import decide_kind
from mlscan.assess.presence import decide_practices
from mlscan.assess.results import (
    best_of,
    group_results,
    level_name,
    level_results,
    practice_results,
    unobservable,
)
from mlscan.assess.shown import choose, ordered_rejections
from mlscan.assess.starters import starter_for
from mlscan.assess.verdict import Verdict, judge
from mlscan.assess.word import statement_results
from mlscan.types.assessment import Assessment, Stats
from mlscan.types.evidence import Findings
from mlscan.types.model import AssessContent
from mlscan.types.snapshot import RepositoryInfo
from mlscan.types.starters import OWN_JOB, TOOLS

NO_STATS = Stats(files=0, bytes_read=0, seconds=0.0)


def assess(
    findings: Findings, info: RepositoryInfo, content: AssessContent, *, as_of: str, target: int | None = None
) -> Assessment:
    """The verdict on one repository. Pure: the same input gives an equal assessment, whatever the order of evidence.

    `as_of` is an ISO date; only criteria that count from a later day depend on it. `target` is the level that the next
    steps are to lead to; None is the next one. Practices and kind are those of the whole repository; with several
    components, level and criteria are those of the highest one. `stats` are left to who measures.
    """
    whole = judge_whole(findings, content, as_of)
    facts, kind, parts = whole.facts, whole.kind, judge_components(whole, findings, as_of)
    judged = [*parts.values()] or [whole]
    verdict = best_of(judged)
    verdict.facts.host = whole.facts.host = _host(info.url)
    reported = _reported(findings)
    shown = choose(reported.evidence, facts.counts)
    return Assessment(
        mlscan_version=mlscan.__version__,
        content_digest=content.digest,
        repository=info,
        as_of=as_of,
        model=content.model.file.id,
        kind=kind.name,
        kind_reasons=kind.reasons,
        applicable=kind.name in content.model.file.applicable_kinds,
        level=verdict.level,
        level_name=level_name(facts, verdict.level),
        attested_level=max(v.attested for v in judged),
        could_be=max(v.could_be for v in judged),
        target=target,
        levels=level_results(verdict, shown),
        groups=group_results(verdict),
        practices=practice_results(facts, shown),
        evidence=shown.evidence,
        next=next_steps(verdict, target),
        ahead=ahead(verdict),
        unobservable=unobservable(facts),
        components=described(parts),
        scale=dict(sorted(findings.numbers.items())),
        gaps=tuple(sorted(set(findings.gaps))),
        rejections=ordered_rejections(reported.rejections),
        hints=findings.hints,
        waivers=statement_results(judged, as_of),
        own_job=starter_for(OWN_JOB, whole.facts),
        stats=NO_STATS,
    )


def _reported(findings: Findings) -> Findings:
    """Without what only decides which starter fits."""
    evidence = tuple(e for e in findings.evidence if e.practice != TOOLS)
    return replace(findings, evidence=evidence, rejections=tuple(r for r in findings.rejections if r.practice != TOOLS))


def judge_whole(findings: Findings, content: AssessContent, as_of: str) -> Verdict:
    """The verdict on the repository as one."""
    facts = gather(content, findings)
    decide_practices(facts)
    return judge(facts, decide_kind(facts), as_of)


def _host(url: str | None) -> str:
    """The host of an https URL in lower case; "" without one."""
    return (url or "").partition("://")[2].partition("/")[0].lower()
