"""Clones of the repositories of a fleet: small, bare, in a cache that runs share and that is pruned."""

from mlscan.fleet.cloning.cloner import Clone, Cloner
from mlscan.fleet.cloning.limits import CloneFailure, CloneLimits

__all__ = ["Clone", "CloneFailure", "CloneLimits", "Cloner"]
