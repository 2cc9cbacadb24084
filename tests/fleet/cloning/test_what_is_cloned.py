"""What a clone holds: all that a scan reads and counts, and little else."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest
from snapshot.building import Repo, new_repo, read_all, run_git

from fleet.cloning.conftest import Bench, named
from fleet.cloning.server import GitServer
from mlscan.fleet.cloning import CloneFailure, Cloner
from mlscan.types.evidence import Gap
from mlscan.types.fleet import FleetRepository
from mlscan.types.snapshot import Author, History

LIMIT = 2_000
"""Bytes of the largest file that the cloners of these tests fetch."""
FILES: dict[str, str | bytes] = {
    "train.py": "import sklearn\n",
    "exact.csv": "x" * LIMIT,
    "large.bin": b"\0" * (LIMIT + 1),
    "book.ipynb": '{"cells": []}' + " " * LIMIT,
    "sub/deep/a.py": "a",
}


@pytest.fixture(params=["partial", "whole"])
def repo(request: pytest.FixtureRequest, server: GitServer) -> Repo:
    """A repository with three commits of two people and three branches, on servers with partial clone and without."""
    found = server.repository("acme/x", FILES, partial=request.param == "partial")
    found.commit({"old.py": "o" * 500})
    (found.path / "old.py").unlink()
    found.git("commit", "--quiet", "--all", "--message", "c", GIT_AUTHOR_NAME="Bob", GIT_AUTHOR_EMAIL="bob@example.org")
    found.git("branch", "dev", "HEAD~1")
    found.git("branch", "team/prod", "HEAD~2")
    found.git("tag", "v1")
    return found


def test_all_that_is_read_and_counted_is_there(repo: Repo, server: GitServer, bench: Bench) -> None:
    with bench.cloner(file_bytes=LIMIT).fetched(named(server, "acme/x")) as clone:
        assert clone.revision == repo.head
        found = read_all(clone.path)
        assert found.data.keys() >= {"train.py", "exact.csv", "book.ipynb", "sub/deep/a.py"}
        assert found.data["book.ipynb"] == str(FILES["book.ipynb"]).encode()
        assert found.authors == {Author("Ann", "ann@example.org"): 2, Author("Bob", "bob@example.org"): 1}
        assert (found.info.branches, found.info.all_branches) == (("dev", "main", "team/prod"), True)
        assert (found.info.name, found.info.revision, found.info.dirty) == ("x", repo.head, False)
        assert found.info.url == "https://127.0.0.1/acme/x"
    assert bench.told.lines == []


def test_large_files_and_old_ones_stay_away(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", FILES)
    repo.commit({"train.py": "new"})
    with bench.cloner(file_bytes=LIMIT).fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert found.gaps == {"large.bin": {"missing object (partial clone)"}}
        assert found.info.history is History.COMMITS
        old = run_git(clone.path, "cat-file", "-e", "HEAD~1:train.py", check=False, GIT_NO_LAZY_FETCH="1")
        ids = run_git(clone.path, "rev-list", "--objects", "--missing=print", "HEAD", "--no-object-names").decode()
        # Of two commits, one tree and four small files, the older tree and the large file are missing.
        assert ids.count("?") >= 2
        assert old == b""


def test_a_server_without_partial_clone_gives_everything(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", FILES, partial=False)
    repo.commit({"train.py": "new"})
    with bench.cloner(file_bytes=LIMIT).fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert (found.gaps, found.info.history) == ({}, History.FULL)
        assert not list(clone.path.rglob("*.promisor"))


@pytest.mark.parametrize("kind", ["tree", "blob:limit", "blob:none"])
def test_a_server_that_refuses_one_filter_is_asked_otherwise(server: GitServer, bench: Bench, kind: str) -> None:
    repo = server.repository("x", {"a.py": "a", "book.ipynb": " " * 3_000})
    repo.commit({"b.py": "b"})
    repo.git("config", f"uploadpackfilter.{kind}.allow", "false")
    with bench.cloner(file_bytes=LIMIT).fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert {"a.py", "b.py"} <= found.data.keys()
        assert not isinstance(found.authors, Gap)
        assert sum(found.authors.values()) == 2


def test_full_history_is_the_whole_history(repo: Repo, server: GitServer, bench: Bench) -> None:
    with bench.cloner(full=True, file_bytes=LIMIT).fetched(named(server, "acme/x")) as clone:
        found = read_all(clone.path)
        assert (found.gaps, found.info.history) == ({}, History.FULL)
        assert run_git(clone.path, "cat-file", "-p", "HEAD~1:old.py") == b"o" * 500


def test_full_history_is_brought_up_to_date_by_what_is_new(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", FILES)
    cloner = bench.cloner(full=True)
    with cloner.fetched(named(server, "x")) as clone:
        packs = {p.name for p in clone.path.rglob("*.pack")}
    repo.commit({"b.py": "b"})
    with cloner.fetched(named(server, "x")) as clone:
        assert clone.revision == repo.head
        assert packs < {p.name for p in clone.path.rglob("*.pack")}
        assert read_all(clone.path).data.keys() == FILES.keys() | {"b.py"}


def test_a_rewritten_branch_is_followed(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    for full in (False, True):
        cloner = bench.cloner(full=full)
        with cloner.fetched(named(server, "x")):
            pass
        repo.git("commit", "--quiet", "--amend", "--message", f"other {full}")
        with cloner.fetched(named(server, "x")) as clone:
            assert clone.revision == repo.head
            assert sum(read_all(clone.path).authors.values()) == 1  # type: ignore[union-attr]


def test_the_default_branch_is_the_one_that_the_server_names(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    first = repo.head
    repo.git("checkout", "--quiet", "-b", "trunk/next")
    second = repo.commit({"b.py": "b"})
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert clone.revision == second
    repo.git("checkout", "--quiet", "--detach", first)
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert (clone.revision, set(read_all(clone.path).data)) == (first, {"a.py"})


@pytest.mark.skipif(sys.platform != "linux", reason="names of branches are files")
def test_branches_with_names_that_are_no_text(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    strange = os.fsdecode(b"caf\xe9")
    repo.git("branch", strange)
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert len(read_all(clone.path).info.branches) == 2
    repo.git("checkout", "--quiet", strange)
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert clone.revision == repo.head


def test_object_ids_of_64_digits(server: GitServer, bench: Bench) -> None:
    path = server.root / "x"
    path.mkdir()
    run_git(path, "init", "--quiet", "--object-format=sha256", "-b", "main")
    repo = Repo(path)
    head = repo.commit({"a.py": "a"})
    for full in (False, True):
        with bench.cloner(full=full).fetched(named(server, "x")) as clone:
            assert (clone.revision, len(head)) == (head, 64)
            assert read_all(clone.path).data == {"a.py": b"a"}


def test_submodules_are_not_fetched(server: GitServer, bench: Bench) -> None:
    repo = server.repository(
        "x", {"a.py": "a", ".gitmodules": f'[submodule "y"]\n\tpath = y\n\turl = {server.url("y")}\n'}
    )
    server.repository("y", {"b.py": "b"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head},y")
    repo.git("commit", "--quiet", "--message", "c")
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert clone.revision == repo.head
    assert {asked.path.split("/")[1] for asked in server.asked} == {"x"}


def test_an_empty_repository_says_so(server: GitServer, bench: Bench) -> None:
    (server.root / "x").mkdir()
    run_git(server.root / "x", "init", "--quiet")
    with pytest.raises(CloneFailure, match="no commit yet"), bench.cloner().fetched(named(server, "x")):
        pass


def test_a_server_of_files_only_gives_a_whole_clone(server: GitServer, bench: Bench, tmp_path: Path) -> None:
    from fleet.cloning.server import Answer, Asked

    repo = server.repository("x", FILES)
    repo.commit({"b.py": "b"})
    run_git(repo.path, "update-server-info")

    def files(asked: Asked, _: Answer) -> Answer:
        place = repo.path / ".git" / asked.path.removeprefix("/x/")
        return Answer(body=place.read_bytes()) if place.is_file() else Answer(404)

    server.change = files
    with bench.cloner(file_bytes=LIMIT).fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert (found.gaps, found.info.history, clone.revision) == ({}, History.FULL, repo.head)


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
def test_ssh_is_run_without_questions_and_without_a_token(
    server: GitServer, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = server.repository("x", FILES)
    log = tmp_path / "log"
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    # What comes last is what runs on the other machine, which is this one.
    ssh.write_text(
        f'#!/bin/sh\nenv >> "{log}"\nfor word; do echo "$word" >> "{log}"; last=$word; done\n'
        f'cd "{server.root}" && exec sh -c "$last"\n'
    )
    ssh.chmod(0o700)
    monkeypatch.setenv("PATH", f"{ssh.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GITHUB_TOKEN", "t0ken")
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    there = FleetRepository(
        identity="x", name="x", clone_url="git@github.com:x", host="github.com", forge="github", default_branch="main"
    )
    with bench.cloner(file_bytes=LIMIT).fetched(there) as clone:
        assert (clone.revision, read_all(clone.path).info.url) == (repo.head, "https://github.com/x")
    written = log.read_text()
    assert "BatchMode=yes" in written
    assert "t0ken" not in written and "Authorization" not in written


def test_a_clone_that_lies_here_is_read_where_it_is(tmp_path: Path, bench: Bench) -> None:
    repo = new_repo(tmp_path / "here", {"a.py": "a"})
    here = FleetRepository(identity=str(repo.path), name="here", path=str(repo.path))
    cloner: Cloner = pickle.loads(pickle.dumps(Cloner(tmp_path / "cache", bench.cloner()._limits)))
    with cloner.fetched(here) as clone:
        assert (clone.path, clone.revision) == (repo.path, repo.head)
    assert cloner.revision(here) == repo.head
    assert not (tmp_path / "cache").exists()
    repo.git("pack-refs", "--all")
    assert cloner.revision(here) == repo.head
    repo.git("checkout", "--quiet", "--detach")
    assert cloner.revision(here) == repo.head
    gone = FleetRepository(identity="x", name="x", path=str(tmp_path / "gone"))
    with pytest.raises(CloneFailure) as failure, cloner.fetched(gone):
        pass
    assert str(tmp_path) not in str(failure.value)
