"""`text` over lines: exclusions, the first lines only, named groups."""

from __future__ import annotations

from detect.build import detector, places, run

README = "# Trees\n\nA course on trees.\nA course project.\n\nAnother course.\n"


def test_a_line_that_matches_unless_is_passed_over() -> None:
    find = {"in": ["README*"], "text": {"regex": "course", "unless": "project"}}
    assert places({"README.md": README}, find) == ["README.md:3", "README.md:6"]


def test_only_the_first_lines() -> None:
    find = {"in": ["README*"], "text": {"regex": "course", "first_lines": 4}}
    assert places({"README.md": README}, find) == ["README.md:3", "README.md:4"]


def test_named_groups_are_captured() -> None:
    find = {"in": ["README*"], "text": {"regex": r"pip install (?P<name>\w+)"}}
    (evidence,) = run({"README.md": "pip install trees\n"}, detector(find)).evidence
    assert evidence.captures == (("name", "trees"),)


def test_words_in_any_script_are_found() -> None:
    find = {"in": ["README*"], "text": "教材|учебн"}
    assert places({"README.md": "# 教材\n", "b/README.md": "учебный курс\n"}, find) == ["README.md:1", "b/README.md:1"]
