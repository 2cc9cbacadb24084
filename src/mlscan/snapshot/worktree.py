"""The files of a work tree: clean ones by their object, changed and untracked ones as they lie on disk.

What is tracked comes from the index, what is ignored from git; neither `git status` nor `git diff` ever runs.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable
from dataclasses import replace

from mlscan.snapshot import reasons
from mlscan.snapshot.disk import Disk, is_gone, reason
from mlscan.snapshot.git import Git, GitFailed, Place
from mlscan.snapshot.listing import Entry, Listing, decode, encode, looked_at
from mlscan.snapshot.repository import Found
from mlscan.snapshot.walk import Tracked, folders_of, of_folder, rules_can_be_read
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

HASHED = 200_000_000
"""Bytes of files with another time stamp than the index has that are compared by content."""
_LARGEST = 50_000_000
"""Bytes of one such file."""
_SKIP_WORKTREE = 0x40000000
_DEBUG = re.compile(
    rb"  ctime: \d+:\d+\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: \d+\n  uid: \d+\tgid: \d+\n"
    rb"  size: (\d+)\tflags: ([0-9a-f]+)\n"
)


def index_state(found: Found) -> os.stat_result | None:
    """What the file system knows of the index; None where there is none."""
    try:
        return (found.git_dir / "index").lstat()
    except OSError:
        return None


def of_work_tree(
    git: Git, found: Found, revision: str | None, disk: Disk, limits: Limits
) -> tuple[Listing, bool] | None:
    """The listing below the scanned folder, which `disk` reads, and whether it is other than the revision.

    None when the index cannot be read.
    """
    assert found.work_tree is not None
    place = Place(found.work_tree, found.git_dir / "index")
    index = index_state(found)
    if index is not None and not stat.S_ISREG(index.st_mode):
        return None
    records = git.records(["ls-files", "-z", "--stage", "--debug"], place=place) if index else ()
    try:
        tracked = of_index(records, found.prefix, limits)
    except (GitFailed, OSError):
        return None
    whole, changed = _merged(tracked, disk, index.st_mtime_ns if index else 0)
    others = _untracked(git, found, place, (disk, tracked, limits))
    whole.entries += others.entries
    whole.links += others.links
    whole.gaps += others.gaps
    changed = changed or bool(others.entries) or _is_staged(git, found, place, revision)
    return whole, changed


def _is_staged(git: Git, found: Found, place: Place, revision: str | None) -> bool:
    """Whether the index is other than the revision; it looks at no file, so nothing can be asked to filter one."""
    if revision is None:
        return True
    below = ["--", f":(top,literal){found.prefix}"] if found.prefix else ["--"]
    records = git.records(["diff-index", "--cached", "--name-only", "-z", revision, *below], place=place)
    try:
        return next(records, None) is not None
    except (GitFailed, OSError):
        return False


def of_index(records: Iterable[bytes], prefix: str, limits: Limits) -> Listing:
    """What `git ls-files --stage --debug -z` printed, below a folder; of a conflict the first side."""
    listing = Listing()
    start = encode(prefix) + b"/" if prefix else b""
    waiting, last, left = b"", b"", looked_at(limits)
    for record in records:
        # What is known of a file follows its name after the NUL, so it comes with the next record.
        debug = _DEBUG.match(record)
        meta, _, path = waiting.partition(b"\t")
        words = meta.split()
        waiting = record[debug.end() :] if debug else record
        if len(words) != 3 or path == last or not path.startswith(start):
            continue
        last = path
        more: tuple[int | None, int, bool] = (None, 0, False)
        if debug:
            mtime = int(debug.group(1)) * 10**9 + int(debug.group(2))
            more = (int(debug.group(3)), mtime, bool(int(debug.group(4), 16) & _SKIP_WORKTREE))
        listing.add(words[0], _binary(words[1]), decode(path[len(start) :]), more)
        left -= 1
        if left < 0 or len(listing.entries) > limits.files:
            listing.gaps.append(Gap("", reasons.TOO_MANY, hides_names=True))
            break
    return listing


def _merged(tracked: Listing, disk: Disk, index_ns: int) -> tuple[Listing, bool]:
    """Tracked files: clean ones by their object, changed ones from disk; and whether any is changed or gone."""
    whole = Listing([], list(tracked.links), tracked.submodules, list(tracked.gaps))
    changed, budget = False, HASHED
    for entry in tracked.entries:
        try:
            state = disk.state(entry.path)
        except OSError as error:
            if is_gone(error) and entry.sparse:
                whole.entries.append(entry)
                continue
            changed = True
            if not is_gone(error):
                whole.gaps.append(Gap(entry.path, reason(error)))
                whole.entries.append(replace(entry, oid=None, size=None))
            continue
        clean = is_clean(entry, state, index_ns)
        if not clean and stat.S_ISREG(state.st_mode) and budget > 0:
            data = disk.read(entry.path, _LARGEST)
            if not isinstance(data, Gap):
                budget -= len(data)
                clean = blob_id(data, len(entry.oid or b"")) == entry.oid
        changed = changed or not clean
        if clean:
            whole.entries.append(entry)
        elif stat.S_ISREG(state.st_mode):
            whole.entries.append(replace(entry, oid=None, size=state.st_size))
        elif stat.S_ISLNK(state.st_mode):
            whole.links.append(entry.path)
        elif not stat.S_ISDIR(state.st_mode):
            whole.gaps.append(Gap(entry.path, reasons.NOT_REGULAR))
    return whole, changed


def is_clean(entry: Entry, state: os.stat_result, index_ns: int) -> bool:
    """Whether a tracked file is as its index entry says; one that is as young as the index may not be."""
    same = (state.st_size & 0xFFFFFFFF) == entry.size and state.st_mtime_ns == entry.mtime_ns
    return same and state.st_mtime_ns < index_ns and stat.S_ISREG(state.st_mode)


def _binary(oid: bytes) -> bytes:
    """An object id as bytes; of what is none, an id that no object has."""
    try:
        return bytes.fromhex(oid.decode("ascii"))
    except ValueError:
        return bytes(len(oid) // 2)


def blob_id(data: bytes, length: int) -> bytes:
    """The object id that git gives to a file's bytes; length is that of the ids in use, 20 or 32."""
    hasher = hashlib.sha256() if length == 32 else hashlib.sha1(usedforsecurity=False)
    hasher.update(b"blob %d\0" % len(data))
    hasher.update(data)
    return hasher.digest()


def _untracked(git: Git, found: Found, place: Place, seen: tuple[Disk, Listing, Limits]) -> Listing:
    """Files, links and gaps of what is neither tracked nor ignored."""
    disk, tracked, limits = seen
    paths = {*(e.path for e in tracked.entries), *tracked.links, *tracked.submodules}
    # With "./" before it no name is taken for a pattern or a word of git's, such as ":!name".
    prefix = f"./{found.prefix}/" if found.prefix else "./"
    with Disk(place.work_tree) as root:
        parts = found.prefix.split("/") if found.prefix else []
        readable = all(rules_can_be_read(root, "/".join(parts[:n])) for n in range(len(parts)))

    def ignored(asked: list[str]) -> Collection[str] | None:
        data = b"\0".join(encode(prefix + path) for path in asked)
        command = ["-c", "core.bare=false", "check-ignore", "-z", "--stdin", "--no-index"]
        printed = git.run(command, asked=data, place=place) if readable else None
        return None if printed is None else {decode(path)[len(prefix) :] for path in printed.split(b"\0")}

    return of_folder(disk, limits, Tracked(paths, folders_of(paths), frozenset(tracked.submodules), ignored))
