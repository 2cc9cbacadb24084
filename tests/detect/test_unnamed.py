"""Near misses are told in words also where a detector gives its conditions no names."""

from __future__ import annotations

from typing import Any

import pytest

from detect.build import detector, run

IMPORT: dict[str, Any] = {"in": ["**/*.py"], "imports": "evidently"}
WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n"


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"in": ["**/*.py"], "calls": ["@drift-checks", "evidently.Report"]}, "a call such as evidently.Report"),
        ({"in": ["**/*.py"], "calls": "*.HealthMonitor"}, "a call such as HealthMonitor"),
        ({"in": ["**/*.py"], "calls": "@drift-checks"}, "a call"),
        ({"in": ["**/*.py"], "defines": "watch_*"}, "a function or class such as watch_*"),
        ({"ci": {"approval": True}}, "a job or step of CI with approval"),
        ({"ci": {"trigger": "schedule"}}, "a job or step of CI with trigger schedule"),
        ({"in": ["**/*.py"], "text": {"regex": "^x"}}, "a line"),
        ({"name": "a watch", "in": ["**/*.py"], "defines": "watch_*"}, "a watch"),
    ],
)
def test_what_lacks_is_told_in_words(lacking: dict[str, Any], words: str) -> None:
    subject = detector({"scope": "repository", "all_of": [IMPORT, lacking]})
    found = run({"w.py": "import evidently\n", ".github/workflows/a.yml": WORKFLOW, "a.yml": "a: 1\n"}, subject)
    assert [r.reason for r in found.rejections] == [f"lacks {words}"]
