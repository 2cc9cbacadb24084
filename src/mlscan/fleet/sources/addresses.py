"""Addresses of repositories as people write them: what is cloned, what is shown, and what tells two of them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from mlscan.snapshot.origin import canonical_url

USUAL_PORTS = {"https": 443, "http": 80, "ssh": 22}
"""Protocols that a repository may be cloned by, with the port that need not be named."""
_SCP = re.compile(r"^(?:([\w.][\w.-]*)@)?([\w.-]+):(?!/?/)([^\s?#]+)$")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
PUBLIC_FORGES = {"github.com": "github", "gitlab.com": "gitlab"}
"""Hosts that everybody knows to be a forge."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a repository on another machine."""

    clone_url: str
    """What is cloned; without a password, and for http without a user."""
    host: str
    """Lower case, with the port where it is not the usual one."""
    path: str
    """Below the host, without `.git`."""
    had_secret: bool = False
    """Whether a password or token was in it, which is left out."""

    @property
    def identity(self) -> str:
        """The canonical address: the same for https and ssh, with and without `.git`."""
        return f"https://{self.host}/{self.path}"

    @property
    def url(self) -> str | None:
        """The https address to show."""
        return canonical_url(self.clone_url)


def is_address(text: str) -> bool:
    """Whether a text is meant as an address, not as a path."""
    if _DRIVE.match(text):
        return False
    return "://" in text or _SCP.match(text) is not None


def address_of(text: str) -> Address | str:
    """The address that a text is, or in one line why it is none that can be cloned."""
    text = text.strip()
    if not text.isprintable() or " " in text:
        return "no address: it holds spaces or characters that are not printable"
    if scp := _SCP.match(text):
        user, host, path = scp[1] or "git", host_of(scp[2], "ssh", None), _cleaned(scp[3])
        return Address(f"{user}@{host}:{scp[3]}", host, path) if host and path else "no address of a repository"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "no address of a repository"
    return _of_url(parts, port)


def host_of(hostname: str, scheme: str, port: int | None) -> str | None:
    """Host as an identity has it, or None where it is no name of a host."""
    host = hostname.lower()
    host = f"[{host}]" if ":" in host else host
    if _HOST.fullmatch(host) is None:
        return None
    return host if port is None or port == USUAL_PORTS.get(scheme) else f"{host}:{port}"


def _of_url(parts: SplitResult, port: int | None) -> Address | str:
    scheme = parts.scheme.lower()
    if scheme not in USUAL_PORTS:
        return f"the protocol {scheme!r} is not used; https, http and ssh are" if scheme else "no address"
    host = host_of(parts.hostname or "", scheme, port)
    path = _cleaned(parts.path)
    if host is None or not path:
        return "no address of a repository"
    user = f"{parts.username}@" if scheme == "ssh" and parts.username else ""
    if user and not re.fullmatch(r"[\w.][\w.-]*@", user):
        return "no address of a repository"
    clone_url = f"{scheme}://{user}{host}/{quote(unquote(parts.path).strip('/'), safe='/~+@:,')}"
    had_secret = parts.password is not None or (scheme != "ssh" and parts.username is not None)
    return Address(clone_url, host, path, had_secret)


def _cleaned(path: str) -> str:
    """The path without what need not be there; "" where it could lead anywhere else."""
    path = unquote(path).strip("/").removesuffix(".git").strip("/")
    parts = path.split("/")
    return "" if not path.isprintable() or any(part in ("", ".", "..") for part in parts) else path
