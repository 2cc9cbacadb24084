"""A runner with mlscan installed, and repositories to run it on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from action.runner import ROOT, Job, Runner

Scan = Callable[..., Job]
"""Inputs and event -> what the job leaves behind."""

STORY = ROOT / "fixtures" / "repos" / "level-2-bird-calls"
IDENTITY = {
    "GIT_AUTHOR_NAME": "A. Author",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A. Author",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "GIT_AUTHOR_DATE": "2026-05-01T10:00:00Z",
    "GIT_COMMITTER_DATE": "2026-05-01T10:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    command = ["git", "-C", str(folder), *words]
    ran = subprocess.run(command, env={**os.environ, **IDENTITY}, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def commit(folder: Path, message: str = "change") -> str:
    """Commits everything; the commit's id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def bash() -> None:
    if shutil.which("bash") is None:
        pytest.skip("no bash on this system")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A fixture repository with one commit on `main`."""
    folder = tmp_path / "workspace"
    shutil.copytree(STORY, folder)
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    commit(folder, "story")
    return folder


@pytest.fixture
def runner(repository: Path, tmp_path: Path) -> Runner:
    """A runner whose workspace is the repository."""
    temporary = tmp_path / "temp"
    temporary.mkdir()
    return Runner(repository, temporary)


@pytest.fixture
def scan(runner: Runner) -> Scan:
    """Runs the action with an mlscan that is installed already: the one under test."""

    def scan(inputs: dict[str, str] | None = None, event: dict[str, str] | None = None) -> Job:
        return runner.run(inputs, event, install={"python": sys.executable})

    return scan
