"""Bounds, essential criteria and the staged rule."""

from __future__ import annotations

import pytest

from mlscan.assess.rating import Item, rate, reached
from mlscan.types.model import Forgiven, Staged

STAGED = Staged(holds=["L", "F"], below=["F"], forgiven=Forgiven(), bounds={"N": 15, "P": 50, "L": 85})


def level(met: int, unmet: int, *, weight: int = 1) -> list[Item]:
    return [Item(1, False, True)] * met + [Item(weight, False, False)] * unmet


def small_gap(size: int = 8) -> list[Item]:
    """A level rated L by one unmet criterion of weight 1."""
    return level(size - 4, 1)


def climb(*levels: list[Item]) -> int:
    return reached([(n, items) for n, items in enumerate(levels, 1)], STAGED, lambda _: True)


@pytest.mark.parametrize(
    ("met", "of", "rating"),
    [
        (0, 20, "N"),
        (3, 20, "N"),
        (4, 20, "P"),
        (10, 20, "P"),
        (11, 20, "L"),
        (17, 20, "L"),
        (18, 20, "F"),
        (20, 20, "F"),
    ],
)
def test_a_share_on_a_bound_has_the_lower_rating(met: int, of: int, rating: str) -> None:
    assert rate(level(met, of - met), STAGED).value == rating


@pytest.mark.parametrize(("bound", "below", "above"), [(15, "N", "P"), (50, "P", "L"), (85, "L", "F")])
def test_bounds_are_exact_fractions(bound: int, below: str, above: str) -> None:
    many = 10**20
    on = [Item(bound * many, False, True), Item((100 - bound) * many, False, False)]
    over = [Item(bound * many + 1, False, True), Item((100 - bound) * many - 1, False, False)]
    assert (rate(on, STAGED).value, rate(over, STAGED).value) == (below, above)


def test_weights_count_not_criteria() -> None:
    assert rate([Item(3, False, True), Item(1, False, False), Item(1, False, False)], STAGED).value == "L"


def test_nothing_asked_is_fully_achieved() -> None:
    assert rate([], STAGED).value == "F"


def test_unmet_essential_with_all_others_met_is_at_most_l() -> None:
    assert rate([*level(20, 0), Item(1, True, False)], STAGED).value == "L"


def test_unmet_essential_with_another_unmet_is_at_most_p() -> None:
    assert rate([*level(20, 1), Item(1, True, False)], STAGED).value == "P"


def test_unmet_essential_raises_nothing() -> None:
    assert rate([Item(1, False, True), Item(3, True, False)], STAGED).value == "P"


def test_met_essential_caps_nothing() -> None:
    assert rate([Item(1, True, True)], STAGED).value == "F"


def test_largely_reaches_a_level_but_not_the_next() -> None:
    assert climb(level(6, 4), level(1, 0)) == 1


def test_partially_does_not_reach() -> None:
    assert climb(level(2, 2), level(1, 0)) == 0


def test_exactly_one_small_gap_below_is_forgiven() -> None:
    assert climb(small_gap(), level(1, 0)) == 2


def test_two_small_gaps_on_one_level_are_not() -> None:
    assert climb(level(6, 2), level(1, 0)) == 1


def test_a_second_level_with_a_small_gap_is_not_forgiven() -> None:
    assert climb(small_gap(), small_gap(), level(1, 0)) == 2


def test_a_gap_above_the_forgiven_one_only_blocks_what_lies_above() -> None:
    assert climb(small_gap(), level(1, 0), small_gap(), level(1, 0)) == 3


def test_a_heavy_gap_is_not_forgiven() -> None:
    assert climb(level(4, 1, weight=2), level(1, 0)) == 1


def test_an_essential_gap_is_not_forgiven() -> None:
    assert climb([*level(4, 0), Item(1, True, False)], level(1, 0)) == 1


def test_a_gap_that_leaves_f_needs_no_forgiveness() -> None:
    assert climb(level(9, 1), small_gap(), level(1, 0)) == 3


def test_a_level_that_is_not_allowed_stops_the_way() -> None:
    levels = [(n, level(1, 0)) for n in (1, 2, 3)]
    assert reached(levels, STAGED, lambda n: n != 2) == 1
