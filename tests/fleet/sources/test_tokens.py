"""Which token is for which host, where it comes from, and that it is shown nowhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mlscan.fleet.sources.tokens import Login, is_for, login_for

ALL = {
    "GH_TOKEN": "t-gh",
    "GITHUB_TOKEN": "t-github",
    "GH_ENTERPRISE_TOKEN": "t-enterprise",
    "GITLAB_TOKEN": "t-gitlab",
}


def found(forge: str, host: str) -> str | None:
    login = login_for(forge, host)
    return login.token if login is not None else None


@pytest.mark.parametrize(
    ("more", "forge", "host", "token"),
    [
        ({}, "github", "github.com", "t-github"),
        ({"GITHUB_TOKEN": ""}, "github", "github.com", "t-gh"),
        ({}, "github", "acme.ghe.com", "t-github"),
        ({}, "github", "github.acme.example", "t-enterprise"),
        ({"GITHUB_SERVER_URL": "https://github.acme.example"}, "github", "github.acme.example", "t-github"),
        ({"GITHUB_SERVER_URL": "https://github.acme.example"}, "github", "github.com", "t-gh"),
        ({}, "gitlab", "gitlab.com", "t-gitlab"),
        ({}, "gitlab", "gitlab.acme.example", None),
        ({"GITLAB_HOST": "gitlab.acme.example"}, "gitlab", "gitlab.acme.example", "t-gitlab"),
        ({"GITLAB_HOST": "https://gitlab.acme.example:8443/"}, "gitlab", "gitlab.acme.example:8443", "t-gitlab"),
        ({"GITLAB_HOST": "gitlab.acme.example"}, "gitlab", "gitlab.com", None),
        ({}, "", "github.com", None),
        ({"GITHUB_TOKEN": "two words", "GH_TOKEN": ""}, "github", "github.com", None),
    ],
)
def test_a_token_is_for_its_host(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, str], forge: str, host: str, token: str | None
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    for name, value in (ALL | more).items():
        monkeypatch.setenv(name, value)
    assert found(forge, host) == token


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(stat.S_IRWXU)


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
def test_else_the_command_line_of_the_forge_is_asked_for_that_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(
        tmp_path / "bin", "gh", '[ "$1 $2 $3" = "auth token --hostname" ] && echo "gh-$4-${GH_ENTERPRISE_TOKEN:-x}"'
    )
    program(tmp_path / "bin", "glab", '[ "$1 $2 $3 $4" = "config get token --host" ] && echo "glab-$5"')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("GITLAB_TOKEN", "t-gitlab")
    assert found("github", "github.com") == "gh-github.com-x"
    assert found("gitlab", "gitlab.acme.example") == "glab-gitlab.acme.example"
    assert found("gitlab", "gitlab.com") == "t-gitlab"


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
@pytest.mark.parametrize("text", ["exit 1", "echo", "echo two words", "printf 'a\\nb'"])
def test_what_it_says_is_used_only_where_it_is_a_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    program(tmp_path / "bin", "gh", text)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert found("github", "github.com") is None


@pytest.mark.skipif(os.name == "nt", reason="programs for tests are shell scripts")
def test_a_program_of_the_current_folder_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "gh", "echo stolen")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".:")
    assert found("github", "github.com") is None


def test_its_text_never_holds_the_token() -> None:
    assert "secret" not in repr(Login("github.com", "x", "secret")) + str(Login("github.com", "x", "secret"))


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://github.com/a/b.git", True),
        ("https://GitHub.com/a/b.git", True),
        ("https://github.com:443/a/b.git", True),
        ("http://github.com/a/b.git", False),
        ("https://github.com:8443/a/b.git", False),
        ("https://github.com.evil.example/a/b.git", False),
        ("https://github.com@evil.example/a/b.git", False),
        ("https://evil.example/github.com", False),
        ("ssh://git@github.com/a/b.git", False),
        ("git@github.com:a/b.git", False),
    ],
)
def test_it_is_sent_to_its_host_alone_and_only_where_nobody_listens(url: str, allowed: bool) -> None:
    assert is_for(url, Login("github.com", "x", "secret")) is allowed
