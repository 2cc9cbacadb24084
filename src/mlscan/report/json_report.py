"""The assessment as JSON: the public data format, described by `schema/assessment.schema.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeAlias

from mlscan.types.assessment import (
    Assessment,
    Configuration,
    CriterionResult,
    LevelResult,
    NextStep,
    PolicyResult,
    PracticeResult,
    StatementResult,
)
from mlscan.types.evidence import Evidence, Gap, Rejection

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | dict[str, Json] | None"

# Surrogates cannot be written as UTF-8; control and bidirectional characters would reach a terminal raw.
_ESCAPED = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def render_json(assessment: Assessment) -> str:
    """Two-space indented JSON that ends in a newline; the same bytes for the same assessment on every system."""
    return dumped_json(as_dict(assessment))


def dumped_json(value: Json) -> str:
    """Two-space indented JSON without anything that acts on a terminal; it ends in a newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n"


def as_dict(a: Assessment) -> dict[str, Json]:
    """The assessment as plain values, keys in the order of the published contract."""
    return {**_head(a), **_verdict(a), **_reasons(a)}


def _head(a: Assessment) -> dict[str, Json]:
    repository = a.repository
    return {
        "schema_version": a.schema_version,
        "mlscan_version": a.mlscan_version,
        "content_digest": a.content_digest,
        "repository": {
            "name": repository.name,
            "url": repository.url,
            "revision": repository.revision,
            "dirty": repository.dirty,
            "history": repository.history.value,
            "folder": repository.folder,
        },
        "as_of": a.as_of,
        "model": a.model,
        "kind": a.kind,
        "applicable": a.applicable,
    }


def _verdict(a: Assessment) -> dict[str, Json]:
    return {
        "level": a.level,
        "level_name": a.level_name,
        "attested_level": a.attested_level,
        "could_be": a.could_be,
        "target": a.target,
        "unobservable": list(a.unobservable),
        "levels": [_level(x) for x in a.levels],
        "kind_reasons": list(a.kind_reasons),
        "groups": {g.id: {"level": g.level, "could_be": g.could_be} for g in a.groups},
        "practices": {p.id: _practice(p) for p in a.practices},
    }


def _reasons(a: Assessment) -> dict[str, Json]:
    stats = a.stats
    return {
        "evidence": [_evidence(x) for x in a.evidence],
        "next": [_step(x) for x in a.next],
        "components": [{"path": c.path, "kind": c.kind, "level": c.level} for c in a.components],
        "scale": dict(sorted(a.scale.items())),
        "gaps": [_gap(x) for x in a.gaps],
        "rejections": [_rejection(x) for x in a.rejections],
        "hints": list(a.hints),
        "configuration": _configuration(a.configuration) if a.configuration else None,
        "waivers": [_statement(x) for x in a.waivers],
        "policy": _policy(a.policy) if a.policy else None,
        "stats": {"files": stats.files, "bytes_read": stats.bytes_read, "seconds": round(stats.seconds, 3)},
    }


def _configuration(x: Configuration) -> dict[str, Json]:
    return {
        "source": x.source,
        "hidden_files": x.hidden,
        "exclude": [{"pattern": p.pattern, "files": p.files} for p in x.exclude],
        "contexts": [{"pattern": p.pattern, "context": p.context, "files": p.files} for p in x.contexts],
        "kind": x.kind,
        "tier": x.tier,
        "fail_under": x.fail_under,
        "require": list(x.require),
        "count_attested": x.count_attested,
    }


def _policy(x: PolicyResult) -> dict[str, Json]:
    return {
        "name": x.name,
        "digest": x.digest,
        "tier": x.tier,
        "target": x.target,
        "fail_under": x.fail_under,
        "require": list(x.require),
        "count_attested": x.count_attested,
        "notes": list(x.notes),
    }


def _statement(x: StatementResult) -> dict[str, Json]:
    return {
        "type": "waiver" if x.waives else "attestation",
        "criterion": x.criterion,
        "standing": x.standing.value,
        "why": x.why,
        "reason": x.reason,
        "owner": x.owner,
        "starts": x.starts,
        "expires": x.expires,
        "path": x.path,
        "link": x.link,
        "source": x.source,
    }


def _level(x: LevelResult) -> dict[str, Json]:
    return {
        "level": x.level,
        "name": x.name,
        "rating": x.rating.value,
        "achieved": x.achieved,
        "criteria": [_criterion(c) for c in x.criteria],
    }


def _criterion(x: CriterionResult) -> dict[str, Json]:
    return {"id": x.id, "title": x.title, "status": x.status.value, "why": x.why, "evidence": list(x.evidence)}


def _practice(x: PracticeResult) -> dict[str, Json]:
    evidence = list(x.evidence)
    return {"present": x.present, "strength": x.strength, "evidence": evidence, "why": x.why, "more": x.more}


def _evidence(x: Evidence) -> dict[str, Json]:
    return {
        "detector": x.detector,
        "practice": x.practice,
        "path": x.where.path,
        "line": x.where.line,
        "excerpt": x.excerpt,
        "strength": x.strength.value,
        "context": x.context.value,
        "delegated_to": x.delegated_to,
    }


def _step(x: NextStep) -> dict[str, Json]:
    return {"criterion": x.criterion, "title": x.title, "how": x.how, "effort": x.effort, "lifts": x.lifts}


def _gap(x: Gap) -> dict[str, Json]:
    return {"path": x.path, "reason": x.reason}


def _rejection(x: Rejection) -> dict[str, Json]:
    return {"detector": x.detector, "path": x.where.path, "line": x.where.line, "reason": x.reason}
