"""The repositories of a Gitlab server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlscan.fleet.sources.filters import Filters
from mlscan.fleet.sources.named import ForgeSource
from mlscan.types.fleet import FleetRepository, SourceFailure


def from_gitlab(
    named: ForgeSource, _filters: Filters, notify: Callable[[str], None]
) -> Iterator[FleetRepository | SourceFailure]:
    """The repositories that an account has."""
    notify(f"{named.source}: not asked yet")
    yield SourceFailure(source=named.source, reason="this forge is not asked yet")
