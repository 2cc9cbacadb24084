"""Clones of other repositories that the user gave, read at the revision that a reference names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlscan.snapshot import RepositorySnapshot, open_snapshot
from mlscan.snapshot.identity import Identity, identity_of
from mlscan.types.errors import NothingToScan, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import History, Limits


class View:
    """The files of a clone at one revision."""

    def __init__(self, snapshot: RepositorySnapshot, revision: str) -> None:
        self._snapshot = snapshot
        self.revision = revision
        """As the reference names it; "" for the default branch."""
        self.paths = frozenset(entry.path for entry in snapshot.files)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None where they cannot be had."""
        if path not in self.paths:
            return None
        for _, data in self._snapshot.read_many([path]):
            return None if isinstance(data, Gap) else data
        return None

    def text(self, path: str) -> str | None:
        """The text of a file, or None where it cannot be had."""
        data = self.read(path)
        return None if data is None else data.decode("utf-8", "surrogateescape")


class Clone:
    """One clone, whose revisions are opened when they are asked for."""

    def __init__(self, path: str | Path, limits: Limits) -> None:
        self._path, self._limits = Path(path), limits
        if not self._path.is_dir():
            raise UsageError(f"--with: {path}: no such folder")
        self.identity: Identity = identity_of(self._path)
        self._views: dict[str | None, View | None] = {}
        self._open: list[RepositorySnapshot] = []

    def at(self, names: Sequence[str]) -> View | None:
        """The clone at the first of the revisions that it has, or None; no names are the default branch."""
        for name in names:
            for candidate in (name, f"refs/tags/{name}", f"origin/{name}"):
                view = self._view(candidate, name)
                if view is not None:
                    return view
        return None if names else self._view("origin/HEAD", "") or self._view("HEAD", "") or self._plain()

    def close(self) -> None:
        """Releases what was opened."""
        for snapshot in self._open:
            snapshot.close()

    def _view(self, rev: str, shown: str) -> View | None:
        if rev not in self._views:
            try:
                snapshot = open_snapshot(self._path, rev=rev, limits=self._limits)
            except (NothingToScan, UsageError):
                self._views[rev] = None
            else:
                self._open.append(snapshot)
                self._views[rev] = View(snapshot, shown)
        return self._views[rev]

    def _plain(self) -> View | None:
        """The files of a folder without git: it has no revisions, so only what names none is found in it."""
        if None not in self._views:
            snapshot = open_snapshot(self._path, limits=self._limits)
            self._open.append(snapshot)
            plain = snapshot.info.history is History.NONE and snapshot.info.revision is None
            self._views[None] = View(snapshot, "") if plain else None
        return self._views[None]


class Clones:
    """All clones that were given."""

    def __init__(self, paths: Sequence[str | Path], limits: Limits) -> None:
        self._clones = [Clone(path, limits) for path in paths]
        self._used: set[int] = set()

    def meant_by(self, reference: str) -> Clone | None:
        """The first clone that a reference to a repository means."""
        for number, clone in enumerate(self._clones):
            if clone.identity.is_meant_by(reference):
                self._used.add(number)
                return clone
        return None

    def unused(self) -> list[str]:
        """Names of the clones that nothing referred to."""
        return [clone.identity.name for number, clone in enumerate(self._clones) if number not in self._used]

    def close(self) -> None:
        """Releases what was opened."""
        for clone in self._clones:
            clone.close()
