"""What a reader could not make sense of is a gap of the file, whatever the format; nothing else in the file is lost."""

from __future__ import annotations

import pytest

from detect.build import detector, run

LONG = "true\n" * 500_000
FIND = {
    "any_of": [
        {"command": {"program": "zap", "within": ["docker", "shell", "make", "task"], "follow": False}},
        {"resource": {"system": "terraform", "type": "zap"}},
        {"key": {"at": "zap"}, "in": ["**/*.yaml"]},
        {"in": ["**/*.py"], "calls": "zap.zap"},
    ]
}
BROKEN = {
    "Dockerfile": ("FROM a\nRUN zap\nNONSENSE\n", "unknown instruction", 2),
    "run.sh": ("zap\n" + LONG, "too long", 1),
    "Makefile": ("a:\n\tzap\n" + LONG, "too long", 2),
    "Taskfile.yml": ("tasks:\n  a:\n    cmds: [zap]\n  b: {cmds: [\n", "broken YAML", 3),
    "main.tf": ('resource "zap" "a" {\n}\nresource "b" "c" {\n', "block without an end", 1),
    "a.yaml": ("zap: 1\nb: [\n", "broken YAML", 1),
    "a.py": ("import zap\nzap.zap()\nx = (\n", "syntax not understood in places", 2),
}


@pytest.mark.parametrize("path", BROKEN)
def test_problems_of_every_format_are_gaps_and_lose_nothing_else(path: str) -> None:
    text, reason, line = BROKEN[path]
    found = run({path: text}, detector(FIND))
    assert [(g.path, g.reason, g.partial) for g in found.gaps] == [(path, reason, True)]
    assert (path, line) in {(e.where.path, e.where.line) for e in found.evidence}
