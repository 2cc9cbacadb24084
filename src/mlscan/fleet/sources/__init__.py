"""Where the repositories of a fleet come from: forges, folders, lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlscan.fleet.sources.filters import Filters, Sieve
from mlscan.fleet.sources.named import ForgeSource, forge_source
from mlscan.fleet.sources.patience import Clock
from mlscan.types.errors import UsageError
from mlscan.types.fleet import FleetRepository, SourceFailure

__all__ = ["Clock", "Filters", "gather"]

Notify = Callable[[str], None]
Found = Iterator[FleetRepository | SourceFailure]
_CLOCK = Clock()


def gather(sources: Sequence[str], filters: Filters, notify: Notify, *, clock: Clock = _CLOCK) -> Found:
    """The repositories that the sources name, while they are found; each once, in the order of the sources.

    A source is `github:ORG`, `github:user/NAME`, `github:OWNER/REPOSITORY`, `gitlab:GROUP` (with its subgroups),
    each also with an address (`github:https://HOST/ORG`); a folder; a text or CSV file; `-` for standard input;
    or the address of one repository. What cannot be listed is a SourceFailure and ends nothing else.
    notify: told in one line what was left out, and what is waited for.
    Raises UsageError, before anything is listed, for a source or a filter that means nothing.
    """
    named = [(source, forge_source(source)) for source in sources]
    for source, forge in named:
        if forge is None and not source.strip():
            raise UsageError("a source is empty")
    Sieve(filters)
    return _Gathering(filters, notify, clock).of(named)


@dataclass(frozen=True, slots=True)
class _Gathering:
    """What holds for all sources of one run."""

    filters: Filters
    notify: Notify
    clock: Clock

    def of(self, named: Sequence[tuple[str, ForgeSource | None]]) -> Found:
        """The repositories of all sources, each once."""
        forges = {forge.host: forge.forge for _, forge in named if forge is not None}
        seen: set[str] = set()
        for source, forge in named:
            sieve = Sieve(self.filters)
            for listed in self._listed(source, forge):
                if isinstance(listed, SourceFailure):
                    yield listed
                    continue
                found = replace(listed, forge=listed.forge or forges.get(listed.host, ""))
                keys = _keys(found)
                if seen.isdisjoint(keys) and sieve.keeps(found):
                    yield found
                seen |= keys
            self.notify(f"{_short(source, forge)}: {sieve.told()}")

    def _listed(self, source: str, forge: ForgeSource | None) -> Found:
        if forge is not None and forge.forge == "github":
            from mlscan.fleet.sources.github_source import from_github

            return from_github(forge, self.notify, self.clock)
        if forge is not None:
            from mlscan.fleet.sources.gitlab_source import from_gitlab

            return from_gitlab(forge, self.filters, self.notify, self.clock)
        from mlscan.fleet.sources import lists
        from mlscan.fleet.sources.addresses import is_address
        from mlscan.fleet.sources.folders import in_folder

        if source == "-":
            return lists.from_stdin(self.notify)
        path = Path(source)
        if is_address(source) and not path.exists():
            return lists.from_address(source, self.notify)
        return lists.from_file(path, self.notify) if path.is_file() else in_folder(path, _short(source, None))


def _keys(found: FleetRepository) -> set[str]:
    """What tells that a repository was there before: two clones on disk of one address are two repositories."""
    keys = {found.identity}
    if found.host:
        address = f"https://{found.host}/{found.name}"
        # Forges do not tell names apart by case; other servers do.
        keys.add(address.casefold() if found.forge else address)
    return keys


def _short(source: str, forge: ForgeSource | None) -> str:
    """The source as messages show it: no secret, no path of this machine."""
    if forge is not None:
        return forge.source
    return re.sub(r"//[^/@]*@", "//", source) if "://" in source else Path(source).name or "folder"
