"""By what names a clone may be referred to from another repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mlscan.snapshot.origin import canonical_url, remote_urls, repository_name
from mlscan.snapshot.repository import Found, find_repository

_SKIPPED = frozenset({"_git", "scm", "v3"})
"""Parts of addresses that name no repository."""
_JOINED = re.compile(r"[+]|__|(?<=\w)-(?=\w)")


@dataclass(frozen=True, slots=True)
class Identity:
    """A clone by the addresses of its remotes and the folder that it lies in."""

    name: str
    addresses: tuple[tuple[str, ...], ...]
    """Host and path of each remote, in lower case, as parts."""
    folder: tuple[str, ...]
    """The last two parts of its path, in lower case, without `.git`."""

    def is_meant_by(self, reference: str) -> bool:
        """Whether `repo`, `org/repo`, a deeper path, or an address of any form names this clone.

        Where the addresses of the remotes are known, they decide before the folder does.
        """
        wanted = parts_of(reference)
        if not wanted:
            return False
        if any(address[-len(wanted) :] == wanted or address == wanted for address in self.addresses):
            return True
        if self.folder[-len(wanted) :] == wanted[-2:]:
            return True
        last = self.folder[-1] if self.folder else ""
        if len(wanted) > 1 and tuple(_JOINED.split(last, maxsplit=1)) == wanted[-2:]:
            return True
        return last == wanted[-1] and not self.addresses


def identity_of(path: Path) -> Identity:
    """The identity of a folder, which need not be a repository."""
    resolved = path.resolve()
    found = find_repository(resolved)
    urls = remote_urls(found.common) if isinstance(found, Found) else ()
    addresses = tuple(dict.fromkeys(parts for url in urls if (parts := parts_of(canonical_url(url) or ""))))
    here = resolved.parent if resolved.name == ".git" else resolved
    folder = tuple(part.lower().removesuffix(".git") for part in here.parts[-2:])
    named = next((url for url in urls if canonical_url(url)), None)
    return Identity(repository_name(named, resolved), addresses, folder)


def parts_of(reference: str) -> tuple[str, ...]:
    """Host (where there is one) and path of a reference to a repository, as parts in lower case, without `.git`."""
    url = canonical_url(reference)
    text = (url or reference).partition("://")[2] if "://" in (url or reference) else reference
    parts = [part for part in text.lower().strip("/").removesuffix(".git").split("/") if part]
    return tuple(part for part in parts if part not in _SKIPPED)
