"""What reports show first."""

from __future__ import annotations

import pytest

from mlscan.report.choices import cut_at_place


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
