"""One command as a whole process: how long it takes and how much memory, start-up included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


class FailedError(Exception):
    """A command ended in a way that was not asked for; the message says how, in a few words."""


class StoppedError(FailedError):
    """A command was ended because it took too long."""


@dataclass(frozen=True)
class Command:
    """A command, and how it may end."""

    words: tuple[str, ...]
    given: Path | None = None
    """What it reads as its standard input."""
    fine: frozenset[int] = frozenset({0})
    """Exit codes that are no failure."""
    folder: Path | None = None
    """Where it runs; None is here."""


@dataclass(frozen=True)
class Ran:
    """One process."""

    seconds: float
    cpu_seconds: float
    """Of the process and of those that it waited for."""
    peak_bytes: int
    """Of the largest of them; 0 where the system does not tell, or where it is less than 13 MB."""


_ASKING = """
import json, os, signal, subprocess, sys, time
words, given, errors, folder, limit = json.loads(sys.argv[1])
with open(given or os.devnull, "rb") as source, open(errors, "wb") as told:
    start = time.perf_counter()
    child = subprocess.Popen(words, stdin=source, stdout=subprocess.DEVNULL, stderr=told, cwd=folder,
                             start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: child.kill())
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except OSError:
        pass
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""The memory of a process that starts another counts as that of the other: a small fresh one does the asking."""
_ASKS_WITH = 13_000_000
"""Bytes that it takes itself: less is not told of others."""


def run(command: Command, errors: Path, limit: float) -> Ran:
    """Runs a command and throws away what it prints.

    errors: a file that gets what it says on standard error. limit: seconds after which it is killed with all that it
    started. Raises StoppedError for that, FailedError for an exit code that is not fine.
    """
    code, *used = _ask(command, errors, limit) if os.name == "posix" else _run(command, errors, limit)
    if used[0] >= limit:
        raise StoppedError(f"stopped after {limit:.0f} s")
    if code not in command.fine:
        raise FailedError(f"exit {code}: {last_line(errors)}")
    return Ran(used[0], used[1], int(used[2]))


def _ask(command: Command, errors: Path, limit: float) -> tuple[int, float, float, float]:
    given, folder = (str(path) if path else None for path in (command.given, command.folder))
    asked = json.dumps([command.words, given, str(errors), folder, limit])
    asking = [sys.executable, "-I", "-S", "-c", _ASKING, asked]
    answer = subprocess.run(asking, env=clean_environment(), capture_output=True, text=True, check=False)
    if answer.returncode:
        raise FailedError((answer.stderr.strip().splitlines() or ["it did not start"])[-1][:100])
    code, seconds, cpu, peak = json.loads(answer.stdout)
    peak *= 1 if sys.platform == "darwin" else 1024
    return code, seconds, cpu, peak if peak > _ASKS_WITH else 0


def _run(command: Command, errors: Path, limit: float) -> tuple[int, float, float, float]:
    with (command.given or Path(os.devnull)).open("rb") as source, errors.open("wb") as told:
        start = time.perf_counter()
        try:
            code = subprocess.run(
                command.words,
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=told,
                cwd=command.folder,
                env=clean_environment(),
                timeout=limit,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
        except OSError as error:
            raise FailedError(str(error)[:100]) from None
        return code, time.perf_counter() - start, 0.0, 0.0


def last_line(errors: Path) -> str:
    """The last thing that a command said on standard error, shortened."""
    lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip()[:100] if lines else "it said nothing"


def clean_environment() -> dict[str, str]:
    """The environment of a user: without what Python, git and mlscan were told for this process."""
    told = ("PYTHON", "GIT_", "MLSCAN_", "COVERAGE")
    return {name: value for name, value in os.environ.items() if not name.startswith(told)}
