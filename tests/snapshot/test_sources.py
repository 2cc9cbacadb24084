"""Whatever a user may name as a target, and the states that a repository may be in."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest

from mlscan.snapshot import open_snapshot
from mlscan.types.errors import NothingToScan, SnapshotClosed, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Author, History, Limits
from snapshot.building import DATE, OLD, Repo, new_repo, read_all, run_git

FILES = {"train.py": b"import sklearn\n", "data/raw.csv": b"a,b\n", "README.md": b"# It\n"}


def test_a_work_tree_gives_its_tracked_files_and_its_commit(repo: Repo) -> None:
    found = read_all(repo.path)
    assert found.data == FILES
    assert found.gaps == {}
    info = found.info
    assert (info.name, info.url, info.revision) == ("repo", None, repo.head)
    assert (info.dirty, info.history, info.committed_on, info.branches) == (False, History.FULL, DATE[:10], ("main",))
    assert found.authors == {Author("Ann", "ann@example.org"): 1}


def test_a_changed_file_is_read_from_disk_and_makes_the_tree_dirty(repo: Repo) -> None:
    (repo.path / "train.py").write_text("import torch\n")
    found = read_all(repo.path)
    assert found.data == {**FILES, "train.py": b"import torch\n"}
    assert (found.info.dirty, found.gaps) == (True, {})


def test_a_deleted_file_is_not_listed_and_makes_the_tree_dirty(repo: Repo) -> None:
    (repo.path / "train.py").unlink()
    shutil.rmtree(repo.path / "data")
    found = read_all(repo.path)
    assert set(found.data) == {"README.md"}
    assert (found.info.dirty, found.gaps) == (True, {})


def test_untracked_files_are_listed_unless_git_ignores_them(repo: Repo) -> None:
    repo.commit({".gitignore": "*.log\n/out/\n!keep.log\n", "src/.gitignore": "cache/\n", "src/a.py": "", "x.log": "t"})
    (repo.git_dir / "info" / "exclude").write_text("mine\n")
    repo.write(
        {
            "new.py": "n",
            "src/new.py": "n",
            "src/cache/a.py": "",
            "deep/er/new.py": "n",
            "deep/er/b.log": "",
            "keep.log": "k",
            "out/a/b.py": "",
            "src/out/kept.py": "k",
            "mine": "",
        }
    )
    found = read_all(repo.path)
    own = run_git(repo.path, "ls-files", "--cached", "--others", "--exclude-standard").decode().split()
    assert sorted(found.data) == sorted(own)
    assert {"new.py", "src/new.py", "deep/er/new.py", "keep.log", "src/out/kept.py", "x.log"} <= set(found.data)
    assert (found.info.dirty, found.gaps) == (True, {})


def test_a_subfolder_is_a_snapshot_of_its_own(repo: Repo) -> None:
    repo.commit(
        {"a/b/one.py": "1", "a/two.py": "2", "ab/three.py": "3", ".gitignore": "*.log\n", "a/.gitignore": "t*\n"}
    )
    repo.write({"a/b/new.py": "n", "a/b/x.log": "", "a/b/tmp": ""})
    (repo.path / "a/b/one.py").write_text("changed")
    found = read_all(repo.path / "a" / "b")
    assert found.data == {"new.py": b"n", "one.py": b"changed"}
    assert (found.info.name, found.info.revision, found.info.dirty) == ("repo", repo.head, True)
    at_head = read_all(repo.path / "a" / "b", rev="HEAD")
    assert (at_head.data, at_head.info.dirty) == ({"one.py": b"1"}, False)


@pytest.mark.parametrize("rev", [None, "HEAD"])
def test_a_subfolder_knows_where_it_lies(repo: Repo, rev: str | None) -> None:
    repo.commit({"ml/churn/fit.py": "1"})
    assert read_all(repo.path / "ml" / "churn", rev=rev).info.folder == "ml/churn"
    assert read_all(repo.path, rev=rev).info.folder == ""


def test_a_subfolder_that_git_ignores_is_a_plain_folder(repo: Repo) -> None:
    repo.commit({".gitignore": "/venv/\n"})
    repo.write({"venv/lib/a.py": "a"})
    found = read_all(repo.path / "venv")
    assert (found.data, found.info.revision, found.info.history) == ({"lib/a.py": b"a"}, None, History.NONE)


def test_a_plain_folder_is_read_from_disk(tmp_path: Path) -> None:
    (tmp_path / "p" / "src").mkdir(parents=True)
    (tmp_path / "p" / "src" / "a.py").write_text("a")
    (tmp_path / "p" / "run.sh").write_text("b")
    (tmp_path / "p" / "run.sh").chmod(0o755)
    found = read_all(tmp_path / "p")
    assert found.data == {"src/a.py": b"a", "run.sh": b"b"}
    assert (found.info.name, found.info.revision, found.info.dirty) == ("p", None, False)
    assert found.authors == Gap("", "no history")
    with open_snapshot(tmp_path / "p") as snapshot:
        assert [(f.path, f.size, f.executable) for f in snapshot.files] == [("run.sh", 1, True), ("src/a.py", 1, False)]


@pytest.mark.parametrize("form", ["bare", "git-folder", "revision"])
def test_bare_repository_git_folder_and_revision_give_the_same(repo: Repo, tmp_path: Path, form: str) -> None:
    run_git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
    repo.write({"untracked.py": ""})
    (repo.path / "train.py").write_text("changed")
    target = {"bare": tmp_path / "bare.git", "git-folder": repo.path / ".git", "revision": repo.path}[form]
    found = read_all(target, rev="HEAD" if form == "revision" else None)
    assert (found.data, found.gaps) == (FILES, {})
    assert (found.info.name, found.info.revision, found.info.dirty) == ("repo", repo.head, False)
    assert found.info.branches == ("main",)


@pytest.mark.parametrize("name", ["main", "v1", "v2", "HEAD", "HEAD~0", "refs/heads/main", "old~1^0", "SHORT", "FULL"])
def test_a_revision_may_have_any_of_its_names(repo: Repo, name: str) -> None:
    first = repo.head
    repo.git("tag", "v1")
    repo.git("tag", "--annotate", "-m", "two", "v2")
    repo.git("branch", "old")
    repo.git("checkout", "--quiet", "old")
    repo.commit({"later.py": ""})
    repo.git("checkout", "--quiet", "main")
    found = read_all(repo.path, rev={"SHORT": first[:8], "FULL": first}.get(name, name))
    assert (found.info.revision, found.data) == (first, FILES)


@pytest.mark.parametrize(
    "name", ["nothing", "HEAD:train.py", "^HEAD", "main..main", "HEAD^{tree}", "0" * 40, "a b", "\x01"]
)
def test_a_revision_that_is_none_is_an_error_of_one_line(repo: Repo, name: str) -> None:
    with pytest.raises(NothingToScan, match="no revision") as caught:
        open_snapshot(repo.path, rev=name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "-x", "--output=mark", "-", "a\nb", "a\0b", "\ud800"])
def test_a_revision_that_git_would_take_for_something_else_is_wrong_usage(repo: Repo, name: str) -> None:
    with pytest.raises(UsageError):
        open_snapshot(repo.path, rev=name)
    assert not (repo.path / "mark").exists()


def test_a_revision_of_no_repository_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(NothingToScan, match="no git repository"):
        open_snapshot(tmp_path / "plain", rev="HEAD")


@pytest.mark.parametrize("name", ["missing", "file", "\0", "x" * 5000])
def test_a_target_that_is_no_folder_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NothingToScan):
        open_snapshot(tmp_path / name if name.isprintable() else str(tmp_path) + name)


def test_a_subfolder_that_a_revision_does_not_have_is_an_error(repo: Repo) -> None:
    first = repo.head
    repo.commit({"later/a.py": "a"})
    assert read_all(repo.path / "later", rev="HEAD").data == {"a.py": b"a"}
    with pytest.raises(NothingToScan, match="no such folder in the revision"):
        open_snapshot(repo.path / "later", rev=first)


def test_a_detached_head_is_a_commit_like_any_other(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "--detach")
    found = read_all(repo.path)
    assert (found.data, found.info.revision, found.gaps) == (FILES, repo.head, {})


def test_before_the_first_commit_the_files_are_there_and_no_revision(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "new")
    repo.write({"a.py": "a", "b.log": "", ".gitignore": "*.log\n"})
    for _ in range(2):
        found = read_all(repo.path)
        assert set(found.data) == {"a.py", ".gitignore"}
        assert (found.info.revision, found.info.history, found.authors) == (None, History.NONE, Gap("", "no history"))
        assert found.info.dirty
        repo.git("add", "a.py")
    with pytest.raises(NothingToScan):
        open_snapshot(repo.path, rev="HEAD")


def test_an_empty_bare_repository_says_that_there_is_no_commit(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "new.git", None, "--bare")
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({}, {"": {"the repository has no commit yet"}})


def test_a_head_that_is_broken_is_not_taken_for_an_empty_repository(repo: Repo, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
    (tmp_path / "bare.git" / "HEAD").write_text("0" * 40 + "\n")
    (repo.path / ".git" / "HEAD").write_text("garbage\n")
    assert read_all(tmp_path / "bare.git").gaps == {"": {"the commit of HEAD cannot be read"}}
    found = read_all(repo.path)
    assert (found.data, found.gaps) == (FILES, {".git": {"the commit of HEAD cannot be read"}})


def test_a_linked_work_tree_is_followed_to_its_repository(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-b", "side", "../linked")
    linked = Repo(tmp_path / "linked")
    linked.commit({"side.py": "s"})
    linked.write({"new.py": "n"})
    found = read_all(linked.path)
    assert found.data == {**FILES, "side.py": b"s", "new.py": b"n"}
    assert (found.info.revision, found.gaps) == (linked.head, {})
    assert found.info.branches == ("main", "side")
    assert read_all(linked.git_dir).data == {**FILES, "side.py": b"s"}


def test_a_linked_work_tree_with_relative_paths_is_followed(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "../linked")
    (repo.path / ".git/worktrees/linked/gitdir").write_text("../../../../linked/.git\n")
    (tmp_path / "linked/.git").write_text("gitdir: ../repo/.git/worktrees/linked\n")
    found = read_all(tmp_path / "linked")
    assert (found.data, found.gaps) == (FILES, {})


def test_submodules_are_listed_and_not_entered_and_can_be_scanned_themselves(repo: Repo, tmp_path: Path) -> None:
    outer = new_repo(tmp_path / "outer", {"a.py": "a"})
    outer.git("submodule", "--quiet", "add", "../repo", "libs/inner")
    outer.git("commit", "--quiet", "-m", "with a submodule")
    (outer.path / "libs/inner/untracked.py").write_text("")
    found = read_all(outer.path)
    assert set(found.data) == {"a.py", ".gitmodules"}
    assert found.info.submodules == ("libs/inner",)
    assert found.gaps == {"libs/inner": {"submodule, not entered"}}
    at_head = read_all(outer.path, rev="HEAD")
    assert (at_head.gaps, at_head.info.submodules) == (found.gaps, found.info.submodules)
    inner = read_all(outer.path / "libs" / "inner")
    assert (inner.data, inner.gaps) == ({**FILES, "untracked.py": b""}, {})
    assert inner.info.revision == repo.head


def test_a_nested_repository_is_not_entered(repo: Repo) -> None:
    new_repo(repo.path / "inner", {"hidden.py": ""})
    new_repo(repo.path / "deep/er/inner", {"hidden.py": ""})
    found = read_all(repo.path)
    assert found.data == FILES
    reasons = {"nested repository, not entered"}
    assert found.gaps == {"inner": reasons, "deep/er/inner": reasons}


def test_a_sha256_repository_is_read_like_any_other(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "long", {"a/b.py": "b", "c.py": "c"}, "--object-format=sha256")
    (repo.path / "c.py").write_text("changed")
    assert len(repo.head) == 64
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({"a/b.py": b"b", "c.py": b"changed"}, {})
    at_head = read_all(repo.path, rev="HEAD")
    assert (at_head.data, at_head.info.revision) == ({"a/b.py": b"b", "c.py": b"c"}, repo.head)
    os.utime(repo.path / "a" / "b.py")
    (repo.path / "c.py").write_text("c")
    assert not read_all(repo.path).info.dirty
    assert found.authors == {Author("Ann", "ann@example.org"): 1}


def test_a_clone_without_checkout_is_scanned_at_its_commit(repo: Repo, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "--quiet", "--no-checkout", "repo", "clone")
    found = read_all(tmp_path / "clone")
    assert (found.data, found.gaps, found.info.dirty) == (FILES, {}, False)
    (tmp_path / "clone" / "x.py").write_text("")
    assert read_all(tmp_path / "clone").reasons == {"no index: the commit is scanned, not the files that lie there"}


def test_files_left_out_by_a_sparse_checkout_are_read_from_their_objects(repo: Repo) -> None:
    repo.git("sparse-checkout", "set", "--no-cone", "/data/")
    assert not (repo.path / "train.py").exists()
    found = read_all(repo.path)
    assert (found.data, found.info.dirty, found.gaps) == (FILES, False, {})


def test_a_sparse_index_is_read(repo: Repo) -> None:
    repo.commit({"big/a.py": "a", "big/b/c.py": "c"})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "data")
    found = read_all(repo.path)
    assert (found.data, found.info.dirty) == ({**FILES, "big/a.py": b"a", "big/b/c.py": b"c"}, False)


def test_a_split_index_is_read(repo: Repo) -> None:
    repo.git("update-index", "--split-index")
    repo.commit({"new.py": "n"})
    assert list((repo.path / ".git").glob("sharedindex.*"))
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({**FILES, "new.py": b"n"}, {})


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_an_index_of_any_version_is_read(repo: Repo, version: str) -> None:
    repo.git("update-index", "--index-version", version)
    assert read_all(repo.path).data == FILES


def test_an_index_that_is_broken_makes_a_plain_folder_with_a_gap(repo: Repo) -> None:
    (repo.path / ".git" / "index").write_bytes(b"DIRC broken")
    found = read_all(repo.path)
    assert (found.data, found.info.revision) == (FILES, None)
    assert found.gaps == {".git": {"the index cannot be read; scanned as a plain folder"}}


def test_a_file_that_is_only_announced_to_git_is_read_from_disk(repo: Repo) -> None:
    repo.write({"soon.py": "s", "empty.py": ""})
    repo.git("add", "--intent-to-add", "soon.py", "empty.py")
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({**FILES, "soon.py": b"s", "empty.py": b""}, {})


def test_a_conflict_shows_the_file_as_it_lies_there(repo: Repo) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"train.py": "side\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"train.py": "main\n"})
    repo.git("merge", "side", check=False)
    found = read_all(repo.path)
    assert b"<<<<<<<" in found.data["train.py"]
    assert (len(found.data), found.info.dirty) == (3, True)


def test_locks_of_another_process_are_not_waited_for(repo: Repo) -> None:
    for name in ("index.lock", "HEAD.lock", "packed-refs.lock", "shallow.lock", "config.lock", "refs/heads/main.lock"):
        (repo.path / ".git" / name).write_text("")
    found = read_all(repo.path)
    assert (found.data, found.gaps, found.info.branches) == (FILES, {}, ("main",))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_read(repo: Repo) -> None:
    for place in [repo.path, *repo.path.rglob("*")]:
        os.chown(place, 65534, 65534)
    assert run_git(repo.path, "status", check=False) == b""
    repo_found = read_all(repo.path)
    assert (repo_found.data, repo_found.gaps) == (FILES, {})
    assert (repo_found.info.dirty, repo_found.info.branches) == (False, ("main",))
    assert read_all(repo.path, rev="main").data == FILES


def test_git_comes_before_a_folder_that_only_looks_like_a_bare_repository(repo: Repo) -> None:
    other = new_repo(repo.path.parent / "other", {"other.py": ""})
    shutil.copytree(other.path / ".git", repo.path, dirs_exist_ok=True)
    assert "train.py" in read_all(repo.path).data


def test_the_target_may_be_a_link_or_relative(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(repo.path)
    monkeypatch.chdir(repo.path / "data")
    assert read_all(tmp_path / "link").data == FILES
    assert read_all(".").data == {"raw.csv": b"a,b\n"}
    assert read_all("..").data == FILES


def test_nothing_of_the_repository_is_written(repo: Repo) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_size) for p in [repo.path, *repo.path.rglob("*")]}

    os.utime(repo.path / "train.py", (OLD + 5, OLD + 5))
    before = state()
    read_all(repo.path)
    read_all(repo.path, rev="HEAD")
    assert state() == before


def test_a_closed_snapshot_gives_nothing_and_leaves_nothing(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    snapshot = open_snapshot(repo.path)
    reading = snapshot.read_many(["train.py", "README.md"])
    assert next(reading) == ("train.py", FILES["train.py"])
    assert list((tmp_path / "temporary").iterdir()) != []
    snapshot.close()
    snapshot.close()
    assert list((tmp_path / "temporary").iterdir()) == []
    with pytest.raises(SnapshotClosed):
        next(reading)
    for call in (lambda: list(snapshot.read_many(["train.py"])), lambda: snapshot.head("train.py", 1)):
        with pytest.raises(SnapshotClosed):
            call()


def test_a_snapshot_that_nobody_closes_leaves_nothing(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    snapshot = open_snapshot(repo.path)
    next(snapshot.read_many(["train.py", "README.md"]))
    del snapshot
    gc.collect()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_failed_opening_leaves_nothing(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with pytest.raises(NothingToScan):
        open_snapshot(repo.path, rev="nothing")
    assert list((tmp_path / "temporary").iterdir()) == []


def touched(folder: Path, **limits: int) -> dict[str, set[str]]:
    with open_snapshot(folder, limits=Limits(**limits)) as snapshot:
        found = snapshot.touched()
    assert not isinstance(found, Gap)
    return {author.name: set(paths) for author, paths in found.items()}


def test_people_and_the_paths_that_they_change(repo: Repo) -> None:
    repo.commit({"ml/fit.py": "1", "ml/é b.sql": "1", "mlx.py": "1"})
    repo.git("commit", "--quiet", "--allow-empty", "--message", "nothing", "--author", "Bee <bee@example.org>")
    repo.git("mv", "ml/fit.py", "ml/new.py")
    repo.git("commit", "--quiet", "--message", "moved", "--author", "Cy <cy@example.org>")
    found = touched(repo.path)
    assert found["Bee"] == set()
    assert found["Ann"] >= {"ml/fit.py", "ml/é b.sql", "mlx.py"}
    assert found["Cy"] == {"ml/fit.py", "ml/new.py"}
    below = touched(repo.path / "ml")
    assert set().union(*below.values()) == {"fit.py", "é b.sql", "new.py"}
    newest = touched(repo.path, recent_commits=1)
    assert list(newest.values()) == [{"ml/fit.py", "ml/new.py"}]
    assert touched(repo.path, changed_paths=1)["Cy"] == {"ml/fit.py"}


def test_without_history_nobody_touches_anything(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    with open_snapshot(tmp_path) as snapshot:
        assert isinstance(snapshot.touched(), Gap)
