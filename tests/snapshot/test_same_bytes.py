"""A clean file has the bytes of its object, whatever the checkout made of it; a changed one those on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlscan.snapshot import open_snapshot
from snapshot.building import OLD, Repo, new_repo, read_all


def test_a_file_that_is_clean_by_its_index_entry_is_read_from_its_object(repo: Repo) -> None:
    (repo.path / "train.py").write_text("IMPORT SKLEARN\n")
    os.utime(repo.path / "train.py", (OLD, OLD))
    found = read_all(repo.path)
    assert (found.data["train.py"], found.info.dirty) == (b"import sklearn\n", False)


def test_a_file_as_young_as_the_index_is_compared_by_its_content(repo: Repo) -> None:
    (repo.path / "train.py").write_text("IMPORT SKLEARN\n")
    os.utime(repo.path / "train.py", (OLD, OLD))
    os.utime(repo.git_dir / "index", (OLD, OLD))
    found = read_all(repo.path)
    assert (found.data["train.py"], found.info.dirty) == (b"IMPORT SKLEARN\n", True)


@pytest.mark.parametrize("stamp", [OLD - 10, OLD + 10])
def test_a_file_with_another_time_stamp_and_the_same_content_is_clean(repo: Repo, stamp: int) -> None:
    os.utime(repo.path / "train.py", (stamp, stamp))
    assert not read_all(repo.path).info.dirty


def test_a_file_of_another_length_is_changed(repo: Repo) -> None:
    (repo.path / "train.py").write_text("import sklearn\n\n")
    os.utime(repo.path / "train.py", (OLD, OLD))
    found = read_all(repo.path)
    assert (found.data["train.py"], found.info.dirty) == (b"import sklearn\n\n", True)


def test_line_ends_that_a_checkout_has_turned_are_those_of_the_repository(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {".gitattributes": "*.py text eol=crlf\n", "a.py": "a\nb\n"})
    (repo.path / "a.py").unlink()
    repo.git("checkout", "--quiet", "--", "a.py")
    assert (repo.path / "a.py").read_bytes() == b"a\r\nb\r\n"
    os.utime(repo.path / "a.py", (OLD, OLD))
    repo.git("update-index", "--refresh")
    found = read_all(repo.path)
    assert (found.data["a.py"], found.info.dirty) == (b"a\nb\n", False)
    (repo.path / "a.py").write_bytes(b"a\r\nc\r\n")
    assert read_all(repo.path).data["a.py"] == b"a\r\nc\r\n"


def test_whether_a_file_can_be_run_comes_from_where_its_bytes_come_from(repo: Repo) -> None:
    repo.write({"run.sh": "a", "new.sh": "b"})
    (repo.path / "run.sh").chmod(0o755)
    repo.git("add", "run.sh")
    repo.git("commit", "--quiet", "-m", "run")
    (repo.path / "new.sh").chmod(0o755)
    with open_snapshot(repo.path) as snapshot:
        assert [f.path for f in snapshot.files if f.executable] == ["new.sh", "run.sh"]
    with open_snapshot(repo.path, rev="HEAD") as snapshot:
        assert [f.path for f in snapshot.files if f.executable] == ["run.sh"]


def test_a_file_that_is_staged_is_read_as_it_is_staged_and_lies_there(repo: Repo) -> None:
    repo.write({"train.py": "staged\n", "new.py": "new\n"})
    repo.git("add", "train.py", "new.py")
    found = read_all(repo.path)
    assert (found.data["train.py"], found.data["new.py"], found.info.dirty) == (b"staged\n", b"new\n", True)
    assert not read_all(repo.path / "data").info.dirty
    repo.write({"data/raw.csv": "staged\n"})
    repo.git("add", "data/raw.csv")
    assert read_all(repo.path / "data").info.dirty


def test_a_file_that_is_staged_to_be_deleted_makes_the_tree_dirty(repo: Repo) -> None:
    repo.git("rm", "--quiet", "data/raw.csv")
    assert read_all(repo.path).info.dirty
    (repo.path / "data").mkdir()
    assert not read_all(repo.path, rev="HEAD").info.dirty


def test_more_bytes_than_are_compared_are_read_from_disk(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.snapshot.worktree.HASHED", 5)
    for name in ("train.py", "README.md"):
        os.utime(repo.path / name)
    found = read_all(repo.path)
    assert (found.data["train.py"], found.data["README.md"]) == (b"import sklearn\n", b"# It\n")
    assert found.gaps == {}
