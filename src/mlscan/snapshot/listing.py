"""Lists of files: of a revision, of an index, of a plain folder; as data, in the order of their paths' bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlscan.snapshot.disk import LINK
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

LINK_GAPS = 100
"""Links named one by one; more are one gap."""
_SKIP_WORKTREE = 0x40000000
_DEBUG = re.compile(
    rb"  ctime: \d+:\d+\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: \d+\n  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, with the id of its object where there is one, its size where that is known."""

    path: str
    oid: str | None
    executable: bool = False
    size: int | None = None
    mtime_ns: int = 0
    sparse: bool = False


@dataclass(slots=True)
class Listing:
    """Entries and what is no file."""

    entries: list[Entry] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    submodules: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, mode: bytes, oid: bytes, path: str, more: tuple[int | None, int, bool] = (None, 0, False)) -> None:
        """Files the mode as file, link or submodule."""
        if mode == b"120000":
            self.links.append(path)
        elif mode == b"160000":
            self.submodules.append(path)
        elif mode.startswith(b"100"):
            size, mtime, sparse = more
            self.entries.append(Entry(path, oid.decode("ascii"), mode == b"100755", size, mtime, sparse))


def decode(path: bytes) -> str:
    """A path of git as text; bytes that are not UTF-8 become surrogate escapes."""
    return path.decode("utf-8", "surrogateescape")


def of_revision(output: bytes) -> Listing:
    """The listing that `git ls-tree -r -z` printed."""
    listing = Listing()
    for record in output.split(b"\0"):
        meta, tab, path = record.partition(b"\t")
        words = meta.split()
        if tab and len(words) == 3:
            listing.add(words[0], words[2], decode(path))
    return listing


def of_index(output: bytes) -> Listing:
    """The listing that `git ls-files --stage --debug -z` printed; of a conflict the first side."""
    listing = Listing()
    seen: set[str] = set()
    position = 0
    while position < len(output):
        end = output.find(b"\0", position)
        if end < 0:
            break
        meta, _, path = output[position:end].partition(b"\t")
        words = meta.split()
        debug = _DEBUG.match(output, end + 1)
        position = debug.end() if debug else end + 1
        name = decode(path)
        if len(words) != 3 or name in seen:
            continue
        seen.add(name)
        more: tuple[int | None, int, bool] = (None, 0, False)
        if debug:
            mtime = int(debug.group(1)) * 10**9 + int(debug.group(2))
            more = (int(debug.group(3)), mtime, bool(int(debug.group(4), 16) & _SKIP_WORKTREE))
        listing.add(words[0], words[1], name, more)
    return listing


def of_folder(root: Path, limits: Limits) -> Listing:
    """The files below a plain folder; `.git` is left out, links are not followed, nothing is opened."""
    listing = Listing()
    stack: list[tuple[str, int]] = [("", 0)]
    while stack:
        folder, depth = stack.pop()
        if len(listing.entries) > limits.files:
            break
        if depth > limits.depth:
            listing.gaps.append(Gap(folder, "folder deeper than the limit"))
            continue
        for name, kind, path in _scan(root, folder, listing):
            _file_entry(listing, stack, (name, kind, path), depth)
    return listing


def _scan(root: Path, folder: str, listing: Listing) -> Iterator[tuple[str, os.DirEntry[str], str]]:
    try:
        entries = sorted(os.scandir(root / folder if folder else root), key=lambda e: e.name)
    except OSError:
        listing.gaps.append(Gap(folder, "folder cannot be read"))
        return
    for entry in entries:
        if entry.name != ".git":
            yield entry.name, entry, f"{folder}/{entry.name}" if folder else entry.name


def _file_entry(
    listing: Listing, stack: list[tuple[str, int]], found: tuple[str, os.DirEntry[str], str], depth: int
) -> None:
    _, entry, path = found
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError:
        listing.gaps.append(Gap(path, "vanished or changed while it was read"))
        return
    if stat.S_ISDIR(state.st_mode):
        stack.append((path, depth + 1))
    elif stat.S_ISREG(state.st_mode):
        listing.entries.append(Entry(path, None, bool(state.st_mode & 0o111), state.st_size))
    elif stat.S_ISLNK(state.st_mode):
        listing.links.append(path)
    else:
        listing.gaps.append(Gap(path, "not a regular file"))


def below(listing: Listing, prefix: str) -> Listing:
    """The part of a listing below a folder, with paths relative to it."""
    if not prefix:
        return listing
    start = prefix + "/"

    def cut(paths: Iterable[str]) -> list[str]:
        return [p[len(start) :] for p in paths if p.startswith(start)]

    kept = [e for e in listing.entries if e.path.startswith(start)]
    entries = [
        Entry(e.path[len(start) :], e.oid, e.executable, e.size, e.mtime_ns, e.sparse) for e in kept
    ]
    return Listing(entries, cut(listing.links), cut(listing.submodules), listing.gaps)


def bounded(listing: Listing, limits: Limits) -> Listing:
    """The listing within the limits and in order; what they cut off, links and submodules become gaps."""
    gaps = list(listing.gaps)
    kept: list[Entry] = []
    for entry in sorted(listing.entries, key=lambda e: os.fsencode(e.path) if os.name != "nt" else e.path.encode()):
        if entry.path.count("/") > limits.depth:
            gaps.append(Gap(entry.path[:200], "folder deeper than the limit"))
        elif len(entry.path) > limits.path_bytes:
            gaps.append(Gap(entry.path[:200], "path longer than the limit"))
        elif len(kept) >= limits.files:
            gaps.append(Gap("", "more files than the limit"))
            break
        else:
            kept.append(entry)
    gaps += _named(listing.links, LINK)
    gaps += _named(listing.submodules, "submodule, not entered")
    return Listing(kept, listing.links, sorted(listing.submodules), sorted(set(gaps)))


def _named(paths: Sequence[str], reason: str) -> list[Gap]:
    found = [Gap(p, reason) for p in sorted(paths)[:LINK_GAPS]]
    return found + ([Gap("", f"{reason} (more of them)")] if len(paths) > LINK_GAPS else [])
