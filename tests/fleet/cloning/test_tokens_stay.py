"""A token reaches git by its environment, its own host by a header, and nothing else."""

from __future__ import annotations

import base64
import os
import pickle
import shutil
import stat
from pathlib import Path

import pytest
from snapshot.building import new_repo, read_all

from fleet.cloning.conftest import Bench, named
from fleet.cloning.server import Answer, Asked, GitServer
from mlscan.fleet.cloning import CloneFailure, CloneLimits, Cloner
from mlscan.fleet.cloning.git import HANDED_ON, environment

TOKEN = "ghp_0123456789secret"
HIDDEN = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


@pytest.fixture
def private(server: GitServer, monkeypatch: pytest.MonkeyPatch) -> GitServer:
    """A server that gives repositories only to who has the token, which the environment has."""
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", TOKEN)
    server.login = ("x-access-token", TOKEN)
    server.repository("x", {"a.py": "a"})
    return server


def test_a_private_repository_is_cloned_with_the_token(private: GitServer, bench: Bench) -> None:
    with bench.cloner().fetched(named(private, "x", forge="github")) as clone:
        assert read_all(clone.path).data == {"a.py": b"a"}


def test_gitlab_is_told_of_it_in_its_way(server: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("GITLAB_HOST", server.host)
    server.login = ("oauth2", TOKEN)
    server.repository("x", {"a.py": "a"})
    with bench.cloner().fetched(named(server, "x", forge="gitlab")) as clone:
        assert clone.revision is not None


@pytest.mark.parametrize("value", [None, "wrong"])
def test_without_the_right_token_the_reason_is_told(
    private: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("GH_ENTERPRISE_TOKEN")
    if value is not None:
        monkeypatch.setenv("GH_ENTERPRISE_TOKEN", value)
    with pytest.raises(CloneFailure) as failure, bench.cloner().fetched(named(private, "x", forge="github")):
        pass
    assert failure.value.reason == "no access: it needs a token with the right to read it"


@pytest.mark.parametrize("status", [401, 403])
def test_what_everybody_may_read_is_read_where_the_token_may_not(private: GitServer, bench: Bench, status: int) -> None:
    private.login = None

    def deny(asked: Asked, answer: Answer) -> Answer:
        return Answer(status) if "authorization" in asked.headers else answer

    private.change = deny
    with bench.cloner().fetched(named(private, "x", forge="github")) as clone:
        assert read_all(clone.path).data == {"a.py": b"a"}


def test_a_host_that_nobody_called_a_forge_gets_none(private: GitServer, bench: Bench) -> None:
    with pytest.raises(CloneFailure), bench.cloner().fetched(named(private, "x")):
        pass
    assert not any("authorization" in asked.headers for asked in private.asked)


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
def test_it_is_in_no_argument_and_no_file(
    private: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real, log = shutil.which("git"), tmp_path / "arguments"
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{log}"\nexec "{real}" "$@"\n')
    shim.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    cloner = bench.cloner()
    for _ in range(2):
        with cloner.fetched(named(private, "x", forge="github")):
            pass
    arguments = log.read_text()
    assert "fetch" in arguments
    written = b"".join(p.read_bytes() for p in tmp_path.joinpath("cache").rglob("*") if p.is_file())
    for secret in (TOKEN, HIDDEN):
        assert secret not in arguments
        assert secret.encode() not in written + pickle.dumps(cloner)
        assert secret not in repr(cloner.__dict__)


def test_it_does_not_follow_a_redirect_to_another_host(private: GitServer, bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with GitServer(tmp_path / "other", "localhost") as other:
        other.repository("x", {"stolen.py": "x"})
        private.moved["/x"] = other.url("x")
        with pytest.raises(CloneFailure) as failure, bench.cloner().fetched(named(private, "x", forge="github")):
            pass
        assert failure.value.reason == "the server redirects to another host, which is not followed"
        assert other.asked == []


def test_nor_another_port_of_the_same_host(private: GitServer, bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with GitServer(tmp_path / "other") as other:
        other.repository("x", {"stolen.py": "x"})
        private.moved["/x"] = other.url("x")
        with pytest.raises(CloneFailure), bench.cloner().fetched(named(private, "x", forge="github")):
            pass
        assert other.asked == []


def test_nor_a_redirect_in_the_middle(private: GitServer, bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with GitServer(tmp_path / "other", "localhost") as other:
        other.repository("x", {"stolen.py": "x"})
        private.moved["/x/git-upload-pack"] = other.url("x") + "/git-upload-pack"
        with pytest.raises(CloneFailure), bench.cloner().fetched(named(private, "x", forge="github")):
            pass
        assert other.asked == []


def test_a_repository_that_was_renamed_is_followed_on_its_host(private: GitServer, bench: Bench) -> None:
    private.moved["/old-name"] = private.url("x")
    with bench.cloner().fetched(named(private, "old-name", forge="github")) as clone:
        found = read_all(clone.path)
        assert (set(found.data), found.info.name) == ({"a.py"}, "old-name")


def test_redirects_in_a_circle_end(private: GitServer, bench: Bench) -> None:
    private.moved["/a"] = private.url("b")
    private.moved["/b"] = private.url("a")
    with (
        pytest.raises(CloneFailure, match="again and again"),
        bench.cloner().fetched(named(private, "a", forge="github")),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
def test_git_knows_nothing_of_this_machine(
    server: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.repository("x", {"a.py": "a"})
    mark, home = tmp_path / "mark", tmp_path / "home"
    home.mkdir()
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\ntouch "{mark}"\n')
    trap.chmod(stat.S_IRWXU)
    settings = f'[url "http://127.0.0.1:1/"]\n\tinsteadOf = {server.base}/\n[credential]\n\thelper = "!{trap}"\n'
    settings += f"[core]\n\thooksPath = {tmp_path}\n\tfsmonitor = {trap}\n\taskPass = {trap}\n"
    (home / ".gitconfig").write_text(settings)
    for name, value in {
        "HOME": str(home),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.sshCommand",
        "GIT_CONFIG_VALUE_0": str(trap),
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "GIT_SSL_NO_VERIFY": "1",
        "GIT_ASKPASS": str(trap),
        "GIT_TRACE_CURL": str(tmp_path / "trace"),
        "GIT_EXTERNAL_DIFF": str(trap),
    }.items():
        monkeypatch.setenv(name, value)
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert clone.revision is not None
    server.login = ("x", "y")
    with pytest.raises(CloneFailure), bench.cloner(cache_bytes=0).fetched(named(server, "x")):
        pass
    assert not mark.exists()
    assert not (tmp_path / "trace").exists()


def test_nor_of_a_repository_that_the_cache_lies_in(server: GitServer, bench: Bench, tmp_path: Path) -> None:
    server.repository("x", {"a.py": "a"})
    around = new_repo(tmp_path / "around", {"a.py": "a"})
    around.git("config", "url.http://127.0.0.1:1/.insteadOf", f"{server.base}/")
    with Cloner(around.path / "cache", CloneLimits()).fetched(named(server, "x")) as clone:
        assert clone.revision is not None


def test_its_environment_is_made_from_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SURPRISE", "x")
    found = environment(tmp_path)
    assert found["GIT_NO_LAZY_FETCH"] == "1"
    ours = {name for name in found if not name.startswith("GIT_")} - set(HANDED_ON)
    assert ours == {"PATH", "HOME", "LC_ALL", "SSH_ASKPASS_REQUIRE"}
