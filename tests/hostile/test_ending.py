"""A run that is ended early leaves no process, no folder and no half of a file, and says so by its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from snapshot.building import Repo
from snapshot.test_interrupt import slow_git

from mlscan.cli.limits import limits_of
from mlscan.detect.reading import Reading
from mlscan.scan import scan as scan_one
from mlscan.snapshot import open_snapshot
from mlscan.snapshot.snapshots import RepositorySnapshot
from mlscan.types.errors import UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="needs a shell and signals of POSIX")

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def started(line: list[str], **more: Any) -> subprocess.Popen[bytes]:
    """A process that listens to signals, also where these tests were started by something that ignores them."""

    def listen() -> None:
        for number in CODES:
            signal.signal(number, signal.SIG_DFL)

    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=listen, **more)  # noqa: PLW1509  no threads here


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("command", ["rev-parse", "--batch", "log"])
def test_a_signal_leaves_no_process_no_folder_and_the_old_file(
    repo: Repo, tmp_path: Path, command: str, number: signal.Signals
) -> None:
    told = slow_git(tmp_path, command)
    output = tmp_path / "out" / "report.json"
    for folder in (tmp_path / "temporary", output.parent):
        folder.mkdir()
    output.write_text("old")
    path = f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path / "temporary")}
    line = [sys.executable, "-I", "-m", "mlscan", str(repo.path), "--format", "json", "--output", str(output)]
    running = started(line, env=environment)
    child = int(told.read_text())
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (CODES[number], b"")
    assert b"Traceback" not in err
    assert not is_running(child), "git is still running"
    assert list((tmp_path / "temporary").iterdir()) == []
    assert [(p.name, p.read_text()) for p in output.parent.iterdir()] == [("report.json", "old")]


WRITING = """
import os, sys
from pathlib import Path
from mlscan.cli import main, output

def told(self, *_):
    print("writing", flush=True)
    sys.stdin.read()

Path.chmod = told
sys.exit(main([sys.argv[1], "--format", "json", "--output", sys.argv[2]]))
"""


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("before", [None, "old"])
def test_a_signal_while_a_file_is_written_leaves_the_old_one(
    project: Repo, tmp_path: Path, number: signal.Signals, before: str | None
) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / "report.json"
    if before is not None:
        output.write_text(before)
    line = [sys.executable, "-c", WRITING, str(project.path), str(output)]
    running = started(line, stdin=subprocess.PIPE)
    assert running.stdout is not None
    assert running.stdout.readline() == b"writing\n"
    running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode == CODES[number]
    left = [(p.name, p.read_text()) for p in output.parent.iterdir()]
    assert left == ([] if before is None else [("report.json", before)])


def test_files_beyond_the_time_are_gaps(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("mlscan.snapshot.snapshots.monotonic", lambda: now[0])
    with open_snapshot(project.path, limits=Limits(seconds=10)) as snapshot:
        assert isinstance(snapshot, RepositorySnapshot)
        reading = snapshot.read_many([f.path for f in snapshot.files])
        first = next(reading)
        now[0] = 11.0
        assert isinstance(first[1], bytes)
        assert [got for _, got in reading] == [Gap("good/train.py", "limit of time reached")]


def test_what_is_not_decided_in_time_is_unknown(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    now, run = [0.0], Reading.run

    def long(self: Reading, *arguments: Any) -> None:
        run(self, *arguments)
        now[0] = 11.0

    monkeypatch.setattr("mlscan.snapshot.snapshots.monotonic", lambda: now[0])
    monkeypatch.setattr(Reading, "run", long)
    found = scan_one(project.path, limits=Limits(seconds=10))
    assert Gap("", "limit of time reached") in found.gaps
    asked = {p.id: p.present for p in found.practices}
    assert {asked[name] for name in ("ml-code", "dependencies", "cd", "monitoring")} == {None}
    assert found.could_be > found.level


def test_limits_come_from_the_environment() -> None:
    assert limits_of({}) == Limits()
    assert limits_of({"MLSCAN_LIMITS": "files=7, seconds=60"}) == Limits(files=7, seconds=60)
    for wrong in ("files", "files=x", "files=-1", "files=0", "nothing=1", "files=1e9", "seconds=99999999999999999999"):
        with pytest.raises(UsageError, match="MLSCAN_LIMITS"):
            limits_of({"MLSCAN_LIMITS": wrong})
