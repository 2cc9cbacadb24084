"""The assessment as SARIF 2.1.0, for code-scanning pages and editors: a rule a criterion, a result an open one."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from mlscan.report.choices import place
from mlscan.report.clean import clean
from mlscan.report.findings import Finding, Urgency, findings, sentence
from mlscan.report.forge import forge_of, quoted
from mlscan.report.json_report import Json
from mlscan.report.said import said
from mlscan.report.wording import effort, verdict_id
from mlscan.types.assessment import Assessment, CriterionResult, LevelResult, Status
from mlscan.types.evidence import Gap, Location

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""The base of all paths: the root of the scanned repository, wherever it lies."""

_SEVERITY = {Urgency.NEXT: "warning", Urgency.LATER: "note", Urgency.UNKNOWN: "none"}
_RELATED = 5
_GAPS = 100

Object: TypeAlias = "dict[str, Json]"


def render_sarif(a: Assessment) -> str:
    """Two-space indented JSON that ends in a newline; the same bytes for the same verdict, without times.

    Results are the criteria that are not met (`fail`: a warning where the next level needs it, else a note) and those
    that could not be decided (`review`). Where a level does not apply there are rules and no results.
    """
    log: Object = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(a)]}
    return json.dumps(log, ensure_ascii=True, indent=2, allow_nan=False) + "\n"


def _run(a: Assessment) -> Object:
    criteria = [(level, c) for level in a.levels for c in level.criteria]
    index = {c.id: n for n, (_, c) in enumerate(criteria)}
    results = [_result(a, f, index[f.criterion.id]) for f in findings(a)]
    run: Object = {
        "tool": {
            "driver": {
                "name": "mlscan",
                "fullName": f"mlscan {a.mlscan_version}, model {_plain(a.model)}",
                "version": a.mlscan_version,
                "semanticVersion": a.mlscan_version,
                "rules": [_rule(a, level, c) for level, c in criteria],
            }
        },
        "automationDetails": {"id": f"mlscan/{_plain(a.model)}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the scanned repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(a)],
        "results": results,
        "properties": _properties(a),
    }
    return {**run, **_provenance(a)}


def _properties(a: Assessment) -> Object:
    return {
        "level": a.level,
        "level_name": _plain(a.level_name),
        "could_be": a.could_be,
        "attested_level": a.attested_level,
        "applicable": a.applicable,
        "kind": _plain(a.kind),
        "model": _plain(a.model),
        "as_of": a.as_of,
        "content_digest": a.content_digest,
        "target": a.target,
        "policy": a.policy.digest if a.policy else None,
        "hidden_files": a.configuration.hidden if a.configuration else 0,
        "waived": _with(a, Status.WAIVED),
        "attested": _with(a, Status.ATTESTED),
    }


def _with(a: Assessment, status: Status) -> list[Json]:
    return [_plain(c.id) for level in a.levels for c in level.criteria if c.status is status]


def _provenance(a: Assessment) -> Object:
    """Where the files came from, when it is known for certain."""
    if forge_of(a.repository) is None:
        return {}
    origin: Object = {
        "repositoryUri": a.repository.url,
        "revisionId": a.repository.revision,
        "mappedTo": {"uriBaseId": ROOT},
    }
    return {"versionControlProvenance": [origin]}


def _rule(a: Assessment, level: LevelResult, c: CriterionResult) -> Object:
    purpose, how = _sentence(c.purpose), _sentence(c.how)
    asked = f"Level {level.level} ({_plain(level.name)}) asks: {_sentence(c.title)}"
    lines = [asked, f"Why: {purpose}" if purpose else "", f"How: {how}" if how else ""]
    lines += [f"It takes {effort(c.effort)}." if c.effort else "", f"Verdict id: {verdict_id(a, _plain(c.id))}"]
    return {
        "id": _plain(c.id),
        "name": "".join(word.capitalize() for word in re.split(r"[^0-9A-Za-z]+", c.id)),
        "shortDescription": {"text": _sentence(c.title)},
        "fullDescription": {"text": purpose or asked},
        "help": {"text": "\n".join(x for x in lines if x)},
        "defaultConfiguration": {"level": "note"},
        "properties": {
            "level": level.level,
            "weight": c.weight,
            "essential": c.essential,
            "problem.severity": "recommendation",
            "tags": ["ml-process", f"level-{level.level}", *([_plain(c.group)] if c.group else [])],
        },
    }


def _result(a: Assessment, f: Finding, index: int) -> Object:
    unknown = f.urgency is Urgency.UNKNOWN
    result: Object = {
        "ruleId": _plain(f.criterion.id),
        "ruleIndex": index,
        "kind": "review" if unknown else "fail",
        "level": _SEVERITY[f.urgency],
        "message": {"text": _plain(f.message)},
        "locations": [_location(a, f.where, line=1)],
        "partialFingerprints": {"verdict/v1": verdict_id(a, _plain(f.criterion.id))},
        "properties": {"status": f.criterion.status.value, "level": f.level.level, "could_be": a.could_be},
    }
    related = _related(a, f)
    return {**result, "relatedLocations": related} if related else result


def _related(a: Assessment, f: Finding) -> list[Json]:
    places = [(r.where, f"Nearly counted ({_plain(r.detector)}): {_plain(r.reason)}") for r in f.near]
    places += [(e.where, f"Seen ({_plain(e.detector)}, {e.strength.value}): {_plain(e.excerpt)}") for e in f.seen]
    return [
        {"id": n, **_location(a, where), "message": {"text": words}}
        for n, (where, words) in enumerate(places[:_RELATED])
    ]


def _location(a: Assessment, where: Location, line: int | None = None) -> Object:
    """The place, from the repository's root.

    `line` stands in where the whole file is meant, for pages that show nothing without a line.
    """
    path = a.repository.from_root(where.path)
    physical: Object = {"artifactLocation": {"uri": quoted(path) if path else ".", "uriBaseId": ROOT}}
    start = where.line or line
    if start is not None:
        physical["region"] = {"startLine": start}
    return {"physicalLocation": physical}


def _invocation(a: Assessment) -> Object:
    shown = [_notification(a, gap) for gap in a.gaps[:_GAPS]]
    left = len(a.gaps) - len(shown)
    if left:
        shown.append({"level": "note", "message": {"text": f"{left} further places could not be read."}})
    shown += [
        {"level": "note", "message": {"text": _plain(f"{part.title}: {line}.")}}
        for part in said(a)
        for line in part.lines[:_GAPS]
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": list(shown)}


def _notification(a: Assessment, gap: Gap) -> Object:
    how = "Read only in part" if gap.partial else "Not read"
    return {
        "descriptor": {"id": "gap"},
        "level": "note",
        "message": {"text": f"{how}: {_plain(place(Location(gap.path)))}: {_plain(gap.reason)}"},
        "locations": [_location(a, Location(gap.path))],
    }


def _sentence(words: str) -> str:
    return _plain(sentence(words))


def _plain(words: str) -> str:
    """One line that no viewer takes for a link or a placeholder."""
    shown = clean(words).strip().replace("](", "] (")
    return re.sub(r"\{(\d+)\}", r"{{\1}}", shown)
