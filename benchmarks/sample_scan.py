"""A script for a Python that has mlscan: where the time of a run goes, by samples of what it is doing.

    python -I sample_scan.py FILE ARGUMENT...

runs `mlscan ARGUMENT...` and writes into FILE, as JSON, for each module of mlscan (seconds, seconds of them in
libraries and built-in functions that it called). Waiting counts: these are seconds of the clock. A timer interrupts the
run 500 times a second; each sample has the weight of the time since the one before, so that a long call of a library
that cannot be interrupted has its full weight. The run takes a few percent longer for it.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType

INTERVAL = 0.002
IMPORTS, OUTSIDE = "(imports)", "(start and end)"


def place(frame: FrameType | None) -> tuple[str, bool]:
    """(module of mlscan that the frame belongs to or was called by, whether it was called by it)."""
    inner = frame
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return IMPORTS, False
        if name.startswith("mlscan."):
            return name.removeprefix("mlscan."), frame is not inner
        frame = frame.f_back
    return OUTSIDE, False


class Samples:
    """What was seen so far."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self._last = time.perf_counter()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """One sample."""
        now = time.perf_counter()
        module, called = place(frame)
        found = self.seconds[module]
        found[0] += now - self._last
        if called:
            found[1] += now - self._last
        self._last = now


def main(arguments: list[str]) -> int:
    """The command; the exit code is that of mlscan."""
    if sys.platform == "win32":
        sys.exit("there are no such timers on Windows")
    file, *words = arguments
    samples, code = Samples(), 0
    sys.argv = ["mlscan", *words]
    signal.signal(signal.SIGALRM, samples.take)
    signal.setitimer(signal.ITIMER_REAL, INTERVAL, INTERVAL)
    try:
        from mlscan.cli import main as run

        run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        Path(file).write_text(json.dumps(samples.seconds), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
