"""Asking a server until it answers: limits are waited out with a message, failures that pass are tried again."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")

ATTEMPTS = 6
"""How often a request is sent that fails in a way that passes."""
LIMITS = 30
"""How often in a row a limit is waited out for one request."""
LONGEST = 2 * 3_600
"""Seconds that a limit is waited for; a longer one ends the source."""
SECONDARY = 60
"""Seconds to wait where the server limits without saying for how long; twice as long each time."""
_PASSING = (408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, for tests to have their own."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    """Between 0 and 1."""


@dataclass(slots=True)
class Refused(Exception):
    """A server's answer that is no success."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    message: str = ""
    """What the server says, for telling reasons apart; never shown."""


class Patience:
    """One server, asked with patience."""

    def __init__(self, host: str, notify: Callable[[str], None], clock: Clock) -> None:
        self._host, self._notify, self._clock = host, notify, clock

    def ask(self, call: Callable[[], T]) -> T:
        """What the call gives. It raises Refused or OSError; the last of them comes out when nothing gets better."""
        failures = waits = 0
        while True:
            try:
                return call()
            except Refused as refused:
                if (seconds := self._limited(refused, waits)) is not None:
                    waits += 1
                    if waits > LIMITS or seconds > LONGEST:
                        raise
                    self._wait_out(seconds)
                    continue
                if refused.status not in _PASSING:
                    raise
                failures += 1
                if failures >= ATTEMPTS:
                    raise
                self._back_off(
                    failures, "answers with an error", _seconds(refused.headers.get("retry-after"), self._clock)
                )
            except OSError:
                failures += 1
                if failures >= ATTEMPTS:
                    raise
                self._back_off(failures, "cannot be reached", None)

    def _limited(self, refused: Refused, waits: int) -> float | None:
        """Seconds until the server wants to be asked again; None where it does not limit."""
        headers, said = refused.headers, refused.message.lower()
        if refused.status not in (403, 429):
            return None
        after = _seconds(headers.get("retry-after"), self._clock)
        if after is not None:
            return after
        remaining = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining"))
        reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset"))
        if remaining == "0" and reset is not None and reset.isdigit():
            return max(0.0, int(reset) - self._clock.now())
        if refused.status == 429 or "rate limit" in said or "abuse detection" in said:
            return float(min(SECONDARY * 2**waits, 3_600))
        return None

    def _wait_out(self, seconds: float) -> None:
        # A second more, because clocks differ.
        seconds = math.ceil(seconds) + 1
        until = datetime.fromtimestamp(self._clock.now() + seconds, UTC).strftime("%H:%M:%S")
        self._notify(f"{self._host}: limit of requests reached, waiting {_told(seconds)} (until {until} UTC)")
        self._clock.sleep(seconds)

    def _back_off(self, failures: int, what: str, asked: float | None) -> None:
        seconds = min(60.0, 2.0 ** (failures - 1)) * (0.5 + self._clock.jitter())
        seconds = max(seconds, min(asked or 0.0, 600.0))
        self._notify(f"{self._host} {what}, trying again in {_told(seconds)}")
        self._clock.sleep(seconds)


def _seconds(value: str | None, clock: Clock) -> float | None:
    """Seconds of a `Retry-After` header, which may be a date."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(min(int(value.strip()), 10**9))
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - clock.now())


def _told(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} s" if whole < 120 else f"{math.ceil(whole / 60)} min"
