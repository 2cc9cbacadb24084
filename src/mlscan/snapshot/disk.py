"""Reads what lies in a folder that nobody has vetted: regular files only, no link is followed, nothing blocks."""

from __future__ import annotations

import errno
import os
import stat
from collections import OrderedDict
from enum import Enum
from itertools import islice
from pathlib import Path

from mlscan.snapshot import reasons
from mlscan.types.evidence import Gap

_FOLDERS = 48
"""Open folders kept when there are more than twice as many."""
_CHUNK = 1 << 20
_SAFE_OPEN = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
_GONE = (errno.ENOENT, errno.ENOTDIR)


class Kind(Enum):
    """What an entry of a folder is; a link is a link, whatever it leads to."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Disk:
    """Files below one folder, reached part by part so that no part of the way is a link or leads up."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: OrderedDict[str, int] = OrderedDict()

    def read(self, path: str, limit: int) -> bytes | Gap:
        """The bytes of a file of at most `limit` bytes, or the gap that says why not."""
        return self._with(path, limit, exact=True)

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file of any size."""
        return self._with(path, count, exact=False)

    def state(self, path: str) -> os.stat_result:
        """What the file system knows of an entry, without following it. Raises OSError."""
        name, folder = self._place(path)
        return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def entries(self, folder: str, most: int) -> list[tuple[str, Kind]]:
        """Names and kinds of at most so many entries of a folder, sorted. Raises OSError."""
        place = self._folder(folder) if _SAFE_OPEN else _checked(self._root, folder)
        with os.scandir(place) as found:
            return sorted(((text(e.name), _kind(e)) for e in islice(found, most)), key=lambda e: e[0])

    def close(self) -> None:
        """Releases the folders; safe to call twice."""
        while self._open:
            os.close(self._open.popitem()[1])

    def __enter__(self) -> Disk:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _with(self, path: str, limit: int, *, exact: bool) -> bytes | Gap:
        try:
            name, folder = self._place(path)
            # A pipe or device is not even opened; what takes its place afterwards is seen below.
            if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                return Gap(path, reasons.LINK if self._is_link(path) else reasons.NOT_REGULAR)
            handle = os.open(name, _flags(), dir_fd=folder)
        except OSError as error:
            return Gap(path, reason(error))
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                return Gap(path, reasons.NOT_REGULAR)
            if exact and state.st_size > limit:
                return Gap(path, reasons.TOO_LARGE)
            data = _read(handle, limit + exact)
            return Gap(path, reasons.TOO_LARGE) if len(data) > limit else data
        except OSError as error:
            return Gap(path, reason(error))
        finally:
            os.close(handle)

    def _is_link(self, path: str) -> bool:
        return stat.S_ISLNK(self.state(path).st_mode)

    def _place(self, path: str) -> tuple[str | bytes, int | None]:
        """Name and folder for the system's calls. Raises OSError for a path that is not below the root."""
        if not is_inside(path):
            raise OSError(errno.ENOENT, "leads elsewhere")
        if not _SAFE_OPEN:
            return str(_checked(self._root, path)), None
        folder, _, name = path.rpartition("/")
        return native(name), self._folder(folder)

    def _folder(self, folder: str) -> int:
        """A descriptor of a folder, reached without following links."""
        if folder in self._open:
            self._open.move_to_end(folder)
            return self._open[folder]
        flags = _flag("O_DIRECTORY", "O_CLOEXEC")
        known = folder
        while known and known not in self._open:
            known = known.rpartition("/")[0]
        if known not in self._open:
            self._open[""] = os.open(self._root, flags)
        self._open.move_to_end(known)
        rest = folder[len(known) :].strip("/")
        try:
            for part in rest.split("/") if rest else ():
                handle = os.open(native(part), flags | _flag("O_NOFOLLOW"), dir_fd=self._open[known])
                known = f"{known}/{part}" if known else part
                self._open[known] = handle
        finally:
            self._trim(folder)
        return self._open[folder]

    def _trim(self, keep: str) -> None:
        if len(self._open) > 2 * _FOLDERS:
            for name in list(self._open)[:-_FOLDERS]:
                if name and name != keep:
                    os.close(self._open.pop(name))


def read_file(root: Path, name: str, limit: int = 1_000_000) -> bytes:
    """The bytes of a regular file inside a folder; nothing for anything else, or for a file larger than the limit."""
    with Disk(root) as disk:
        data = disk.read(name, limit)
    return b"" if isinstance(data, Gap) else data


def _flags() -> int:
    return _flag("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY")


def _flag(*names: str) -> int:
    """These flags for opening to read, as far as the system has them."""
    flags = os.O_RDONLY
    for name in names:
        flags |= getattr(os, name, 0)
    return flags


def is_inside(path: str) -> bool:
    """Whether a path stays below its root by its words alone."""
    parts = f"/{path}/"
    return not ("//" in parts or "/./" in parts or "/../" in parts or "\0" in parts)


def native(path: str) -> str | bytes:
    """A path as the system takes it: bytes on POSIX, so that no locale changes a name."""
    return path if os.name == "nt" else path.encode("utf-8", "surrogateescape")


def text(name: str) -> str:
    """A name that the system gave, read as UTF-8 whatever the locale; other bytes become surrogate escapes."""
    return name if os.name == "nt" or name.isascii() else os.fsencode(name).decode("utf-8", "surrogateescape")


def is_gone(error: OSError) -> bool:
    """Whether there is nothing at a path."""
    return error.errno in _GONE


def reason(error: OSError) -> str:
    """Why opening or reading failed, as a gap says it."""
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return reasons.LINK
    if error.errno == errno.ENXIO:
        return reasons.NOT_REGULAR
    if error.errno in (errno.EACCES, errno.EPERM):
        return reasons.UNREADABLE
    return reasons.VANISHED if is_gone(error) else "cannot be opened"


def _kind(entry: os.DirEntry[str]) -> Kind:
    try:
        if entry.is_symlink():
            return Kind.LINK
        if entry.is_dir(follow_symlinks=False):
            return Kind.FOLDER
        return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
    except OSError:
        return Kind.OTHER


def _read(handle: int, count: int) -> bytes:
    parts = []
    while count > 0:
        part = os.read(handle, min(count, _CHUNK))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _checked(root: Path, path: str) -> Path:
    """The path on systems without safe opening (Windows): no part may be a link or a device."""
    here = root
    for part in path.split("/") if path else ():
        here = here / part
        if "\\" in part or ":" in part or here.is_symlink() or _is_junction(here):
            raise OSError(errno.ELOOP, "link")
    return here


def _is_junction(path: Path) -> bool:
    """Folders of Windows that lead elsewhere without being links."""
    return getattr(path.lstat(), "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
