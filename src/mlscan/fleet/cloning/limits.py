"""What bounds a clone, and how its failing is told."""

from __future__ import annotations

from dataclasses import dataclass

from mlscan.types.snapshot import Limits

_READ = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneLimits:
    """Bounds on one clone and on the cache."""

    file_bytes: int = _READ.file_bytes
    """Larger files are not fetched: the reader would not read them."""
    notebook_bytes: int = _READ.notebook_bytes
    """Larger notebooks are not kept."""
    seconds: int = 900
    """For all of one clone."""
    bytes: int = 5_000_000_000
    """On disk, of one clone."""
    cache_bytes: int = 20_000_000_000
    """On disk, of all clones that are kept. 0 keeps none."""
    cache_days: int = 30
    """A clone that nobody has used for so long is removed."""


class CloneFailure(Exception):
    """A repository could not be cloned. The reason is one line without a token, a path or an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
