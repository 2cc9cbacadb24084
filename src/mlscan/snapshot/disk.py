"""Reads files of a folder that nobody has vetted: regular files only, no link is followed, nothing blocks."""

from __future__ import annotations

import errno
import os
import stat
from collections import OrderedDict
from pathlib import Path

from mlscan.types.evidence import Gap

TOO_LARGE = "larger than the limit"
NOT_REGULAR = "not a regular file"
LINK = "symbolic link, not followed"
VANISHED = "vanished or changed while it was read"
UNREADABLE = "no permission to read"
_FOLDERS = 64
"""Open folders kept."""
_CHUNK = 1 << 20
_SAFE_OPEN = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


class Disk:
    """Files below one folder, opened part by part so that no part of the way is a link."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._open: OrderedDict[str, int] = OrderedDict()

    def close(self) -> None:
        """Releases the folders; safe to call twice."""
        while self._open:
            os.close(self._open.popitem()[1])

    def read(self, path: str, limit: int) -> bytes | Gap:
        """The bytes of a file of at most `limit` bytes, or the gap that says why not."""
        return self._with(path, limit, exact=True)

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file of any size."""
        return self._with(path, count, exact=False)

    def _with(self, path: str, limit: int, *, exact: bool) -> bytes | Gap:
        try:
            handle = self._file(path)
        except OSError as error:
            return Gap(path, _reason(error))
        try:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                return Gap(path, NOT_REGULAR)
            if exact and state.st_size > limit:
                return Gap(path, TOO_LARGE)
            data = _read(handle, limit + exact)
            return Gap(path, TOO_LARGE) if len(data) > limit else data
        except OSError as error:
            return Gap(path, _reason(error))
        finally:
            os.close(handle)

    def _file(self, path: str) -> int:
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        if not _SAFE_OPEN:
            return os.open(_checked(self.root, path), flags)
        folder, _, name = path.rpartition("/")
        return os.open(name, flags | os.O_NOFOLLOW | getattr(os, "O_NOCTTY", 0), dir_fd=self._folder(folder))

    def _folder(self, folder: str) -> int:
        """A descriptor of a folder, reached without following links."""
        if folder in self._open:
            self._open.move_to_end(folder)
            return self._open[folder]
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        known = folder
        while known and known not in self._open:
            known = known.rpartition("/")[0]
        if known not in self._open:
            self._open[""] = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        rest = folder[len(known) :].strip("/")
        for part in rest.split("/") if rest else ():
            handle = os.open(part, flags, dir_fd=self._open[known])
            known = f"{known}/{part}" if known else part
            self._open[known] = handle
        self._trim(folder)
        return self._open[folder]

    def _trim(self, keep: str) -> None:
        for name in list(self._open):
            if len(self._open) <= _FOLDERS:
                break
            if name and name != keep:
                os.close(self._open.pop(name))


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
    """The path on systems without safe opening (Windows): no part may be a link."""
    here = root
    for part in path.split("/"):
        here = here / part
        if here.is_symlink() or not stat.S_IFMT(here.lstat().st_mode) in (stat.S_IFREG, stat.S_IFDIR):
            raise OSError(errno.ELOOP, "link")
    return here


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return LINK
    if error.errno == errno.ENXIO:
        return NOT_REGULAR
    if error.errno in (errno.EACCES, errno.EPERM):
        return UNREADABLE
    return VANISHED if error.errno in (errno.ENOENT, errno.ENOTDIR) else "cannot be opened"
