"""Programs and workflows that are kept as archives: nothing inside them is read, and the report says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot

SUFFIXES = (".mlx", ".mlapp", ".knwf", ".knar", ".egp", ".str", ".spv", ".slx")
"""Live scripts and apps, exported workflows, projects, streams and models that are archives of several files."""
MOST = 200
_MAGIC = b"PK\x03\x04"


def packed_gaps(paths: Iterable[str], snapshot: Snapshot) -> Iterator[Gap]:
    """A gap for each archive of code among the paths, by name and first bytes; at most 200."""
    named = (path for path in paths if path.lower().endswith(SUFFIXES))
    for path in islice(named, MOST):
        head = snapshot.head(path, len(_MAGIC))
        if head == _MAGIC:
            yield Gap(path, "packed: what is inside is not read")
