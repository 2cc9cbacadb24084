"""The lists of a report: nearest to the next level, stuck longest, moved, not scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from mlscan.fleet.summary.names import safe_reason
from mlscan.types.fleet import Cause, Point, Standing
from mlscan.types.fleet_report import FleetRow, Move, Near, NotScanned, StepName, Stuck
from mlscan.types.model import Ask

LISTED = 100
"""Projects at the most in a list of those that are nearest or stuck."""

_EFFORT = {"S": 1, "M": 3, "L": 8}


def nearest(counted: Iterable[FleetRow], asks: Mapping[str, Ask]) -> tuple[Near, ...]:
    """The fewest steps first, then the least effort, then the highest level. Archived ones are left out."""
    found = [_near(row, asks) for row in counted if row.to_next is not None and not row.archived]
    return tuple(sorted(found, key=_distance)[:LISTED])


def _near(row: FleetRow, asks: Mapping[str, Ask]) -> Near:
    steps = row.missing[: row.to_next]
    stands = max(row.level or 0, row.attested_level or 0)
    return Near(
        repository=row.id,
        name=row.name,
        level=row.level or 0,
        next=stands + 1,
        steps=tuple(step_name(id, asks) for id in steps),
    )


def step_name(id: str, asks: Mapping[str, Ask]) -> StepName:
    """A criterion as a step; by its id alone where the model does not know it."""
    ask = asks.get(id)
    return StepName(id=id, title=ask.criterion.title if ask else id, effort=ask.criterion.effort if ask else "")


def _distance(near: Near) -> tuple[int, int, int, str]:
    return len(near.steps), sum(_EFFORT.get(s.effort, 3) for s in near.steps), -near.level, near.name


def stuck(counted: Iterable[FleetRow], top: int, as_of: str) -> tuple[Stuck, ...]:
    """The longest first. Archived ones, and those that have reached all that is asked of them, are left out."""
    found = []
    for row in counted:
        days = days_between(row.since, as_of)
        goal = top if row.target is None else row.target
        if row.archived or days < 1 or max(row.level or 0, row.attested_level or 0) >= goal:
            continue
        found.append(
            Stuck(
                repository=row.id,
                name=row.name,
                level=row.level or 0,
                target=row.target,
                since=row.since or "",
                days=days,
                committed_on=row.committed_on,
            )
        )
    return tuple(sorted(found, key=lambda x: (-x.days, x.level, x.name))[:LISTED])


def days_between(first: str | None, last: str) -> int:
    """Days from one ISO day to another; 0 where one is not known, or is no day."""
    try:
        return (date.fromisoformat(last[:10]) - date.fromisoformat((first or last)[:10])).days
    except ValueError:
        return 0


IsNew = Callable[[Point], bool]
"""Whether a verdict belongs to what is looked at, not to what was before it."""


def moved(pairs: Iterable[tuple[Standing, FleetRow]], is_new: IsNew) -> tuple[Move, ...]:
    """Those whose verdict differs from the last one before: up first, then down, by name."""
    found = []
    for standing, row in pairs:
        before, later = _split(standing.points, is_new)
        if before is None or not later or _verdict(before) == _verdict(later[-1]):
            continue
        found.append(_move(row, before, later))
    return tuple(sorted(found, key=lambda m: ({True: 0, False: 1, None: 2}[m.up], m.name)))


def new(pairs: Iterable[tuple[Standing, FleetRow]], is_new: IsNew) -> tuple[str, ...]:
    """Ids of those whose first verdict is new, by name."""
    found = [row for standing, row in pairs if standing.points and is_new(standing.points[0])]
    return tuple(row.id for row in sorted(found, key=lambda r: r.name))


def _split(points: Sequence[Point], is_new: IsNew) -> tuple[Point | None, list[Point]]:
    before = [p for p in points if not is_new(p)]
    return (before[-1] if before else None), [p for p in points if is_new(p)]


def _verdict(point: Point) -> tuple[bool, int, int, str]:
    return point.applicable, point.level, point.attested_level, point.model


def _move(row: FleetRow, before: Point, later: Sequence[Point]) -> Move:
    after = later[-1]
    steps = [*zip([before, *later], later, strict=False)]
    moving = [now for was, now in steps if _verdict(was) != _verdict(now)]
    causes = {cause for point in moving for cause in point.causes} - {Cause.FIRST, Cause.NONE}
    up = None
    if before.applicable and after.applicable and before.level != after.level:
        up = after.level > before.level
    return Move(
        repository=row.id,
        name=row.name,
        before=before.level if before.applicable else None,
        after=after.level if after.applicable else None,
        attested_before=before.attested_level,
        attested_after=after.attested_level,
        up=up,
        causes=tuple(c for c in Cause if c in causes),
        on=moving[-1].at[:10],
    )


def failures(pairs: Iterable[tuple[Standing, FleetRow]], as_of: str) -> tuple[NotScanned, ...]:
    """Those whose newest scan failed: those without any verdict first, then by name."""
    found = [
        NotScanned(
            repository=row.id,
            name=row.name,
            reason=safe_reason(standing.failure.reason),
            on=standing.failure.at[:10],
            level=row.level if row.applicable else None,
            age=days_between(row.assessed_on, as_of) if row.level is not None else None,
        )
        for standing, row in pairs
        if standing.failure is not None
    ]
    return tuple(sorted(found, key=lambda x: (x.age is not None, x.name)))
