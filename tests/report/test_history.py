"""A history in every format, from values alone."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import jsonschema
import pytest
from rich.cells import cell_len

from mlscan.report import RenderOptions
from mlscan.report.answers.history import render_history
from mlscan.report.answers.history_data import history_csv, history_json, history_schema
from mlscan.report.html_report import render_html
from mlscan.types.history import (
    Beginning,
    Brief,
    LevelChange,
    Moment,
    Point,
    PracticeHistory,
    RepositoryHistory,
    Span,
    Turn,
    Whose,
)
from mlscan.types.snapshot import History
from report.factory import level_2

DAYS = ("2019-03-11", "2020-01-31", "2021-06-30", "2022-12-31", "2024-02-29")
POINTS = tuple(Point(f"{n}" * 40, day) for n, day in enumerate(DAYS))
EXACT = Turn(at=POINTS[1], after=POINTS[0], before=POINTS[1])
BETWEEN = Turn(at=None, after=POINTS[1], before=POINTS[2])
START = Turn(at=None, after=None, before=POINTS[0])
END = Turn(at=POINTS[3], after=POINTS[2], before=POINTS[3])


def brief(level: int, **present: bool | None) -> Brief:
    return Brief(
        level=level, level_name="R&D", could_be=level, kind="ml-project", applicable=True, present=present, strengths={}
    )


def practice(id: str, present: bool | None, *spans: Span, title: str = "") -> PracticeHistory:
    return PracticeHistory(
        id=id, title=title or id, group="engineering", informational=False, present=present, spans=spans
    )


def history(**other: object) -> RepositoryHistory:
    briefs = (
        brief(1, ci=False, tests=True),
        brief(2, ci=True, tests=True),
        None,
        brief(2, ci=True, tests=False),
        brief(3, ci=None, tests=False),
    )
    moments = tuple(
        Moment(point=point, label="=1+1" if number == 1 else "", brief=found, problem="" if found else "-2+3")
        for number, (point, found) in enumerate(zip(POINTS, briefs, strict=True))
    )
    value = RepositoryHistory(
        mlscan_version="0",
        content_digest="d",
        repository=Whose(
            name="churn", url="https://github.com/team/churn", revision="4" * 40, folder="", history=History.FULL
        ),
        model="ml-process",
        as_of="2026-11-23",
        every="month",
        since=None,
        level_names={0: "Absent", 1: "Enthusiasts"},
        commits=1234,
        begins=Beginning(point=POINTS[0], why="first-commit"),
        moments=moments,
        levels=(LevelChange(before=1, after=2, turn=EXACT),),
        practices=(
            practice("ci", None, Span(appeared=EXACT), title="Continuous integration"),
            practice("tests", False, Span(appeared=START, vanished=END), title="Automated tests"),
            practice("iac", True, Span(appeared=BETWEEN), title="Infrastructure as code"),
            practice("monitoring", False, title="Monitoring"),
        ),
    )
    return replace(value, **other)  # type: ignore[arg-type]


def test_the_terminal_shows_bars_and_what_changed_at_which_commit() -> None:
    lines = render_history(history(), RenderOptions()).splitlines()
    assert lines[0] == "churn: 2019-03-11 to 2024-02-29, replayed with today's rules"
    assert lines[1] == "  1,234 commits, 5 looked at: the last of each month; from the first commit."
    assert lines[2] == "  From level 1 (2019-03-11), 2 (2020-01-31)."
    level = next(line for line in lines if line.startswith("  Level"))
    bar = level.removeprefix("  Level").strip()
    assert bar.startswith("1")
    assert bar.endswith("23")
    assert "▒" in bar
    axis = lines[lines.index("Over time") + 1]
    assert [year for year in ("2020", "2021", "2022", "2023", "2024") if year in axis] == [
        "2020",
        "2021",
        "2022",
        "2023",
    ]
    assert "  2019-03-11  there already  + Automated tests" in lines
    at = lines.index("  2020-01-31  1111111111  + Continuous integration")
    assert lines[at + 1] == " " * 26 + "level 1 -> 2"
    assert "  2020-01-31 to 2021-06-30  + Infrastructure as code" in lines
    assert "  2022-12-31  3333333333  - Automated tests" in lines
    assert lines[-1] == "  Monitoring"


@pytest.mark.parametrize("options", [RenderOptions(), RenderOptions(encoding="ascii"), RenderOptions(width=40)])
def test_no_line_is_wider_than_the_terminal_and_no_sign_is_beyond_it(options: RenderOptions) -> None:
    text = render_history(history(), options)
    assert max(cell_len(line) for line in text.splitlines()) <= options.width
    text.encode(options.encoding)
    assert "\x1b" not in text


def test_colour_is_asked_for_and_quiet_is_short() -> None:
    assert "\x1b[" in render_history(history(), RenderOptions(color=True))
    assert len(render_history(history(), RenderOptions(quiet=True)).splitlines()) == 3


def test_names_of_a_stranger_are_cleaned() -> None:
    whose = replace(history().repository, name="\x1b[31mred\u202e")
    text = render_history(history(repository=whose, notes=("a\x07b",)), RenderOptions())
    assert not any(c in text for c in "\x1b\x07\u202e")


def test_the_json_is_by_the_published_schema() -> None:
    value, schema = json.loads(history_json(history())), json.loads(history_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema)
    assert value["replayed_with"] == "today's rules"
    assert value["practices"][0]["spans"][0]["appeared"]["at"] == {"revision": "1" * 40, "on": "2020-01-31"}
    assert value["moments"][2]["brief"] is None
    assert value["moments"][0]["brief"]["present"] == {"ci": False, "tests": True}
    value["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(value, schema)


def test_the_table_has_a_row_a_revision_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(history_csv(history()))))
    assert [row["date"] for row in rows] == list(DAYS)
    assert [row["ci"] for row in rows] == ["no", "yes", "unknown", "yes", "unknown"]
    assert [row["level"] for row in rows] == ["1", "2", "", "2", "3"]
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "'=1+1" in cells


def test_the_page_has_a_section_with_a_chart_and_links() -> None:
    page = render_html(level_2(), history())
    section = page[page.index('<section id="history"') : page.index('<section id="criteria"')]
    assert "replayed with today&#39;s rules" in section
    assert section.count("<svg") == 1 + 3
    assert "<script" not in page
    assert "appeared 2020-01-31" in section
    assert "appeared between 2020-01-31 and 2021-06-30" in section
    assert "there already 2019-03-11; gone 2022-12-31" in section
    assert "Never seen:</strong> Monitoring." in section
    assert '<a href="#history">History</a>' in page
    assert "history" not in render_html(level_2()).split("</style>")[0]


def test_the_chart_breaks_where_a_revision_could_not_be_judged() -> None:
    page = render_html(level_2(), history())
    path = page.split('<path d="')[1].split('"')[0]
    assert path.count("M") == 2


def test_a_page_escapes_what_a_stranger_wrote() -> None:
    named = replace(history().practices[0], title="<script>alert(1)</script>")
    page = render_html(level_2(), history(practices=(named,), notes=("<img src=x>",)))
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("count", [1, 2])
def test_short_histories_have_bars_too(count: int) -> None:
    short = history(moments=history().moments[:count], levels=(), practices=())
    assert "Level" in render_history(short, RenderOptions())
    assert "<path" in render_html(level_2(), short)
    same_day = tuple(replace(m, point=replace(m.point, on="2024-01-01")) for m in history().moments)
    bar = next(x for x in render_history(history(moments=same_day), RenderOptions()).splitlines() if x[2:7] == "Level")
    assert len(set(bar[28:])) == 4


def test_a_commit_without_a_day_stands_beside_its_neighbour() -> None:
    moments = list(history().moments)
    moments[1] = replace(moments[1], point=replace(moments[1].point, on=""))
    assert "Level" in render_history(history(moments=tuple(moments)), RenderOptions())
