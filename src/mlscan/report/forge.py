"""Addresses of places on the forge that hosts a repository, at the scanned revision."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mlscan.types.evidence import Location
from mlscan.types.snapshot import RepositoryInfo

LONGEST = 1_000
"""Characters; places with longer addresses get none."""

_URL = re.compile(
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)/((?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+(?:/(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+)+)"
)
_REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_RENDERED = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".ipynb", ".csv", ".tsv", ".svg")
"""Files that forges draw instead of listing; lines are only there in the plain view."""

Address = Callable[[str, int | None], str]
"""Quoted path and line -> URL."""


@dataclass(frozen=True, slots=True)
class Forge:
    """Where a repository's pages are."""

    commit: str
    """The page of the scanned revision."""
    _address: Address
    _from_root: Callable[[str], str] = str

    def other_commit(self, revision: str) -> str | None:
        """The page of another revision."""
        head, _, _ = self.commit.rpartition("/")
        return f"{head}/{revision}" if _REVISION.fullmatch(revision) else None

    def link(self, where: Location) -> str | None:
        """The page that shows a place; None for the whole repository and for a very long address.

        Only characters of URLs are in it: the path is quoted byte by byte.
        """
        if where.path in ("", "."):
            return None
        url = self._address(quoted(self._from_root(where.path)), where.line)
        return url if len(url) <= LONGEST else None


def forge_of(repository: RepositoryInfo) -> Forge | None:
    """GitHub, GitLab, Bitbucket and Azure DevOps by the host's name, self-hosted ones too.

    None for other hosts and where URL or revision are unknown: a wrong link is worse than none.
    """
    revision = repository.revision or ""
    match = _URL.fullmatch(repository.url or "")
    if match is None or not _REVISION.fullmatch(revision):
        return None
    host, parts = match[1], match[2].split("/")
    if any(set(part) == {"."} for part in parts):
        return None
    for fits, build in _SHAPES:
        if fits(host):
            forge = build(host, parts, revision)
            return forge and replace(forge, _from_root=repository.from_root)
    return None


def quoted(path: str) -> str:
    """The path for a URL; bytes that are not UTF-8 come back as they were."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Half a character, as Windows allows in names: no forge has such a file.
        data = path.encode("utf-8", "replace")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)


def _plain(path: str) -> str:
    return "?plain=1" if path.lower().endswith(_RENDERED) else ""


def _line(line: int | None, before: str) -> str:
    return "" if line is None else f"{before}{line}"


def _github(host: str, parts: list[str], revision: str) -> Forge | None:
    if len(parts) != 2:
        return None
    base = f"https://{host}/{'/'.join(parts)}"
    return Forge(f"{base}/commit/{revision}", lambda p, n: f"{base}/blob/{revision}/{p}{_plain(p)}{_line(n, '#L')}")


def _gitlab(host: str, parts: list[str], revision: str) -> Forge | None:
    base = f"https://{host}/{'/'.join(parts)}/-"
    return Forge(f"{base}/commit/{revision}", lambda p, n: f"{base}/blob/{revision}/{p}{_plain(p)}{_line(n, '#L')}")


def _bitbucket(host: str, parts: list[str], revision: str) -> Forge | None:
    if len(parts) != 2:
        return None
    base = f"https://{host}/{'/'.join(parts)}"
    return Forge(f"{base}/commits/{revision}", lambda p, n: f"{base}/src/{revision}/{p}{_line(n, '#lines-')}")


def _bitbucket_server(host: str, parts: list[str], revision: str) -> Forge | None:
    own = parts[1:] if parts[0] == "scm" else parts
    if len(own) != 2 or own[0].startswith("~"):
        return None
    base = f"https://{host}/projects/{own[0]}/repos/{own[1]}"
    return Forge(f"{base}/commits/{revision}", lambda p, n: f"{base}/browse/{p}?at={revision}{_line(n, '#')}")


def _azure(host: str, parts: list[str], revision: str) -> Forge | None:
    if parts[0] == "v3" and len(parts) == 4:
        host, parts = "dev.azure.com", [parts[1], parts[2], "_git", parts[3]]
    if len(parts) < 2 or parts[-2] != "_git":
        return None
    base = f"https://{host}/{'/'.join(parts)}"

    def address(path: str, line: int | None) -> str:
        lines = "" if line is None else f"&line={line}&lineEnd={line + 1}&lineStartColumn=1&lineEndColumn=1"
        return f"{base}?path=/{path}&version=GC{revision}{lines}"

    return Forge(f"{base}/commit/{revision}", address)


def _called(name: str) -> Callable[[str], bool]:
    return lambda host: host == f"{name}.com" or host.startswith(f"{name}.")


_SHAPES: tuple[tuple[Callable[[str], bool], Callable[[str, list[str], str], Forge | None]], ...] = (
    (lambda host: host == "bitbucket.org", _bitbucket),
    (_called("bitbucket"), _bitbucket_server),
    (_called("github"), _github),
    (_called("gitlab"), _gitlab),
    (lambda host: host.endswith((".azure.com", ".visualstudio.com")), _azure),
)
"""Whether a host is one of these -> how its addresses look."""
