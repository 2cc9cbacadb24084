"""Blobs that are kept for a second snapshot of the same repository, so that what did not change is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlscan.snapshot.objects import Answer, Request

KEPT_BYTES = 64 << 20
"""Bytes that are kept in all; what is beyond is read again."""


class KeptBlobs:
    """Contents by object id; an id stands for one content, whichever revision holds it."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._blobs: dict[str, bytes] = {}
        self._left = limit
        self.reused = 0
        """Blobs that were not read again."""

    def answers(
        self, requests: Iterable[Request], read: Callable[[Iterable[Request]], Iterator[Answer]]
    ) -> Iterator[Answer]:
        """An answer for each request in their order; only what is not kept is read, and then kept."""
        asked = list(requests)
        fresh = read([request for request in asked if request.oid not in self._blobs])
        known = [self._blobs.get(request.oid) for request in asked]
        for request, data in zip(asked, known, strict=True):
            if data is not None:
                self.reused += 1
                yield data if len(data) <= request.limit else data[: request.limit]
                continue
            answer = next(fresh)
            if isinstance(answer, bytes) and not request.head and len(answer) <= self._left:
                self._blobs[request.oid] = answer
                self._left -= len(answer)
            yield answer
