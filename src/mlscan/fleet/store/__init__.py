"""Where a fleet is kept: every scan with its evidence, so that it can be judged again, compared and shown."""

from mlscan.fleet.store.engine import StoreError
from mlscan.fleet.store.store import Store, Writer

__all__ = ["Store", "StoreError", "Writer"]
