"""The open criteria as GitLab's code quality report, which merge requests and pipelines show."""

from __future__ import annotations

import hashlib
import json

from mlscan.report.clean import clean
from mlscan.report.findings import Finding, Urgency, findings
from mlscan.report.json_report import Json
from mlscan.report.wording import verdict_id
from mlscan.types.assessment import Assessment

_SEVERITY = {Urgency.NEXT: "minor", Urgency.LATER: "info", Urgency.UNKNOWN: "info"}


def render_gitlab(a: Assessment) -> str:
    """A JSON array that ends in a newline: one issue a criterion that is not met or could not be decided.

    `minor` is what the next level needs, all else is `info`. Fingerprints are made of verdict ids, so that an issue
    stays the same when its place moves. Where a level does not apply the array is empty.
    """
    return json.dumps([_issue(a, f) for f in findings(a)], ensure_ascii=True, indent=2, allow_nan=False) + "\n"


def _issue(a: Assessment, f: Finding) -> dict[str, Json]:
    where = f.where
    return {
        "check_name": clean(f.criterion.id),
        "description": f.message,
        "severity": _SEVERITY[f.urgency],
        "fingerprint": hashlib.sha256(verdict_id(a, f.criterion.id).encode("utf-8", "backslashreplace")).hexdigest(),
        # The format knows no places without a file.
        "location": {"path": clean(a.repository.from_root(where.path)) or ".", "lines": {"begin": where.line or 1}},
    }
