"""The repositories in a folder, found to any depth."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mlscan.snapshot.disk import read_file
from mlscan.snapshot.origin import canonical_url, origin_url
from mlscan.snapshot.repository import Found, find_repository, is_git_dir
from mlscan.types.fleet import FleetRepository, SourceFailure


def in_folder(folder: Path, source: str) -> Iterator[FleetRepository | SourceFailure]:
    """The repositories in a folder, itself included, in the order of their paths, while they are found.

    A bare repository is not searched inside. A work tree is, because clones lie in work trees too; its submodules are
    parts of it and not counted. A linked work tree is counted only where its repository does not lie in the folder.
    A symbolic link is followed where it is the user's own and leads to a repository.
    """
    try:
        root = folder.resolve(strict=True)
        next(root.iterdir(), None)
    except (OSError, RuntimeError, ValueError):
        yield SourceFailure(source=source, reason="no such folder, or no permission to read it")
        return
    search = _Search(root)
    found = 0
    for repository in search:
        found += 1
        yield repository
    for place in search.closed:
        yield SourceFailure(source=source, reason=f"no permission to read the folder {place!r} in it")
    if not found:
        yield SourceFailure(source=source, reason="holds no repository")


def repository_at(folder: Path, name: str) -> FleetRepository | None:
    """The repository that a folder is, or None for any other folder."""
    entry = folder / ".git"
    if not (is_git_dir(folder) or is_git_dir(entry) or _is_file(entry)):
        return None
    found = find_repository(folder)
    return _described(folder, found, name) if isinstance(found, Found) else None


def _described(folder: Path, found: Found, name: str) -> FleetRepository:
    url = canonical_url(origin_url(found.common))
    head = read_file(found.git_dir, "HEAD", 4_096).decode("utf-8", "replace").strip()
    return FleetRepository(
        identity=os.fsencode(folder).decode("utf-8", "replace"),
        name=os.fsencode(name).decode("utf-8", "replace"),
        url=url,
        path=str(folder),
        default_branch=head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else None,
    )


_TELLING = (".git", "HEAD")
"""A folder with neither of these is no repository."""


class _Search:
    """One search below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._followed = {root: ""}
        """Folders of which everything is searched -> what is in front of the names of what lies there."""
        self._seen: set[Path] = set()
        """Where the objects of each repository lie that was counted."""
        self._parts: set[Path] = set()
        """Submodules, which are parts of what was counted."""
        self._linked: list[tuple[Path, Found]] = []
        self.closed: list[str] = []
        """Folders that could not be read, as seen from the root."""

    def __iter__(self) -> Iterator[FleetRepository]:
        """Each repository once; linked work trees last."""
        folders = [self._root]
        while folders:
            folder = folders.pop()
            entries = self._entries(folder)
            names = {entry.name for entry in entries}
            if not names.isdisjoint(_TELLING):
                yield from self._at(folder)
                if is_git_dir(folder):
                    continue
            if ".gitmodules" in names:
                self._parts |= _submodules(folder)
            folders += reversed(self._below(entries))
        for folder, found in self._linked:
            if found.common not in self._seen:
                yield from self._counted(folder, found)

    def _at(self, folder: Path) -> Iterator[FleetRepository]:
        entry = folder / ".git"
        if is_git_dir(folder) or is_git_dir(entry):
            found = find_repository(folder)
            if isinstance(found, Found):
                yield from self._counted(folder, found)
        elif _is_file(entry):
            found = find_repository(folder)
            if isinstance(found, Found) and (folder == self._root or not _is_submodule(found)):
                self._linked.append((folder, found))

    def _counted(self, folder: Path, found: Found) -> Iterator[FleetRepository]:
        common = _real(found.common)
        if common not in self._seen:
            self._seen.add(common)
            yield _described(folder, found, self._name(folder))

    def _name(self, folder: Path) -> str:
        """The path as the user sees it: below the folder that was named, links by their own names."""
        place = next((p for p in reversed(self._followed) if folder.is_relative_to(p)), folder.parent)
        parts = [self._followed.get(place, ""), *folder.relative_to(place).parts]
        shown = "/".join(part for part in parts if part not in ("", ".git"))
        own = folder.parent if folder.name == ".git" else folder
        return (shown or own.name).removesuffix(".git") or "repository"

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda e: os.fsencode(e.name))
        except OSError:
            self.closed.append(self._name(folder))
            return []

    def _below(self, entries: list[os.DirEntry[str]]) -> list[Path]:
        """Folders that are searched next: all but git directories and submodules."""
        found = []
        for entry in entries:
            if entry.name == ".git":
                continue
            if _is_folder(entry):
                path = Path(entry.path)
                found += [] if path in self._parts else [path]
            elif _is_own_link(entry) and self._is_new(target := _real(Path(entry.path))):
                self._followed[target] = self._name(Path(entry.path))
                found.append(target)
        return found

    def _is_new(self, target: Path) -> bool:
        """Whether a link leads to where nobody has searched, which also ends loops."""
        return not any(target.is_relative_to(place) for place in self._followed)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_own_link(entry: os.DirEntry[str]) -> bool:
    """Whether this is a link of the user's own that leads to a repository."""
    try:
        if not entry.is_symlink():
            return False
        if hasattr(os, "geteuid") and entry.stat(follow_symlinks=False).st_uid != os.geteuid():
            return False
    except OSError:
        return False
    target = _real(Path(entry.path))
    return is_git_dir(target) or is_git_dir(target / ".git") or _is_file(target / ".git")


def _is_submodule(found: Found) -> bool:
    """Whether a `.git` file leads into the git directory of the repository around it, and not to a linked work tree."""
    return found.git_dir == found.common


def _submodules(folder: Path) -> set[Path]:
    """Folders that a work tree names as its submodules."""
    text = read_file(folder, ".gitmodules")
    found = set()
    section = ""
    for line in text.decode("utf-8", "surrogateescape").splitlines():
        section = line.strip() if line.strip().startswith("[") else section
        name, sign, value = line.partition("=")
        if sign and name.strip().lower() == "path" and section.startswith("[submodule"):
            found.add(Path(os.path.normpath(folder / value.strip().strip('"'))))
    return found


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
