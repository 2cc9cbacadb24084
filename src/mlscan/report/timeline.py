"""A history laid out: columns of time, and what changed when, for every format alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mlscan.types.history import Moment, PracticeHistory, RepositoryHistory, Turn

BEGINNINGS = {
    "first-commit": "the first commit",
    "shallow-clone": "the end of a shallow clone: older commits are not here",
    "missing-commits": "the oldest commit that is here, or the limit of commits",
    "since": "the commit before the date that was asked for",
}
"""Why a history begins where it does, in words."""
REPLAYED = "replayed with today's rules"


@dataclass(slots=True)
class Event:
    """What changed at one commit, or between the same two."""

    turn: Turn
    gained: list[PracticeHistory] = field(default_factory=list)
    lost: list[PracticeHistory] = field(default_factory=list)
    level: tuple[int, int] | None = None
    start: bool = False
    """What there was when the history begins."""

    @property
    def when(self) -> str:
        """The day, or the two days between which it was."""
        if self.turn.at is not None or self.turn.after is None:
            return self.turn.before.on
        return f"{self.turn.after.on} to {self.turn.before.on}"


def events(history: RepositoryHistory) -> list[Event]:
    """Everything that changed, oldest first; what changed together is one event."""
    found: dict[tuple[str, str, bool], Event] = {}

    def event(turn: Turn) -> Event:
        key = (turn.after.revision if turn.after else "", turn.before.revision, turn.at is not None)
        return found.setdefault(key, Event(turn, start=turn.after is None))

    for practice in history.practices:
        for span in practice.spans:
            event(span.appeared).gained.append(practice)
            if span.vanished is not None:
                event(span.vanished).lost.append(practice)
    for change in history.levels:
        event(change.turn).level = (change.before, change.after)
    return sorted(
        found.values(), key=lambda e: (not e.start, e.turn.before.on, e.turn.after.on if e.turn.after else "")
    )


def columns(history: RepositoryHistory, width: int) -> list[Moment]:
    """For each of so many equal stretches of time the revision that was there at its end."""
    days = _places(history.moments)
    first, last = days[0], days[-1]
    found: list[Moment] = []
    at = 0
    for number in range(1, width + 1):
        end = first + (last - first) * number / width
        while at + 1 < len(days) and days[at + 1] <= end:
            at += 1
        found.append(history.moments[at])
    found[-1] = history.moments[-1]
    return found


def shares(history: RepositoryHistory) -> list[float]:
    """Where each revision stands between the first, 0, and the newest, 1."""
    days = _places(history.moments)
    length = days[-1] - days[0]
    return [(day - days[0]) / length if length else 1.0 for day in days]


def years(history: RepositoryHistory) -> Iterator[tuple[int, float]]:
    """The years that begin in the history, each with the share of time before it."""
    days = _days(history.moments)
    first, length = days[0], days[-1] - days[0]
    if _is_brief(days):
        return
    for year in range(date.fromordinal(first).year + 1, date.fromordinal(days[-1]).year + 1):
        yield year, (date(year, 1, 1).toordinal() - first) / length


def _places(moments: Sequence[Moment]) -> list[int]:
    """Where revisions stand on the axis of time; one beside the other where there are more of them than days."""
    days = _days(moments)
    return list(range(len(days))) if _is_brief(days) else days


def _is_brief(days: Sequence[int]) -> bool:
    return days[-1] - days[0] < len(days)


def _days(moments: Sequence[Moment]) -> list[int]:
    """The day of each revision, never before that of an older one: clocks may have been wrong."""
    found: list[int] = []
    for moment in moments:
        day = date.fromisoformat(moment.point.on).toordinal() if moment.point.on else 1
        found.append(max(day, found[-1]) if found else day)
    return found


def ever(history: RepositoryHistory) -> list[PracticeHistory]:
    """Practices that were there at some time, or may be now."""
    return [p for p in history.practices if p.spans or p.present is None]


def never(history: RepositoryHistory) -> list[PracticeHistory]:
    """Practices that were never seen."""
    return [p for p in history.practices if not p.spans and p.present is not None]
