"""What could not be listed is unknown in every report: a limit, a closed folder and a missing one never say no."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from snapshot.building import Repo, new_repo, run_git

from mlscan.content import load_content
from mlscan.detect import detect, places, shared_reading
from mlscan.report import render
from mlscan.scan import copies, scan
from mlscan.snapshot import open_snapshot
from mlscan.snapshot.disk import Disk
from mlscan.types.assessment import Assessment, Status
from mlscan.types.snapshot import Limits

NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": "from sklearn.svm import SVC\nmodel = SVC()\nmodel.fit(x, y)\n",
            }
        ],
        "metadata": {"kernelspec": {"language": "python", "name": "python3", "display_name": "p"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
FILES = {
    "a.ipynb": NOTEBOOK,
    "requirements.txt": "scikit-learn\n",
    "z/y/x/w/train.py": "from sklearn.svm import SVC\nSVC().fit(x, y)\n",
}
HIDDEN = ("notebooks-only", "tests", "monitoring", "ml-pipeline", "ci")


def present(found: Assessment) -> dict[str, bool | None]:
    return {practice.id: practice.present for practice in found.practices}


def check_open(found: Assessment, reason: str) -> None:
    """Nothing is said to be absent that could lie in what was not listed, in no form of the report."""
    assert reason in {gap.reason for gap in found.gaps}
    assert found.could_be == 5
    assert {name: present(found)[name] for name in HIDDEN} == dict.fromkeys(HIDDEN)
    assert present(found)["notebooks"] is True
    data: dict[str, Any] = json.loads(render(found, "json"))
    assert data["practices"]["tests"]["present"] is None
    assert reason in data["practices"]["tests"]["why"]
    unmet = [c for level in found.levels for c in level.criteria if c.status is Status.NOT_MET]
    assert [c.id for c in unmet if "not seen" in c.why] == []
    assert max(map(len, found.kind_reasons)) < 1_000
    for form in ("terminal", "markdown", "html"):
        assert reason in render(found, form)


def plain(tmp_path: Path) -> Path:
    repo = Repo(tmp_path / "repo")
    repo.write(FILES)
    return repo.path


def work_tree(tmp_path: Path) -> Path:
    return new_repo(tmp_path / "repo", FILES).path


def untracked(tmp_path: Path) -> Path:
    repo = new_repo(tmp_path / "repo")
    repo.write(FILES)
    return repo.path


def bare(tmp_path: Path) -> Path:
    run_git(tmp_path, "clone", "--quiet", "--bare", str(work_tree(tmp_path)), "bare.git")
    return tmp_path / "bare.git"


WAYS = pytest.mark.parametrize("make", [plain, work_tree, untracked, bare])


@WAYS
def test_files_beyond_the_limit(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    check_open(scan(make(tmp_path), limits=Limits(files=2)), "more files than the limit")


@WAYS
def test_folders_deeper_than_the_limit(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    check_open(scan(make(tmp_path), limits=Limits(depth=2)), "folder deeper than the limit")


@WAYS
def test_paths_longer_than_the_limit(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    found = scan(make(tmp_path), limits=Limits(path_bytes=15))
    assert "path longer than the limit" in {gap.reason for gap in found.gaps}
    assert present(found)["notebooks-only"] is None


@WAYS
def test_everything_is_known_where_all_is_listed(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    found = scan(make(tmp_path))
    assert {gap.reason for gap in found.gaps} <= {"no history"}
    assert {name: present(found)[name] for name in HIDDEN} == dict.fromkeys(HIDDEN, False)


@pytest.mark.parametrize("make", [plain, untracked])
def test_folders_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    before = Disk.entries

    def entries(self: Disk, folder: str, count: int) -> Any:
        if folder == "z/y":
            raise PermissionError(13, "no")
        return before(self, folder, count)

    monkeypatch.setattr(Disk, "entries", entries)
    check_open(scan(make(tmp_path)), "folder cannot be read")


@pytest.mark.parametrize("make", [plain, work_tree, untracked])
def test_files_whose_state_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Path]
) -> None:
    before = Disk.state

    def state(self: Disk, path: str) -> Any:
        if path.endswith("train.py"):
            raise PermissionError(13, "no")
        return before(self, path)

    monkeypatch.setattr(Disk, "state", state)
    monkeypatch.setattr(Disk, "read", _closed(Disk.read))
    found = scan(make(tmp_path))
    assert present(found)["notebooks-only"] is None
    assert {gap.path for gap in found.gaps} - {""} == {"z/y/x/w/train.py"}


def _closed(read: Any) -> Any:
    from mlscan.snapshot import reasons
    from mlscan.types.evidence import Gap

    def closed(self: Disk, path: str, limit: int) -> Any:
        return Gap(path, reasons.UNREADABLE) if path.endswith("train.py") else read(self, path, limit)

    return closed


def test_folders_that_a_partial_clone_lacks(tmp_path: Path) -> None:
    origin = new_repo(tmp_path / "repo", FILES)
    origin.git("config", "uploadpack.allowFilter", "true")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--filter=tree:2", f"file://{origin.path}", "partial.git")
    check_open_or_blind(scan(tmp_path / "partial.git"), "folder is missing from the object store (partial clone)")
    run_git(tmp_path, "clone", "--quiet", "--bare", "--filter=tree:0", f"file://{origin.path}", "nothing.git")
    found = scan(tmp_path / "nothing.git")
    assert (found.level, found.could_be, {k: v for k, v in present(found).items() if v is not None}) == (
        0,
        5,
        {"team": False},
    )


def check_open_or_blind(found: Assessment, reason: str) -> None:
    assert reason in {gap.reason for gap in found.gaps}
    assert found.could_be == 5
    assert present(found)["monitoring"] is None


def test_a_commit_that_cannot_be_read(tmp_path: Path) -> None:
    repo = bare(tmp_path)
    (repo / "HEAD").write_text("0" * 40 + "\n")
    found = scan(repo)
    assert (found.level, found.could_be, present(found)["tests"]) == (0, 5, None)


def test_untracked_files_that_git_cannot_be_asked_about(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.ipynb": NOTEBOOK})
    (repo.path / ".gitignore").symlink_to("/dev/null")
    found = scan(repo.path)
    assert present(found)["notebooks-only"] is True
    repo.write({"z/train.py": FILES["z/y/x/w/train.py"]})
    found = scan(repo.path)
    assert present(found)["notebooks-only"] is None
    assert "z" in {gap.path for gap in found.gaps}


def test_the_limit_of_time(tmp_path: Path) -> None:
    found = scan(work_tree(tmp_path), limits=Limits(seconds=-1))
    assert (found.level, found.could_be) == (0, 5)
    assert {name: present(found)[name] for name in HIDDEN} == dict.fromkeys(HIDDEN)


def test_a_project_whose_evidence_lies_elsewhere_may_have_its_own_unseen(tmp_path: Path) -> None:
    """Counts, too: there may be more than was seen."""
    repo = new_repo(tmp_path / "repo", {"a.py": "import sklearn\n", "b.py": "import sklearn\n", "z/c.py": "1\n"})
    assert present(scan(repo.path))["ml-code"] is False
    found = scan(repo.path, limits=Limits(files=2))
    assert present(found)["ml-code"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems read with one process")
@pytest.mark.parametrize("kept", [1, 20_000])
@pytest.mark.parametrize("files", [2, 4, 200])
def test_several_processes_leave_the_same_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int, kept: int
) -> None:
    monkeypatch.setattr(shared_reading, "LEAST", 1)
    monkeypatch.setattr(places, "PLACES", kept)
    content = load_content(examples=False).for_detect
    path = new_repo(tmp_path / "repo", {**FILES, "y/a.py": "import torch\n", "y/b.py": "import torch\n"}).path
    found = []
    for crew in (None, copies.Copies(2), copies.Copies(3)):
        with open_snapshot(path, limits=Limits(files=files)) as snapshot:
            found.append(detect(snapshot, content, crew=crew))
    assert found[0] == found[1] == found[2]
    assert bool(found[0].more) is (files < 5 or kept == 1)
