"""All that runs git. Nothing of the scanned repository's configuration is read, nothing of it is executed.

git works in a private folder of ours (`GIT_DIR`) with a configuration of ours; only the object store is theirs
(`GIT_OBJECT_DIRECTORY`). References, HEAD and the shallow list are copied as data (see `repository.py`). The
environment is built from nothing. There is no remote, so a missing object is "missing", never a fetch.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from mlscan.types.errors import NothingToScan

WINDOW = 48
"""Requests under way at once; small enough for the smallest pipe buffer, so that neither side can block the other."""
_CHUNK = 1 << 20
TIMEOUT = 300
"""Seconds for one git process that is not the stream of objects."""


def find_git() -> str:
    """The git program. Raises NothingToScan when there is none."""
    found = shutil.which("git")
    if found is None:
        raise NothingToScan("git is not installed; it is needed to read a repository (a plain folder can be scanned without)")
    return found


class Git:
    """git over one object store, from a private folder."""

    def __init__(self, private: Path, objects: Path) -> None:
        self._program = find_git()
        self._private = private
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
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

    def run(self, arguments: Sequence[str], *, work_tree: Path | None = None, index: Path | None = None) -> bytes | None:
        """What git printed, or None when it failed. Arguments are ours alone, revisions are checked before."""
        environment = dict(self._environment)
        if work_tree is not None and index is not None:
            environment |= {"GIT_WORK_TREE": str(work_tree), "GIT_INDEX_FILE": str(index)}
        try:
            done = subprocess.run(
                [self._program, "--no-pager", *arguments],
                env=environment,
                cwd=work_tree or self._private,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None

    def objects(self) -> ObjectStream:
        """A stream for reading many objects with one process."""
        return ObjectStream([self._program, "cat-file", "--batch"], self._environment, self._private)


class ObjectStream:
    """`git cat-file --batch`: objects by id, in the order asked for."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self._start = (list(command), environment, folder)
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, requests: Iterable[tuple[str, int]]) -> Iterator[bytes | str]:
        """For each (id, limit in bytes) the object's bytes, or "missing" or "too large". Larger ones are not held."""
        process = self._running()
        assert process.stdin is not None
        pending: list[int] = []
        source = iter(requests)
        finished = False
        try:
            while True:
                for name, limit in source:
                    process.stdin.write(name.encode("ascii") + b"\n")
                    pending.append(limit)
                    if len(pending) >= WINDOW:
                        break
                process.stdin.flush()
                if not pending:
                    finished = True
                    return
                for limit in pending[: max(1, len(pending) // 2)]:
                    yield self._answer(limit)
                    pending.pop(0)
        except (BrokenPipeError, ValueError):
            yield from ["missing"] * len(pending)
        finally:
            if not finished:
                self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command, environment, folder = self._start
            self._process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _answer(self, limit: int) -> bytes | str:
        assert self._process is not None and self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if len(words) != 3 or not words[2].isdigit():
            return "missing"
        size = int(words[2])
        if size <= limit:
            data = self._process.stdout.read(size)
            self._process.stdout.read(1)
            return data
        left = size + 1
        while left > 0:
            part = self._process.stdout.read(min(left, _CHUNK))
            if not part:
                break
            left -= len(part)
        return "too large"

    def close(self) -> None:
        """Ends the process; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        process.wait()

    def __enter__(self) -> ObjectStream:
        """The stream itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends the process."""
        self.close()
