"""Verdicts and runs for tests of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from mlscan.fleet.store.records import Ended, Judged, Look, PolicyText, RunKind, RunPlan
from mlscan.types.fleet import Cause, FleetRepository

START = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
PLAN = RunPlan(
    kind=RunKind.SCAN,
    key="a",
    listing="sources",
    sources="github:acme",
    as_of="2026-11-26",
    mlscan_version="1.0",
    content_digest="c1",
)


def ticking(start: datetime = START) -> Callable[[], datetime]:
    """A clock that goes on by a second each time it is looked at."""
    seconds = count()
    return lambda: start + timedelta(seconds=next(seconds))


def repository(short: str, **more: object) -> FleetRepository:
    found = FleetRepository(identity=f"forge.example#{short}", name=f"acme/{short}", host="forge.example")
    return replace(found, **more)  # type: ignore[arg-type]


def judged(level: int = 2, *, revision: str = "a" * 40, look: bool = True, policy: PolicyText | None = None) -> Judged:
    seen = Look(look_key="k", detect_digest="d", history="commits", said_digest="", data=f"seen {revision}".encode())
    return Judged(
        revision=revision,
        look=seen if look else None,
        judge_key="j",
        as_of="2026-11-26",
        changes_on=None,
        committed_on="2026-11-20",
        content_digest="c1",
        mlscan_version="1.0",
        policy_digest=policy.digest if policy else None,
        mark=("ml-process", "ml-project", True, level, level, 4),
        level_name="R&D",
        target=None,
        causes=(Cause.FIRST,),
        missing=("tests-run", "ci-runs"),
        practices={"tests": (True, "used"), "ci": (None, None), "serving": (False, None)},
        criteria={"tests-run": (3, "not-met"), "ml-code": (1, "met")},
        data=b"verdict",
    )


def ended(result: Judged | str | None, at: datetime = START) -> Ended:
    """How a repository ended: judged, failed for a reason, unchanged."""
    if isinstance(result, str):
        return Ended(at=at, seconds=1.0, reason=result)
    return Ended(at=at, seconds=1.0, judged=result)
