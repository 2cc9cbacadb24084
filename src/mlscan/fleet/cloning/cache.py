"""The folder that keeps clones between runs: one place and one lock a repository, pruned by age and by size."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mlscan.fleet.cloning.limits import CloneFailure

FORMAT = 1
"""Version of what is written here; clones of another are made anew."""
MARK = "mlscan.json"
CLOSED = "the folder for clones cannot be written to"
_LOCKS = "locks"
_PERIOD = 0.1
_GROUP, _KEY = re.compile("[0-9a-f]{2}"), re.compile("[0-9a-f]{40}")


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a clone that is whole."""

    format: int = FORMAT
    revision: str
    branch: str
    """Its name as an address has it; "" for none."""
    blob_bytes: int
    """Larger files were not fetched; 0 for none left out."""
    is_complete: bool
    """False where a part, such as the commits, could not be had and is worth another try."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where one repository is kept."""

    folder: Path
    lock: Path

    @property
    def clone(self) -> Path:
        """The bare repository."""
        return self.folder / "clone"

    def mark(self) -> Mark | None:
        """What is known of the clone; None where there is none that is whole."""
        try:
            found = msgspec.json.decode((self.clone / MARK).read_bytes(), type=Mark)
        except (OSError, msgspec.MsgspecError):
            return None
        return found if found.format == FORMAT else None

    def new(self, known: Path | None) -> Path:
        """A folder for a clone that is under way, with what is known already; what was left of others is removed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self.folder.glob("new-*"):
            remove(left)
        found = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
        if known is not None:
            found.rmdir()
            known.rename(found)
        return found

    def end(self, new: Path) -> None:
        """Removes what did not become a clone; one that only could not be brought up to date is kept as it was."""
        if (new / MARK).is_file() and not self.clone.exists():
            new.rename(self.clone)
        remove(new)

    def put(self, new: Path, mark: Mark) -> None:
        """Makes a finished clone the one that is kept."""
        (new / MARK).write_bytes(msgspec.json.encode(mark))
        remove(self.clone)
        new.rename(self.clone)

    def touch(self) -> None:
        """Remembers that the clone was used now."""
        with contextlib.suppress(OSError):
            os.utime(self.clone / MARK)

    def used_at(self) -> float:
        """Seconds since the epoch when the clone was last used; 0 where there is none that is whole."""
        try:
            return (self.clone / MARK).stat().st_mtime
        except OSError:
            return 0.0


class Cache:
    """All clones below one folder, which only this user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Makes the folder where there is none. Raises CloneFailure."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / _LOCKS).mkdir(exist_ok=True, mode=0o700)
        except OSError:
            raise CloneFailure(CLOSED) from None

    def place(self, identity: str, *, full_history: bool) -> Place:
        """Where a repository is kept; with all of its history it is another clone."""
        words = f"{'full' if full_history else 'commits'}\0{identity}".encode("utf-8", "surrogateescape")
        key = hashlib.sha256(words).hexdigest()[:40]
        return Place(self.folder / key[:2] / key, self.folder / _LOCKS / f"{key}.lock")

    def prune(self, most: int, seconds: float) -> int:
        """Removes clones that nobody uses now: unused for so long, then the least recently used; bytes set free."""
        places = sorted(self._places(), key=lambda p: p.used_at())
        sizes = {p.folder: mark.bytes if (mark := p.mark()) else 0 for p in places}
        left, freed, now = sum(sizes.values()), 0, time.time()
        for place in places:
            if left > most or now - place.used_at() > seconds:
                with locked(place.lock, 0) as held:
                    if held:
                        remove(place.folder)
                        left, freed = left - sizes[place.folder], freed + sizes[place.folder]
        return freed

    def _places(self) -> Iterator[Place]:
        """Folders of our own making, and no other: the user may have named one that holds more."""
        with contextlib.suppress(OSError):
            for group in self.folder.iterdir():
                if _GROUP.fullmatch(group.name):
                    yield from (
                        Place(f, self.folder / _LOCKS / f"{f.name}.lock")
                        for f in group.iterdir()
                        if _KEY.fullmatch(f.name) and f.name.startswith(group.name)
                    )


@contextlib.contextmanager
def locked(lock: Path, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Iterator[bool]:
    """Whether the lock was to be had within so many seconds; it is held until the end, or the end of the process."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError:
        raise CloneFailure(CLOSED) from None
    try:
        end = time.monotonic() + seconds
        while not (held := _take(handle)) and time.monotonic() < end:
            sleep(_PERIOD)
        yield held
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def remove(folder: Path) -> None:
    """Removes a folder, read-only files in it too; what is held open elsewhere is left."""

    def again(function: Callable[[str], object], path: str, _: object) -> None:
        with contextlib.suppress(OSError):
            Path(path).chmod(stat.S_IRWXU)
            function(path)

    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=again)
    else:
        shutil.rmtree(folder, onerror=again)
