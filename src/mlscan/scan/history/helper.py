"""A second process that judges the older commits of a history meanwhile, where there is a second processor.

It is a copy of this one (Linux), so nothing has to be loaded again. Whatever it fails to do is done here instead.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import FrameType

import msgspec

from mlscan.scan.history.replay import Judged

WANTED = "MLSCAN_PROCESSES"
"""Variable of the environment that asks for it: not the usual way, since a copy that hangs would be waited for."""
LEAST, MOST = 16, 1_000
"""Commits for which a second process is worth its while, and those of which the answers are held at once."""
SHARE = 0.6
"""Of the commits that it judges: older ones are smaller, and the newest is judged here in full."""
_PATIENCE = 5.0
"""Seconds in which it may end by itself when it is not needed any more."""


def is_worth_it(commits: int) -> bool:
    """Whether a second process may be started, and would help."""
    return (
        sys.platform == "linux"
        and os.environ.get(WANTED, "1") != "1"
        and LEAST <= commits <= MOST
        and len(os.sched_getaffinity(0)) > 1
        and not multiprocessing.current_process().daemon
        and _is_alone()
    )


def _is_alone() -> bool:
    """Whether no other thread runs that a copy of this process would lack; timers of git that are over may end."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.finished.is_set():
            thread.join(1.0)
    return threading.active_count() == 1


class Helper:
    """Judges some commits at the same time; use it as a context manager."""

    _receiver: Connection
    _process: BaseProcess

    def __init__(self, work: Callable[[], Sequence[Judged]]) -> None:
        """To be asked for only where `is_worth_it`."""
        if sys.platform != "linux":
            raise NotImplementedError
        context = multiprocessing.get_context("fork")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(work, sender), daemon=True)
        self._process.start()
        sender.close()

    def answers(self) -> Sequence[Judged]:
        """What it has found, in the order asked for; nothing where it has failed."""
        try:
            return msgspec.msgpack.decode(self._receiver.recv_bytes(), type=list[Judged])
        except (EOFError, OSError, msgspec.MsgspecError):
            return ()

    def __enter__(self) -> Helper:
        """The helper itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it, whatever it is doing."""
        self._receiver.close()
        if self._process.is_alive():
            self._process.terminate()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(work: Callable[[], Sequence[Judged]], sender: Connection) -> None:
    """In the other process: it says nothing on a terminal, and what ends it is no error."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit

    try:
        signal.signal(signal.SIGTERM, stop)
        sender.send_bytes(msgspec.msgpack.encode(list(work())))
    except BaseException:
        # The one who asked does the work then, and tells what is wrong.
        return
    finally:
        sender.close()
