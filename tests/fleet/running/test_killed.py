"""Processes of a run are killed at any moment: nothing is lost, nothing is done twice. More runs: see fleet/kill.py."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet import kill, postgres
from fleet.running.test_workers import is_there


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


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_run_that_is_asked_to_stop_says_how_it_goes_on(tmp_path: Path) -> None:
    folder, url = kill.clones(tmp_path / "clones", 5), str(tmp_path / "fleet.db")
    running = kill.start(folder, url)
    assert running.read(0)
    workers = running.workers()
    running.process.send_signal(signal.SIGTERM)
    _, told = running.process.communicate()
    assert running.process.returncode == 128 + signal.SIGTERM
    assert told.splitlines()[-1] == "mlscan: stopped; what is done is kept: the same command goes on where it was"
    assert not [number for number in workers if is_there(number)]
    again = kill.start(folder, url)
    again.read(1 << 30)
    assert again.end() == 0
    assert kill.doubles(url) == []
    assert not set(again.ended) & set(running.ended)
