"""Whole reports compared with files. `MLSCAN_UPDATE_GOLDEN=1 pytest tests/report` writes them anew; read the diff."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from mlscan.report import (
    TABLE,
    Format,
    RenderOptions,
    assessment_schema,
    badge_endpoint,
    badge_of,
    badge_svg,
    render,
)
from report.factory import STORIES

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
UPDATE = bool(os.environ.get("MLSCAN_UPDATE_GOLDEN"))

LOOKS = {
    "txt": RenderOptions(),
    "verbose.txt": RenderOptions(verbose=True),
    "narrow-ascii.txt": RenderOptions(width=40, encoding="ascii"),
    "color.txt": RenderOptions(color=True),
    "quiet.txt": RenderOptions(quiet=True),
}


def _same(name: str, text: str) -> None:
    path = GOLDEN / name
    if UPDATE:
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("look", LOOKS)
def test_terminal_reports_are_as_recorded(story: str, look: str) -> None:
    _same(f"{story}.{look}", render(STORIES[story](), "terminal", LOOKS[look]))


@pytest.mark.parametrize("story", STORIES)
def test_json_reports_are_as_recorded(story: str) -> None:
    _same(f"{story}.json", render(STORIES[story](), "json"))


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("form", [f for f in TABLE.values() if not f.looks and f.id != "json"], ids=lambda f: f.id)
def test_data_reports_are_as_recorded(story: str, form: Format) -> None:
    _same(f"{story}{form.suffix}", render(STORIES[story](), form.id))


@pytest.mark.parametrize("story", STORIES)
def test_badges_are_as_recorded(story: str) -> None:
    badge = badge_of(STORIES[story](), date=True)
    _same(f"{story}.svg", badge_svg(badge))
    _same(f"{story}.shields", badge_endpoint(badge))


@pytest.mark.parametrize("path", [GOLDEN / f"{story}.json" for story in STORIES], ids=lambda p: p.name)
def test_recorded_json_is_valid_by_the_published_schema(path: Path) -> None:
    schema = json.loads(assessment_schema())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert [e.message for e in validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))] == []


def test_nothing_is_recorded_that_no_story_writes() -> None:
    ends = [*LOOKS, *(f.suffix[1:] for f in TABLE.values() if not f.looks), "svg", "shields"]
    assert {p.name for p in GOLDEN.iterdir()} == {f"{story}.{end}" for story in STORIES for end in ends}
