"""Reports on a folder of a repository say which one: a monorepo has several of them in one summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlscan import Assessment, RenderOptions, render
from mlscan.report.answers.comparison import comparison_markdown, render_comparison
from mlscan.report.answers.plan import render_plan
from mlscan.types.answers import Comparison, Side
from report.factory import level_2


def part() -> Assessment:
    a = level_2()
    return replace(a, repository=replace(a.repository, name="platform", folder="services/churn"))


@pytest.mark.parametrize(
    ("format", "words"),
    [
        ("terminal", "platform/services/churn at "),
        ("markdown", "**platform/services/churn** at "),
        ("html", "<h1>platform/services/churn</h1>"),
    ],
)
def test_a_report_names_the_folder(format: str, words: str) -> None:
    assert words in render(part(), format)


def test_plan_and_comparison_name_the_folder() -> None:
    assert render_plan(part(), RenderOptions()).startswith("platform/services/churn: level 2")
    a = part()
    side = Side(
        name="main",
        repository=a.repository,
        kind=a.kind,
        applicable=a.applicable,
        level=a.level,
        level_name=a.level_name,
        could_be=a.could_be,
    )
    same = Comparison(model="ml-process", as_of="2026-01-01", base=side, head=side, changes=())
    assert comparison_markdown(same).startswith("## ML process of `services/churn`: level 2")
    assert render_comparison(same, RenderOptions()).startswith("platform/services/churn: from main")
