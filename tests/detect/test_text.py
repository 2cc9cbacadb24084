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


def test_prose_leaves_out_what_is_shown_as_code() -> None:
    find = {"in": ["README*"], "text": {"regex": "^# ", "in": "prose"}}
    shown = (
        "# Trees\n\n```bash\n# Train them\n```\n\n> ~~~~\n# Fell them\n~~~\n> ~~~~\n# Wood\n\n```inline```\n# Bark\n"
    )
    assert places({"README.md": shown}, find) == ["README.md:1", "README.md:11", "README.md:14"]


def test_prose_of_the_first_lines_counts_the_lines_of_the_file() -> None:
    find = {"in": ["README*"], "text": {"regex": "^# ", "in": "prose", "first_lines": 5}}
    assert places({"README.md": "```\n# Shown\n```\n\n# Five\n# Six\n"}, find) == ["README.md:5"]
