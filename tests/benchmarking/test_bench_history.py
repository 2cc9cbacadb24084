"""Histories beside scans of single revisions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import history
from benchmarks.environments import Environment
from benchmarks.floor import git
from benchmarks.history import differences, spread
from benchmarks.make_repo import make, make_history
from benchmarks.suite import Real, Suite


def test_revisions_are_spread_from_the_first_to_the_newest() -> None:
    moments = [{"number": n} for n in range(11)]
    assert [m["number"] for m in spread(moments, 3)] == [0, 5, 10]
    assert spread(moments, 0) == moments
    assert spread(moments, 20) == moments


def test_what_is_said_differently_is_told() -> None:
    brief = {"level": 2, "could_be": 2, "kind": "ml-project", "applicable": True, "present": {"ci": True}}
    moment: dict[str, Any] = {"point": {"revision": "a" * 40}, "brief": brief}
    report = {**brief, "practices": {"ci": {"present": True}}}
    assert differences(moment, report) == []
    report = {**report, "level": 3, "practices": {"ci": {"present": None}}}
    assert differences(moment, report) == ["aaaaaaaaaa level: 2 and 3", "aaaaaaaaaa ci: True and None"]


def test_the_section_has_what_is_made_and_what_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "COMMITS", 2)
    monkeypatch.setattr(history, "FILES", 4)
    monkeypatch.setattr(history, "ALONE", 2)
    make(tmp_path / "given", 3, 3_000, 1)
    suite = Suite(Environment(Path(sys.executable)), tmp_path, 1, history=Real("a/b", tmp_path / "given"))
    page = history.section(suite)
    rows = [line.split(" | ")[:3] for line in page.splitlines() if line.startswith("| ")]
    assert ["| made, 4 files, `--every 1`", "2", "2"] in rows
    assert ["| a/b, `--every month`", "1", "1"] in rows
    assert "| a/b, `--every month` under 10 s |" in page
    assert "the same as in the scans of single revisions" in page


def test_a_history_that_is_made_has_its_commits_and_files(tmp_path: Path) -> None:
    make_history(tmp_path / "one", 6, 10, 10_000, 1)
    make_history(tmp_path / "two", 6, 10, 10_000, 1)
    listed = [git(tmp_path / name, "log", "--format=%H %cI", "--name-only") for name in ("one", "two")]
    assert listed[0] == listed[1]
    days = [line.split()[1] for line in listed[0].splitlines() if b" " in line]
    assert days == [b"2023-11-%d" % day + b"T22:13:20+00:00" for day in range(19, 13, -1)]
    assert len(git(tmp_path / "one", "ls-files").split()) == 10
