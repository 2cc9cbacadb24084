"""Tokens of forges: from the environment, else from the forge's own command line. They are shown and kept nowhere."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mlscan.fleet.sources.addresses import host_of
from mlscan.snapshot.git import search_path

TIMEOUT = 20
"""Seconds for a command line to answer."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,2000}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Login:
    """A token, and the only host that it is for. Its text never has the token in it."""

    host: str
    """With the port where it is not the usual one."""
    user: str
    """Who a git server is told that asks."""
    token: str

    def __repr__(self) -> str:
        """Without the token."""
        return f"Login(host={self.host!r})"


def login_for(forge: str, host: str) -> Login | None:
    """What to tell a forge of who asks, or None where there is no token for this host.

    `GITHUB_TOKEN` and `GH_TOKEN` are for github.com (or the host of `GITHUB_SERVER_URL`, where a workflow runs on
    one's own server), `GH_ENTERPRISE_TOKEN` is for any other GitHub, `GITLAB_TOKEN` for gitlab.com or the host that
    `GITLAB_HOST` names. What the environment does not say is asked of `gh` and `glab`, which know hosts apart.
    """
    if forge not in ("github", "gitlab"):
        return None
    found = _usable(_in_environment(forge, host, os.environ)) or _usable(_of_command_line(forge, host))
    user = "x-access-token" if forge == "github" else "oauth2"
    return Login(host, user, found) if found is not None else None


def token_for(forge: str, host: str, base: str, notify: Callable[[str], None]) -> str | None:
    """The token for the API of a forge at an address, or None; told is why one that is set is not used."""
    login = login_for(forge, host)
    if login is None:
        if reason := _unused(forge, host):
            notify(reason)
        return None
    if not is_for(base, login):
        notify(f"{host}: the token is not used, because it is never sent over plain http")
        return None
    return login.token


def _unused(forge: str, host: str) -> str | None:
    if forge == "gitlab" and os.environ.get("GITLAB_TOKEN"):
        return f"{host}: GITLAB_TOKEN is not used, because GITLAB_HOST does not name this host"
    if forge == "github" and (os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN")):
        return f"{host}: the token of github.com is not used; the one for this host is GH_ENTERPRISE_TOKEN"
    return None


def is_for(url: str, login: Login) -> bool:
    """Whether a token may be sent to an address: to its own host, by https, or to this machine itself."""
    try:
        parts = urlsplit(url)
        host = host_of(parts.hostname or "", parts.scheme, parts.port)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return safe and host == login.host


def _in_environment(forge: str, host: str, variables: Mapping[str, str]) -> str | None:
    if forge == "gitlab":
        named = ("GITLAB_HOST", "GITLAB_URI", "GL_HOST", "CI_SERVER_URL")
        home = next((variables[name] for name in named if variables.get(name)), "gitlab.com")
        return variables.get("GITLAB_TOKEN") if _host(home) == host else None
    public = host == "github.com" or host.endswith(".ghe.com")
    home = _host(variables.get("GITHUB_SERVER_URL") or "") or "github.com"
    names = ["GH_TOKEN"] if public else ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    if host == home or (public and home == "github.com"):
        names.insert(0, "GITHUB_TOKEN")
    return next((variables[name] for name in names if variables.get(name)), None)


def _of_command_line(forge: str, host: str) -> str | None:
    words = {
        "github": ["gh", "auth", "token", "--hostname", host],
        "gitlab": ["glab", "config", "get", "token", "--host", host],
    }[forge]
    program = _program(words[0])
    if program is None:
        return None
    # Variables with tokens of other hosts would be the answer for every host.
    variables = {n: v for n, v in os.environ.items() if not re.fullmatch(r"(GH|GITHUB|GITLAB)_(\w+_)?TOKEN", n)}
    try:
        ran = subprocess.run(
            [program, *words[1:]],
            env=variables | {"NO_COLOR": "1", "GH_PROMPT_DISABLED": "1", "GLAB_CHECK_UPDATE": "false"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else None


def _program(name: str) -> str | None:
    """The program of that name on PATH; a relative folder of it could hold anything."""
    for folder in search_path():
        for ending in (".exe", ".cmd") if os.name == "nt" else ("",):
            program = Path(folder) / (name + ending)
            if program.is_file() and os.access(program, os.X_OK):
                return str(program)
    return None


def _host(text: str) -> str | None:
    """The host of a variable that may hold one, or an address."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return host_of(parts.hostname or "", parts.scheme, parts.port)
    except ValueError:
        return None


def _usable(token: str | None) -> str | None:
    """A token that can be sent in a header: one word without anything that is not printable."""
    token = (token or "").strip()
    return token if _TOKEN.fullmatch(token) else None
