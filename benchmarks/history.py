"""`python -m benchmarks.history REPOSITORY`: times `mlscan history` beside scanning each of its samples alone.

Everything is timed as whole processes, start-up included; of the history the median of several runs is printed. Of
the samples `--alone` many, spread over the history, are scanned one by one, and stand for the others. Each of these
reports must say what the history says of that revision: level, kind and practices.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """One process."""

    seconds: float
    cpu_seconds: float
    """Of the process and its children."""
    peak_bytes: int
    """Of the largest of them; 0 where the system does not tell."""
    report: dict[str, Any]


_ASKING = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""A fresh process does the asking: what it learns of its children is of this one alone."""


def run(*words: str) -> Ran:
    """Runs mlscan for its JSON report; raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "mlscan", *words, "--format", "json", "--output", str(report)]
        if os.name == "posix":
            asked = subprocess.run([sys.executable, "-c", _ASKING, *command], check=True, capture_output=True)
            seconds, cpu, peak = json.loads(asked.stdout)
            peak *= 1 if sys.platform == "darwin" else 1024
        else:
            start = time.perf_counter()
            subprocess.run(command, check=True)
            seconds, cpu, peak = time.perf_counter() - start, 0.0, 0
        return Ran(seconds, cpu, peak, json.loads(report.read_text(encoding="utf-8")))


def spread(moments: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of the revisions, at equal distances, the first and the newest among them."""
    if count >= len(moments) or count < 2:
        return list(moments)
    return [moments[round(n * (len(moments) - 1) / (count - 1))] for n in range(count)]


def differences(moment: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """What a history and a report say differently of a revision."""
    brief = moment["brief"]
    practices = {name: found["present"] for name, found in report["practices"].items()}
    pairs = {name: (brief[name], report[name]) for name in ("level", "could_be", "kind", "applicable")}
    pairs |= {name: (brief["present"].get(name), present) for name, present in practices.items()}
    revision = moment["point"]["revision"][:10]
    return [f"{revision} {name}: {here!r} and {alone!r}" for name, (here, alone) in pairs.items() if here != alone]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a history says what a scan does not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description="Time mlscan history.")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--every", default="month")
    parser.add_argument("--since", help="ISO date; default is the first commit")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", type=int, default=10, help="samples that are scanned one by one; 0 is all of them")
    options = parser.parse_args(arguments)
    repository = str(options.repository.resolve())
    since = ("--since", options.since) if options.since else ()
    runs = [run("history", repository, "--every", options.every, *since) for _ in range(options.runs)]
    moments = [m for m in runs[0].report["moments"] if m["brief"] is not None]
    chosen = spread(moments, options.alone)
    alone = [run(repository, "--rev", m["point"]["revision"]) for m in chosen]
    seconds, cpu = statistics.median(r.seconds for r in runs), statistics.median(r.cpu_seconds for r in runs)
    each = statistics.mean(r.seconds for r in alone) * len(moments)
    each_cpu = statistics.mean(r.cpu_seconds for r in alone) * len(moments)
    print(f"{runs[0].report['commits']:,} commits, {len(moments)} of them judged, median of {options.runs} runs")
    print(f"mlscan history         {seconds:8.2f} s   {cpu:8.2f} s of CPU   {runs[0].peak_bytes / 1e6:7.1f} MB")
    print(f"each alone             {each:8.2f} s   {each_cpu:8.2f} s of CPU   (from {len(alone)} of them)")
    print(f"times as fast          {each / seconds:8.1f}     {each_cpu / cpu if cpu else 0:8.1f}")
    wrong = [line for m, r in zip(chosen, alone, strict=True) for line in differences(m, r.report)]
    print("\n".join(wrong) or "level, kind and practices are the same")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
