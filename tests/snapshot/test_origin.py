"""A repository's name and address show no user, token or local path."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscan.snapshot.origin import canonical_url, config_value, repository_name
from snapshot.building import Repo, read_all, run_git

ADDRESSES = [
    ("https://example.org/team/name.git", "https://example.org/team/name", "name"),
    ("https://user:s3cret@Example.org/team/name", "https://example.org/team/name", "name"),
    ("https://user:s3c@ret@example.org/team/name", "https://example.org/team/name", "name"),
    ("https://s3cret@example.org:8443/team/name/", "https://example.org/team/name", "name"),
    ("https://example.org/team/name.git?token=s3cret#s3cret", "https://example.org/team/name", "name"),
    ("git@example.org:team/name.git", "https://example.org/team/name", "name"),
    ("ssh://git@example.org:22/team/name.git", "https://example.org/team/name", "name"),
    ("example.org:team/name", "https://example.org/team/name", "name"),
    ("git://example.org/name", "https://example.org/name", "name"),
    ("https://s3cret@example.org", None, "folder"),
    ("https://s3cret@example.org/", None, "folder"),
    ("ext::sh -c s3cret", None, "folder"),
    ("ftp://u:s3cret@example.org/a/name", None, "folder"),
    ("/srv/git/name.git", None, "name"),
    ("../name", None, "name"),
    ("file:///srv/name.git", None, "folder"),
    ("C:\\git\\name.git", None, "name"),
    ("", None, "folder"),
    ("https://example.org/a\x1b[31m/b", None, "folder"),
    ("https://[::1]/a/b", None, "folder"),
]


@pytest.mark.parametrize(("url", "shown", "name"), ADDRESSES)
def test_an_address_is_shown_without_secrets(url: str, shown: str | None, name: str) -> None:
    assert canonical_url(url) == shown
    got = repository_name(url, Path("folder"))
    assert got == name
    assert "s3cret" not in f"{shown} {got}"


@pytest.mark.parametrize(
    ("folder", "name"),
    [("a/folder", "folder"), ("a/folder.git", "folder"), ("a/folder/.git", "folder"), ("/", "repository")],
)
def test_without_an_address_the_folder_gives_the_name(folder: str, name: str) -> None:
    assert repository_name(None, Path(folder)) == name


def test_name_and_address_come_from_the_remote_origin(repo: Repo) -> None:
    run_git(repo.path, "remote", "add", "other", "https://example.org/other/thing.git")
    run_git(repo.path, "remote", "add", "third", "https://example.org/third/thing.git")
    assert (read_all(repo.path).info.name, read_all(repo.path).info.url) == ("repo", None)
    run_git(repo.path, "remote", "add", "origin", "https://tok@example.org/team/thing.git")
    info = read_all(repo.path).info
    assert (info.name, info.url) == ("thing", "https://example.org/team/thing")


def test_the_only_remote_is_the_origin_whatever_it_is_called(repo: Repo) -> None:
    run_git(repo.path, "remote", "add", "upstream", "https://tok@example.org/team/thing.git")
    info = read_all(repo.path).info
    assert (info.name, info.url) == ("thing", "https://example.org/team/thing")


@pytest.mark.parametrize("folder", ["repo", ".git", "bare.git"])
def test_a_bare_clone_is_called_as_its_origin(tmp_path: Path, repo: Repo, folder: str) -> None:
    target = tmp_path / "owner+thing" / folder
    run_git(tmp_path, "clone", "--quiet", "--bare", str(repo.path), str(target))
    run_git(target, "remote", "set-url", "origin", "git@example.org:team/thing.git")
    assert read_all(target).info.name == "thing"


CONFIG = b"""\
# comment
[core] bare = true
\tworktree = "../else where"
[Remote "origin"]
\tURL = first
[remote "origin"]
\turl=https://example.org/a/b
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "Origin"]
\turl = other
[include]
\tpath = /etc/passwd
"""


def test_configuration_is_read_as_data() -> None:
    assert config_value(CONFIG, "core", "bare") == "true"
    assert config_value(CONFIG, "core", "worktree") == "../else where"
    assert config_value(CONFIG, 'remote "origin"', "url") == "https://example.org/a/b"
    assert config_value(CONFIG, "core", "missing") is None
    assert config_value(b"\xff\xfe\0[core\nx", "core", "x") is None
