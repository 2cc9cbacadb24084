"""Opens whatever the user named: work tree, subfolder, plain folder, bare repository, `.git`, any revision."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mlscan.snapshot import origin, reasons, takeover
from mlscan.snapshot.disk import Disk, read_file
from mlscan.snapshot.git import Git, held_back, is_revision
from mlscan.snapshot.kept import KeptBlobs
from mlscan.snapshot.listing import Listing, bounded
from mlscan.snapshot.log import COMMIT
from mlscan.snapshot.objects import Answer, ObjectStream, Request, measure
from mlscan.snapshot.repository import Found, Refused, find_repository
from mlscan.snapshot.snapshots import Parts, RepositorySnapshot
from mlscan.snapshot.trees import find_tree, of_tree
from mlscan.snapshot.walk import of_folder
from mlscan.snapshot.worktree import index_state, of_work_tree
from mlscan.types.errors import NothingToScan, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import History, Limits, RepositoryInfo

_DEFAULT_LIMITS = Limits()
_OID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def open_snapshot(
    target: str | os.PathLike[str],
    *,
    rev: str | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    kept: KeptBlobs | None = None,
) -> RepositorySnapshot:
    """A snapshot of a folder or repository; close it or use it as a context manager.

    rev: a revision that is read from the object database; the files in the folder are then not looked at.
    kept: where blobs are kept for another snapshot of the same repository.
    Raises NothingToScan when there is no such folder or revision, UsageError for a revision that git would take for
    an option. What is wrong with single files is a gap.
    """
    folder = existing_folder(target)
    if rev is not None and not is_revision(rev):
        raise UsageError(f"--rev: {rev!r} is no name of a revision")
    found = find_repository(folder)
    if found is None or isinstance(found, Refused):
        if rev is not None:
            why = f" ({found.reason})" if found else ""
            raise NothingToScan(f"{target}: no git repository to read the revision {rev!r} from{why}")
        return _plain(folder, limits, [Gap(".git", found.reason)] if found else [])
    return _opened(folder, found, rev, limits, kept)


def existing_folder(target: str | os.PathLike[str]) -> Path:
    """The folder that is named. Raises NothingToScan where there is none that can be read."""
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


def _plain(folder: Path, limits: Limits, gaps: list[Gap]) -> RepositorySnapshot:
    disk = Disk(folder)
    found = of_folder(disk, limits)
    found.gaps += gaps
    info = RepositoryInfo(
        name=origin.repository_name(None, folder),
        url=None,
        revision=None,
        dirty=False,
        history=History.NONE,
        committed_on=None,
    )
    return RepositorySnapshot(Parts(info, bounded(found, limits), limits, disk))


def _opened(folder: Path, found: Found, rev: str | None, limits: Limits, kept: KeptBlobs | None) -> RepositorySnapshot:
    private: Path | None = None
    opening: Opening | None = None
    try:
        with held_back():
            private = Path(tempfile.mkdtemp(prefix="mlscan-"))
        takeover.take_over(found, private)
        opening = Opening(folder, found, private, limits)
        parts = opening.parts(rev)
        if isinstance(parts, Parts):
            return RepositorySnapshot(replace(parts, kept=kept))
    except BaseException:
        _release(private, opening)
        raise
    _release(private, opening)
    return _plain(folder, limits, parts)


def _release(private: Path | None, opening: Opening | None) -> None:
    if opening is not None:
        opening.stream.close()
    if private is not None:
        takeover.remove(private)


class Opening:
    """One repository while it is opened."""

    def __init__(self, folder: Path, found: Found, private: Path, limits: Limits) -> None:
        self._folder, self._found, self._private, self._limits = folder, found, private, limits
        self.git = Git(private, found.common / "objects")
        self.stream = ObjectStream(self.git)
        listed = self.git.run(["for-each-ref", "--format=%(objectname) %(refname)"])
        lines = None if listed is None else listed.decode("utf-8", "replace").splitlines()
        self.trees = self.stream
        self._sizes: dict[bytes, int | str] = {}
        self._references = None if lines is None else [line.partition(" ")[2] for line in lines]
        self._tips = {line.partition(" ")[0] for line in lines or ()}

    def parts(self, rev: str | None) -> Parts | list[Gap]:
        """What the snapshot is made of; only gaps where the folder is better scanned as a plain one."""
        return self.parts_of(self.revision(rev), rev)

    def parts_of(self, revision: str | None, rev: str | None) -> Parts | list[Gap]:
        """The same for a revision by its id."""
        commit = self.stream.one(Request(revision, COMMIT, b"commit")) if revision else b""
        info = self.info(revision, commit if isinstance(commit, bytes) else b"")
        if rev is None and self._is_checked_out(revision):
            return self._work_tree(info)
        listing = self._of_commit(info, commit, rev)
        if listing is None:
            return self._gaps(info)
        return self._finished(info, listing, None)

    def revision(self, rev: str | None) -> str | None:
        """Object id of the commit that is named; None where HEAD names none. Raises NothingToScan for other names."""
        output = self.git.run(["rev-parse", "--verify", "--quiet", f"{rev or 'HEAD'}^{{commit}}"])
        revision = (output or b"").strip()
        if _OID.fullmatch(revision):
            return revision.decode("ascii")
        if rev is not None:
            raise NothingToScan(f"{self._folder}: no revision {rev!r} in this repository")
        return None

    def _is_checked_out(self, revision: str | None) -> bool:
        """Whether the files in the folder are those of the repository. Before the first commit there is no index."""
        return self._found.work_tree is not None and (revision is None or index_state(self._found) is not None)

    def info(self, revision: str | None, commit: bytes) -> RepositoryInfo:
        """What is known of the repository at a revision, whose commit this is."""
        url = origin.origin_url(self._found.common)
        return RepositoryInfo(
            name=origin.repository_name(url, self._found.work_tree or self._folder),
            url=origin.canonical_url(url),
            revision=revision,
            dirty=False,
            history=self._history(revision),
            committed_on=_date(commit),
            branches=takeover.branches(self._references or ()),
            all_branches=self._knows_all_branches(revision),
            folder=self._found.prefix,
        )

    def _knows_all_branches(self, revision: str | None) -> bool:
        """Whether the branches are those of the revision's own time, and all of them."""
        if revision not in self._tips or self._history(revision) is History.SHALLOW:
            return False
        config = read_file(self._found.common, "config")
        bare = self._found.work_tree is None
        return takeover.knows_all_branches(self._references or (), config, bare=bare)

    def _history(self, revision: str | None) -> History:
        if revision is None:
            return History.NONE
        if read_file(self._private, "shallow", takeover.BYTES):
            return History.SHALLOW
        packs = self._found.common / "objects" / "pack"
        return History.COMMITS if any(packs.glob("*.promisor")) else History.FULL

    def _gaps(self, info: RepositoryInfo) -> list[Gap]:
        if not takeover.references_are_files(self._found.common):
            return [self._unread_head(info, reasons.REF_FORMAT)]
        known = self._references
        if info.revision is None and (known is None or not takeover.is_unborn(self._found, known)):
            return [self._unread_head(info, reasons.BAD_HEAD)]
        return []

    def _unread_head(self, info: RepositoryInfo, reason: str) -> Gap:
        """The gap of a HEAD that cannot be read; where no files lie beside it, none are known."""
        if info.revision is None and self._found.work_tree is None:
            return Gap("", reason, hides_names=True)
        return Gap(".git", reason)

    def _work_tree(self, info: RepositoryInfo) -> Parts | list[Gap]:
        disk = Disk(self._folder)
        found = of_work_tree(self.git, self._found, info.revision, disk, self._limits)
        if found is None or (self._found.prefix and not found[0].entries):
            disk.close()
            return [*self._gaps(info), *([Gap(".git", reasons.BAD_INDEX)] if found is None else [])]
        return self._finished(replace(info, dirty=found[1]), found[0], disk)

    def _of_commit(self, info: RepositoryInfo, commit: Answer, rev: str | None) -> Listing | None:
        """The listing of a commit; None where the scanned folder is not in it."""
        if info.revision is None:
            gaps = self._gaps(info)
            return Listing(gaps=[] if gaps else [Gap("", reasons.NO_COMMIT)])
        words = commit.split(None, 2) if isinstance(commit, bytes) else []
        if len(words) < 2 or words[0] != b"tree" or not _OID.fullmatch(words[1]):
            return Listing(gaps=[Gap("", reasons.BAD_HEAD, hides_names=True)])
        tree = find_tree(self.trees, words[1].decode("ascii"), self._found.prefix)
        if tree is None and rev is not None:
            raise NothingToScan(f"{self._folder}: no such folder in the revision {rev!r}")
        if tree is None:
            return None
        listing = of_tree(self.trees, tree, self._limits)
        if rev is None and self._found.work_tree is not None and any(e.name != ".git" for e in self._folder.iterdir()):
            listing.gaps.append(Gap("", reasons.NO_INDEX))
        return listing

    def _finished(self, info: RepositoryInfo, listing: Listing, disk: Disk | None) -> Parts:
        listing.gaps += self._gaps(info)
        listing = bounded(listing, self._limits)
        return Parts(
            replace(info, submodules=tuple(listing.submodules)),
            listing,
            self._limits,
            disk,
            self._private,
            self.stream,
            self._measured(listing),
        )

    def _measured(self, listing: Listing) -> dict[bytes, int | str]:
        """The sizes of the blobs; of those that an earlier listing held they are known."""
        found = {entry.oid for entry in listing.entries if entry.oid}
        self._sizes.update(measure(self.git, found - self._sizes.keys()))
        return self._sizes


def _date(commit: bytes) -> str | None:
    """The day of a commit in UTC."""
    for line in commit.partition(b"\n\n")[0].split(b"\n"):
        if line.startswith(b"committer "):
            words = line.split()
            try:
                return datetime.fromtimestamp(int(words[-2]), UTC).date().isoformat()
            except (ValueError, IndexError, OverflowError, OSError):
                return None
    return None
