"""Where the time of the large run goes."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.page import seconds, table
from benchmarks.process import Command, FailedError
from benchmarks.rounds import Patience, measure
from benchmarks.suite import Suite

SCRIPT = Path(__file__).resolve().parent / "sample_scan.py"
SHOWN = 10


def section(suite: Suite, name: str = "large") -> str:
    """The modules in which a scan spends most of its time, and the rooms that they lie in."""
    if os.name != "posix":
        raise FailedError("only where there are timers of POSIX")
    file = suite.work / "samples.json"
    python = (str(suite.mlscan.python), "-I", str(SCRIPT), str(file))
    command = Command((*python, str(suite.made(name)), "--jobs", "1", "--format", "json"))
    figures = measure({"": command}, Patience(1, warm=False), suite.work)[""]
    if figures.failure:
        raise FailedError(f"the run that was sampled: {figures.failure}")
    found = json.loads(file.read_text(encoding="utf-8"))
    return "\n\n".join(
        (
            "## Where the time goes",
            f"`python -m benchmarks profile`: one run on the {name} repository in one process (`--jobs 1`), interrupted"
            f" 500 times a second to see which module of mlscan is at work, or waits for a call. {suite.machine}",
            shown(found),
            _rooms(found),
        )
    )


def shown(found: Mapping[str, tuple[float, float]]) -> str:
    """The table of the modules that take most."""
    whole = sum(own for own, _ in found.values())
    most = sorted(found.items(), key=lambda item: -item[1][0])
    rows = [
        (f"`{name}`", seconds(own), f"{own / whole:.0%}", f"{called / own:.0%}" if own else "")
        for name, (own, called) in most[:SHOWN]
    ]
    rest = sum(own for _, (own, _) in most[SHOWN:])
    rows.append((f"{max(0, len(most) - SHOWN)} others", seconds(rest), f"{rest / whole:.0%}", ""))
    return table(("module", "time", "share", "of it in libraries"), rows)


def _rooms(found: Mapping[str, tuple[float, float]]) -> str:
    """A line on the rooms."""
    whole: dict[str, float] = defaultdict(float)
    for name, (own, _) in found.items():
        whole[name.partition(".")[0]] += own
    total, most = sum(whole.values()), sorted(whole.items(), key=lambda item: -item[1])
    return "By room: " + ", ".join(f"{room} {own / total:.0%}" for room, own in most[:8]) + "."
