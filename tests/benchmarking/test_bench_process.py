"""Commands as whole processes, in turn, and what is kept of them. Nothing here looks at how long anything took."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.process import Command, FailedError, StoppedError, clean_environment, run
from benchmarks.rounds import Patience, measure

posix = pytest.mark.skipif(os.name != "posix", reason="memory and limits are told on POSIX only")


def python(code: str, *words: str, fine: frozenset[int] = frozenset({0})) -> Command:
    return Command((sys.executable, "-I", "-S", "-c", code, *words), fine=fine)


def test_what_it_takes_is_told(tmp_path: Path) -> None:
    ran = run(python("sum(range(10**6))"), tmp_path / "errors", 60)
    assert ran.seconds > 0


@posix
def test_memory_is_that_of_the_largest_process(tmp_path: Path) -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(60_000_000)'], check=True)"
    small = run(python("pass"), tmp_path / "errors", 60)
    large = run(python(child), tmp_path / "errors", 60)
    assert small.peak_bytes < 40_000_000
    assert 60_000_000 < large.peak_bytes < 120_000_000


def test_an_exit_code_is_a_failure_unless_it_is_fine(tmp_path: Path) -> None:
    code = "import sys; print('a', file=sys.stderr); print('all is lost', file=sys.stderr); sys.exit(3)"
    with pytest.raises(FailedError, match="exit 3: all is lost"):
        run(python(code), tmp_path / "errors", 60)
    run(python(code, fine=frozenset({3})), tmp_path / "errors", 60)


def test_a_command_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="nowhere-to-be-found"):
        run(Command(("nowhere-to-be-found",)), tmp_path / "errors", 60)


@posix
def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    reading = os.open(told, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    child = '(echo started; exec sleep 600) > "$0" & sleep 600'
    with pytest.raises(StoppedError, match="stopped after 2 s"):
        run(Command(("sh", "-c", child, str(told))), tmp_path / "errors", 2)
    with os.fdopen(reading, "rb") as stream:
        assert stream.read() == b"started\n"  # it ends when nobody can write any more


def test_commands_get_the_environment_of_a_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "GIT_DIR", "MLSCAN_LIMITS"):
        monkeypatch.setenv(name, "1")
    told = {name for name in clean_environment() if name.startswith(("PYTHON", "GIT_", "MLSCAN_"))}
    assert told == set()
    code = "import os, sys; sys.exit(any(name.startswith(('PYTHON', 'GIT_', 'MLSCAN_')) for name in os.environ))"
    run(python(code), tmp_path / "errors", 60)


def writing(log: Path, word: str, code: int = 0) -> Command:
    return python(
        "import sys; open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit(int(sys.argv[3]))", str(log), word, str(code)
    )


def test_commands_run_in_turn_after_a_round_that_warms_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    figures = measure({"a": writing(log, "a"), "b": writing(log, "b")}, Patience(2), tmp_path)
    assert log.read_text() == "ababab"
    assert {name: len(one.runs) for name, one in figures.items()} == {"a": 2, "b": 2}


def test_a_command_that_fails_is_not_run_again_and_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    figures = measure({"a": writing(log, "a"), "b": writing(log, "b", 1)}, Patience(2), tmp_path)
    assert log.read_text() == "abaa"
    assert figures["b"].failure == "exit 1: it said nothing"
    assert figures["b"].runs == []


def test_a_slow_command_runs_once_unless_its_figures_are_what_is_asked_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    patience = Patience(3, warm=False, once_over=0.0, often="a")
    measure({"a": writing(log, "a"), "b": writing(log, "b")}, patience, tmp_path)
    assert log.read_text() == "abaa"
