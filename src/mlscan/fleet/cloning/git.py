"""All that runs git for clones: an environment from nothing, and bounds on time, size, memory and output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlscan.snapshot.git import find_git, held_back, search_path

PRINTED = 64 << 20
"""Bytes of a listing of references that are read."""
TOLD = 1 << 16
"""Bytes of what git tells people that are kept, from the end."""
MEMORY = 2 << 30
"""Bytes that one git process may hold, where the system can be told so (Linux)."""
PERIOD = 0.2
"""Seconds between two looks at the size of a clone."""
HANDED_ON = (
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *(
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "GIT_SSL_CAINFO",
        "CURL_CA_BUNDLE",
        "SSH_AUTH_SOCK",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
    ),
    *("USERPROFILE", "HOMEDRIVE", "HOMEPATH"),
)
"""Variables that say how this machine reaches others; all others are left out."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a git process ended."""

    code: int
    printed: bytes
    told: str
    """The end of its messages: for telling reasons apart, never to be shown."""
    stopped: str | None = None
    """The limit that ended it: `time`, `size` or `output`."""

    @property
    def is_well(self) -> bool:
        """Whether it did what it was asked."""
        return self.code == 0 and self.stopped is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a git process may take."""

    end: float
    """On the clock of `time.monotonic`."""
    folder: Path | None = None
    """The folder that grows."""
    bytes: int = 0
    """What may lie in the folder."""


_running: set[subprocess.Popen[bytes]] = set()
"""Processes of ours that are under way; each leads a group of its own."""


@dataclass(slots=True)
class _Watched:
    process: subprocess.Popen[bytes]
    bounds: Bounds
    printed: bytearray = field(default_factory=bytearray)
    told: bytearray = field(default_factory=bytearray)
    stopped: str | None = None

    def stop(self, why: str) -> None:
        """Ends the process and all that it has started."""
        self.stopped = self.stopped or why
        end_all(self.process)


def run_git(
    arguments: Sequence[str], folder: Path, bounds: Bounds, *, more: Mapping[str, str] = {}, asked: bytes = b""
) -> Ran:
    """Runs git in a folder and waits for it.

    more: variables of the environment, such as what holds a token. asked: its standard input.
    Raises NothingToScan when git is not installed.
    """
    options = {"start_new_session": True} if os.name != "nt" else {}
    with held_back():
        process = subprocess.Popen(
            [find_git(), "--no-pager", *arguments],
            env=environment(folder) | dict(more),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,  # type: ignore[call-overload]
        )
    watched = _Watched(process, bounds)
    _running.add(process)
    try:
        _bound(process.pid, bounds)
        threads = [
            threading.Thread(target=target, args=(watched, asked), daemon=True) for target in (_feed, _keep, _tell)
        ]
        for thread in threads:
            thread.start()
        _watch(watched)
        for thread in threads:
            thread.join(5)
    finally:
        end_all(process)
        _running.discard(process)
    code = process.wait()
    if code and watched.stopped is None and bounds.folder is not None and size_of(bounds.folder) >= bounds.bytes:
        # The system has ended what wrote more than it may.
        watched.stopped = "size"
    return Ran(code, bytes(watched.printed), watched.told.decode("utf-8", "replace"), watched.stopped)


def environment(home: Path) -> dict[str, str]:
    """The environment of every git process here: no configuration, prompt, hook or helper of this machine."""
    return {
        **{name: os.environ[name] for name in HANDED_ON if name in os.environ},
        "PATH": os.pathsep.join(search_path()),
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=30",
        "GIT_SSH_VARIANT": "ssh",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_CEILING_DIRECTORIES": str(home.parent),
        "LC_ALL": "C",
    }


def end_running() -> None:
    """Ends every git process that runs for this one, for when this one must end at once."""
    for process in list(_running):
        end_all(process)


def end_all(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and its group, whatever they are doing; safe to call twice."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; what vanishes meanwhile does not count."""
    size, folders = 0, [str(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
    return size


def _watch(watched: _Watched) -> None:
    bounds = watched.bounds
    while True:
        try:
            watched.process.wait(min(PERIOD, max(0.0, bounds.end - time.monotonic())))
        except subprocess.TimeoutExpired:
            pass
        else:
            return
        if time.monotonic() >= bounds.end:
            watched.stop("time")
        elif bounds.folder is not None and size_of(bounds.folder) > bounds.bytes:
            watched.stop("size")


def _feed(watched: _Watched, asked: bytes) -> None:
    assert watched.process.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        watched.process.stdin.write(asked)
    with contextlib.suppress(OSError, ValueError):
        watched.process.stdin.close()


def _keep(watched: _Watched, _: bytes) -> None:
    pipe = watched.process.stdout
    assert pipe is not None
    with contextlib.suppress(OSError, ValueError):
        while chunk := pipe.read1(1 << 16):  # type: ignore[attr-defined]
            watched.printed += chunk
            if len(watched.printed) > PRINTED:
                watched.stop("output")
                return


def _tell(watched: _Watched, _: bytes) -> None:
    pipe = watched.process.stderr
    assert pipe is not None
    with contextlib.suppress(OSError, ValueError):
        while chunk := pipe.read1(1 << 16):  # type: ignore[attr-defined]
            watched.told += chunk
            del watched.told[:-TOLD]


def _bound(pid: int, bounds: Bounds) -> None:
    """Bounds that hold even when nobody watches any more, where the system has them (Linux)."""
    if sys.platform == "linux":
        import resource

        seconds = int(max(1, bounds.end - time.monotonic())) + 5
        limits = [(resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CPU, seconds)]
        if bounds.folder is not None:
            limits.append((resource.RLIMIT_FSIZE, bounds.bytes))
        for name, value in limits:
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(pid, name, (value, value))
