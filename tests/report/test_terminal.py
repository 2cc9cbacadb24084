"""The terminal report: what a person reads, on any terminal, whatever a repository is called."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from mlscan.report import RenderOptions, render
from mlscan.report.clean import clean
from mlscan.types.assessment import Assessment, Component
from mlscan.types.evidence import Gap
from report.factory import STORIES, assessment, hostile, level_0, level_2, level_4

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def lines(story: Assessment, options: RenderOptions | None = None) -> list[str]:
    return render(story, "terminal", options or RenderOptions()).splitlines()


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("width", [20, 40, 60, 71, 76, 80, 110])
@pytest.mark.parametrize("verbose", [False, True])
def test_no_line_is_wider_than_the_terminal(story: str, width: int, verbose: bool) -> None:
    wide = [x for x in lines(STORIES[story](), RenderOptions(width=width, verbose=verbose)) if cell_len(x) > width]
    assert wide == []


@pytest.mark.parametrize("story", STORIES)
def test_without_colour_there_is_no_control_character(story: str) -> None:
    text = render(STORIES[story](), "terminal", RenderOptions(verbose=True))
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


def test_with_colour_the_words_are_the_same() -> None:
    for story in STORIES.values():
        colored = render(story(), "terminal", RenderOptions(color=True))
        assert ANSI.search(colored)
        assert ANSI.sub("", colored) == render(story(), "terminal")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_the_output_can_always_be_encoded(encoding: str) -> None:
    for story in STORIES.values():
        for options in (RenderOptions(encoding=encoding, verbose=True), RenderOptions(encoding=encoding, quiet=True)):
            render(story(), "terminal", options).encode(encoding)


def test_markup_of_a_repository_is_shown_as_it_is() -> None:
    assert "[red]x[/red]" in render(hostile(), "terminal")


def test_the_ladder_marks_the_level_that_was_reached_and_what_could_be() -> None:
    ladder = [x for x in lines(level_4()) if re.match(r".\s[0-5]\s", x)]
    assert [x[:3] for x in ladder] == ["? 5", "▶ 4", "  3", "  2", "  1", "  0"]
    assert "  Level 4: Specialization (could be 5: not everything could be seen)" in lines(level_4())


def test_the_level_is_within_the_first_six_lines() -> None:
    assert any("Level 2: R&D" in x for x in lines(level_2())[:6])


def test_a_practice_is_one_line_with_its_best_place_and_strength() -> None:
    (line,) = [x for x in lines(level_2()) if x.startswith("  ml-code ")]
    assert line.split() == ["ml-code", "used", "src/features/build.py:12", "+1"]


def test_a_long_path_keeps_its_end() -> None:
    (line,) = [x for x in lines(level_4()) if x.startswith("  ml-pipeline ")]
    assert "…" in line
    assert line.endswith("definition.py:118")


def test_what_is_ahead_of_the_level_is_said() -> None:
    assert "Ahead of its level: data-versioning" in lines(level_2())


def test_at_most_five_steps_are_shown_and_the_rest_counted() -> None:
    story = assessment(3)
    step = replace(level_2().next[0], level=4)
    text = render(replace(story, next=(step,) * 7), "terminal")
    assert "Missing for level 4, Specialization" in text
    assert "  5. " in text
    assert "  6. " not in text
    assert "and 2 more" in text


def test_steps_that_the_level_does_not_need_are_only_counted() -> None:
    story = level_2()
    first, *rest = story.next
    text = render(replace(story, next=(first, *(replace(s, needed=False) for s in rest))), "terminal")
    assert "  1. " in text
    assert "  2. " not in text
    assert "Asked too, not needed for the level: 3" in text


def test_near_misses_are_shown_once_a_practice() -> None:
    text = render(level_2(), "terminal")
    assert text.count("training-schedule") == 1
    assert ".github/workflows/nightly.yml:4" in text
    assert "2 near misses in all" in text
    assert render(level_2(), "terminal", RenderOptions(verbose=True)).count("training-schedule") == 2


def test_of_near_misses_those_that_say_something_are_shown() -> None:
    story = level_2()
    first = story.rejections[0]
    vague = replace(first, detector="vague", reason="lacks a schedule")
    telling = replace(first, detector="telling", reason="commented out")
    half = replace(first, practice="iac", detector="half", reason="only 1 of 2 (a module)")
    other = replace(first, practice="cd", detector="other", reason="reaches no place with a command")
    text = render(replace(story, rejections=(half, other, vague, telling)), "terminal")
    assert text.index("telling") < text.index("half")
    assert "vague" not in text
    assert "other " not in text.split("Nearly counted")[1]
    assert "4 near misses in all" in text
    only = render(replace(story, rejections=(vague, other)), "terminal")
    assert "vague" not in only
    assert "2 near misses in all, shown by --verbose" in only


def test_what_several_practices_nearly_found_at_one_place_is_shown_once() -> None:
    story = level_2()
    first = replace(story.rejections[0], detector="first", reason="empty")
    same = replace(first, practice="iac", detector="same")
    elsewhere = replace(first, practice="cd", detector="elsewhere", reason="no trigger")
    text = render(replace(story, rejections=(first, same, elsewhere)), "terminal")
    assert text.count(": empty") == 1
    assert "elsewhere" in text
    assert "3 near misses in all" in text


def test_gaps_are_grouped_by_reason_with_counts() -> None:
    text = render(level_4(), "terminal")
    assert "Could not be read (9)" in text
    assert "larger than the limit: data/part-0.json, data/part-1.json and 5 more" in text


def test_verbose_names_every_place_criterion_and_gap() -> None:
    text = render(level_4(), "terminal", RenderOptions(verbose=True))
    story = level_4()
    for evidence in story.evidence:
        assert evidence.where.path[:60] in text
        assert evidence.excerpt in text
    assert all(c.id in text for x in story.levels for c in x.criteria)
    assert all(gap.path in text for gap in story.gaps)


@pytest.mark.parametrize("kind", ["not-ml", "teaching", "ml-library"])
def test_where_a_level_means_nothing_that_is_said_first(kind: str) -> None:
    story = assessment(2 if kind == "teaching" else 0, kind=kind, reason="notebooks of a course")
    text = render(story, "terminal")
    assert f"Level does not apply: {kind}: notebooks of a course" in text.splitlines()[1]
    assert "Missing for level" not in text
    assert ("would be level 2" in text) == (kind == "teaching")


def test_quiet_is_one_line() -> None:
    quiet = RenderOptions(quiet=True)
    assert render(level_2(), "terminal", quiet) == "level 2 R&D\n"
    assert render(level_4(), "terminal", quiet) == "level 4 Specialization (could be 5)\n"
    assert render(level_0(), "terminal", quiet) == "level does not apply (not-ml)\n"


def test_the_highest_level_has_nothing_missing() -> None:
    assert "This is the top of the ladder" in render(assessment(5), "terminal")


def test_many_components_are_summed_up() -> None:
    parts = tuple(Component(path=f"services/{n}", kind="ml-project", level=n) for n in range(1, 5))
    text = " ".join(render(replace(level_2(), components=parts), "terminal").split())
    assert "4 ML projects in this repository: highest services/4 (level 4), lowest services/1 (level 1)" in text


@settings(max_examples=60, deadline=None)
@given(st.text(), st.integers(min_value=1, max_value=90))
def test_no_text_breaks_the_report(text: str, width: int) -> None:
    story = replace(level_2(), hints=(text,), gaps=(Gap(text, text),), kind_reasons=(text,))
    shown = render(story, "terminal", RenderOptions(width=width))
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []
    assert [x for x in shown.split("\n") if cell_len(x) > max(20, width)] == []


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_one_printable_line(text: str) -> None:
    assert clean(text).isprintable()
    assert len(clean(text)) == len(text)
