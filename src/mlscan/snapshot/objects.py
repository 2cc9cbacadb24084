"""Objects by their ids, many of them through one `git cat-file --batch`."""

from __future__ import annotations

import contextlib
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import islice
from typing import NamedTuple

from mlscan.snapshot import reasons
from mlscan.snapshot.git import Git, end, held_back

WINDOW = 48
"""Requests under way at once; small enough for the smallest pipe buffer, so that neither side can block the other."""
DEATHS = 50
"""How often git may die of a broken object before the rest is given up."""
_DRAIN = 1 << 20
"""Bytes that are cheaper to read past than to start git anew."""

Answer = bytes | str
"""The bytes, or why they cannot be had."""


class Request(NamedTuple):
    """What is asked for: an object of a kind and at most so many bytes of it."""

    oid: str
    limit: int
    kind: bytes = b"blob"
    head: bool = False
    """The first `limit` bytes are enough; otherwise a larger object is too large."""


class ObjectStream:
    """One git process that gives objects. It is started when needed and anew when an object has killed it."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0

    def read(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """An answer for each request, in their order. Requests are taken a little ahead of the answers."""
        source = iter(requests)
        pending: deque[Request] = deque()
        try:
            while True:
                fresh = list(islice(source, WINDOW - len(pending)))
                pending += fresh
                if not pending:
                    return
                self._send(fresh)
                for _ in range(max(1, len(pending) // 2)):
                    answer = self._answer(pending[0])
                    pending.popleft()
                    if self._process is None:
                        self._send(pending)
                    yield answer
        finally:
            if pending:
                self.close()

    def one(self, request: Request) -> Answer:
        """The answer to a single request."""
        return next(self.read([request]))

    def _send(self, requests: Iterable[Request]) -> None:
        data = b"".join(r.oid.encode("ascii") + b"\n" for r in requests)
        if not data or self._deaths > DEATHS:
            return
        if self._process is None:
            with held_back():
                self._process = self.git.start(["cat-file", "--batch"])
        assert self._process.stdin is not None
        # When git has died meanwhile, the answers say so.
        with contextlib.suppress(OSError):
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def _answer(self, request: Request) -> Answer:
        if self._process is None or self._process.stdout is None:
            return reasons.BROKEN
        words = self._process.stdout.readline(200).split()
        if words[1:] == [b"missing"]:
            return reasons.MISSING
        if len(words) != 3 or words[0].decode("ascii", "replace") != request.oid or not words[2].isdigit():
            return self._died()
        size = int(words[2])
        if words[1] != request.kind or (size > request.limit and not request.head):
            self._skip(size + 1)
            return reasons.BROKEN if words[1] != request.kind else reasons.TOO_LARGE
        count = min(size, request.limit)
        data = self._process.stdout.read(count)
        if len(data) < count:
            return self._died()
        self._skip(size + 1 - count)
        return data

    def _skip(self, count: int) -> None:
        """Leaves the rest of an object unread; a long one costs a new process instead of its bytes."""
        assert self._process is not None and self._process.stdout is not None
        if count > _DRAIN or len(self._process.stdout.read(count)) < count:
            self.close()

    def _died(self) -> str:
        self._deaths += 1
        self.close()
        return reasons.BROKEN

    def close(self) -> None:
        """Ends the process; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            end(process)


def measure(git: Git, oids: Iterable[bytes]) -> Mapping[bytes, int | str]:
    """The size of each blob in bytes, or why it cannot be read; ids of which git says nothing are left out."""
    distinct = sorted(set(oids))
    if not distinct:
        return {}
    asked = "\n".join(map(bytes.hex, distinct)).encode("ascii")
    printed = git.run(["cat-file", "--batch-check", "--buffer"], asked=asked)
    found: dict[bytes, int | str] = {}
    for line in BytesIO(printed or b""):
        oid, _, rest = line.decode("ascii", "replace").rstrip("\n").partition(" ")
        kind, _, size = rest.partition(" ")
        with contextlib.suppress(ValueError):
            known = int(size) if kind == "blob" and size.isdigit() else reasons.BROKEN
            found[bytes.fromhex(oid)] = reasons.MISSING if rest == "missing" else known
    return found
