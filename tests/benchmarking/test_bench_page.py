"""The page of figures: sections are renewed one at a time, and nobody touches those of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fleet
from benchmarks.page import put, table

ORDER = ["start-up", "small", "large"]


def headings(page: Path) -> list[str]:
    return [line[3:] for line in page.read_text().splitlines() if line.startswith("## ")]


def test_sections_stand_in_their_order_whenever_they_are_made(tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    for name in ("large", "start-up", "small"):
        put(page, name, f"## {name}\n", ORDER)
    assert headings(page) == ["start-up", "small", "large"]


def test_a_section_is_replaced_and_the_others_stay_as_they_are(tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    put(page, "small", "## small\n\nold figures", ORDER)
    put(page, "large", "## large\n\nfigures of large", ORDER)
    before = page.read_text()
    put(page, "small", "## small\n\nnew figures", ORDER)
    assert page.read_text() == before.replace("old figures", "new figures")
    put(page, "small", "## small\n\nnew figures", ORDER)
    assert page.read_text() == before.replace("old figures", "new figures")


def test_the_section_of_the_fleet_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "results.md"
    monkeypatch.setattr(fleet, "RESULTS", page)
    fleet.write("## A fleet\n\nfigures of a fleet\n")
    put(page, "small", "## small", ORDER)
    assert headings(page) == ["small", "A fleet"]
    fleet.write("## A fleet\n\nother figures\n")
    assert headings(page) == ["small", "A fleet"]
    assert "other figures" in page.read_text()


def test_a_table_is_not_broken_by_what_is_in_it() -> None:
    assert table(("", "time"), [("a|b", "1 s")]) == "|  | time |\n|---|--:|\n| a/b | 1 s |"
