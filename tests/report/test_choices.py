"""What reports show first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlscan.report.choices import cut_at_place, filled
from report.factory import level_4


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Seen (a/b.py:1, and 2 more).", ("Seen (", 0, ", and 2 more).")),
        ("Seen in a/b.py:1.", ("Seen in ", 0, ".")),
        ("Seen (a/b.py:12).", None),
        ("Seen (x/a/b.py:1).", None),
        ("Seen (Dockerfile).", ("Seen (", 1, ").")),
        ("Seen (Dockerfile.dev, old-Dockerfile).", None),
        ("", None),
    ],
)
def test_a_place_is_found_in_words_only_as_a_whole(words: str, found: tuple[str, int, str] | None) -> None:
    assert cut_at_place(words, ["a/b.py:1", "Dockerfile"]) == found


@pytest.mark.parametrize(("achieved", "signs"), [(1.0, 10), (0.99, 9), (0.5, 5), (0.01, 1)])
def test_a_bar_is_full_only_with_everything_and_empty_only_with_nothing(achieved: float, signs: int) -> None:
    level = level_4().levels[0]
    assert filled(replace(level, achieved=achieved), 10) == signs
    assert filled(replace(level, achieved=0.0, criteria=()), 10) == 0
