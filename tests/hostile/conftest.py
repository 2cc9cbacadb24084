"""A project that is as it should be, something hostile in it, and what a scan says of both."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from clock import nothing_hangs
from snapshot.building import Repo, Traps, new_repo

from mlscan.report import assessment_schema

PATIENCE = 120
"""Seconds; only a test that hangs ever takes as long."""
MEGABYTES = 300
"""Peak memory of a scan on any of these inputs."""
GOOD = {
    "good/train.py": "from sklearn.svm import SVC\n\nmodel = SVC()\nmodel.fit([[0], [1]], [0, 1])\n",
    "good/requirements.txt": "scikit-learn==1.5.2\n",
}
"""What every scan must see, whatever lies beside it."""
TESTS = Path(__file__).resolve().parents[1]
SCHEMA = jsonschema.Draft202012Validator(json.loads(assessment_schema()))


@dataclass(frozen=True)
class Scanned:
    """What a scan said."""

    reports: dict[str, str]
    megabytes: int

    @property
    def json(self) -> dict[str, Any]:
        """The JSON report."""
        value: dict[str, Any] = json.loads(self.reports["json"])
        return value

    @property
    def gaps(self) -> dict[str, set[str]]:
        """Path -> reasons."""
        found: dict[str, set[str]] = {}
        for gap in self.json["gaps"]:
            found.setdefault(gap["path"], set()).add(gap["reason"])
        return found

    def evidence(self, path: str) -> set[str]:
        """Detectors that saw something in a file."""
        return {e["detector"] for e in self.json["evidence"] if e["path"] == path}


class Scanner:
    """The server, asked one question at a time; every answer is a report as it should be."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def close(self) -> None:
        """Ends the server and what it is doing."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def ask(self, path: Path, rev: str | None = None, **limits: int) -> dict[str, Any]:
        """The server's answer, whatever it is; a server that hangs is ended, so that only one test fails."""
        if self._process is None:
            command = [sys.executable, "-m", "hostile.server"]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, text=True, cwd=TESTS, start_new_session=True
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps([str(path), rev, limits]) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except BaseException:
            self.close()
            raise
        return answer

    def __call__(self, path: Path, rev: str | None = None, **limits: int) -> Scanned:
        """The reports, which are whole, valid, within the memory, and show the good part of the project."""
        answer = self.ask(path, rev, **limits)
        assert "error" not in answer, f"the scan ended without a report: {answer['error']}"
        found = Scanned(answer["reports"], answer["megabytes"])
        SCHEMA.validate(found.json)
        assert found.megabytes <= MEGABYTES
        assert found.evidence("good/requirements.txt"), "the good part of the project was lost"
        return found


@pytest.fixture(scope="session")
def _server() -> Iterator[Scanner]:
    scanner = Scanner()
    yield scanner
    scanner.close()


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(PATIENCE, "the scan hangs"):
        yield


@pytest.fixture
def scan(_server: Scanner) -> Scanner:
    """Scans a folder."""
    return _server


@pytest.fixture
def project(tmp_path: Path) -> Repo:
    """A plain folder with the good part of a project."""
    repo = Repo(tmp_path / "project")
    repo.write(GOOD)
    return repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """The same as a repository with one commit."""
    return new_repo(tmp_path / "repo", GOOD)


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    """Programs that leave a mark when they run."""
    return Traps(tmp_path / "traps")


Build = Callable[[Path], None]
