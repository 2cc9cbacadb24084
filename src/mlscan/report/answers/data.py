"""Answers as JSON."""

from __future__ import annotations

import json
from typing import TypeAlias

from mlscan.report.json_report import Json
from mlscan.report.wording import verdict_id
from mlscan.types.answers import Change, Comparison, NearMiss, Side, Sought, Unmet, WhyNot
from mlscan.types.assessment import Assessment, NextStep
from mlscan.types.evidence import Evidence

_Fields: TypeAlias = "dict[str, Json]"


def dumped(value: Json) -> str:
    """Two-space indented JSON in ASCII that ends in a newline."""
    return json.dumps(value, ensure_ascii=True, indent=2, allow_nan=False) + "\n"


def plan_json(a: Assessment) -> str:
    """The way to the target: every step with its starter."""
    return dumped(
        {
            "schema_version": "1.0",
            "repository": a.repository.name,
            "revision": a.repository.revision,
            "model": a.model,
            "kind": a.kind,
            "applicable": a.applicable,
            "level": a.level,
            "target": a.target,
            "steps": [_step(a, s) for s in a.next],
            "unobservable": list(a.unobservable),
        }
    )


def _step(a: Assessment, s: NextStep) -> _Fields:
    starter: Json = None
    if s.starter is not None:
        starter = {"path": s.starter.path, "adds": s.starter.adds, "text": s.starter.text}
    return {
        "id": verdict_id(a, s.criterion),
        "criterion": s.criterion,
        "title": s.title,
        "why": s.why,
        "how": s.how,
        "effort": s.effort,
        "lifts": s.lifts,
        "level": s.level,
        "needed": s.needed,
        "reaches": s.reaches,
        "by": list(s.by),
        "also": list(s.also),
        "now": s.now,
        "unknown": s.unknown,
        "starter": starter,
    }


def why_not_json(a: Assessment, answer: WhyNot) -> str:
    """Every criterion that is not met, with what was looked for, what nearly counted and what would do."""
    return dumped(
        {
            "schema_version": "1.0",
            "repository": a.repository.name,
            "revision": a.repository.revision,
            "model": a.model,
            "kind": a.kind,
            "applicable": a.applicable,
            "level": a.level,
            "could_be": a.could_be,
            "asked": answer.level,
            "holds": answer.holds,
            "requires": list(answer.requires),
            "unmet": [_unmet(a, u) for u in answer.unmet],
        }
    )


def _unmet(a: Assessment, u: Unmet) -> _Fields:
    c = u.criterion
    return {
        "id": verdict_id(a, c.id),
        "criterion": c.id,
        "title": c.title,
        "level": u.level,
        "status": c.status.value,
        "essential": c.essential,
        "weight": c.weight,
        "why": c.why,
        "looked_for": [_sought(s) for s in u.sought],
        "nearly": [_near(n) for n in u.near],
        "would": u.would,
        "how": c.how,
    }


def _sought(s: Sought) -> _Fields:
    titles: Json = list(s.looked_for)
    return {"id": s.id, "strength": s.strength, "present": s.present, "unwanted": s.unwanted, "looked_for": titles}


def _near(n: NearMiss) -> _Fields:
    where = n.where
    return {"practice": n.practice, "path": where.path, "line": where.line, "reason": n.reason, "excerpt": n.excerpt}


def comparison_json(c: Comparison) -> str:
    """What differs between two revisions."""
    return dumped(
        {
            "schema_version": "1.0",
            "model": c.model,
            "as_of": c.as_of,
            "base": _side(c.base),
            "head": _side(c.head),
            "changes": [_change(c.model, x) for x in c.changes],
            "components": [{"path": x.path, "before": x.before, "after": x.after} for x in c.components],
            "gaps": [{"path": g.path, "reason": g.reason} for g in c.gaps],
            "notes": list(c.notes),
            "losses": [verdict_name(c.model, x) for x in c.losses],
        }
    )


def verdict_name(model: str, name: str) -> str:
    """The name of a verdict on a practice, criterion, `level` or `kind`, as `wording.verdict_id` has it."""
    return f"mlscan:{model}/{name}"


def _side(s: Side) -> _Fields:
    return {
        "name": s.name,
        "revision": s.repository.revision,
        "dirty": s.repository.dirty,
        "kind": s.kind,
        "applicable": s.applicable,
        "level": s.level,
        "level_name": s.level_name,
        "could_be": s.could_be,
    }


def _change(model: str, c: Change) -> _Fields:
    return {
        "id": verdict_name(model, c.id),
        "what": "practice" if c.level is None else "criterion",
        "title": c.title,
        "direction": c.direction.value,
        "before": c.before,
        "after": c.after,
        "level": c.level,
        "counts": c.counts,
        "why": c.why,
        "evidence": [_place(e) for e in c.evidence],
    }


def _place(e: Evidence) -> _Fields:
    return {
        "detector": e.detector,
        "path": e.where.path,
        "line": e.where.line,
        "excerpt": e.excerpt,
        "strength": e.strength.value,
    }
