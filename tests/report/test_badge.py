"""The badge: its text fits, it is accessible, and shields.io could serve the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.report import Badge, badge_endpoint, badge_of, badge_svg
from mlscan.report.badge import text_width
from report.factory import MARKUP, assessment, level_0, level_2

SVG = "{http://www.w3.org/2000/svg}"

ENDPOINT = {
    "type": "object",
    "required": ["schemaVersion", "label", "message"],
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "blue", "lightgrey"]},
        "labelColor": {"type": "string"},
        "isError": {"type": "boolean"},
        "namedLogo": {"type": "string"},
        "logoSvg": {"type": "string"},
        "logoColor": {"type": "string"},
        "logoSize": {"type": "string"},
        "style": {"type": "string"},
    },
    "additionalProperties": False,
}
"""What shields.io documents for its endpoint badge."""


def test_it_says_level_and_name() -> None:
    badge = badge_of(level_2())
    assert (badge.label, badge.message) == ("ML maturity", "2 R&D")
    root = ElementTree.fromstring(badge_svg(badge))
    assert root.get("aria-label") == "ML maturity: 2 R&D"
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "ML maturity: 2 R&D"
    shown = [x.text for x in root.iter(f"{SVG}text")]
    assert shown == ["ML maturity", "ML maturity", "2 R&D", "2 R&D"]


def test_the_date_is_optional_and_a_label_can_be_chosen() -> None:
    assert badge_of(level_2(), label="ml", date=True).message == "2 R&D, 2026-11-23"
    assert badge_of(level_2(), label="ml").label == "ml"
    assert badge_svg(badge_of(level_2(), label="")).count("<text") == 2


def test_every_level_has_a_colour_of_its_own() -> None:
    colors = [badge_of(assessment(n)).color for n in range(6)]
    assert len(set(colors)) == 6
    assert badge_of(level_0()).color == colors[0]
    assert badge_of(level_0()).message == "not applicable (not-ml)"


def test_colours_follow_a_model_with_other_levels() -> None:
    story = assessment(3)
    three = replace(story, levels=story.levels[:3], level_names={n: str(n) for n in range(4)})
    assert badge_of(three).color == badge_of(assessment(5)).color


@pytest.mark.parametrize("level", range(6))
def test_the_endpoint_is_as_documented(level: int) -> None:
    content = json.loads(badge_endpoint(badge_of(assessment(level))))
    jsonschema.validate(content, ENDPOINT)
    assert content["message"].startswith(f"{level} ")


def test_widths_are_those_of_the_table() -> None:
    assert text_width("") == 0
    assert 60 < text_width("ML maturity") < 72
    assert text_width("iiii") < text_width("MMMM") / 2
    assert text_width("模型") > text_width("ab")
    assert all(text_width(words) % 2 == 1 for words in ("a", "ab", "abc", "Specialization"))


WORDS = st.text(st.characters(exclude_categories=()), max_size=80)


@given(WORDS, WORDS)
def test_any_text_gives_a_badge_that_holds_it(label: str, message: str) -> None:
    story = replace(assessment(2), level_name=message, level_names={2: message})
    svg = badge_svg(badge_of(story, label=label))
    root = ElementTree.fromstring(svg)
    assert [x.tag for x in root.iter() if x.tag not in KNOWN] == []
    width = float(root.get("width", ""))
    for words in root.iter(f"{SVG}text"):
        half = float(words.get("textLength", "")) / 20
        middle = float(words.get("x", "")) / 10
        assert middle - half >= 0
        assert middle + half <= width


KNOWN = {SVG + x for x in ["svg", "title", "linearGradient", "stop", "clipPath", "rect", "g", "text"]}


def test_markup_is_text() -> None:
    svg = badge_svg(Badge(MARKUP[:60], "x", "#4c1"))
    assert "<script" not in svg
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#39;)", svg)


def test_several_badges_can_stand_in_one_page() -> None:
    ids = [re.findall(r' id="([^"]+)"', badge_svg(badge_of(assessment(n)))) for n in range(6)]
    assert len({x for each in ids for x in each}) == 12
