"""Opens whatever the user named: work tree, subfolder, plain folder, bare repository, `.git`, any revision."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mlscan.snapshot import listing, repository
from mlscan.snapshot.disk import Disk
from mlscan.snapshot.git import Git
from mlscan.snapshot.listing import Entry, Listing
from mlscan.snapshot.repository import Found, Refused
from mlscan.snapshot.snapshots import Parts, RepositorySnapshot, blob_id, is_clean
from mlscan.types.errors import NothingToScan, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import History, Limits, RepositoryInfo

HASHED = 200_000_000
"""Bytes of files with another time stamp than the index has that are compared by content."""
_DEFAULT_LIMITS = Limits()


def open_snapshot(
    target: str | os.PathLike[str], *, rev: str | None = None, limits: Limits = _DEFAULT_LIMITS
) -> RepositorySnapshot:
    """A snapshot of a folder or repository; close it or use it as a context manager.

    rev: a revision that is read from the object database; the files in the folder are then not looked at.
    Raises NothingToScan when there is no such folder or revision, UsageError for a revision that git would take for
    an option. What is wrong with single files is a gap.
    """
    folder = _folder(target)
    if rev is not None and (not rev or rev.startswith("-") or any(c in rev for c in "\0\n")):
        raise UsageError(f"--rev: {rev!r} is no name of a revision")
    found = repository.find_repository(folder)
    if isinstance(found, Found) and not _usable(found):
        found = Refused("the object store borrows objects from another place, which is not read")
    if found is None or isinstance(found, Refused):
        if rev is not None:
            raise NothingToScan(f"{target}: no git repository to read the revision {rev!r} from")
        return _plain(folder, limits, [] if found is None else [Gap(".git", found.reason)])
    return _repository(folder, found, rev, limits)


def _folder(target: str | os.PathLike[str]) -> Path:
    path = Path(target)
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise NothingToScan(f"{target}: no such folder") from None
    if not resolved.is_dir():
        raise NothingToScan(f"{target}: not a folder; name the folder of a repository")
    if not os.access(resolved, os.R_OK | os.X_OK):
        raise NothingToScan(f"{target}: no permission to read this folder")
    return resolved


def _usable(found: Found) -> bool:
    return not repository.borrows(found.common)


def _plain(folder: Path, limits: Limits, gaps: list[Gap]) -> RepositorySnapshot:
    found = listing.of_folder(folder, limits)
    found.gaps += gaps
    info = RepositoryInfo(
        name=repository.repository_name(None, folder),
        url=None,
        revision=None,
        dirty=False,
        history=History.NONE,
        committed_on=None,
    )
    return RepositorySnapshot(Parts(info, listing.bounded(found, limits), limits, Disk(folder)))


def _repository(folder: Path, found: Found, rev: str | None, limits: Limits) -> RepositorySnapshot:
    private = Path(tempfile.mkdtemp(prefix="mlscan-"))
    try:
        repository.take_over(found, private)
        git = Git(private, found.common / "objects")
        info, gaps = _info(git, found, private, rev, folder)
        if found.work_tree is not None and rev is None:
            parts = _work_tree(git, found, info, limits)
            if parts is None:
                repository.remove(private)
                return _plain(folder, limits, [Gap(".git", "the index cannot be read; scanned as a plain folder"), *gaps])
            if found.prefix and not parts.listing.entries:
                repository.remove(private)
                return _plain(folder, limits, gaps)
        else:
            parts = _revision(git, info, found.prefix, limits)
        parts.private = private
        parts.listing.gaps = sorted({*parts.listing.gaps, *gaps})
        return RepositorySnapshot(parts)
    except BaseException:
        repository.remove(private)
        raise


def _info(
    git: Git, found: Found, private: Path, rev: str | None, folder: Path
) -> tuple[RepositoryInfo, list[Gap]]:
    gaps = []
    if repository.ref_storage(found.common) != "files":
        gaps.append(Gap(".git", "references are kept in a format that is not read"))
    output = git.run(["rev-parse", "--verify", "--quiet", f"{rev or 'HEAD'}^{{commit}}"])
    revision = output.decode("ascii", "replace").strip() if output else None
    if revision is None and rev is not None:
        raise NothingToScan(f"{folder}: no revision {rev!r} in this repository")
    url = repository.origin(found.common)
    info = RepositoryInfo(
        name=repository.repository_name(url, found.work_tree or folder),
        url=repository.canonical_url(url),
        revision=revision,
        dirty=False,
        history=_history(found, revision),
        committed_on=_date(git, revision),
        branches=repository.branches(private),
    )
    return info, gaps


def _history(found: Found, revision: str | None) -> History:
    if revision is None:
        return History.NONE
    if repository.small_file(found.common / "shallow"):
        return History.SHALLOW
    pack = found.common / "objects" / "pack"
    return History.COMMITS if any(pack.glob("*.promisor")) else History.FULL


def _date(git: Git, revision: str | None) -> str | None:
    output = git.run(["cat-file", "commit", revision]) if revision else None
    for line in (output or b"").split(b"\n"):
        if line.startswith(b"committer "):
            words = line.split()
            try:
                return datetime.fromtimestamp(int(words[-2]), UTC).date().isoformat()
            except (ValueError, IndexError, OverflowError, OSError):
                return None
    return None


def _revision(git: Git, info: RepositoryInfo, prefix: str, limits: Limits) -> Parts:
    if info.revision is None:
        return Parts(info, Listing(gaps=[Gap("", "the repository has no commit yet")]), limits, git=git)
    output = git.run(["ls-tree", "-r", "-z", "--full-tree", info.revision])
    if output is None:
        found = Listing(gaps=[Gap("", "folders are missing from the object store (partial clone)")])
    else:
        found = listing.of_revision(output)
    found = listing.bounded(listing.below(found, prefix), limits)
    return Parts(replace(info, submodules=tuple(found.submodules)), found, limits, git=git)


def _work_tree(git: Git, found: Found, info: RepositoryInfo, limits: Limits) -> Parts | None:
    assert found.work_tree is not None
    root, index = found.work_tree, found.git_dir / "index"
    tracked = Listing()
    index_ns = 0
    if index.exists():
        output = git.run(["ls-files", "-z", "--stage", "--debug"], index=index, work_tree=root)
        if output is None:
            return None
        tracked, index_ns = listing.of_index(output), index.lstat().st_mtime_ns
    arguments = ["-c", "core.bare=false", "ls-files", "-z", "--others", "--exclude-standard"]
    untracked = git.run(arguments, index=index, work_tree=root)
    if untracked is None:
        return None
    disk = Disk(root)
    whole, changed = _merged(listing.below(tracked, found.prefix), disk, found, index_ns)
    prefix = found.prefix + "/" if found.prefix else ""
    for path in map(listing.decode, untracked.split(b"\0")):
        if path and path.startswith(prefix):
            changed = _other(whole, root, path, path[len(prefix) :]) or changed
    whole = listing.bounded(whole, limits)
    info = replace(info, dirty=changed, submodules=tuple(whole.submodules))
    return Parts(info, whole, limits, disk, found.prefix, git)


def _merged(tracked: Listing, disk: Disk, found: Found, index_ns: int) -> tuple[Listing, bool]:
    """Tracked files: clean ones by their object, changed ones from disk; and whether any is changed or gone."""
    assert found.work_tree is not None
    base = found.work_tree / found.prefix if found.prefix else found.work_tree
    prefix = found.prefix + "/" if found.prefix else ""
    kept: list[Entry] = []
    changed = False
    budget = HASHED
    for entry in tracked.entries:
        clean = is_clean(entry, base / entry.path, index_ns)
        if clean is None:
            if entry.sparse:
                kept.append(entry)
            else:
                changed = True
            continue
        if not clean and entry.oid and budget > 0:
            data = disk.read(prefix + entry.path, 50_000_000)
            if not isinstance(data, Gap):
                budget -= len(data)
                clean = blob_id(data, len(entry.oid)) == entry.oid
        if clean:
            kept.append(entry)
        else:
            changed = True
            kept.append(Entry(entry.path, None, entry.executable))
    return Listing(kept, tracked.links, tracked.submodules, tracked.gaps), changed


def _other(whole: Listing, root: Path, path: str, shown: str) -> bool:
    """Adds an untracked path; True when a file was added."""
    if path.endswith("/"):
        whole.gaps.append(Gap(shown.rstrip("/"), "nested repository, not entered"))
        return False
    full = root / path
    if full.is_symlink():
        whole.links.append(shown)
        return False
    try:
        state = full.lstat()
    except OSError:
        return False
    whole.entries.append(Entry(shown, None, bool(state.st_mode & 0o111), state.st_size))
    return True
