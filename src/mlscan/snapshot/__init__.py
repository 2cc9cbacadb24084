"""The only room that touches the scanned repository: disk and git. What it cannot read is a gap, never an error."""

from mlscan.snapshot.kept import KeptBlobs
from mlscan.snapshot.opening import open_snapshot
from mlscan.snapshot.revisions import Commit, Line, Revisions
from mlscan.snapshot.snapshots import RepositorySnapshot

__all__ = ["Commit", "KeptBlobs", "Line", "RepositorySnapshot", "Revisions", "open_snapshot"]
