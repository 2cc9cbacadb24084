"""A scan of a fleet clone and a scan of a full local clone give the same JSON, but for what is named unknown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from snapshot.building import Repo

from fleet.cloning.parity import Report, both, differences, unknown
from fleet.cloning.server import GitServer
from mlscan.fleet.cloning import CloneLimits

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "repos"
LIMITS = CloneLimits()


def files_of(folder: Path) -> dict[str, str | bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def history(repo: Repo) -> None:
    """Commits of four people under five addresses, one of them a bot."""
    for number, (name, email) in enumerate(
        [("Ann", "ann@example.org"), ("Bob", "bob@example.org"), ("Bob B", "bob@example.org"), ("Cy", "cy@example.org")]
    ):
        repo.write({"notes.md": "x" * (number + 1)})
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "--message", "c", GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=email)
    bot = "dependabot[bot] <bot@users.noreply.github.com>"
    repo.git("commit", "--quiet", "--allow-empty", "--message", "c", f"--author={bot}")


def branches(repo: Repo) -> None:
    """Branches for stages, which decide on what a workflow does."""
    for name in ("dev", "staging", "release/1"):
        repo.git("branch", name)


def merged(repo: Repo) -> None:
    """A side branch with a person of its own, merged."""
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write({"side.py": "import pandas\n"})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message", "c", GIT_AUTHOR_NAME="Dee", GIT_AUTHOR_EMAIL="dee@example.org")
    repo.git("checkout", "--quiet", "main")
    repo.commit({"other.md": "x"})
    repo.git("merge", "--quiet", "--no-ff", "--message", "m", "side")


def large(repo: Repo) -> None:
    """Files that the reader does not read, and a notebook that it does."""
    cell = '{"cell_type": "code", "source": ["import sklearn\\n"], "outputs": [], "metadata": {}, "execution_count": 1}'
    book = f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{cell}]}}'
    size = LIMITS.file_bytes
    repo.commit({"big.ipynb": book + " " * size, "data.csv": "1\n" * size, "huge.py": "import mlflow\n" * (size // 10)})


def renamed_people(repo: Repo) -> None:
    """A mailmap that makes two people one."""
    repo.commit({".mailmap": "Ann <ann@example.org> <cy@example.org>\n"})


def deep(repo: Repo) -> None:
    """A reverted change: the file of now is one that an older commit had."""
    repo.commit({"train.py": "import torch\n"})
    repo.commit({"train.py": "import sklearn\n"})
    repo.commit({"train.py": "import torch\n"})


SHAPES: dict[str, Callable[[Repo], None]] = {
    shape.__name__: shape for shape in (history, branches, merged, large, renamed_people, deep)
}


def compared(server: GitServer, repo: Repo, tmp_path: Path) -> tuple[Report, Report]:
    (tmp_path / "here").mkdir()
    full, fleet = both(server, repo.path.name, tmp_path / "here", LIMITS)
    assert differences(full, fleet) == []
    return full, fleet


@pytest.mark.parametrize("fixture", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_every_level(server: GitServer, tmp_path: Path, fixture: str) -> None:
    repo = server.repository(fixture, files_of(FIXTURES / fixture))
    history(repo)
    branches(repo)
    full, fleet = compared(server, repo, tmp_path)
    assert full["level"] == fleet["level"]
    assert full["scale"]["contributors"] == fleet["scale"]["contributors"]


OTHERS = ("level-1-wine-notebooks", "level-2-bird-calls", "level-4-delivery-times", "level-1-r-bakery-sales")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fixture", ["level-3-parking-demand", *OTHERS])
def test_every_shape(server: GitServer, tmp_path: Path, shape: str, fixture: str) -> None:
    shaped(server, tmp_path, shape, fixture)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_partial_clone_nothing_is_unknown(server: GitServer, tmp_path: Path, shape: str) -> None:
    full, fleet = shaped(server, tmp_path, shape, "level-3-parking-demand", partial=False)
    assert unknown(full, fleet) == []


def shaped(
    server: GitServer, tmp_path: Path, shape: str, fixture: str, *, partial: bool = True
) -> tuple[Report, Report]:
    repo = server.repository(shape, files_of(FIXTURES / fixture), partial=partial)
    history(repo)
    SHAPES[shape](repo)
    full, fleet = compared(server, repo, tmp_path)
    assert full["scale"]["contributors"] == fleet["scale"]["contributors"] > 1
    return full, fleet


def test_the_comparison_sees_what_differs(server: GitServer, tmp_path: Path) -> None:
    repo = server.repository("x", files_of(FIXTURES / "level-2-bird-calls"))
    (tmp_path / "here").mkdir()
    full, fleet = both(server, "x", tmp_path / "here", LIMITS)
    for change in (
        {"level": 5},
        {"kind": "other"},
        {"evidence": fleet["evidence"][1:]},
        {"scale": {**fleet["scale"], "contributors": 9}},
        {"practices": {**fleet["practices"], "tests": {**fleet["practices"]["tests"], "present": True, "why": "x"}}},
    ):
        assert differences(full, {**fleet, **change}), change
    assert repo.head == full["repository"]["revision"]
