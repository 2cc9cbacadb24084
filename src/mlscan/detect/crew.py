"""What other processes look like to those who share their work with them; who starts them is not known here."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Protocol

PATIENCE, TIMES = 60.0, 10
"""Seconds, and times as long as this process has taken for its own share, after which another one hangs."""


class HelperFailed(Exception):
    """Another process has ended too early, or takes too long."""


def patience(started: float) -> float:
    """Seconds for which another process is waited for; started: when it was, by `monotonic`."""
    return PATIENCE + TIMES * (monotonic() - started)


class Link(Protocol):
    """What the other process has of the one that has started it."""

    def send(self, message: bytes) -> None:
        """Tells it something. Raises HelperFailed where nobody listens."""
        ...

    def receive(self) -> bytes:
        """What it says next. Raises HelperFailed where nothing comes any more."""
        ...

    def is_wanted(self) -> bool:
        """Whether it is still there."""
        ...


class Helper(Protocol):
    """Another process at work."""

    def send(self, message: bytes) -> None:
        """Tells it something; only while it listens. Raises HelperFailed."""
        ...

    def receive(self, seconds: float) -> bytes:
        """What it says next. Raises HelperFailed, also when that takes longer."""
        ...

    def close(self) -> None:
        """Ends it, whatever it is doing; safe to call twice."""
        ...


class Crew(Protocol):
    """Starts other processes."""

    @property
    def size(self) -> int:
        """How many processes may work at once, this one among them."""
        ...

    def start(self, work: Callable[[Link], None]) -> Helper:
        """A process that does the work, with all that this one has in its memory; only what it sends comes back."""
        ...
