"""Markdown as a renderer of GitHub's dialect shows it, and text widths as shields.io measures them."""

from __future__ import annotations

import json

import pytest
from report.factory import HOSTILE, MARKUP, assessment, hostile, level_0, level_4
from report.pages import Page

from browser.conftest import Run
from mlscan.report import badge_of, render
from mlscan.report.badge import LABEL, text_width
from mlscan.report.markdown_text import code, text


@pytest.mark.parametrize("attack", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_nothing_of_a_repository_becomes_a_link_or_markup(node: Run, attack: str) -> None:
    shown = Page(node("gfm.mjs", stdin=render(hostile(attack), "markdown")))
    plain = Page(node("gfm.mjs", stdin=render(hostile("plain"), "markdown")))
    assert shown.values("href") == shown.values("src") == []
    assert [t for t in shown.tags if t != "code"] == [t for t in plain.tags if t != "code"]


@pytest.mark.parametrize("words", ["https://evil.example", "www.evil.example", "a@evil.example", "~x~ ~~y~~", MARKUP])
def test_text_and_code_read_as_they_were(node: Run, words: str) -> None:
    table = f"| a |\n| --- |\n| {text(words)} |\n| {code(words)} |\n"
    shown = Page(node("gfm.mjs", stdin=table))
    assert set(shown.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert shown.text.replace("\u200b", "") == f"a {words} {words}"


def test_links_of_evidence_survive(node: Run) -> None:
    shown = Page(node("gfm.mjs", stdin=render(level_4(), "markdown")))
    assert len(shown.values("href", "a")) > 30
    assert all(x.startswith("https://github.com/acme/churn/") for x in shown.values("href", "a"))


def test_badges_are_as_wide_as_those_of_shields(node: Run) -> None:
    stories = [*(assessment(n) for n in range(6)), level_0()]
    words = [LABEL, *(badge_of(story, date=date).message for story in stories for date in (False, True))]
    measured = json.loads(node("verdana.mjs", stdin=json.dumps(words)))
    wrong = [
        (w, text_width(w), m) for w, m in zip(words, measured, strict=True) if abs(text_width(w) - m) > 2 + 0.03 * m
    ]
    assert wrong == []
