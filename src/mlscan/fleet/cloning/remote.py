"""One repository on a server: what git is told about it, what it answers, and why it did not."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from mlscan.fleet.cloning.git import Bounds, Ran, run_git
from mlscan.fleet.cloning.limits import CloneFailure
from mlscan.fleet.cloning.redirects import redirected
from mlscan.fleet.sources.addresses import address_of, is_address
from mlscan.fleet.sources.tokens import Login, is_for

BRANCHES = 20_000
"""Branches that are kept; of a repository with more, none are."""
TOO_LARGE = "limit of size for a clone reached"
NOT_TOLD = "git could not fetch it"
HOPS = 3
"""Redirects on one host that are followed."""
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOVED = re.compile(r"returned error: 30[12378]")
_DENIED = re.compile(r"returned error: 40[13]|Authentication failed|could not read Username")


@dataclass(frozen=True, slots=True)
class References:
    """What a server has: the commit that it would check out, its branch, and all branches."""

    revision: str
    branch: str | None
    branches: Mapping[str, str]
    """Name -> commit; empty where there are too many."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository on a server, and how it is spoken to."""

    url: str
    login: Login | None = None

    def run(self, arguments: Sequence[str], folder: Path, bounds: Bounds, asked: bytes = b"") -> Ran:
        """Runs git with the settings for this server; no redirect is followed, the token is for its host alone."""
        return run_git([*_SETTINGS, *arguments], folder, bounds, more=self._variables(), asked=asked)

    def references(self, folder: Path, bounds: Bounds, branch: str | None = None) -> tuple[Remote, References]:
        """What the server has, and where it is after redirects on its host. Raises CloneFailure."""
        remote = self
        for _ in range(HOPS + 3):
            ran = remote.run(["ls-remote", *_asked(remote.url, branch)], folder, bounds)
            if ran.is_well:
                found = _references(ran.printed.decode("utf-8", "surrogateescape"), branch)
                if found is not None:
                    return remote, found
                branch = None
                continue
            if remote.login is not None and _DENIED.search(ran.told):
                # Everybody may read some of what a token may not: one that has run out, or one without single sign-on.
                remote = replace(remote, login=None)
                continue
            if not _MOVED.search(ran.told):
                raise CloneFailure(reason_of(ran))
            header = header_of(remote.login) if remote.login and is_for(remote.url, remote.login) else None
            remote = replace(remote, url=redirected(remote.url, header))
        raise CloneFailure("the server redirects again and again")

    def _variables(self) -> dict[str, str]:
        protocol = "ssh" if "://" not in self.url else urlsplit(self.url).scheme
        more = {"GIT_ALLOW_PROTOCOL": protocol}
        if self.login is not None and is_for(self.url, self.login):
            more |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self.url}.extraHeader",
                "GIT_CONFIG_VALUE_0": header_of(self.login),
            }
        return more


_SETTINGS = tuple(
    word
    for setting in (
        "protocol.version=2",
        "http.followRedirects=false",
        "http.lowSpeedLimit=100",
        "http.lowSpeedTime=60",
        "credential.helper=",
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.bigFileThreshold=16m",
        "fetch.unpackLimit=1",
        "fetch.writeCommitGraph=false",
        "fetch.recurseSubmodules=false",
        "fetch.uriProtocols=",
        "transfer.bundleURI=false",
        "gc.auto=0",
        "maintenance.auto=false",
        "pack.threads=1",
        "submodule.recurse=false",
    )
    for word in ("-c", setting)
)


def header_of(login: Login) -> str:
    """The header of HTTP that holds a token."""
    return "Authorization: Basic " + base64.b64encode(f"{login.user}:{login.token}".encode()).decode("ascii")


def clone_address(text: str) -> str:
    """The address that git is given. Raises CloneFailure where it is none that may be cloned."""
    if text.startswith("file://"):
        return text
    address = address_of(text) if is_address(text) else "no address of a repository"
    if isinstance(address, str):
        raise CloneFailure(address)
    return address.clone_url


def reason_of(ran: Ran) -> str:
    """Why git failed, in one line of ours: what servers say is not repeated."""
    if ran.stopped is not None:
        return _STOPPED[ran.stopped]
    told = ran.told.lower()
    return next((reason for words, reason in _REASONS if any(word in told for word in words)), NOT_TOLD)


_STOPPED = {
    "time": "limit of time for a clone reached",
    "size": TOO_LARGE,
    "output": "the server lists more references than the limit",
}
_REASONS = (
    (
        ("error: 401", "authentication failed", "could not read username", "permission denied (", "error: 403"),
        "no access: it needs a token with the right to read it",
    ),
    (
        ("error: 404", "not found", "does not appear to be a git repository", "does not exist"),
        "no such repository, or no right to see it",
    ),
    (("error: 451", "error: 410"), "the forge does not give it out"),
    (("error: 429",), "the server asks for fewer requests"),
    (("error: 5",), "the server has an error of its own"),
    (("host key verification failed",), "the host is not among the known hosts of ssh"),
    (("could not resolve host", "name or service not known"), "the host is not known"),
    (("certificate", "ssl", "tls"), "no trusted connection to the server"),
    (
        ("connection refused", "failed to connect", "connection timed out", "could not connect", "unreachable"),
        "the server cannot be reached",
    ),
    (("operation too slow", "timed out"), "the server is too slow"),
    (("transport 'file' not allowed", "transport '"), "the protocol is not used"),
    (("file size limit exceeded", "file too large", "died of signal 25", "no space left"), TOO_LARGE),
    (
        (
            "early eof",
            "unexpected disconnect",
            "connection reset",
            "empty reply",
            "rpc failed",
            "hung up",
            "transfer closed",
        ),
        "the connection ended early",
    ),
    (
        (
            "bad pack",
            "index-pack failed",
            "invalid index-pack",
            "corrupt",
            "did not send all necessary",
            "mismatch",
            "bad object",
            "inflate",
            "pack has",
        ),
        "what the server sent is broken",
    ),
    (
        ("protocol error", "bad line length", "invalid server response", "not valid: is this a git repository"),
        "the server does not speak as git does",
    ),
    (("out of memory",), "limit of memory for a clone reached"),
)


def _asked(url: str, branch: str | None) -> Sequence[str]:
    """What `ls-remote` is asked for: with HEAD, servers send all references, those of pull requests too."""
    return ["--heads", "--", url] if branch is not None else ["--symref", "--", url, "HEAD", "refs/heads/*"]


def _references(printed: str, wanted: str | None) -> References | None:
    """What the server has; None where the branch that was named is not there. Raises CloneFailure."""
    head: str | None = None
    branch: str | None = None
    branches: dict[str, str] = {}
    for line in printed.splitlines():
        value, _, name = line.partition("\t")
        if name == "HEAD" and value.startswith("ref: refs/heads/"):
            branch = value.removeprefix("ref: refs/heads/")
        elif name == "HEAD" and _OID.fullmatch(value):
            head = value
        elif name.startswith("refs/heads/") and _OID.fullmatch(value):
            branches[name.removeprefix("refs/heads/")] = value
    for candidate in (branch, wanted):
        if candidate is not None and candidate in branches:
            return References(branches[candidate], candidate, branches if len(branches) <= BRANCHES else {})
    if wanted is not None:
        return None
    if head is not None:
        return References(head, None, branches if len(branches) <= BRANCHES else {})
    raise CloneFailure("the repository has no commit yet" if not branches else "the default branch is not there")
