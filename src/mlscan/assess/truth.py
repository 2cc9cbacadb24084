"""Three-valued logic: what was not read is unknown, never no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from mlscan.types.evidence import Evidence


class Truth(IntEnum):
    """Ordered, so that all is the least and any the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a condition: its truth, the evidence that made it hold, and a phrase that says why."""

    truth: Truth
    why: str
    evidence: tuple[Evidence, ...] = ()


def all_hold(outcomes: Sequence[Outcome]) -> Outcome:
    """The least of them; the phrases of what decided it."""
    truth = min((o.truth for o in outcomes), default=Truth.YES)
    return _join(truth, [o for o in outcomes if o.truth == truth], outcomes)


def any_holds(outcomes: Sequence[Outcome]) -> Outcome:
    """The greatest of them; where none holds, the phrases of all that could have."""
    truth = max((o.truth for o in outcomes), default=Truth.NO)
    deciding = [o for o in outcomes if o.truth == truth]
    return _join(truth, deciding[:1] if truth is Truth.YES else deciding, outcomes)


def at_least(n: int, outcomes: Sequence[Outcome]) -> Outcome:
    """Yes with n that hold, unknown where the undecided ones could make it n."""
    sure = sum(o.truth is Truth.YES for o in outcomes)
    open_ = sum(o.truth is Truth.UNKNOWN for o in outcomes)
    truth = Truth.YES if sure >= n else Truth.UNKNOWN if sure + open_ >= n else Truth.NO
    wanted = Truth.YES if truth is Truth.YES else Truth.NO
    deciding = [o for o in outcomes if (o.truth is Truth.YES) == (wanted is Truth.YES)]
    joined = _join(truth, deciding, outcomes)
    return joined if truth is Truth.YES else Outcome(truth, f"{sure} of {n} needed: {joined.why}", joined.evidence)


def negate(outcome: Outcome) -> Outcome:
    """Yes becomes no and no becomes yes; unknown stays."""
    return Outcome(Truth(2 - outcome.truth), outcome.why)


def _join(truth: Truth, deciding: Iterable[Outcome], outcomes: Sequence[Outcome]) -> Outcome:
    said = list(deciding)
    shown = [o for o in said if o.evidence] if truth is Truth.YES else []
    why = "; ".join(dict.fromkeys(o.why for o in shown or said if o.why))
    sources = outcomes if truth is Truth.YES else ()
    evidence = dict.fromkeys(e for o in sources if o.truth is Truth.YES for e in o.evidence)
    return Outcome(truth, why, tuple(evidence))
