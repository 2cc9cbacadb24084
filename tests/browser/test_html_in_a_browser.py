"""The HTML report in a real browser, judged by axe-core and html-validate."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from report.factory import MARKUP, STORIES, assessment, hostile, level_4

from browser.conftest import Run
from mlscan.report import render
from mlscan.types.assessment import Assessment

# One worker opens all pages, once.
pytestmark = pytest.mark.xdist_group("browser")

PAGES: dict[str, Callable[[], Assessment]] = {
    **STORIES,
    "markup": lambda: hostile(MARKUP),
    "top": lambda: assessment(5),
}
BROKEN = {
    "contrast": ("--soft: #57606a", "--soft: #ccd"),
    "wide": ("<h1>", '<h1 style="width:2000px">'),
    "element": ("<main", "<bold>x</bold><main"),
    "picture": ("<main", '<img src="https://127.0.0.1:9/x.png" alt=""><main'),
    "focus": ("a:focus-visible, summary:focus-visible,", "a:focus { outline: none; } .none,"),
    "print": ("details:not(.extra)::details-content", ".none"),
}
"""What is changed in a good page so that a check has to notice."""


@pytest.fixture(scope="module")
def look(node: Run, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """How (all or one view) and pages by name -> what the browser and the validators say of each."""

    def look(how: str, pages: dict[str, str]) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("pages")
        files = {name: folder / f"{name}.html" for name in pages}
        for name, path in files.items():
            path.write_text(pages[name], encoding="utf-8")
        shown = json.loads(node("pages.mjs", chromium, how, *map(str, files.values())))
        return {name: shown[str(path)] for name, path in files.items()}

    return look


@pytest.fixture(scope="module")
def seen(look: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """What is said of the good pages."""
    return look("all", {name: render(story(), "html") for name, story in PAGES.items()})


def views(seen: dict[str, Any], page: str, key: str) -> list[Any]:
    return [view[key] for view in seen[page]["views"]]


@pytest.mark.parametrize("page", PAGES)
def test_it_is_valid_html(seen: dict[str, Any], page: str) -> None:
    assert seen[page]["html"] == []


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_on_phone_and_desk_in_light_and_dark(seen: dict[str, Any], page: str) -> None:
    assert [(v["width"], v["colorScheme"]) for v in seen[page]["views"]] == [
        *((380, "light"), (380, "dark"), (1440, "light"), (1440, "dark"))
    ]
    assert views(seen, page, "axe") == [[]] * 4


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_asked_of_the_network_and_the_console_is_silent(seen: dict[str, Any], page: str) -> None:
    assert seen[page]["requests"] == []
    assert seen[page]["errors"] == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_has_to_be_scrolled_sideways(seen: dict[str, Any], page: str) -> None:
    assert views(seen, page, "overflow") == [0] * 4
    assert views(seen, page, "overflowOpen") == [0] * 4


@pytest.mark.parametrize("page", PAGES)
def test_the_keyboard_reaches_everything_and_the_focus_is_seen(seen: dict[str, Any], page: str) -> None:
    keyboard = seen[page]["keyboard"]
    assert keyboard["stops"][0]["text"] == "Skip to the report"
    assert len(keyboard["stops"]) == keyboard["reachable"]
    assert [stop for stop in keyboard["stops"] if not stop["visible"]] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_is_folded_is_printed(seen: dict[str, Any], page: str) -> None:
    assert seen[page]["print"]["hidden"] == 0


def test_the_checks_notice_broken_pages(look: Callable[..., dict[str, Any]]) -> None:
    good = render(level_4(), "html")
    assert [name for name, (before, _) in BROKEN.items() if before not in good] == []
    seen = look("one", {name: good.replace(before, after, 1) for name, (before, after) in BROKEN.items()})
    assert any("color-contrast" in x for x in views(seen, "contrast", "axe")[0])
    assert max(views(seen, "wide", "overflow")) > 0
    assert seen["element"]["html"] != []
    assert seen["picture"]["requests"] == ["https://127.0.0.1:9/x.png"]
    assert seen["picture"]["errors"] != []
    assert [stop for stop in seen["focus"]["keyboard"]["stops"] if not stop["visible"]] != []
    assert seen["print"]["print"]["hidden"] > 0
