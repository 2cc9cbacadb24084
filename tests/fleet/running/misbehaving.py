"""A fetcher whose repositories do to a worker what their name says. It travels to worker processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlscan.fleet.cloning import Clone
from mlscan.snapshot.head import head_revision
from mlscan.types.fleet import FleetRepository


class Misbehaving:
    """Reads clones where they lie, after what their name asks for."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes

    def revision(self, repository: FleetRepository) -> str | None:
        name = repository.name.rpartition("/")[2]
        with (self._notes / name).open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        self._behave(name)
        return head_revision(str(repository.path))

    @contextmanager
    def fetched(self, repository: FleetRepository) -> Iterator[Clone]:
        yield Clone(Path(str(repository.path)), head_revision(str(repository.path)))

    def _behave(self, name: str) -> None:
        if name == "hang":
            threading.Event().wait()
        elif name == "spin":
            # Holds the lock of the interpreter: no other thread of Python can do anything.
            re.match(r"(a+)+$", "a" * 60 + "b")
        elif name == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif name == "bomb":
            bytearray(6 << 30)
        elif name == "child":
            process = subprocess.Popen(["sleep", "600"])
            (self._notes / "child-number").write_text(str(process.pid))
            threading.Event().wait()
        elif name == "once" and len((self._notes / name).read_text().splitlines()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
