"""Excerpts are one clean line without secrets."""

from __future__ import annotations

import pytest
from clock import nothing_hangs

from mlscan.detect.excerpt import excerpt


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  a\tb  ", "a b"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("name\u202etxt.exe", "name txt.exe"),
        ("API_KEY = 'abcd1234efgh'", "API_KEY = '***'"),
        ('password: "hunter22"', 'password: "***"'),
        ("token: ${{ secrets.TOKEN }}", "token: ${{ secrets.TOKEN }}"),
        ("url = https://user:pa55@host/x", "url = https://***@host/x"),
        ("key AKIAABCDEFGHIJKLMNOP here", "key *** here"),
        ("author: Jane", "author: Jane"),
    ],
)
def test_excerpt(text: str, shown: str) -> None:
    assert excerpt(text) == shown


def test_long_lines_are_cut() -> None:
    assert len(excerpt("x" * 5_000)) == 200


@pytest.mark.parametrize("part", ["a.", "a-b ", "token", "password_", "token= ", "eyJ", "://a:", " ", "a\0"])
def test_no_line_takes_long(part: str) -> None:
    line = part * 2_000
    with nothing_hangs(60, "the time is the square of the line's length"):
        for _ in range(500):
            excerpt(line)
