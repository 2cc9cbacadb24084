"""The statistics against values from the literature and by hand."""

from __future__ import annotations

import pytest

from calibration import stats


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_newcombe_1998(hits: int, n: int, low: float, high: float) -> None:
    assert stats.wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_interval_stays_between_0_and_1() -> None:
    assert stats.wilson(20, 20) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)
    assert stats.wilson(20, 20)[1] == 1.0
    assert stats.wilson(0, 0) == (0.0, 1.0)


def test_share_of_nothing_says_nothing() -> None:
    assert stats.share(0, 0) == stats.Estimate(None, None, None, 0)


COUNTS_OF_COHEN_1968 = {
    (1, 1): 88,
    (2, 1): 14,
    (3, 1): 18,
    (1, 2): 10,
    (2, 2): 40,
    (3, 2): 10,
    (1, 3): 2,
    (2, 3): 6,
    (3, 3): 12,
}
PAIRS = [pair for pair, count in COUNTS_OF_COHEN_1968.items() for _ in range(count)]


def test_weighted_kappa_of_cohen_1968() -> None:
    weights = {frozenset((1, 2)): 1.0, frozenset((1, 3)): 3.0, frozenset((2, 3)): 6.0}
    assert stats.kappa(PAIRS, lambda a, b: weights.get(frozenset((a, b)), 0.0)) == pytest.approx(0.348, abs=5e-4)
    assert stats.kappa(PAIRS, lambda a, b: float(a != b)) == pytest.approx(0.492, abs=5e-4)


def test_quadratic_kappa_by_hand() -> None:
    # observed 0.12 + 4 * 0.10 + 0.08 = 0.60; by chance 0.33 + 4 * 0.17 + 0.09 = 1.10
    assert stats.kappa(PAIRS) == pytest.approx(1 - 0.60 / 1.10)


def test_kappa_of_full_agreement_and_of_none() -> None:
    assert stats.kappa([(0, 0), (3, 3)]) == 1.0
    assert stats.kappa([(0, 5), (5, 0)]) == -1.0


def test_kappa_where_chance_explains_everything() -> None:
    assert stats.kappa([(2, 2), (2, 2)]) is None
    assert stats.kappa([]) is None


def test_interval_of_kappa_is_the_same_every_time_and_holds_the_value() -> None:
    first, second = (stats.kappa_estimate(PAIRS[::4], seed=7, rounds=300) for _ in range(2))
    assert first == second
    assert first.value is not None
    assert first.low is not None
    assert first.high is not None
    assert first.low < first.value < first.high
    assert first != stats.kappa_estimate(PAIRS[::4], seed=8, rounds=300)


def test_f1_by_hand() -> None:
    found = stats.f1(6, 2, 4)
    assert found.value == pytest.approx(2 * 6 / (2 * 6 + 2 + 4))
    low, high = stats.wilson(6, 12)
    assert (found.low, found.high) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))
    assert found.n == 12


def test_f1_without_any_case() -> None:
    assert stats.f1(0, 0, 0).value is None
