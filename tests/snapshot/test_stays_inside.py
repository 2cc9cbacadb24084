"""Nothing outside the scanned folder is read: links, gitdir files, alternates, paths that lead up."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from mlscan.snapshot import open_snapshot
from mlscan.snapshot.disk import Disk
from mlscan.types.errors import NothingToScan
from mlscan.types.evidence import Gap
from snapshot.building import OLD, Read, Repo, new_repo, read_all, run_git

SECRET = b"password = hunter2\n"
LINK = "symbolic link, not followed"


@pytest.fixture
def secret(tmp_path: Path) -> Repo:
    """Somebody else's repository, next to the scanned one."""
    return new_repo(tmp_path / "secret", {"secret.py": SECRET})


def no_secret(found: Read) -> bool:
    return all(b"hunter2" not in data for data in found.data.values()) and "secret.py" not in found.data


LINKS = {
    "a file outside": "../secret/secret.py",
    "a folder outside": "../secret",
    "an absolute path": "/etc/passwd",
    "nothing": "missing",
    "itself": "link.py",
    "each other": "back.py",
    "a device without end": "/dev/zero",
    "a terminal": "/dev/tty",
    "the process table": "/proc/self/environ",
    "a file inside": "train.py",
    "a folder inside": "data",
    "the root": "/",
    "the git folder": ".git/config",
}


@pytest.mark.parametrize("way", ["tracked", "untracked", "plain"])
@pytest.mark.parametrize("to", LINKS.values(), ids=LINKS)
def test_a_link_is_a_gap_wherever_it_leads(tmp_path: Path, secret: Repo, to: str, way: str) -> None:
    repo = new_repo(tmp_path / "repo", {"train.py": "t", "data/raw.csv": "r"})
    (repo.path / "link.py").symlink_to(to)
    (repo.path / "data" / "back.py").symlink_to("../data/../link.py")
    (repo.path / "back.py").symlink_to("link.py")
    if way == "tracked":
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "-m", "links")
    elif way == "plain":
        shutil.rmtree(repo.path / ".git")
    found = read_all(repo.path)
    assert found.data == {"train.py": b"t", "data/raw.csv": b"r"}
    assert found.gaps == {"link.py": {LINK}, "back.py": {LINK}, "data/back.py": {LINK}}
    assert not found.info.dirty
    if way == "tracked":
        assert (read_all(repo.path, rev="HEAD").data, read_all(repo.path, rev="HEAD").gaps) == (found.data, found.gaps)


