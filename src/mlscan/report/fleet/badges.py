"""Badges of a fleet: one a repository, and one for all."""

from __future__ import annotations

from mlscan.report.badge import LABEL, Badge, badge_with
from mlscan.types.fleet_report import Fleet, FleetRow, State


def row_badge(row: FleetRow, fleet: Fleet, *, label: str = LABEL, date: bool = False) -> Badge:
    """The level of one repository; grey where there is none, or none that means anything."""
    on = f", {row.assessed_on}" if date and row.assessed_on else ""
    if row.level is None:
        return badge_with(label, "scan failed" if row.state is State.FAILED else "not scanned yet", None)
    if not row.applicable:
        return badge_with(label, f"not applicable ({row.kind}){on}", None)
    numbers = [x.level for x in fleet.levels]
    position = numbers.index(row.level) / max(1, len(numbers) - 1) if row.level in numbers and row.counts else None
    return badge_with(label, f"{row.level} {row.level_name}{on}", position)


def fleet_badge(fleet: Fleet) -> Badge:
    """How many projects reach their target; how many there are where none has one."""
    target, count = fleet.at_target, fleet.coverage.applicable
    if target.share is None:
        return badge_with(LABEL, f"{count:,} projects" if count != 1 else "1 project", None)
    return badge_with(LABEL, f"{target.count:,} of {target.of:,} at target", target.share)
