"""Repositories in a folder: found to any depth, each once, loops and links and all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from snapshot.building import new_repo, run_git

from fleet.sources.conftest import run
from mlscan.fleet.sources import Filters


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "clones"
    folder.mkdir()
    return folder


def clone(folder: Path, *options: str, **files: str) -> Path:
    """A repository with one commit in a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if "--bare" not in options:
        return new_repo(folder, files or {"a.py": "a"}).path
    source = new_repo(folder.parent / f".{folder.name}-source", files or {"a.py": "a"})
    run_git(folder.parent, "clone", "--quiet", "--bare", str(source.path), str(folder))
    import shutil

    shutil.rmtree(source.path)
    return folder


def test_to_any_depth_in_the_order_of_their_paths(root: Path) -> None:
    for name in ("b", "a/deep/er/x", "a/y"):
        clone(root / name)
    clone(root / "c.git", "--bare")
    done = run(str(root))
    assert done.names == ["a/deep/er/x", "a/y", "b", "c"]
    assert [r.path for r in done.found][1] == str((root / "a/y").resolve())
    assert {r.host for r in done.found} == {""}
    assert done.told == ["clones: 4 repositories"]


def test_two_clones_of_one_address_are_two(root: Path) -> None:
    for name in ("one", "two"):
        clone(root / name)
        run_git(root / name, "remote", "add", "origin", "https://user:secret@github.com/acme/x.git")
    done = run(str(root))
    assert [r.url for r in done.found] == ["https://github.com/acme/x"] * 2
    assert len({r.identity for r in done.found}) == 2
    assert "secret" not in repr(done)


def test_the_folder_itself_may_be_one_and_hold_others(root: Path) -> None:
    clone(root)
    clone(root / "vendor" / "inner")
    assert run(str(root)).names == ["clones", "vendor/inner"]
    assert run(str(root / ".git")).names == ["clones"]


def test_a_bare_repository_is_not_searched_inside(root: Path) -> None:
    clone(root / "x.git", "--bare")
    clone(root / "x.git" / "objects" / "hidden")
    clone(root / "y")
    clone(root / "y" / ".git" / "modules" / "hidden", "--bare")
    assert run(str(root)).names == ["x", "y"]


def test_submodules_and_linked_work_trees_are_not_counted_again(root: Path, tmp_path: Path) -> None:
    part = clone(tmp_path / "part")
    whole = clone(root / "whole")
    run_git(whole, "submodule", "--quiet", "add", str(part), "parts/one")
    clone(whole / "parts" / "old-style")
    (whole / ".gitmodules").write_text(
        (whole / ".gitmodules").read_text() + '[submodule "x"]\n\tpath = parts/old-style\n\turl = x\n'
    )
    run_git(whole, "worktree", "add", "--quiet", "-b", "other", str(root / "a-linked-one"))
    assert run(str(root)).names == ["whole"]
    assert run(str(whole / "parts" / "one")).names == ["one"]


def test_a_linked_work_tree_counts_where_its_repository_lies_elsewhere(root: Path, tmp_path: Path) -> None:
    main = clone(tmp_path / "main")
    for name in ("one", "two"):
        run_git(main, "worktree", "add", "--quiet", "-b", name, str(root / name))
    assert run(str(root)).names == ["one"]


def test_a_bare_repository_beside_its_work_trees_is_one(root: Path) -> None:
    clone(root / "project" / ".bare", "--bare")
    (root / "project" / ".git").write_text("gitdir: ./.bare\n")
    run_git(root / "project" / ".bare", "worktree", "add", "--quiet", "-b", "x", str(root / "project" / "main"))
    assert len(run(str(root)).found) == 1


def test_links_to_repositories_are_followed_and_loops_end(root: Path, tmp_path: Path) -> None:
    elsewhere = clone(tmp_path / "elsewhere")
    clone(root / "here")
    (root / "link").symlink_to(elsewhere)
    (root / "again").symlink_to(elsewhere)
    (root / "loop").symlink_to(root)
    (root / "here" / "up").symlink_to(root / "here")
    (elsewhere / "back").symlink_to(root)
    (root / "broken").symlink_to(root / "nothing")
    (root / "self").symlink_to(root / "self")
    assert sorted(run(str(root)).names) == ["again", "here"]


def test_a_linked_repository_is_called_as_its_link_is(root: Path, tmp_path: Path) -> None:
    for owner in ("ada", "bob"):
        (root / owner).mkdir()
        (root / owner / "churn").symlink_to(clone(tmp_path / "elsewhere" / owner / "repo") / ".git")
    assert run(str(root)).names == ["ada/churn", "bob/churn"]


def test_links_to_other_folders_are_not_followed(root: Path, tmp_path: Path) -> None:
    clone(tmp_path / "others" / "x")
    (root / "link").symlink_to(tmp_path / "others")
    assert [f.reason for f in run(str(root)).failures] == ["holds no repository"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_links_of_others_are_not_followed(root: Path, tmp_path: Path) -> None:
    (root / "link").symlink_to(clone(tmp_path / "elsewhere"))
    os.lchown(root / "link", 12_345, -1)
    assert run(str(root)).names == []


@pytest.mark.parametrize("name", ["nothing", "file"])
def test_what_is_no_folder_is_a_failure(root: Path, name: str) -> None:
    (root / "file").write_bytes(b"\0\1\2")
    done = run(str(root / name))
    assert (done.found, len(done.failures)) == ([], 1)
    assert str(root) not in done.failures[0].reason


def test_names_of_a_folder_are_filtered_and_the_unknown_is_kept(root: Path) -> None:
    for name in ("keep/a", "keep/b", "drop/c"):
        clone(root / name)
    done = run(str(root), filters=Filters(names=["keep/*"], languages=["Python"], topics=["ml"]))
    assert done.names == ["keep/a", "keep/b"]
    assert done.told == ["clones: 2 repositories; left out: 1 by name; kept though not known: 2 language, 2 topics"]
