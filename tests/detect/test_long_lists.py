"""Tests on values against lists of words and wildcards."""

from __future__ import annotations

import pytest

from mlscan.detect.values import check_for
from mlscan.types.content import Scalar
from mlscan.types.lists import Lists

VALUES: list[Scalar] = ["fit", "*.fit", "optax.*", "a.*.train", "@scope/*", "c++", 1, True]


@pytest.mark.parametrize(
    "text", ["fit", "model.fit", "optax.adam", "a.b.c.train", "@scope/x", "c++", 1, "1", True, "a\n.fit"]
)
def test_listed(text: object) -> None:
    assert check_for(VALUES, Lists())(text)


@pytest.mark.parametrize(
    "text", ["fits", "model.fit_all", "foptax.adam", "a.train", "scope/x", "c", "ccc", 2, "", False, None]
)
def test_not_listed(text: object) -> None:
    assert not check_for(VALUES, Lists())(text)
