"""Counting people behind commits."""

from __future__ import annotations

import pytest

from mlscan.detect.people import count_people
from mlscan.types.snapshot import Author


def people(*authors: tuple[str, str]) -> int:
    return count_people({Author(n, e): 1 for n, e in authors}, lambda text: "[bot]" in text)


@pytest.mark.parametrize(
    ("authors", "count"),
    [
        ([("Ann", "ann@a.org"), ("Bob", "bob@a.org")], 2),
        ([("Ann", "ann@a.org"), ("Ann", "ann@home.org")], 1),
        ([("Ann Lee", "x@a.org"), ("annlee", "X@a.org")], 1),
        ([("Ann", "12+ann@users.noreply.github.com"), ("Anna Lee", "ann@users.noreply.github.com")], 1),
        ([("dependabot[bot]", "49+dependabot[bot]@users.noreply.github.com"), ("Ann", "a@a.org")], 1),
        ([("Ann", "a@a.org"), ("Bee", "b@a.org"), ("Ann", "b@a.org")], 1),
        ([], 0),
    ],
)
def test_count(authors: list[tuple[str, str]], count: int) -> None:
    assert people(*authors) == count
