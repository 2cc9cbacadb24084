"""Every format shows the same fleet, safely: 80 columns, cells that run nothing, JSON by its schema, one whole page."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import jsonschema
import pytest
from report.pages import Page
from rich.cells import cell_len

from fleet.report.factory import (
    ATTACKS,
    MACHINE,
    QUESTION,
    hostile,
    hostile_reports,
    large,
    point,
    reports_of,
    revealing,
    small,
    standing,
    summary,
)
from mlscan.report import RenderOptions, badge_svg
from mlscan.report.fleet import FORMATS, fleet_badge, fleet_schema, page_parts, render_fleet, row_badge
from mlscan.report.fleet.page import render_page
from mlscan.types.errors import UsageError
from mlscan.types.fleet import Cause, LastFailure
from mlscan.types.fleet_report import Redaction

FLEET = summary(small()).fleet
ATTACK = [pytest.param(attack, id=name) for name, attack in ATTACKS.items()]
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def everything(found: object, reports: object = ()) -> str:
    """All formats of one fleet in one text."""
    texts = [render_fleet(found, f) for f in FORMATS]  # type: ignore[arg-type]
    texts.append(render_fleet(found, "terminal", RenderOptions(verbose=True)))  # type: ignore[arg-type]
    texts.append(render_page(found, reports))  # type: ignore[arg-type]
    texts += [badge_svg(row_badge(row, found)) for row in found.repositories]  # type: ignore[attr-defined, arg-type]
    return "\n".join(texts)


@pytest.mark.parametrize("width", [40, 80, 110])
@pytest.mark.parametrize("standings", [small(), [], hostile(ATTACKS["terminal"])], ids=["usual", "empty", "hostile"])
def test_no_line_of_the_terminal_is_wider_than_it(width: int, standings: list[object]) -> None:
    fleet = summary(standings).fleet  # type: ignore[arg-type]
    for encoding in ("utf-8", "ascii"):
        shown = render_fleet(fleet, "terminal", RenderOptions(width=width, encoding=encoding, verbose=True))
        assert max(map(cell_len, shown.splitlines())) <= width
        assert "\x1b" not in shown
        shown.encode(encoding)


def test_the_terminal_begins_with_coverage_and_shows_what_a_lead_asks_for() -> None:
    lines = render_fleet(FLEET).splitlines()
    assert lines[0] == "Where the ML projects stand, 2026-11-26"
    assert lines[1].startswith("  24 repositories known: 21 scanned, 1 on an older verdict")
    shown = " ".join(" ".join(lines).split())
    for words in (
        "At target: 3 of 7 projects that have one (43 %); 4 with what people vouched for",
        "Ci can be seen (level 3, large effort): alone it lifts 1 project to the next level",
        "acme/pricing level 2, 1 step to 3: Ci can be seen",
        "acme/pricing level 2 for 261 days, target 3, last commit 2025-12-24",
        "acme/churn level 2 to 3: its code changed",
        "acme/upsell level 3 to 2: detectors or rules changed, not its code",
        "acme/vision the clone took longer than 600 s; level 2 of 24 days ago holds on",
    ):
        assert words in shown
    assert not re.search(r"\b(mean|average)\b", shown)


def test_quiet_is_coverage_and_levels() -> None:
    shown = render_fleet(FLEET, "terminal", RenderOptions(quiet=True))
    assert "5 Automate it" in shown
    assert "Missing most" not in shown


def test_shares_are_never_rounded_to_all_or_nothing() -> None:
    levels = [standing(f"a/{n}", point(2 if n else 1)) for n in range(300)]
    shown = render_fleet(summary(levels).fleet, "markdown")
    assert "| 1 of 300 | 1 % |" in shown
    assert "| 299 of 300 | 99 % |" in shown


@pytest.mark.parametrize("standings", [small(), [], hostile(ATTACKS["markup"])], ids=["usual", "empty", "hostile"])
def test_json_is_as_its_schema_says_and_the_schema_allows_nothing_else(standings: list[object]) -> None:
    schema = json.loads(fleet_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(render_fleet(summary(standings).fleet, "json"))  # type: ignore[arg-type]
    jsonschema.validate(value, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "mean_level": 2.5}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({k: v for k, v in value.items() if k != "coverage"}, schema)


def test_csv_has_one_row_a_repository_with_every_practice() -> None:
    rows = list(csv.DictReader(io.StringIO(render_fleet(FLEET, "csv"))))
    assert [r["name"] for r in rows] == [r.name for r in FLEET.repositories]
    churn = rows[0]
    assert (churn["level"], churn["target"], churn["at_target"], churn["ci"]) == ("3", "3", "yes", "yes")
    assert churn["missing"].split()[0] == "environments-there"
    speech = next(r for r in rows if r["name"] == "acme/speech")
    assert (speech["ci"], speech["could_be"]) == ("unknown", "3")


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\r=1", "\u00a0=1"])
def test_no_cell_of_a_table_is_a_formula(formula: str) -> None:
    shown = render_fleet(summary([standing(f"a/{formula}", point(1), language=formula)]).fleet, "csv")
    (row,) = csv.DictReader(io.StringIO(shown))
    assert row["language"][0] in "'\N{REPLACEMENT CHARACTER}"
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())


def test_markdown_stays_below_what_a_comment_holds() -> None:
    words = render_fleet(summary(large(3000)).fleet, "markdown")
    assert len(words) < 65_536
    assert "and 2" in words


def test_the_page_is_one_file_whose_only_script_is_its_own() -> None:
    shown = Page(render_page(FLEET, reports_of(summary(small()))))
    assert set(shown.tags).isdisjoint({"link", "img", "iframe", "object", "embed", "base", "form"})
    assert shown.values("src") == []
    assert [name for _, name, _ in shown.attributes if name.startswith("on") or name == "style"] == []
    policy = shown.values("content", "meta")[1]
    assert re.fullmatch(r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/]{43}='", policy)
    ids = shown.values("id")
    assert len(ids) == len(set(ids))
    inside = [x[1:] for x in shown.values("href", "a") if x.startswith("#") and "=" not in x]
    assert set(inside) <= set(ids)


def test_the_page_comes_in_pieces_that_take_each_report_once() -> None:
    found = summary(large(100))
    taken: list[str] = []

    def reports() -> object:
        for id, assessment in reports_of(found):
            taken.append(id)
            yield id, assessment

    pieces = page_parts(found.fleet, reports())  # type: ignore[arg-type]
    next(pieces)
    next(pieces)
    assert 0 < len(taken) < len(found.scans)
    list(pieces)
    assert taken == list(found.scans)


@pytest.mark.parametrize("attack", ATTACK)
def test_whatever_repositories_are_called_nothing_of_it_acts(attack: str) -> None:
    found = summary(hostile(attack))
    plain = summary(hostile("plain"))
    page = render_page(found.fleet, hostile_reports(found, attack))
    assert sorted(Page(page).tags) == sorted(Page(render_page(plain.fleet, hostile_reports(plain, "plain"))).tags)
    assert all(not x.lower().startswith("javascript") for x in Page(page).values("href"))
    assert UNSAFE.search(everything(found.fleet).replace("\r\n", "\n")) is None
    for row in found.fleet.repositories:
        assert re.fullmatch(r"[a-z0-9._-]{1,120}", row.id)


@pytest.mark.parametrize("attack", ATTACK)
def test_names_come_through_as_they_are(attack: str) -> None:
    page = render_page(summary([standing(f"a/{attack}", point(2))]).fleet)
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)[0])
    listed = re.findall(r'<th scope="row">(.*?)</th><td>2</td>', page)
    assert data["rows"][0][1] == unescape(listed[0])


@pytest.mark.parametrize("redaction", Redaction)
def test_nothing_of_the_machine_is_in_any_report(redaction: Redaction) -> None:
    found = summary(revealing(), replace(QUESTION, redaction=redaction))
    shown = everything(found.fleet, reports_of(found))
    for secret in MACHINE:
        assert secret not in shown
        assert secret.replace("\\", "\\\\") not in shown
    assert "ada:" not in shown
    if redaction is not Redaction.NAMES:
        assert {"churn", "upsell"} <= {row.name for row in found.fleet.repositories}


def test_every_way_of_moving_is_told() -> None:
    causes = [
        standing(f"a/{cause.value}", point(1, "2026-11-01"), point(2, causes=(cause,)))
        for cause in Cause
        if cause not in (Cause.FIRST, Cause.NONE)
    ]
    shown = " ".join(render_fleet(summary(causes).fleet, "terminal", RenderOptions(verbose=True)).split())
    for words in (
        "a/code level 1 to 2: its code changed",
        "a/content level 1 to 2: detectors or rules changed, not its code",
        "a/waiver level 1 to 2: waivers, attestations, configuration or policy changed",
        "a/version level 1 to 2: another version of mlscan",
    ):
        assert words in shown


def test_badges_say_level_kind_or_why_there_is_none() -> None:
    failed = LastFailure(at="2026-11-25T03:00:00Z", reason="x")
    fleet = summary(
        [
            standing("a/1", point(3)),
            standing("a/2", point(0, kind="not-ml", applicable=False)),
            standing("a/3", failure=failed),
            standing("a/4"),
            standing("a/5", point(2), failure=failed),
        ]
    ).fleet
    assert [row_badge(r, fleet).message for r in fleet.repositories] == [
        *("3 Analyze it", "not applicable (not-ml)", "scan failed", "not scanned yet", "2 R&D")
    ]
    assert row_badge(fleet.repositories[0], fleet, date=True).message == "3 Analyze it, 2026-11-25"
    assert fleet_badge(FLEET).message == "3 of 7 at target"
    assert fleet_badge(fleet).message == "2 projects"


def test_a_format_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(UsageError, match="no format 'pdf'; there are: terminal"):
        render_fleet(FLEET, "pdf")
