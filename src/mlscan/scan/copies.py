"""Copies of this process that do a part of the work, and the pipes between them and it.

A copy (`fork`) has all that is loaded already, so that it can begin at once. Neither side can block the other: a copy
is only told something while it listens, and what it says is read while it writes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import struct
import sys
import threading
from collections.abc import Callable
from time import monotonic

from mlscan.detect.crew import Crew, HelperFailed, Link
from mlscan.snapshot.git import held_back

MOST = 4
"""Processes that share the work of one snapshot at most: what they cannot share takes as long as the rest by then."""
_SIZE = struct.Struct("!Q")
_CHUNK = 1 << 16


def copies(size: int) -> Crew | None:
    """Who may work beside this process, of `size` processes in all; None where nobody may.

    That is on Linux, and where no other thread runs, which a copy would lack.
    """
    size = min(size, MOST)
    return Copies(size) if size > 1 and sys.platform == "linux" and _is_alone() else None


def _is_alone() -> bool:
    for thread in threading.enumerate():
        # Those that watch over a process of git which is over end by themselves.
        if isinstance(thread, threading.Timer) and thread.finished.is_set():
            thread.join(1.0)
    return threading.active_count() == 1


class Copies:
    """See `Crew`."""

    def __init__(self, size: int) -> None:
        self.size = size

    def start(self, work: Callable[[Link], None]) -> Copy:
        """See `Crew`. Raises HelperFailed where the system gives no further process or pipe."""
        try:
            return Copy(work)
        except OSError:
            raise HelperFailed from None


class Pipes:
    """One end of the two pipes between a copy and its original."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._parent = os.getppid()

    def send(self, message: bytes) -> None:
        """Writes a message. Raises HelperFailed where nobody reads it."""
        data = memoryview(_SIZE.pack(len(message)) + message)
        try:
            while data:
                data = data[os.write(self._writing, data[:_CHUNK]) :]
        except OSError:
            raise HelperFailed from None

    def receive(self, seconds: float | None = None) -> bytes:
        """The next message. Raises HelperFailed where none comes, or none in this time."""
        until = None if seconds is None else monotonic() + seconds
        (size,) = _SIZE.unpack(self._exactly(_SIZE.size, until))
        return self._exactly(size, until)

    def _exactly(self, count: int, until: float | None) -> bytes:
        parts: list[bytes] = []
        while count:
            left = None if until is None else max(0.0, until - monotonic())
            ready, _, _ = select.select([self._reading], [], [], left)
            part = os.read(self._reading, min(count, _CHUNK)) if ready else b""
            if not part:
                raise HelperFailed
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def is_wanted(self) -> bool:
        """Whether the process that this one was copied from is still there."""
        return os.getppid() == self._parent

    def close(self) -> None:
        """Closes both; safe to call twice."""
        ends, self._reading, self._writing = (self._reading, self._writing), -1, -1
        for end in ends:
            if end >= 0:
                os.close(end)


class Copy:
    """A copy of this process at work."""

    def __init__(self, work: Callable[[Link], None]) -> None:
        self._process = 0
        self._pipes: Pipes | None = None
        ends: list[int] = []
        try:
            ends += os.pipe()
            ends += os.pipe()
            there, own, here, back = ends
            with held_back():
                self._process = _fork()
                if not self._process:
                    _live(work, (there, back), (own, here))
        except BaseException:
            for end in ends:
                os.close(end)
            self.close()
            raise
        os.close(there)
        os.close(back)
        self._pipes = Pipes(here, own)

    def send(self, message: bytes) -> None:
        """See `Helper`."""
        self._open().send(message)

    def receive(self, seconds: float) -> bytes:
        """See `Helper`."""
        return self._open().receive(seconds)

    def _open(self) -> Pipes:
        if self._pipes is None:
            raise HelperFailed
        return self._pipes

    def close(self) -> None:
        """See `Helper`."""
        if self._pipes is not None:
            self._pipes.close()
        process, self._process = self._process, 0
        if process:
            _end(process)


def _fork() -> int:
    if sys.platform == "linux":
        return os.fork()
    raise OSError("processes are copied on Linux only")


def _end(process: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(process, 0)


def _live(work: Callable[[Link], None], ends: tuple[int, int], unused: tuple[int, int]) -> None:
    """The life of a copy: it says nothing to anybody but through its pipes, and leaves nothing behind."""
    try:
        # On a terminal an interrupt reaches both; the original ends the copy.
        for name, action in (("SIGINT", signal.SIG_IGN), ("SIGTERM", signal.SIG_DFL), ("SIGHUP", signal.SIG_DFL)):
            signal.signal(getattr(signal, name), action)
        for end in unused:
            os.close(end)
        # What both have in common is not looked at again for cycles: that would copy all of it.
        gc.freeze()
        work(Pipes(*ends))
    except BaseException:
        # The original does the work then, and tells what is wrong.
        os._exit(1)
    os._exit(0)
