"""Ratings N, P, L, F and the staged rule over them. Knows weights, not what a criterion is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mlscan.types.assessment import Rating
from mlscan.types.model import Forgiven, Staged


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion as far as rating needs it."""

    weight: int
    essential: bool
    met: bool


def achieved(items: Sequence[Item]) -> Fraction:
    """Share of the weights that is met; 1 where nothing is asked."""
    total = sum(i.weight for i in items)
    return Fraction(sum(i.weight for i in items if i.met), total) if total else Fraction(1)


def rate(items: Sequence[Item], staged: Staged) -> Rating:
    """The rating of one level. A share exactly on a bound has the lower rating.

    An unmet essential criterion allows at most P, or L when it is the only one that is unmet.
    """
    percent = achieved(items) * 100
    rating = _by_share(percent, staged)
    unmet = [i for i in items if not i.met]
    if any(i.essential for i in unmet):
        return _lower(rating, Rating.L if len(unmet) == 1 else Rating.P)
    return rating


def forgivable(items: Sequence[Item], forgiven: Forgiven) -> bool:
    """Whether the level lacks exactly one small criterion that is not essential."""
    unmet = [i for i in items if not i.met]
    return len(unmet) == 1 and not unmet[0].essential and unmet[0].weight <= forgiven.max_weight


def reached(levels: Sequence[tuple[int, Sequence[Item]]], staged: Staged, allowed: Callable[[int], bool]) -> int:
    """The highest level that holds; 0 for none.

    A level holds when its rating is in `staged.holds`, `allowed` says so for it, and every lower level is in
    `staged.below` or forgiven, and allowed too. `levels` is in rising order.
    """
    result = used = 0
    for n, items in levels:
        if not allowed(n):
            break
        rating = rate(items, staged)
        if rating.value in staged.holds:
            result = n
        if rating.value in staged.below:
            continue
        used += 1
        if used > staged.forgiven.total or not forgivable(items, staged.forgiven):
            break
    return result


def _by_share(percent: Fraction, staged: Staged) -> Rating:
    for rating, bound in ((Rating.F, "L"), (Rating.L, "P"), (Rating.P, "N")):
        if percent > staged.bounds[bound]:  # type: ignore[index]
            return rating
    return Rating.N


def _lower(one: Rating, other: Rating) -> Rating:
    order = list(Rating)
    return min(one, other, key=order.index)
