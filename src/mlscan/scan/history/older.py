"""The oldest revisions of a history, judged by another process meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from time import monotonic

import msgspec

from mlscan.detect.crew import Crew, HelperFailed, Link, patience
from mlscan.scan.history.replay import Judged

LEAST, MOST = 12, 1_000
"""Revisions from which on another process pays, and those of which the answers are held at once."""
SHARE = 0.6
"""Of the revisions that it judges: older ones are smaller, and the newest is judged here in full."""


class Older:
    """Judges as many of the oldest revisions as `count` says; use it as a context manager."""

    def __init__(self, crew: Crew | None, samples: int, work: Callable[[int], Sequence[Judged]]) -> None:
        """`work` judges that many of the oldest revisions, in the other process."""
        self.count = int(SHARE * samples) if crew is not None and LEAST <= samples <= MOST else 0
        self._started = monotonic()
        if not self.count:
            return
        assert crew is not None
        # The other process may be ended at any time: what it has made goes with this folder.
        self._folder = tempfile.TemporaryDirectory(prefix="mlscan-", ignore_cleanup_errors=True)
        try:
            self._helper = crew.start(self._doing(work))
        except BaseException as error:
            self._folder.cleanup()
            self.count = 0
            if not isinstance(error, HelperFailed):
                raise

    def _doing(self, work: Callable[[int], Sequence[Judged]]) -> Callable[[Link], None]:
        def do(link: Link) -> None:
            tempfile.tempdir = self._folder.name
            link.send(msgspec.msgpack.encode(list(work(self.count))))

        return do

    def answers(self) -> Sequence[Judged]:
        """What it has found, the oldest revision first; nothing where it has failed."""
        if not self.count:
            return ()
        try:
            told = self._helper.receive(patience(self._started))
        except HelperFailed:
            return ()
        return msgspec.msgpack.decode(told, type=list[Judged])

    def __enter__(self) -> Older:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it, whatever it is doing."""
        if self.count:
            self._helper.close()
            self._folder.cleanup()
