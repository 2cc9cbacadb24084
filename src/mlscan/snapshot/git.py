"""All that runs git. Nothing of the scanned repository's configuration is read, nothing of it is executed.

git works in a private folder of ours (`GIT_DIR`) with a configuration of ours; only the object store is theirs
(`GIT_OBJECT_DIRECTORY`, looked through in `repository.py` before). References, HEAD and the shallow list are copied as
data (`takeover.py`). The environment is built from nothing. There is no remote, so a missing object is "missing", never
a fetch. What one process may print, hold and take is bounded.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlscan.types.errors import NothingToScan

TIMEOUT = 300
"""Seconds for one git process that is not the stream of objects."""
PRINTED = 1 << 30
"""Bytes that one such process may print; they are not held but by `run`."""
HELD = 1 << 26
"""Bytes of all that `run` gives back."""
RECORD = 1 << 20
"""Bytes of the longest record."""
MEMORY = 1 << 29
"""Bytes that one git process may hold; more is refused by the system, where it can be told so (Linux)."""
_CHUNK = 1 << 20


class GitFailed(Exception):
    """git ended with an error, or it was ended because it took or printed too much. Never leaves this room."""


@dataclass(frozen=True, slots=True)
class Place:
    """Files of theirs that a command may look at."""

    work_tree: Path
    index: Path


class Git:
    """git over one object store, from a private folder."""

    def __init__(self, private: Path, objects: Path) -> None:
        self._program = find_git()
        self._private = private
        self._environment = {
            "PATH": os.pathsep.join(search_path()),
            "HOME": str(private),
            "GIT_DIR": str(private),
            "GIT_OBJECT_DIRECTORY": str(objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_PROTOCOL_FROM_USER": "0",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_PAGER": "cat",
            "LC_ALL": "C",
            **({"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}),
        }

    def run(self, arguments: Sequence[str], *, asked: bytes = b"", place: Place | None = None) -> bytes | None:
        """What git printed, or None when it failed. `asked` is its standard input."""
        held = bytearray()
        with contextlib.suppress(GitFailed, OSError):
            for chunk in self._printed(arguments, asked, place):
                held += chunk
                if len(held) > HELD:
                    return None
            return bytes(held)
        return None

    def records(self, arguments: Sequence[str], *, asked: bytes = b"", place: Place | None = None) -> Iterator[bytes]:
        """What git prints, NUL by NUL and not all at once. Raises GitFailed, also after the last record."""
        rest = b""
        for chunk in self._printed(arguments, asked, place):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
            if len(rest) > RECORD:
                raise GitFailed
        if rest:
            yield rest

    def _printed(self, arguments: Sequence[str], asked: bytes, place: Place | None) -> Iterator[bytes]:
        process = timer = None
        left = PRINTED
        try:
            with tempfile.TemporaryFile() as source, held_back():
                source.write(asked)
                source.seek(0)
                process = self.start(arguments, stdin=source.fileno(), place=place)
            assert process.stdout is not None
            timer = threading.Timer(TIMEOUT, process.kill)
            timer.daemon = True
            timer.start()
            while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
                left -= len(chunk)
                if left < 0:
                    raise GitFailed
                yield chunk
            # 1 is the answer "none" of check-ignore; of all others it comes with nothing printed.
            if process.wait() not in (0, 1):
                raise GitFailed
        finally:
            if timer is not None:
                timer.cancel()
            if process is not None:
                end(process)

    def start(
        self, arguments: Sequence[str], *, stdin: int = subprocess.PIPE, place: Place | None = None
    ) -> subprocess.Popen[bytes]:
        """A git process with our environment. Arguments are ours alone, revisions are checked before."""
        environment = dict(self._environment)
        if place is not None:
            environment |= {"GIT_WORK_TREE": str(place.work_tree), "GIT_INDEX_FILE": str(place.index)}
        process = subprocess.Popen(
            [self._program, "--no-pager", *arguments],
            env=environment,
            cwd=self._private if place is None else place.work_tree,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        _bound_memory(process.pid)
        return process


def search_path() -> list[str]:
    """The folders of PATH without relative ones, which could mean the scanned folder."""
    return [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(folder).is_absolute()]


def is_revision(name: str) -> bool:
    """Whether git may be given this as a revision: it is no option, and something that an argument can be."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return bool(name) and not name.startswith("-") and "\0" not in name and "\n" not in name


def find_git() -> str:
    """The git program. Raises NothingToScan when there is none."""
    for folder in search_path():
        program = Path(folder) / ("git.exe" if os.name == "nt" else "git")
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    raise NothingToScan(
        "git is not installed; it is needed to read a repository (a plain folder can be scanned without)"
    )


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Lets interrupts wait until a process that is being started is known to those who end it."""
    came: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda got, _: came.append(got)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for got in came:
            signal.raise_signal(got)


def _bound_memory(pid: int) -> None:
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process, whatever it is doing, and waits until it is gone."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()
