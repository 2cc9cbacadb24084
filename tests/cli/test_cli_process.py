"""The command line as a process: exit codes, streams, closed pipes, encodings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BASE = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING")}


def mlscan(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """One run of the real program."""
    command = [sys.executable, "-m", "mlscan", *args]
    return subprocess.run(command, capture_output=True, check=False, env={**BASE, **environment}, timeout=60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A plain folder with a training script."""
    (tmp_path / "train.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n\n"
        "model = LogisticRegression()\nmodel.fit([[0], [1]], [0, 1])\n",
        encoding="utf-8",
    )
    (tmp_path / "requirements.txt").write_text("scikit-learn==1.5.0\n", encoding="utf-8")
    return tmp_path


def test_version() -> None:
    ran = mlscan("--version")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"mlscan ")


def test_a_folder_is_scanned(project: Path) -> None:
    ran = mlscan(str(project), "--format", "json", "--as-of", "2026-01-01")
    assert (ran.returncode, ran.stderr) == (0, b"")
    report = json.loads(ran.stdout)
    assert report["repository"]["revision"] is None
    assert report["stats"]["files"] == 2


def test_nothing_to_scan_is_exit_3(tmp_path: Path) -> None:
    ran = mlscan(str(tmp_path / "missing"))
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert ran.stderr.startswith(b"mlscan: ")
    assert ran.stderr.count(b"\n") == 1


def test_a_stream_that_is_ascii_gets_ascii(project: Path) -> None:
    ran = mlscan(str(project), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.isascii()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell of POSIX")
@pytest.mark.parametrize(
    ("args", "code"), [(("schema",), 0), (("--help",), 0), (("detectors",), 0), (("PROJECT", "--fail-under", "5"), 1)]
)
def test_a_closed_pipe_is_no_error_and_keeps_the_exit_code(project: Path, args: tuple[str, ...], code: int) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "mlscan", *(str(project) if a == "PROJECT" else a for a in args)]
    ran = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False, env=BASE, timeout=60)
    os.close(write)
    assert ran.returncode == code
    assert ran.stderr.count(b"\n") == code


def test_no_line_of_progress_where_nobody_looks(project: Path) -> None:
    assert mlscan(str(project)).stderr == b""


def test_the_printed_schema_is_the_published_one() -> None:
    assert json.loads(mlscan("schema").stdout)["title"] == "mlscan assessment"