@pytest.mark.parametrize("what", ["file", "folder", "deep folder"])
def test_a_tracked_file_that_has_become_a_link_is_a_gap(tmp_path: Path, secret: Repo, what: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a/b/secret.py": "mine"})
    place = repo.path / {"file": "a/b/secret.py", "folder": "a/b", "deep folder": "a"}[what]
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    (secret.path / "b").mkdir()
    shutil.copy(secret.path / "secret.py", secret.path / "b")
    place.symlink_to(secret.path / ("secret.py" if what == "file" else ""))
    found = read_all(repo.path)
    assert (found.data, found.info.dirty) == ({}, True)
    assert found.gaps == {place.relative_to(repo.path).as_posix(): {LINK}}


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_that_comes_while_reading_is_not_followed(tmp_path: Path, secret: Repo, what: str) -> None:
    plain = tmp_path / "plain"
    (plain / "sub").mkdir(parents=True)
    (plain / "sub" / "secret.py").write_text("mine")
    with open_snapshot(plain) as snapshot:
        shutil.rmtree(plain / "sub")
        if what == "folder":
            (plain / "sub").symlink_to(secret.path)
        else:
            (plain / "sub").mkdir()
            (plain / "sub" / "secret.py").symlink_to(secret.path / "secret.py")
        for _, got in [*snapshot.read_many(["sub/secret.py"]), ("", snapshot.head("sub/secret.py", 100))]:
            assert isinstance(got, Gap)


@pytest.mark.parametrize("path", ["../secret/secret.py", "/etc/passwd", "a/../../secret/secret.py", "./a", "a//b", ""])
def test_a_path_that_leads_up_is_not_opened(tmp_path: Path, secret: Repo, path: str) -> None:
    (tmp_path / "repo" / "a").mkdir(parents=True)
    with Disk(tmp_path / "repo") as disk:
        assert isinstance(disk.read(path, 1_000), Gap)
        assert isinstance(disk.head(path, 1_000), Gap)


def test_an_index_with_paths_that_lead_up_lists_none_of_them(tmp_path: Path, secret: Repo) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a", "xx/secret/secret.py": "longer than it was", "zgit/config": "c"})
    index = repo.git_dir / "index"
    body = index.read_bytes()[:-20].replace(b"xx/secret/", b"../secret/").replace(b"zgit/", b".git/")
    index.write_bytes(body + hashlib.sha1(body, usedforsecurity=False).digest())
    found = read_all(repo.path)
    assert no_secret(found)
    assert found.reasons <= {"a name that git does not allow", "the index cannot be read; scanned as a plain folder"}
    assert found.reasons
    assert not any(".." in path or ".git" in path for path in found.data)


@pytest.mark.parametrize("name", ["..", ".", ".git", ".GIT", "../secret/secret.py", "a/b", "/etc/passwd"])
def test_a_tree_with_names_that_git_does_not_allow_lists_none_of_them(tmp_path: Path, name: str) -> None:
    repo = new_repo(tmp_path / "repo")
    blob = repo.put("blob", b"b")
    inner = repo.put_tree([("100644", b"secret.py", blob)])
    hostile = ("100644", name.encode(), blob) if "/" in name else ("40000", name.encode(), inner)
    repo.put_commit(repo.put_tree([hostile, ("100644", b"good.py", blob)]))
    found = read_all(repo.path, rev="main")
    assert set(found.data) <= {"good.py", "a/b"}
    assert found.reasons <= {"a name that git does not allow"}
    assert "good.py" in found.data


def test_alternates_are_not_read(tmp_path: Path, secret: Repo) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    (repo.git_dir / "objects/info/alternates").write_text(f"{secret.git_dir}/objects\n")
    (repo.git_dir / "refs/heads/stolen").write_text(secret.head + "\n")
    found = read_all(repo.path)
    assert (found.data, found.info.revision) == ({"a.py": b"a"}, None)
    assert found.gaps == {".git": {"the object store borrows objects from another place, which is not read"}}
    with pytest.raises(NothingToScan, match="borrows"):
        open_snapshot(repo.path, rev="stolen")


def test_a_shared_clone_is_scanned_as_a_plain_folder_with_a_gap(tmp_path: Path, secret: Repo) -> None:
    run_git(tmp_path, "clone", "--quiet", "--shared", "secret", "shared")
    found = read_all(tmp_path / "shared")
    assert found.data == {"secret.py": SECRET}
    assert found.reasons == {"the object store borrows objects from another place, which is not read"}


STORES = {
    "alternates": ("objects/info/alternates", "alternates"),
    "info": ("objects/info", "info"),
    "the store": ("objects", ".git/objects"),
    "packs": ("objects/pack", ".git/objects/pack"),
    "a fan-out folder": ("objects/{fan}", ".git/objects/{fan}"),
    "one object": ("objects/{fan}/{rest}", ".git/objects/{fan}/{rest}"),
}


@pytest.mark.parametrize(("place", "to"), STORES.values(), ids=STORES)
def test_links_inside_the_object_store_are_not_followed(tmp_path: Path, secret: Repo, place: str, to: str) -> None:
    (secret.path / "info").mkdir()
    for name in ("alternates", "info/alternates"):
        (secret.path / name).write_text(f"{secret.git_dir}/objects\n")
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    names = {"fan": secret.head[:2], "rest": secret.head[2:]}
    hidden = repo.git_dir / place.format(**names)
    if hidden.is_dir():
        shutil.rmtree(hidden)
    hidden.parent.mkdir(exist_ok=True, parents=True)
    hidden.symlink_to(secret.path / to.format(**names))
    (repo.path / ".git/refs/heads/stolen").write_text(secret.head + "\n")
    with pytest.raises(NothingToScan, match="no git repository to read"):
        open_snapshot(repo.path, rev="stolen")
    found = read_all(repo.path)
    assert no_secret(found)
    assert set(found.gaps) == {".git"}


@pytest.mark.parametrize("form", ["absolute", "relative", "through a link"])
def test_a_gitdir_file_is_followed_only_where_its_target_points_back(tmp_path: Path, secret: Repo, form: str) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("a")
    (tmp_path / "repo" / "way").symlink_to(secret.path)
    to = {"absolute": str(secret.git_dir), "relative": "../secret/.git", "through a link": "way/.git"}[form]
    (tmp_path / "repo" / ".git").write_text(f"gitdir: {to}\n")
    found = read_all(tmp_path / "repo")
    assert (found.data, found.info.revision) == ({"a.py": b"a"}, None)
    assert found.gaps[".git"] == {"the file .git names a repository that does not point back"}
    with pytest.raises(NothingToScan, match="does not point back"):
        open_snapshot(tmp_path / "repo", rev="HEAD")


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"gitdir:", b"gitdir: missing", b"gitdir: a\0b", b"gitdir: " + b"x" * 9_000]
)
def test_a_git_file_that_leads_nowhere_makes_a_plain_folder_with_a_gap(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "a.py").write_text("a")
    (tmp_path / "repo" / ".git").write_bytes(content)
    found = read_all(tmp_path / "repo")
    assert (found.data, set(found.gaps)) == ({"a.py": b"a"}, {".git"})


