"""Progress of a long scan, on a terminal only."""

from __future__ import annotations

import os
import sys
from time import monotonic

_PATIENCE = 1.0
_PAUSE = 0.1


class Progress:
    """One line on stderr that is rewritten while a scan runs and erased at its end; silent in the first second."""

    def __init__(self, *, wanted: bool = True, things: str = "files") -> None:
        self._things = things
        self._wanted = wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = monotonic() + _PATIENCE
        self._shown = 0

    def __call__(self, done: int, total: int) -> None:
        """Called for each file that was read, or whatever else it is that takes its time."""
        now = monotonic()
        if not self._wanted or now < self._next:
            return
        self._next = now + _PAUSE
        line = f"reading {done:,} of {total:,} {self._things}"
        sys.stderr.write("\r" + line.ljust(self._shown))
        sys.stderr.flush()
        self._shown = len(line)

    def __enter__(self) -> Progress:
        """The progress itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Erases the line."""
        self.finish()

    def finish(self) -> None:
        """Erase the line."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0
