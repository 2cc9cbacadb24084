"""A PostgreSQL of our own, in a temporary folder, reached through a socket in it; gone when the tests end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
_NOBODY = 65534
_QUICK = "-c fsync=off -c full_page_writes=off -c listen_addresses='' -c max_connections=40"


def program(name: str) -> str | None:
    """The path of a program of PostgreSQL; the newest where there are several."""
    found = [str(p) for place in _PLACES for p in sorted(Path(place).glob(f"*/bin/{name}"), reverse=True)]
    return shutil.which(name) or (found[0] if found else None)


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count(1)

    def fresh(self) -> str:
        """The address of a new, empty database."""
        name = f"fleet{next(self._numbers)}"
        _run("createdb", "-h", str(self._folder), "-U", "tests", name)
        return f"postgresql://tests@/{name}?host={self._folder}"


@contextmanager
def server() -> Iterator[Server]:
    """A server that no network reaches. Skips the test where PostgreSQL is not installed."""
    if program("initdb") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="mlscan-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        data = str(folder / "data")
        _run("initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        _run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", f"{_QUICK} -k {folder}", "start")
        try:
            yield Server(folder)
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(name: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL, which refuses to be root."""
    as_nobody = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    command = [*(as_nobody if os.geteuid() == 0 else []), str(program(name)), *arguments]
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr
