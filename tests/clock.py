"""A clock that turns what hangs into a failure."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def nothing_hangs(seconds: int, says: str) -> Iterator[None]:
    """Fails with these words when the block takes longer; does nothing where there are no alarms."""
    if sys.platform == "win32":
        yield
        return

    def give_up(*_: object) -> None:
        pytest.fail(says)

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
