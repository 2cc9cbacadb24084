"""A clock that turns a snapshot that hangs into a failure, and traps for what must not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from clock import nothing_hangs

from snapshot.building import Repo, Traps, new_repo

PATIENCE = 60
"""Seconds; only a test that hangs ever takes as long."""


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(PATIENCE, "the snapshot blocks"):
        yield


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    """Programs that leave a mark when they run."""
    return Traps(tmp_path / "traps")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A small repository with one commit."""
    return new_repo(tmp_path / "repo", {"train.py": "import sklearn\n", "data/raw.csv": "a,b\n", "README.md": "# It\n"})
