"""The HTML report: one page that needs nothing else and shows any repository as text."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.report import render
from mlscan.types.assessment import Assessment, Status
from mlscan.types.evidence import Gap, Location
from report.factory import HOSTILE, MARKUP, STARTER, STORIES, assessment, hostile, level_0, level_2, level_4
from report.pages import Page

REVISION = "3f2c1a9d2e" * 4


def page(story: Assessment) -> Page:
    return Page(render(story, "html"))


@pytest.mark.parametrize("story", STORIES)
def test_it_is_one_file_without_scripts_or_anything_from_elsewhere(story: str) -> None:
    html = render(STORIES[story](), "html")
    shown = Page(html)
    assert html.startswith("<!DOCTYPE html>\n")
    assert set(shown.tags).isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form"})
    assert shown.values("src") == []
    assert [name for _, name, _ in shown.attributes if name.startswith("on") or name == "style"] == []
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in shown.values("content", "meta")[1]


@pytest.mark.parametrize("story", STORIES)
def test_headings_are_in_order_and_ids_are_unique(story: str) -> None:
    shown = page(STORIES[story]())
    levels = [level for level, _ in shown.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(words for _, words in shown.headings)
    ids = shown.values("id")
    assert len(ids) == len(set(ids))
    inside = [x[1:] for x in shown.values("href", "a") if x.startswith("#")]
    assert set(inside) <= set(ids)
    assert {*shown.values("aria-labelledby")} <= set(ids)


def test_landmarks_and_tables_can_be_followed_without_seeing() -> None:
    shown = page(level_4())
    for tag in ("header", "nav", "main", "footer"):
        assert shown.tags.count(tag) == 1
    assert shown.tags.count("caption") + shown.values("class", "table").count("profile") == shown.tags.count("table")
    assert len(shown.values("scope", "th")) == shown.tags.count("th")
    assert shown.values("aria-hidden", "svg") == ["true"] * shown.tags.count("svg")


def test_verdict_ladder_profile_and_steps_are_there() -> None:
    shown = page(level_4()).text
    for words in (
        "Level 4 of 5: Specialization",
        "It could be level 5 : not everything could be seen.",
        "5 Automate it could be it retrains by itself 1 of 3 met",
        "4 Specialization here production stands apart 5 of 5 met",
        "Data 2 could be 5",
        "Missing for level 5, Automate it",
        "Set up feature-store where the training code lives, and let CI run it.",
        "services/churn level 4",
        "Who decides that a model goes live",
        "Hint: Fetch the whole history",
        "by its id mlscan:ml-process/",
    ):
        assert words in shown


def test_every_criterion_practice_place_gap_and_near_miss_is_there() -> None:
    for story in (level_2(), level_4()):
        shown = page(story).text
        assert [c.id for x in story.levels for c in x.criteria if c.id not in shown] == []
        assert [p.id for p in story.practices if p.id not in shown] == []
        assert [e for e in story.evidence if e.where.path not in shown or e.excerpt not in shown] == []
        assert [g for g in story.gaps if g.path not in shown or g.reason not in shown] == []
        assert [r for r in story.rejections if r.reason not in shown] == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.MET, "✓ met"),
        (Status.NOT_MET, "✗ not met"),
        (Status.UNKNOWN, "? unknown"),
        (Status.WAIVED, "- waived"),
        (Status.ATTESTED, "✓ attested"),
        (Status.NOT_APPLICABLE, "- not applicable"),
        (Status.UPCOMING, "- upcoming"),
    ],
)
def test_a_status_is_said_in_words_and_by_a_sign(status: Status, words: str) -> None:
    story = level_2()
    first = story.levels[0]
    changed = replace(first, criteria=tuple(replace(c, status=status) for c in first.criteria))
    assert words in page(replace(story, levels=(changed, *story.levels[1:]))).text


def test_evidence_is_linked_at_the_revision_and_only_there() -> None:
    links = [x for x in page(level_4()).values("href", "a") if not x.startswith("#")]
    assert f"https://github.com/acme/churn/blob/{REVISION}/src/train.py#L41" in links
    assert f"https://github.com/acme/churn/commit/{REVISION}" in links
    assert all(x.startswith("https://github.com/acme/churn/") and REVISION in x for x in links)
    assert [x for x in page(level_2()).values("href", "a") if not x.startswith("#")] == []


def test_a_starter_keeps_its_lines() -> None:
    html = render(level_4(), "html")
    (block,) = re.findall(r'<pre tabindex="0"><code>(.*?)</code></pre>', html, re.S)
    assert unescape(block) == STARTER.text
    assert "<summary>To start with: add to the end of ci.sh</summary>" in html


def test_the_place_that_a_reason_names_is_the_link() -> None:
    story = level_4()
    why = "Runs are logged (src/train.py:41, and 2 more files)."
    levels = tuple(replace(x, criteria=tuple(replace(c, why=why) for c in x.criteria)) for x in story.levels)
    html = render(replace(story, levels=levels), "html")
    link = f'<a href="https://github.com/acme/churn/blob/{REVISION}/src/train.py#L41"><code>src/train.py:41</code></a>'
    assert f"Runs are logged ({link}, and 2 more files)." in html


def test_a_long_reason_is_folded_behind_what_to_do() -> None:
    story = level_2()
    long = tuple(
        replace(x, criteria=tuple(replace(c, why="looked for " * 40) for c in x.criteria)) for x in story.levels
    )
    html = render(replace(story, levels=long), "html")
    row = html[html.index('<tr id="c-tests-there"') :]
    assert row.index("Set up tests where") < row.index("What was looked for") < row.index("looked for looked for")


def test_the_whole_repository_is_a_place_without_a_link() -> None:
    story = level_4()
    evidence = tuple(replace(e, where=Location(".", None)) for e in story.evidence)
    assert "the repository" in page(replace(story, evidence=evidence)).text
    assert len(page(replace(story, evidence=evidence, gaps=())).values("href", "a")) < 30


def test_a_target_that_is_reached_is_enough() -> None:
    assert "Level 2 was asked for, and it is reached" in page(replace(level_2(), target=2, next=())).text


def test_where_a_level_means_nothing_that_is_said_and_no_ladder_is_drawn() -> None:
    shown = page(level_0())
    assert "A level does not apply" in [words for _, words in shown.headings]
    assert "svg" not in shown.tags
    assert "next" not in shown.values("id")
    teaching = page(assessment(2, kind="teaching", reason="notebooks of a course"))
    assert "would be level 2, R&D" in teaching.text


def test_the_highest_level_has_nothing_missing() -> None:
    assert "This is the top of the ladder." in page(assessment(5)).text


@pytest.mark.parametrize("attack", [HOSTILE, MARKUP], ids=["terminal", "markup"])
def test_nothing_of_a_repository_is_markup(attack: str) -> None:
    shown, plain = page(hostile(attack)), page(hostile("p" * len(attack)))
    assert shown.tags == plain.tags
    assert [(t, a) for t, a, _ in shown.attributes] == [(t, a) for t, a, _ in plain.attributes]
    assert [x for x in shown.values("href") if not x.startswith("#")] == []
    assert [c for c in render(hostile(attack), "html") if not c.isprintable() and c != "\n"] == []


def test_a_hostile_url_is_no_link() -> None:
    story = level_4()
    for url in ("javascript:alert(1)", 'https://github.com/a/b"onclick=alert(1)', "https://evil.example/a/b"):
        shown = page(replace(story, repository=replace(story.repository, url=url)))
        assert [x for x in shown.values("href") if not x.startswith("#")] == []


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_breaks_the_page(text: str) -> None:
    story = replace(level_2(), hints=(text,), gaps=(Gap(text, text),), kind_reasons=(text,))
    html = render(story, "html")
    assert html.encode("utf-8")
    assert Page(html).tags.count("main") == 1


def test_the_same_verdict_gives_the_same_page() -> None:
    story = level_4()
    slower = replace(story, stats=replace(story.stats, seconds=9.0))
    assert render(story, "html") == render(slower, "html")


def test_text_in_dark_and_light_has_all_colours_defined() -> None:
    css = re.findall(r"<style>(.*?)</style>", render(level_2(), "html"), re.S)[0]
    used = set(re.findall(r"var\((--[a-z-]+)\)", css))
    light, dark = css.split("prefers-color-scheme: dark", 1)
    defined = [set(re.findall(r"(--[a-z-]+):", part.split("}\n}", 1)[0])) for part in (light, dark)]
    assert used <= defined[0]
    assert used <= defined[1]
