"""Goes through a folder on disk: every regular file, or only what is untracked and not ignored."""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from mlscan.snapshot import reasons
from mlscan.snapshot.disk import Disk, Kind, is_gone
from mlscan.snapshot.listing import Entry, Listing, encode, looked_at
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

RULES = 1_000_000
"""Bytes of the largest `.gitignore` that git is let read."""

Ignored = Callable[[list[str]], Collection[str] | None]
"""Which of these paths are ignored; None when that cannot be told."""
Seen = tuple[str, Kind]


@dataclass(frozen=True, slots=True)
class Tracked:
    """What git tracks below the folder, which a walk does not list again."""

    paths: Collection[str] = frozenset()
    folders: Collection[str] = frozenset()
    """Folders with something tracked in them."""
    submodules: Collection[str] = ()
    ignored: Ignored | None = None
    """None for a plain folder: nothing is ignored, and repositories inside are entered."""


@dataclass(slots=True)
class _Walk:
    disk: Disk
    limits: Limits
    tracked: Tracked
    left: int
    """Entries that may still be looked at."""
    listing: Listing = field(default_factory=Listing)
    closed: set[str] = field(default_factory=set)
    """Folders whose rules of ignoring git must not open."""


def of_folder(disk: Disk, limits: Limits, tracked: Tracked = Tracked()) -> Listing:
    """The files below a folder, `.git` left out; no link is followed and nothing is opened but by git for its rules."""
    left = looked_at(limits) + len(tracked.paths) + len(tracked.folders)
    walk = _Walk(disk, limits, tracked, left)
    folders = sorted({"", *tracked.folders}, key=encode)
    while folders:
        seen = [item for folder in folders for item in _look(walk, folder)]
        folders = _sort_out(walk, seen if tracked.ignored is None else _not_ignored(walk, seen))
    return walk.listing


def _look(walk: _Walk, folder: str) -> list[Seen]:
    """What lies in a folder and is not tracked."""
    if folder and folder.count("/") >= walk.limits.depth:
        if folder not in walk.tracked.folders:
            walk.listing.gaps.append(Gap(folder, reasons.TOO_DEEP, hides_names=True))
        return []
    try:
        entries = walk.disk.entries(folder, walk.left + 1)
    except OSError as error:
        if not (is_gone(error) and folder in walk.tracked.folders):
            walk.listing.gaps.append(Gap(folder, reasons.CLOSED_FOLDER, hides_names=True))
        return []
    if len(entries) > walk.left:
        walk.listing.gaps.append(Gap("", reasons.TOO_MANY, hides_names=True))
        del entries[walk.left :]
    walk.left -= len(entries)
    prefix = f"{folder}/" if folder else ""
    if walk.tracked.ignored is not None:
        if any(name == ".git" and _is_repository(walk, prefix, kind) for name, kind in entries) and folder:
            walk.listing.gaps.append(Gap(folder, reasons.NESTED))
            return []
        if not all(name != ".gitignore" or rules_can_be_read(walk.disk, folder) for name, _ in entries):
            walk.closed.add(folder)
            walk.listing.gaps.append(Gap(f"{prefix}.gitignore", reasons.NO_RULES))
    return [(prefix + name, kind) for name, kind in entries if name != ".git" and _is_new(walk, prefix + name, kind)]


def _is_new(walk: _Walk, path: str, kind: Kind) -> bool:
    tracked = walk.tracked
    if kind is Kind.FOLDER:
        return path not in tracked.folders and path not in tracked.submodules
    return path not in tracked.paths


def _is_repository(walk: _Walk, prefix: str, kind: Kind) -> bool:
    if kind is not Kind.FOLDER:
        return True
    try:
        walk.disk.state(f"{prefix}.git/HEAD")
    except OSError:
        return False
    return True


def rules_can_be_read(disk: Disk, folder: str) -> bool:
    """Whether git may open the `.gitignore` of a folder: it is absent, or a regular file that is not huge."""
    try:
        state = disk.state(f"{folder}/.gitignore" if folder else ".gitignore")
    except OSError as error:
        return is_gone(error)
    return stat.S_ISREG(state.st_mode) and state.st_size <= RULES


def _not_ignored(walk: _Walk, seen: list[Seen]) -> list[Seen]:
    assert walk.tracked.ignored is not None
    askable = [s for s in seen if not walk.closed or not walk.closed.intersection(_folders_of(s[0]))]
    ignored = walk.tracked.ignored([path for path, _ in askable]) if askable else ()
    left_out = set(seen) if ignored is None else set(seen).difference(askable)
    lost = sorted(path for path, kind in left_out if kind in (Kind.FILE, Kind.FOLDER))
    walk.listing.gaps += [Gap(path, reasons.NO_RULES, hides_names=True) for path in lost]
    if ignored is None:
        walk.listing.gaps.append(Gap("", reasons.NO_RULES))
        return []
    return [s for s in askable if s[0] not in ignored]


def _folders_of(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:n]) for n in range(len(parts)))


def folders_of(paths: Iterable[str]) -> set[str]:
    """All folders that these paths lie in, without the root."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _sort_out(walk: _Walk, seen: list[Seen]) -> list[str]:
    """Lists what is no folder, and gives the folders back."""
    listing = walk.listing
    for path, kind in seen:
        if kind is Kind.LINK:
            listing.links.append(path)
        elif kind is Kind.OTHER:
            listing.gaps.append(Gap(path, reasons.NOT_REGULAR))
        elif kind is Kind.FILE:
            try:
                state = walk.disk.state(path)
            except OSError as error:
                listing.gaps.append(Gap(path, reasons.VANISHED))
                if not is_gone(error):
                    listing.entries.append(Entry(path, None))
                continue
            listing.entries.append(Entry(path, None, bool(state.st_mode & 0o111), state.st_size))
    return [path for path, kind in seen if kind is Kind.FOLDER]
