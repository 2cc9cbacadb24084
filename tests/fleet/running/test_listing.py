"""Listing in a thread of its own: it waits for room, and whatever goes wrong in it is an event."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue
from threading import Semaphore

from mlscan.fleet.running.listing import End, gather_into
from mlscan.types.errors import UsageError
from mlscan.types.fleet import FleetRepository, SourceFailure


def repositories(listed: list[int], error: Exception | None = None) -> Iterator[FleetRepository | SourceFailure]:
    for n in range(5):
        listed.append(n)
        yield FleetRepository(identity=str(n), name=str(n))
    yield SourceFailure(source="a", reason="no access")
    if error is not None:
        raise error


def events_of(error: Exception | None = None) -> list[object]:
    events: Queue[object] = Queue()
    gather_into(events, Semaphore(10), lambda: repositories([], error))
    found = [events.get(timeout=60)]
    while not isinstance(found[-1], End):
        found.append(events.get(timeout=60))
    return found[5:]


def test_who_lists_waits_until_there_is_room() -> None:
    events: Queue[object] = Queue()
    room, listed = Semaphore(2), list[int]()
    gather_into(events, room, lambda: repositories(listed))
    for _ in range(2):
        events.get(timeout=60)
    assert len(listed) <= 3 and events.empty()
    room.release(3)
    assert [type(events.get(timeout=60)).__name__ for _ in range(5)] == [
        *["FleetRepository"] * 3,
        "SourceFailure",
        "End",
    ]


def test_what_goes_wrong_is_told_and_only_a_bug_ends_the_run() -> None:
    failure = SourceFailure(source="a", reason="no access")
    assert events_of() == [failure, End()]
    assert events_of(UsageError("no list")) == [failure, SourceFailure(source="", reason="no list"), End()]
    bug = KeyError("x")
    assert events_of(bug) == [failure, End(bug)]
