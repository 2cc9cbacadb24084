"""Finds a git repository on disk, and says whether all of it lies inside itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlscan.snapshot.disk import read_file
from mlscan.snapshot.origin import config_value

_UP = 200
"""Folders above the target in which a repository is looked for."""
_FANOUT = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """A repository on disk."""

    git_dir: Path
    """Where HEAD and the index lie."""
    common: Path
    """Where objects and references lie; the same but for linked work trees."""
    work_tree: Path | None
    prefix: str = ""
    """The scanned folder below the work tree, `/`-separated, "" for its root."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Looks like a repository, but is not opened as one."""

    reason: str


def find_repository(target: Path) -> Found | Refused | None:
    """The repository that a folder is or lies in; None for a plain folder. `.git` comes before a bare repository."""
    here = target
    for _ in range(_UP):
        entry = here / ".git"
        if _is(entry, stat.S_IFREG):
            return _linked(entry, here, target)
        if is_git_dir(entry):
            return _whole(entry, here, _prefix(target, here))
        if here == target:
            if is_git_dir(target):
                return _whole(target, None)
            if entry.is_symlink():
                return Refused("symbolic link, not followed")
            if entry.exists():
                return Refused("no repository that can be read")
        if here.parent == here:
            return None
        here = here.parent
    return None


def _prefix(target: Path, root: Path) -> str:
    relative = target.relative_to(root)
    parts = [os.fsencode(part).decode("utf-8", "surrogateescape") for part in relative.parts]
    return "/".join(parts)


def is_git_dir(path: Path) -> bool:
    """Whether a folder, reached by no link, is a git directory: HEAD, objects and references."""
    if not _is(path, stat.S_IFDIR) or not _is(path / "HEAD", stat.S_IFREG):
        return False
    if _is(path / "commondir", stat.S_IFREG):
        return True
    return _is(path / "objects", stat.S_IFDIR) and (
        _is(path / "refs", stat.S_IFDIR) or _is(path / "packed-refs", stat.S_IFREG)
    )


def _linked(entry: Path, here: Path, target: Path) -> Found | Refused:
    """A `.git` file is followed only where its target points back: a linked work tree or an absorbed submodule."""
    text = read_file(here, ".git")
    if not text.startswith(b"gitdir:"):
        return Refused("the file .git names no repository")
    git_dir = Path(os.path.normpath(here / os.fsdecode(text[7:].strip().replace(b"\0", b""))))
    if not is_git_dir(git_dir):
        return Refused("the file .git names a repository that is not there")
    back = read_file(git_dir, "gitdir").strip().replace(b"\0", b"")
    trees = [config_value(read_file(git_dir, name), "core", "worktree") for name in ("config.worktree", "config")]
    points_back = bool(back) and _same(git_dir / os.fsdecode(back), entry)
    if not points_back and not any(tree and _same(git_dir / tree, here) for tree in trees):
        return Refused("the file .git names a repository that does not point back")
    return _whole(git_dir, here, _prefix(target, here))


def _whole(git_dir: Path, work_tree: Path | None, prefix: str = "") -> Found | Refused:
    """The repository, unless a part of it is said to lie elsewhere."""
    common = git_dir
    text = read_file(git_dir, "commondir").strip().replace(b"\0", b"")
    if text:
        common = git_dir.parent.parent
        if git_dir.parent.name != "worktrees" or not _same(git_dir / os.fsdecode(text), common):
            return Refused("the repository keeps its objects in another place, which is not read")
    problem = store_problem(common)
    return Refused(problem) if problem else Found(git_dir, common, work_tree, prefix)


def store_problem(common: Path) -> str | None:
    """Why git must not be let loose on an object store: it leads elsewhere, or an entry could block or be a link."""
    objects = common / "objects"
    if not _is(objects, stat.S_IFDIR):
        return "the repository has no object store"
    for entry in _entries(objects):
        if _FANOUT.fullmatch(entry.name) or entry.name in ("pack", "info"):
            if not entry.is_dir(follow_symlinks=False):
                return "the object store holds something that is no folder"
            if not all(inner.is_file(follow_symlinks=False) for inner in _entries(Path(entry.path)) if _is_used(inner)):
                return "the object store holds something that is no regular file"
    listed = read_file(common, "objects/info/alternates")
    if any(line.strip() and not line.startswith(b"#") for line in listed.splitlines()):
        return "the object store borrows objects from another place, which is not read"
    return None


def _is_used(entry: os.DirEntry[str]) -> bool:
    """Folders inside are commit graphs and indexes of many packs, which our configuration turns off."""
    return not entry.is_dir(follow_symlinks=False)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return


def _same(left: Path, right: Path) -> bool:
    try:
        return left.samefile(right)
    except (OSError, ValueError):
        return False


def _is(path: Path, kind: int) -> bool:
    try:
        return stat.S_IFMT(path.lstat().st_mode) == kind
    except (OSError, ValueError):
        return False