@pytest.mark.parametrize("form", ["in a git folder", "in a bare repository", "in a false linked work tree"])
def test_a_commondir_that_leads_elsewhere_is_not_followed(tmp_path: Path, secret: Repo, form: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    target = repo.path
    if form == "in a git folder":
        (repo.git_dir / "commondir").write_text("../../secret/.git\n")
    elif form == "in a bare repository":
        target = repo.git_dir.rename(tmp_path / "bare")
        (target / "commondir").write_text(f"{secret.path}/.git\n")
    else:
        false = repo.git_dir.rename(repo.path / "false")
        (false / "commondir").write_text(f"{secret.path}/.git\n")
        (false / "gitdir").write_text(f"{repo.path}/.git\n")
        (repo.path / ".git").write_text("gitdir: false\n")
    found = read_all(target)
    assert no_secret(found)
    assert found.gaps[".git"] == {"the repository keeps its objects in another place, which is not read"}
    with pytest.raises(NothingToScan):
        open_snapshot(target, rev="HEAD")


@pytest.mark.parametrize(
    "kind", ["git folder", "head", "references", "index", "exclude", "packed references", "config"]
)
def test_links_in_place_of_parts_of_a_repository_are_not_followed(tmp_path: Path, secret: Repo, kind: str) -> None:
    secret.git("pack-refs", "--all")
    secret.git("branch", "hidden-branch")
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    repo.git("pack-refs", "--all")
    (repo.path / "own.py").write_text("o")
    names = {
        "git folder": "",
        "head": "HEAD",
        "references": "refs",
        "index": "index",
        "exclude": "info/exclude",
        "packed references": "packed-refs",
        "config": "config",
    }
    (secret.path / ".git/info/exclude").write_text("*\n")
    run_git(secret.path, "remote", "add", "origin", "https://example.org/hidden/name.git")
    place = repo.path / ".git" / names[kind]
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    place.symlink_to(secret.path / ".git" / names[kind])
    found = read_all(repo.path)
    assert no_secret(found)
    assert "hidden" not in f"{found.info} {found.gaps}"
    assert found.data["own.py"] == b"o"


def test_a_configured_work_tree_elsewhere_is_not_read(tmp_path: Path, secret: Repo) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    git_dir = repo.git_dir
    run_git(tmp_path, "config", "--file", str(git_dir / "config"), "core.worktree", str(secret.path))
    for target in (repo.path, git_dir):
        assert read_all(target).data == {"a.py": b"a"}


def test_ignore_files_that_are_links_are_not_read(tmp_path: Path, secret: Repo) -> None:
    (secret.path / "rules").write_text("*.py\n")
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    (repo.path / ".gitignore").symlink_to(secret.path / "rules")
    (repo.path / "b.py").write_text("b")
    found = read_all(repo.path)
    assert found.data == {"a.py": b"a"}
    assert found.gaps[".gitignore"] == {"untracked files are not listed: ignore rules cannot be read"}


def test_what_a_clean_link_and_file_look_like_does_not_depend_on_the_place(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    (repo.path / "l.py").symlink_to("a.py")
    os.utime(repo.path / "l.py", (OLD, OLD), follow_symlinks=False)
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "-m", "link")
    assert read_all(repo.path).gaps == read_all(repo.path, rev="HEAD").gaps == {"l.py": {LINK}}
