"""Gathers repositories in a thread of its own: a forge that makes one wait does not hold up what is known already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Queue

from mlscan.types.errors import MlscanError
from mlscan.types.fleet import FleetRepository, SourceFailure

Listed = FleetRepository | SourceFailure


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell people."""

    message: str


@dataclass(frozen=True, slots=True)
class End:
    """There are no more repositories."""

    error: Exception | None = None
    """A bug of ours, which ends the run."""


def gather_into(events: Queue[object], room: threading.Semaphore, found: Callable[[], Iterable[Listed]]) -> None:
    """Starts the thread; everything that is found, and an `End`, is put into the queue.

    It takes room for each repository, and waits where there is none: whoever handles them makes room again. It is no
    obstacle to the end of the program.
    """
    threading.Thread(target=_gather, args=(events, room, found), daemon=True).start()


def _gather(events: Queue[object], room: threading.Semaphore, found: Callable[[], Iterable[Listed]]) -> None:
    try:
        for item in found():
            if isinstance(item, FleetRepository):
                room.acquire()
            events.put(item)
    except MlscanError as error:
        events.put(SourceFailure(source="", reason=str(error)))
        events.put(End())
    except Exception as error:
        events.put(End(error))
    else:
        events.put(End())
