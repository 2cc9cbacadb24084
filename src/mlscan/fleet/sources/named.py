"""What a user names as a source, told apart by its words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from mlscan.fleet.sources.addresses import host_of
from mlscan.types.errors import UsageError

FORGES = {"github": "github.com", "gitlab": "gitlab.com"}
"""Forge -> its public host."""
_PATH = re.compile(r"[\w][\w.-]*(?:/[\w.-]+)*")


@dataclass(frozen=True, slots=True)
class ForgeSource:
    """An organisation, group, user or repository on a forge."""

    source: str
    """As the user wrote it."""
    forge: str
    """`github` or `gitlab`."""
    scheme: str
    host: str
    """With the port where it is not the usual one."""
    path: str
    """Name of the organisation or group, of a user, or of a repository."""
    is_user: bool
    """Whether `path` is named as a user's."""

    @property
    def base(self) -> str:
        """The forge's own address, without a slash at its end."""
        return f"{self.scheme}://{self.host}"


def forge_source(source: str) -> ForgeSource | None:
    """What `github:ORG`, `github:user/NAME`, `gitlab:GROUP/SUB` or `github:https://HOST/ORG` names.

    None for anything that does not begin like this. Raises UsageError where it does, but names nothing.
    """
    forge, sign, rest = source.partition(":")
    if not sign or forge.lower() not in FORGES or rest.startswith("\\\\"):
        return None
    forge, scheme, host = forge.lower(), "https", FORGES[forge.lower()]
    if "://" in rest:
        try:
            parts = urlsplit(rest)
            named = host_of(parts.hostname or "", parts.scheme, parts.port)
        except ValueError:
            named = None
        if named is None or parts.scheme not in ("https", "http"):
            raise UsageError(f"{_shown(source)}: write {forge}:https://HOST/NAME")
        if parts.username is not None:
            raise UsageError(f"{_shown(source)}: tokens come from the environment, never from an address")
        scheme, host, rest = parts.scheme, named, parts.path
    rest = rest.strip("/").removesuffix(".git")
    is_user = rest.startswith("user/")
    path = rest.removeprefix("user/")
    if not _PATH.fullmatch(path) or path == "user" or (is_user and "/" in path) or ".." in path.split("/"):
        raise UsageError(f"{_shown(source)}: write {forge}:NAME, {forge}:user/NAME or {forge}:https://HOST/NAME")
    return ForgeSource(_shown(source), forge, scheme, host, path, is_user)


def _shown(source: str) -> str:
    """The source without what may be a secret in it, on one line."""
    shown = re.sub(r"//[^/@]*@", "//", source)
    return "".join(sign if sign.isprintable() else "?" for sign in shown)[:200]
