"""Gives a clone of any repository of a fleet: the one that lies here, the one that is kept, or a new one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mlscan.fleet.cloning.cache import CLOSED, Cache, Mark, Place, locked, remove
from mlscan.fleet.cloning.fetching import Filling, ending
from mlscan.fleet.cloning.git import Bounds, size_of
from mlscan.fleet.cloning.limits import CloneFailure, CloneLimits
from mlscan.fleet.cloning.remote import References, Remote, clone_address
from mlscan.fleet.sources.tokens import Login, login_for
from mlscan.snapshot.head import head_revision
from mlscan.types.fleet import FleetRepository

PRUNED = 25
"""New clones after which the cache is looked through."""
ATTEMPTS = 3
"""How often a clone is tried where a server fails for a while."""
_PASSING = (
    "the server has an error of its own",
    "the server asks for fewer requests",
    "the server is too slow",
    "the server cannot be reached",
    "the connection ended early",
)


@dataclass(frozen=True, slots=True)
class Clone:
    """A repository on this disk, to be read while it is held."""

    path: Path
    revision: str | None
    """The commit that HEAD names; None for a repository without a commit."""


def silent(message: str) -> None:
    """Tells nobody."""


class Cloner:
    """Clones repositories into a cache. Can be sent to a worker process; tokens never travel with it."""

    def __init__(
        self,
        cache: Path,
        limits: CloneLimits,
        *,
        full_history: bool = False,
        notify: Callable[[str], None] = silent,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """cache: a folder for clones, made when needed. notify: told in one line what could not be had (picklable)."""
        self._cache = Cache(cache.absolute())
        self._limits = limits
        self._full = full_history
        self._notify = notify
        self._sleep = sleep
        self._logins: dict[tuple[str, str], Login | None] = {}
        self._asked: tuple[str, Remote, References] | None = None
        self._made = 0

    def __getstate__(self) -> dict[str, Any]:
        """Everything but tokens and what servers have said."""
        return self.__dict__ | {"_logins": {}, "_asked": None}

    def revision(self, repository: FleetRepository) -> str | None:
        """The commit that the repository stands at now, without cloning it; None where there is none yet.

        The server is asked for it; a repository that lies here is looked at. Raises CloneFailure.
        """
        if repository.path is not None:
            return head_revision(repository.path)
        remote, references = self._references(repository, ending(self._limits))
        self._asked = (repository.identity, remote, references)
        return references.revision

    @contextmanager
    def fetched(self, repository: FleetRepository) -> Iterator[Clone]:
        """A clone at the commit that the repository stands at now; nobody else changes or removes it meanwhile.

        Raises CloneFailure.
        """
        if repository.path is not None:
            if not Path(repository.path).is_dir():
                raise CloneFailure("the folder is not there any more")
            yield Clone(Path(repository.path), head_revision(repository.path))
            return
        end = ending(self._limits)
        self._cache.open()
        place = self._cache.place(repository.identity, full_history=self._full)
        with locked(place.lock, self._limits.seconds, self._sleep) as held:
            if not held:
                raise CloneFailure("another run has held the clone for too long")
            try:
                self._bring(repository, place, end)
                yield Clone(place.clone, head_revision(place.clone))
            finally:
                if self._limits.cache_bytes == 0:
                    remove(place.folder)
                elif self._made >= PRUNED:
                    self._made = 0
                    self.prune()

    def prune(self) -> int:
        """Removes clones from the cache by age, then the least recently used until it is small enough; bytes freed."""
        return self._cache.prune(self._limits.cache_bytes, self._limits.cache_days * 86_400)

    def _bring(self, repository: FleetRepository, place: Place, end: float) -> None:
        """Makes the clone in its place the one of now."""
        asked, self._asked = self._asked, None
        for attempt in range(ATTEMPTS):
            try:
                if asked is not None and asked[0] == repository.identity:
                    remote, references = asked[1:]
                else:
                    remote, references = self._references(repository, end)
                self._make(Making(repository, place, remote, references, end))
            except CloneFailure as failure:
                asked = None
                if failure.reason not in _PASSING or attempt == ATTEMPTS - 1:
                    raise
                self._sleep(2**attempt * (0.5 + random.random()))  # noqa: S311 - no secret
            else:
                place.touch()
                return

    def _make(self, making: Making) -> None:
        place, mark = making.place, making.place.mark()
        blobs = 0 if self._full else self._limits.file_bytes
        branch = quote(making.references.branch or "", errors="surrogateescape")
        known = mark is not None and mark.is_complete and (mark.blob_bytes, mark.branch) == (blobs, branch)
        if mark is not None and known and mark.revision == making.references.revision:
            making.filling(place.clone, self._limits).refresh()
            return
        new = place.new(place.clone if known and self._full else None)
        try:
            complete = self._fill(making.filling(new, self._limits), making.repository.name)
            revision = head_revision(new)
            if revision is None:
                raise CloneFailure("what the server sent is broken")
            self._made += 1
            size = size_of(new)
            made = Mark(revision=revision, branch=branch, blob_bytes=blobs, is_complete=complete, bytes=size)
            place.put(new, made)
        except OSError:
            raise CloneFailure(CLOSED) from None
        finally:
            place.end(new)

    def _fill(self, filling: Filling, name: str) -> bool:
        """Whether everything could be had. Raises CloneFailure."""
        if self._full:
            filling.everything()
            return True
        return filling.needed(lambda text: self._notify(f"{name}: {text}"))

    def _references(self, repository: FleetRepository, end: float) -> tuple[Remote, References]:
        if repository.clone_url is None:
            raise CloneFailure("nobody has said where it can be cloned from")
        remote = Remote(clone_address(repository.clone_url), self._login(repository))
        self._cache.open()
        return remote.references(self._cache.folder, Bounds(end=end), repository.default_branch)

    def _login(self, repository: FleetRepository) -> Login | None:
        """The token for the repository's forge, looked up once in a process."""
        key = (repository.forge, repository.host)
        if key not in self._logins:
            self._logins[key] = login_for(*key) if repository.host else None
        return self._logins[key]


@dataclass(frozen=True, slots=True)
class Making:
    """What one clone is made from."""

    repository: FleetRepository
    place: Place
    remote: Remote
    references: References
    end: float

    def filling(self, folder: Path, limits: CloneLimits) -> Filling:
        """The way to fill a folder."""
        shown = clone_address(self.repository.clone_url or self.remote.url)
        return Filling(self.remote, self.references, folder, limits, self.end, shown)
