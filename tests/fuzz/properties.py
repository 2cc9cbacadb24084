"""The property-based tests for longer: `python -m fuzz.properties --seconds 600`, from the folder of the tests.

Each round runs all tests that Hypothesis gives their inputs, with a seed of its own, until the time is over; it takes
less than a minute on a quiet machine. A finding ends the run with 1; Hypothesis has printed the smallest input by then,
which belongs into a test. So does a round that does not end.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

TESTS = Path(__file__).resolve().parents[1]
HANGS = 1_200
"""Seconds by the clock after which a round hangs, also on a machine that is busy with other things."""


def files() -> list[Path]:
    """Test files with properties, sorted."""
    return sorted(path for path in TESTS.rglob("test_*.py") if "@given(" in path.read_text(encoding="utf-8"))


def command(seed: int) -> list[str]:
    """One round."""
    options = ["-q", "-x", "-m", "hypothesis", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}"]
    return [sys.executable, "-m", "pytest", *options, *map(str, files())]


def ended(command: list[str], environment: dict[str, str], seconds: float) -> int | None:
    """The exit code of a round, or None where it had to be ended after so many seconds."""
    try:
        return subprocess.run(command, check=False, cwd=TESTS.parent, env=environment, timeout=seconds).returncode
    except subprocess.TimeoutExpired:
        return None


def main() -> int:
    """The exit code: 1 where something was found."""
    parser = argparse.ArgumentParser(description="The property-based tests for longer.")
    parser.add_argument("--seconds", type=int, default=60, help="no round begins after that")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the others count up")
    given = parser.parse_args()
    end, seed = monotonic() + given.seconds, given.seed
    with tempfile.TemporaryDirectory() as folder:
        # What Hypothesis remembers would be played first, in every round.
        environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": folder}
        while monotonic() < end:
            if code := ended(command(seed), environment, HANGS):
                print(f"finding, with seed {seed}")
                return 1
            if code is None:
                print(f"finding: a round took more than {HANGS} seconds, with seed {seed}")
                return 1
            seed += 1
    print(f"{seed - given.seed} rounds, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
