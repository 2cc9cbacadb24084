"""What a run shows while it goes on: one line that is rewritten on a terminal, one line per repository in a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from mlscan.cli.output import one_line
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.fleet.running import Ending, Progress

_PAUSE = 0.2
_KEPT = 10
"""Failures that are told at the end."""


class RunWatch:
    """Tells people and a log; the log gets everything, a terminal the progress and what fails."""

    def __init__(self, log: TextIO | None, *, quiet: bool) -> None:
        self._terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet
        self._log = log or (None if self._terminal or quiet else sys.stderr)
        self._quiet, self._shown, self._next = quiet, 0, 0.0
        self.failures: list[str] = []
        """The first that failed, one line each."""

    def note(self, message: str) -> None:
        """A line about sources and clones."""
        self._write(f"note       {message}")
        self._say(message)

    def ended(self, ending: Ending) -> None:
        """A line for a repository."""
        name = ending.repository.name
        self._write(f"{ending.state.value:<10} {name}  {ending.words}  {ending.seconds:.1f} s")
        if ending.state.value == "failed":
            if len(self.failures) < _KEPT:
                self.failures.append(f"{name}: {ending.words}")
            self._say(f"failed: {name}: {ending.words}")

    def moved(self, progress: Progress) -> None:
        """The line of progress."""
        now = monotonic()
        if self._terminal and now >= self._next:
            self._next = now + _PAUSE
            self._draw(told(progress))

    def erase(self) -> None:
        """Takes the line of progress away."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0

    def _write(self, words: str) -> None:
        if self._log is not None:
            moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            print(f"{moment} {one_line(words)}", file=self._log, flush=True)

    def _say(self, words: str) -> None:
        """A line above that of the progress; where a log is on stderr, it is there already."""
        if self._quiet or self._log is sys.stderr:
            return
        self.erase()
        print(f"mlscan: {one_line(words)}", file=sys.stderr, flush=True)

    def _draw(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._shown))
        sys.stderr.flush()
        self._shown = len(line)


def told(progress: Progress) -> str:
    """The progress in one line of less than 80 columns."""
    of = f"{progress.total:,}" if progress.is_listed else f"{progress.total:,} so far"
    parts = [f"{progress.before + progress.done:,} of {of}"]
    if progress.done:
        rate = progress.rate
        parts.append(f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min")
    if progress.remaining is not None:
        parts.append(f"{span(progress.remaining)} left")
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    return ", ".join(parts)


def span(seconds: float) -> str:
    """A span of time in words: 45 s, 3 min, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def watching(log: str | None, *, quiet: bool) -> Iterator[RunWatch]:
    """The watch of a run. `log` names a file that lines are added to; raises UsageError where it cannot be."""
    with _opened(log) as stream:
        watch = RunWatch(stream, quiet=quiet)
        try:
            yield watch
        finally:
            watch.erase()


def _opened(log: str | None) -> AbstractContextManager[TextIO | None]:
    if log is None:
        return nullcontext()
    try:
        return Path(log).open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"--log {log}: {error.strerror or type(error).__name__}") from None
