"""The few statistics that the figures need, in plain Python."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

Z95 = 1.959963984540054
"""Quantile of the normal distribution for a two-sided interval of 95 %."""

Pair = tuple[int, int]
Weight = Callable[[int, int], float]


class Estimate(msgspec.Struct, frozen=True):
    """A figure with the number of cases behind it and its 95 % interval; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None
    n: int


NOTHING = Estimate(None, None, None, 0)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `hits` of `n`; (0, 1) where n is 0."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = hits / n, Z95 * Z95
    middle = share + z2 / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    below = 0.0 if hits == 0 else (middle - half) / (1 + z2 / n)
    above = 1.0 if hits == n else (middle + half) / (1 + z2 / n)
    return below, above


def share(hits: int, n: int) -> Estimate:
    """`hits` of `n` with its Wilson interval."""
    if n == 0:
        return NOTHING
    low, high = wilson(hits, n)
    return Estimate(hits / n, low, high, n)


def f1(true_positive: int, false_positive: int, false_negative: int) -> Estimate:
    """F1 with an interval.

    F1 is no share, but it rises with one: the share J of the cases that both see among those that either sees
    (F1 = 2J / (1 + J)). The interval is that of J, carried over. n counts the cases that either sees.
    """
    either = share(true_positive, true_positive + false_positive + false_negative)
    if either.value is None or either.low is None or either.high is None:
        return NOTHING
    return Estimate(_f1_of(either.value), _f1_of(either.low), _f1_of(either.high), either.n)


def _f1_of(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)


def squared(a: int, b: int) -> float:
    """The quadratic weight: how bad it is to say b for a."""
    return float((a - b) ** 2)


def kappa(pairs: Sequence[Pair], weight: Weight = squared) -> float | None:
    """Cohen's weighted kappa; None without pairs or where chance alone would always agree."""
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(weight(a, b) * x * y for a, x in first.items() for b, y in second.items())
    if n == 0 or by_chance == 0:
        return None
    return 1 - n * sum(weight(a, b) for a, b in pairs) / by_chance


def kappa_estimate(pairs: Sequence[Pair], *, seed: int = 0, rounds: int = 2000) -> Estimate:
    """Quadratic weighted kappa with the percentile interval of a bootstrap over the pairs.

    The same pairs, seed and rounds give the same interval on every machine. Resamples without a kappa are left out.
    """
    value = kappa(pairs)
    if value is None:
        return Estimate(None, None, None, len(pairs))
    chance = random.Random(seed)
    drawn = (kappa([pairs[chance.randrange(len(pairs))] for _ in pairs]) for _ in range(rounds))
    found = sorted(k for k in drawn if k is not None)
    return Estimate(value, _percentile(found, 0.025), _percentile(found, 0.975), len(pairs))


def _percentile(ordered: Sequence[float], at: float) -> float | None:
    """Linear between the two nearest values; None for nothing."""
    if not ordered:
        return None
    place = at * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
