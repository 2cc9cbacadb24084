"""The limit of time while matchers are asked."""

from __future__ import annotations

from mlscan.types.snapshot import Snapshot

LATE = "limit of time reached"


class OutOfTimeError(Exception):
    """The limit of time has passed before a detector was decided."""


def in_time(snapshot: Snapshot) -> None:
    """Raises OutOfTimeError once the limit of time has passed."""
    if snapshot.is_late():
        raise OutOfTimeError
