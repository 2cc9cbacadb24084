"""An interrupt while git works ends git and takes the private folder away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlscan.snapshot import git
from mlscan.types.errors import NothingToScan
from mlscan.types.evidence import Gap
from snapshot.building import Repo, read_all

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell and signals of POSIX")

SCRIPT = """
import signal, sys
from mlscan.snapshot import open_snapshot

def stop(number, frame):
    sys.exit(99)

signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, signal.default_int_handler)
with open_snapshot(sys.argv[1]) as snapshot:
    list(snapshot.read_many([file.path for file in snapshot.files]))
    snapshot.authors()
"""


def slow_git(folder: Path, command: str) -> Path:
    """A git that hangs in one command, after it has said its process id into a pipe."""
    told = folder / "told"
    os.mkfifo(told)
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\ncase \"$* \" in *' {command} '*) echo $$ > '{told}'; exec sleep 600;; esac\n"
        f"exec '{shutil.which('git')}' \"$@\"\n"
    )
    program.chmod(0o755)
    return told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["rev-parse", "ls-files", "check-ignore", "--batch-check", "--batch", "log"])
def test_an_interrupt_leaves_no_process_and_no_folder(
    repo: Repo, tmp_path: Path, command: str, number: signal.Signals
) -> None:
    repo.write({"untracked.py": ""})
    told = slow_git(tmp_path, command)
    (tmp_path / "temporary").mkdir()
    path = f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path / "temporary")}
    running = subprocess.Popen([sys.executable, "-c", SCRIPT, str(repo.path)], env=environment, stderr=subprocess.PIPE)
    child = int(told.read_text())
    running.send_signal(number)
    running.communicate(timeout=30)
    assert running.returncode == (-signal.SIGINT if number == signal.SIGINT else 99)
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        left = False
    else:
        left = True
    assert not left, "git is still running"
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5, 6])
def test_an_interrupt_while_a_process_is_being_started_leaves_none(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    started: list[int] = []

    def interrupt(pid: int) -> None:
        started.append(pid)
        if len(started) == nth:
            signal.raise_signal(signal.SIGINT)

    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(git, "_bound_memory", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        read_all(repo.path)
    signal.signal(signal.SIGINT, before)
    assert len(started) == nth
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_git_that_takes_too_long_is_ended_and_its_answer_is_a_gap(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$*" in *log*) exec sleep 600;; esac\nexec \'{shutil.which("git")}\' "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(git, "TIMEOUT", 2)
    found = read_all(repo.path)
    assert set(found.data) == {"train.py", "data/raw.csv", "README.md"}
    assert found.authors == Gap("", "history with missing commits: the authors are unknown")


def test_without_git_a_repository_is_an_error_and_a_plain_folder_is_read(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NothingToScan, match="git is not installed"):
        read_all(repo.path)
    (repo.path / ".git").rename(tmp_path / "away")
    assert set(read_all(repo.path).data) == {"train.py", "data/raw.csv", "README.md"}
