"""Pipes, sockets and devices are never opened, locks are not waited for; what vanishes or changes is a gap."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlscan.snapshot import open_snapshot
from mlscan.types.evidence import Gap
from snapshot.building import OLD, Repo, new_repo, read_all, run_git

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")

NAMES = ("Dockerfile", "pyproject.toml", "train.py", "a.ipynb", ".gitlab-ci.yml")


def make_pipe(place: Path) -> None:
    os.mkfifo(place)


def make_socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(place.name)
    finally:
        os.chdir(here)


def make_device(place: Path) -> None:
    try:
        os.mknod(place, 0o666 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root can make devices")


def make_folder(place: Path) -> None:
    place.mkdir()


SPECIAL = {"pipe": make_pipe, "socket": make_socket, "device": make_device}


@pytest.mark.parametrize("way", ["plain", "untracked", "tracked"])
@pytest.mark.parametrize("make", SPECIAL.values(), ids=SPECIAL)
def test_pipes_sockets_and_devices_are_gaps(tmp_path: Path, make: Callable[[Path], None], way: str) -> None:
    repo = new_repo(tmp_path / "repo", {"good.py": "g", **(dict.fromkeys(NAMES, "x") if way == "tracked" else {})})
    if way == "plain":
        shutil.rmtree(repo.path / ".git")
    for name in NAMES:
        (repo.path / name).unlink(missing_ok=True)
        make(repo.path / name)
    found = read_all(repo.path)
    assert found.data == {"good.py": b"g"}
    assert found.gaps == {name: {"not a regular file"} for name in NAMES}
    assert found.info.dirty == (way == "tracked")


def test_a_tracked_file_that_has_become_a_folder_is_gone(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a": "a", "b.py": "b"})
    (repo.path / "a").unlink()
    repo.write({"a/new.py": "n"})
    assert read_all(repo.path).data == {"a/new.py": b"n", "b.py": b"b"}


def test_a_tracked_folder_that_has_become_a_file_is_that_file(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a/b.py": "b", "c.py": "c"})
    shutil.rmtree(repo.path / "a")
    repo.write({"a": "file"})
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({"a": b"file", "c.py": b"c"}, {})


def test_a_pipe_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late.py").write_text("x")
    real = os.open

    def watch(name: bytes, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        assert not stat.S_ISFIFO(os.stat(name, dir_fd=dir_fd, follow_symlinks=False).st_mode)
        return real(name, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", watch)
    with open_snapshot(tmp_path) as snapshot:
        (tmp_path / "late.py").unlink()
        os.mkfifo(tmp_path / "late.py")
        assert list(snapshot.read_many(["late.py"])) == [("late.py", Gap("late.py", "not a regular file"))]
        assert snapshot.head("late.py", 10) == Gap("late.py", "not a regular file")


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_comes_between_looking_and_opening_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "plain").mkdir()
    place = tmp_path / "plain" / "a.py"
    place.write_text("x")
    (tmp_path / "secret.py").write_text("secret")
    real = os.stat

    def look(name: bytes, **more: Any) -> os.stat_result:
        state = real(name, **more)
        if name == b"a.py":
            place.unlink()
            place.symlink_to("../secret.py") if kind == "link" else os.mkfifo(place)
        return state

    with open_snapshot(tmp_path / "plain") as snapshot:
        monkeypatch.setattr(os, "stat", look)
        got = dict(snapshot.read_many(["a.py"]))
        monkeypatch.undo()
    reason = "symbolic link, not followed" if kind == "link" else "not a regular file"
    assert got == {"a.py": Gap("a.py", reason)}


IN_GIT = [
    "HEAD", "config", "index", "packed-refs", "shallow", "commondir", "gitdir", "info/exclude", "info/grafts",
    "info/sparse-checkout", "refs/heads/pipe", "refs/heads/main", "refs/pipe", "objects/info/alternates",
    "objects/info/commit-graph", "objects/info/packs", "objects/pack/pack-1.idx", "objects/pack/pack-1.pack",
    "objects/pack/multi-pack-index", "objects/00/" + "0" * 38, "sharedindex." + "0" * 40, "config.worktree",
    "index.lock",
]  # fmt: skip


@pytest.mark.parametrize("make", [make_pipe, make_folder], ids=["pipe", "folder"])
@pytest.mark.parametrize("name", IN_GIT)
def test_a_pipe_or_folder_inside_the_git_folder_blocks_nothing(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    repo.write({"new.py": "n"})
    place = repo.git_dir / name
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    make(place)
    found = read_all(repo.path)
    assert (found.data, found.reasons - REFUSALS) == ({"a.py": b"a", "new.py": b"n"}, set())


REFUSALS = {
    "no repository that can be read",
    "the object store holds something that is no regular file",
    "the index cannot be read; scanned as a plain folder",
    "the commit of HEAD cannot be read",
}


@pytest.mark.parametrize("name", ["HEAD", "config", "packed-refs", "refs/heads/main", "commondir"])
def test_a_pipe_inside_a_nested_repository_blocks_nothing(repo: Repo, name: str) -> None:
    inner = new_repo(repo.path / "inner", {"a.py": ""})
    place = inner.git_dir / name
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    found = read_all(repo.path)
    assert found.gaps == {"inner": {"nested repository, not entered"}}


@pytest.mark.parametrize("name", [".git", ".gitmodules", ".gitattributes", ".mailmap", ".gitignore", "sub/.gitignore"])
def test_a_pipe_in_place_of_a_file_that_git_reads_blocks_nothing(repo: Repo, name: str) -> None:
    repo.write({"sub/new.py": "n", "sub/deep/er.py": "e"})
    place = repo.path / name
    if place.is_dir():
        shutil.rmtree(place)
    os.mkfifo(place)
    found = read_all(repo.path)
    assert {"train.py", "data/raw.csv", "README.md"} <= set(found.data)
    reasons = {
        ".git": {"no repository that can be read"},
        ".gitignore": {"untracked files are not listed: ignore rules cannot be read"},
    }
    assert found.gaps[name] == reasons.get(name.rpartition("/")[2], {"not a regular file"})


def test_a_pipe_in_place_of_ignore_rules_above_the_scanned_folder_blocks_nothing(repo: Repo) -> None:
    repo.commit({"sub/a.py": "a"})
    repo.write({"sub/new.py": "n"})
    os.mkfifo(repo.path / ".gitignore")
    found = read_all(repo.path / "sub")
    assert found.data == {"a.py": b"a"}
    assert found.reasons == {"untracked files are not listed: ignore rules cannot be read"}


def test_ignore_rules_without_end_are_not_read(repo: Repo) -> None:
    with (repo.path / ".gitignore").open("wb") as file:
        file.truncate(1 << 40)
    repo.write({"new.py": "n"})
    found = read_all(repo.path)
    assert "new.py" not in found.data
    assert found.gaps[".gitignore"] >= {"untracked files are not listed: ignore rules cannot be read"}


def test_a_pipe_in_a_linked_work_tree_blocks_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "../linked")
    git_dir = Repo(tmp_path / "linked").git_dir
    for name in ("gitdir", "commondir"):
        (git_dir / name).unlink()
        os.mkfifo(git_dir / name)
        assert set(read_all(tmp_path / "linked").gaps) == {".git"}


@pytest.mark.parametrize("change", ["gone", "folder gone", "a folder", "a pipe", "longer"])
def test_what_changes_while_it_is_read_is_a_gap_or_what_it_has_become(tmp_path: Path, change: str) -> None:
    plain = tmp_path / "plain"
    (plain / "sub").mkdir(parents=True)
    for name in ("sub/a.py", "z.py"):
        (plain / name).write_text("a")
    with open_snapshot(plain) as snapshot:
        place = plain / "sub" / "a.py"
        place.unlink()
        if change == "folder gone":
            place.parent.rmdir()
        elif change == "a folder":
            place.mkdir()
        elif change == "a pipe":
            os.mkfifo(place)
        elif change == "longer":
            place.write_text("longer than it was")
        got = dict(snapshot.read_many(["sub/a.py", "z.py"]))
    expected = {
        "a folder": Gap("sub/a.py", "not a regular file"),
        "a pipe": Gap("sub/a.py", "not a regular file"),
        "longer": b"longer than it was",
    }.get(change, Gap("sub/a.py", "vanished or changed while it was read"))
    assert got == {"sub/a.py": expected, "z.py": b"a"}


def test_a_clean_file_that_vanishes_is_still_read_from_its_object(repo: Repo) -> None:
    with open_snapshot(repo.path) as snapshot:
        for name in ("train.py", "README.md"):
            (repo.path / name).unlink()
        assert dict(snapshot.read_many(["train.py"])) == {"train.py": b"import sklearn\n"}


def test_a_repository_that_vanishes_while_it_is_read_leaves_gaps(repo: Repo) -> None:
    with open_snapshot(repo.path) as snapshot:
        shutil.rmtree(repo.path)
        got = dict(snapshot.read_many([f.path for f in snapshot.files]))
        assert all(isinstance(content, Gap) for content in got.values())
        assert isinstance(snapshot.authors(), Gap)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("closed.py", "sub/in.py", "open.py"):
        (tmp_path / name).write_text("x")
    (tmp_path / "closed.py").chmod(0)
    (tmp_path / "sub").chmod(0)
    found = read_all(tmp_path)
    (tmp_path / "sub").chmod(0o700)
    assert found.data == {"open.py": b"x"}
    assert found.gaps == {"closed.py": {"no permission to read"}, "sub": {"folder cannot be read"}}


def test_a_file_that_the_system_refuses_to_read_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("closed.py", "sub/in.py", "open.py"):
        (tmp_path / name).write_text("x")
    real = os.open

    def refuse(name: str | bytes, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        if os.fsencode(name).endswith((b"closed.py", b"sub")):
            raise PermissionError(13, "refused")
        return real(name, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    found = read_all(tmp_path)
    monkeypatch.undo()
    assert found.data == {"open.py": b"x"}
    assert found.gaps == {"closed.py": {"no permission to read"}, "sub": {"folder cannot be read"}}


def test_many_folders_that_cannot_be_entered_use_up_nothing(tmp_path: Path) -> None:
    for number in range(1_500):
        (tmp_path / f"d{number:04}" / "sub").mkdir(parents=True)
        (tmp_path / f"d{number:04}" / "sub" / "a.py").write_text("")
    with open_snapshot(tmp_path) as snapshot:
        for number in range(1_500):
            shutil.rmtree(tmp_path / f"d{number:04}" / "sub")
        (tmp_path / "d0000" / "sub").mkdir()
        (tmp_path / "d0000" / "sub" / "a.py").write_text("a")
        got = [data for _, data in snapshot.read_many(sorted((f.path for f in snapshot.files), reverse=True))]
    assert got[-1] == b"a"
    assert {g.reason for g in got[:-1] if isinstance(g, Gap)} == {"vanished or changed while it was read"}


def test_a_huge_file_costs_nothing(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    for name in ("huge.py", "huge.ipynb"):
        with (repo.path / name).open("wb") as file:
            file.truncate(1 << 42)
    found = read_all(repo.path)
    assert (found.data, found.gaps) == (
        {"a.py": b"a"},
        {name: {"larger than the limit"} for name in ("huge.py", "huge.ipynb")},
    )
    with open_snapshot(repo.path) as snapshot:
        assert snapshot.head("huge.py", 3) == b"\0\0\0"


def test_time_stamps_of_any_kind_are_no_trouble(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    for stamp in (0, -5, 2**33, OLD):
        os.utime(repo.path / "a.py", (stamp, stamp))
        assert read_all(repo.path).data == {"a.py": b"a"}
    date = "@99999999999999 +9999"
    repo.write({"b.py": "b"})
    repo.git("add", "b.py")
    run_git(repo.path, "commit", "-q", "-m", "late", GIT_COMMITTER_DATE=date, GIT_AUTHOR_DATE=date, check=False)
    assert read_all(repo.path).data == {"a.py": b"a", "b.py": b"b"}
