"""One row of a report from where one repository stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlscan.fleet.summary.names import safe_url
from mlscan.types.fleet import FleetRepository, Point, Standing
from mlscan.types.fleet_report import FleetRow, State

SAME = "applicable", "level", "model"
"""What a verdict has in common with the one before it while nothing has moved."""


@dataclass(frozen=True, slots=True)
class Names:
    """What repositories are called, by identity."""

    shown: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scale:
    """What has to be known of the model to read a verdict."""

    model: str
    top: int
    levels: Mapping[str, int]
    """Criterion -> the level that asks for it."""


def row_of(standing: Standing, names: Names, scale: Scale) -> FleetRow:
    """The row of one repository, before anything is left out of it."""
    repository, newest = standing.repository, standing.newest
    known = _known(repository, names)
    if newest is None:
        return FleetRow(**known, state=State.FAILED if standing.failure else State.SKIPPED)  # type: ignore[arg-type]
    counts = newest.applicable and newest.model == scale.model
    return FleetRow(
        **known,  # type: ignore[arg-type]
        state=State.STALE if standing.failure else State.SCANNED,
        counts=counts,
        scan=newest.scan,
        assessed_on=newest.at[:10],
        revision=newest.revision,
        committed_on=newest.committed_on,
        model=newest.model,
        kind=newest.kind,
        applicable=newest.applicable,
        level=newest.level,
        level_name=newest.level_name,
        attested_level=newest.attested_level,
        could_be=newest.could_be,
        target=newest.target,
        at_target=newest.level >= newest.target if newest.applicable and newest.target is not None else None,
        since=first_of_same(standing.points).at[:10],
        missing=standing.missing,
        to_next=_to_next(newest, standing.missing, scale) if counts else None,
        practices=standing.practices,
    )


def first_of_same(points: tuple[Point, ...]) -> Point:
    """The first verdict of those at the end that all say the same level."""
    first = points[-1]
    for point in reversed(points):
        if any(getattr(point, name) != getattr(first, name) for name in SAME):
            break
        first = point
    return first


def _known(repository: FleetRepository, names: Names) -> dict[str, object]:
    return {
        "id": names.files[repository.identity],
        "name": names.shown[repository.identity],
        "url": safe_url(repository.url),
        "host": repository.host,
        "private": repository.private,
        "archived": repository.archived,
        "fork": repository.fork,
        "language": repository.language,
        "topics": repository.topics,
    }


def _to_next(point: Point, missing: tuple[str, ...], scale: Scale) -> int | None:
    """How many steps of the way lead to the level above; None at the top, and where the way is not known."""
    stands = max(point.level, point.attested_level)
    if stands >= scale.top:
        return None
    return sum(scale.levels.get(criterion, 0) <= stands + 1 for criterion in missing) or None
