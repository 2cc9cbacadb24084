"""Processes of a run are killed at any moment: nothing is lost, nothing is done twice. More runs: see fleet/kill.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet import kill, postgres


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_report_is_that_of_an_undisturbed_run(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fresh: Callable[[], str]
    if kind == "sqlite":
        names = iter(["one.db", "two.db"])
        fresh = lambda: str(tmp_path / next(names))  # noqa: E731
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        fresh = server.fresh
    folder = kill.clones(tmp_path / "clones", 6)
    assert len(list(kill.check(folder, fresh, range(3, 4)))) == 1
