"""The page of a fleet in a real browser: judged by axe-core and html-validate, and used as its readers do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fleet.report.factory import ATTACKS, QUESTION, hostile, hostile_reports, large, reports_of, small, summary

from browser.conftest import Run
from mlscan.report.fleet.page import render_page
from mlscan.types.fleet_report import Redaction

# One worker opens all pages, once.
pytestmark = pytest.mark.xdist_group("browser")

OPENED = "github.com--acme--forecast"


def page(attack: str | None = None, **given: object) -> str:
    found = summary(hostile(attack) if attack else small(), replace(QUESTION, **given))  # type: ignore[arg-type]
    return render_page(found.fleet, hostile_reports(found, attack) if attack else reports_of(found))


PAGES: dict[str, Callable[[], str]] = {
    "usual": page,
    "empty": lambda: render_page(summary([]).fleet),
    "names-left-out": lambda: page(redaction=Redaction.NAMES, public=True),
    "terminal": lambda: page(ATTACKS["terminal"]),
    "markup": lambda: page(ATTACKS["markup"]),
}


def use(node: Run, chromium: str, folder: Path, html: str, *more: str) -> Any:
    file = folder / "fleet.html"
    file.write_text(html, encoding="utf-8")
    return json.loads(node("fleet.mjs", chromium, str(file), *more))


@pytest.fixture(scope="module")
def seen(node: Run, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a browser and validators say of each page."""
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{name}.html" for name in PAGES}
    for name, file in files.items():
        file.write_text(PAGES[name](), encoding="utf-8")
    shown = json.loads(node("pages.mjs", chromium, "all", *map(str, files.values())))
    return {name: shown[str(file)] for name, file in files.items()}


@pytest.fixture(scope="module")
def used(node: Run, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What happens when the usual page is used."""
    return use(node, chromium, tmp_path_factory.mktemp("used"), page(), OPENED)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_valid_and_axe_finds_nothing(seen: dict[str, Any], name: str) -> None:
    assert seen[name]["html"] == []
    assert [view["axe"] for view in seen[name]["views"]] == [[]] * 4


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_the_network_and_nothing_has_to_be_scrolled_sideways(
    seen: dict[str, Any], name: str
) -> None:
    assert (seen[name]["requests"], seen[name]["errors"]) == ([], [])
    assert {view[key] for view in seen[name]["views"] for key in ("overflow", "overflowOpen")} == {0}


def test_its_own_script_is_all_that_its_policy_allows(used: Any) -> None:
    assert (used["errors"], used["requests"]) == ([], [])
    assert used["first"]["count"] == "24 repositories"


def test_search_and_filters_show_what_they_say(used: Any) -> None:
    filters = used["filters"]
    assert filters["search"]["names"] == ["acme/churn", "tools/churn"]
    assert filters["search"]["address"] == "#q=churn"
    assert filters["nothing"]["words"] == "No repository is like that."
    assert (filters["level"]["count"], filters["level"]["chips"]) == ("7 of 24 repositories", ["2"])


def test_a_click_on_a_head_sorts_and_the_address_keeps_it(used: Any) -> None:
    found = used["filters"]["sorted"]
    numbers = [x for x in found["levels"] if x.isdigit()]
    assert numbers == sorted(numbers, reverse=True)
    assert found["levels"][: len(numbers)] == numbers
    assert (found["said"], found["focus"]) == ("descending", "level")
    assert used["filters"]["reloaded"] == found["levels"]


@pytest.mark.parametrize("name", ["missing", "practice", "coverage"])
def test_figures_lead_to_the_repositories_that_they_count(used: Any, name: str) -> None:
    link = used["links"][name]
    number = re.match(r"[\d,]+", link["words"])
    assert number is not None
    assert link["count"].startswith(f"{number[0]} of ")


def test_it_can_be_used_by_keyboard_alone(used: Any) -> None:
    keyboard = used["keyboard"]
    assert keyboard["unseen"] == []
    rows = keyboard["all"]
    assert (keyboard["start"], keyboard["second"], keyboard["opened"]) == (rows[0], rows[1], rows[1])
    assert (keyboard["inside"], keyboard["closed"], keyboard["back"]) == (True, True, rows[1])
    assert (keyboard["end"], keyboard["endRow"], keyboard["home"]) == (rows[-1], "25", rows[0])


def test_each_row_opens_the_repositorys_own_report(used: Any) -> None:
    report = used["report"]
    assert report["title"] == "acme/forecast"
    for words in (
        "Level 4 of 5: Specialization",
        "It could be level 5: not everything could be seen.",
        "Missing for level 5",
        "Set up feature-store where the training code lives, and let CI run it.",
        "The ladder",
        "5 of 5 met",
        "src/train.py:41",
        "mlflow.start_run()",
        "Could not be read",
    ):
        assert words in report["text"]
    assert any(x.startswith("https://github.com/acme/forecast/blob/") for x in report["links"])
    assert report["next"] == "acme/fraud"
    assert (report["hash"], report["closedByBack"]) == ("", True)


def test_the_report_is_good_on_every_screen(used: Any) -> None:
    assert [(x["width"], x["colorScheme"], x["wide"], x["axe"]) for x in used["looks"]] == [
        (width, scheme, 0, []) for width in (380, 768, 1440) for scheme in ("light", "dark")
    ]


def test_without_scripts_levels_are_there_and_all_is_printed(used: Any) -> None:
    assert used["withoutScript"] == {"rows": 22, "map": False}
    assert used["printed"] == 24


def test_reports_of_hostile_repositories_only_show_text(node: Run, chromium: str, tmp_path: Path) -> None:
    attack = ATTACKS["markup"]
    row = summary(hostile(attack)).fleet.repositories[0]
    seen = use(node, chromium, tmp_path, page(attack), row.id)
    assert (seen["errors"], seen["requests"], seen["report"]["links"]) == ([], [], [])
    assert seen["report"]["title"] == row.name
    assert {(x["wide"], *x["axe"]) for x in seen["looks"]} == {(0,)}


def test_five_thousand_rows_are_there_and_few_of_them_are_drawn(node: Run, chromium: str, tmp_path: Path) -> None:
    first = use(node, chromium, tmp_path, render_page(summary(large(5000)).fleet))["first"]
    assert (first["count"], first["total"]) == ("5,000 repositories", "5001")
    assert 20 < first["rows"] < 80
    assert first["nodes"] < 10_000
    assert first["afterScrolling"]["last"] == max(s.repository.name for s in large(5000))


def test_the_checks_notice_broken_pages(node: Run, chromium: str, tmp_path: Path) -> None:
    changed = page().replace("go(to);", "", 1).replace("show(fromForm());\n}", "}", 1)
    assert any("Content Security Policy" in x for x in use(node, chromium, tmp_path, changed)["errors"])
