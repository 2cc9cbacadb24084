"""Rows of lessons and separate projects."""

from __future__ import annotations

import pytest
from detect.build import detector, run

WORK = detector({"in": ["**/*.py"], "calls": "lib.train"}, "work")
TRAIN = "import lib\n\nlib.train()\n"
LESSONS = {"folders": 3, "notebooks": 4, "worked": 2, "work": ["work"], "words": "week|lesson"}


def lessons(*paths: str) -> list[tuple[str, str, str]]:
    subject = detector({"plugin": {"entry_point": "numbered-lessons", "args": LESSONS}}, strength="configured")
    evidence = run(dict.fromkeys(paths, TRAIN), subject, WORK).evidence
    return [(e.where.path, e.excerpt, e.strength.value) for e in evidence if e.detector == "subject"]


@pytest.mark.parametrize("name", ["week{}", "Week_{}", "lesson-{}", "{}", "{}-intro", "0{}_trees"])
def test_numbered_folders_with_work_are_a_row(name: str) -> None:
    paths = [f"{name.format(n)}/a.py" for n in (1, 2, 3)]
    assert lessons(*paths) == [(paths[0], "3 numbered folders", "used")]


def test_a_row_one_folder_below() -> None:
    paths = [f"course/week{n}/part/a.py" for n in (1, 2, 3)]
    assert lessons(*paths) == [(paths[0], "3 numbered folders", "used")]


def test_a_row_without_much_work_is_weaker() -> None:
    files = {"week1/a.py": TRAIN, "week2/a.py": "", "week3/a.py": ""}
    subject = detector({"plugin": {"entry_point": "numbered-lessons", "args": LESSONS}}, strength="configured")
    evidence = run(files, subject, WORK).evidence
    assert [e.strength.value for e in evidence if e.detector == "subject"] == ["configured"]


@pytest.mark.parametrize(
    "paths",
    [
        ["week1/a.py", "week2/a.py"],
        ["week1/a.py", "week1/b.py", "week1/c.py"],
        ["week1/a.txt", "week2/a.txt", "week3/a.txt"],
        ["v1x/a.py", "sprint2/a.py", "model3/a.py"],
        ["tests/week1/a.py", "tests/week2/a.py", "tests/week3/a.py"],
        ["a/b/week1/a.py", "a/b/week2/a.py", "a/b/week3/a.py"],
    ],
)
def test_no_row(paths: list[str]) -> None:
    assert lessons(*paths) == []


def test_numbered_notebooks_need_a_longer_row() -> None:
    assert lessons(*[f"nb/0{n}_x.ipynb" for n in (1, 2, 3)]) == []
    assert lessons(*[f"nb/0{n}_x.ipynb" for n in (1, 2, 3, 4)]) == [
        ("nb/01_x.ipynb", "4 numbered notebooks", "configured")
    ]


def projects(files: dict[str, str], least: int = 2) -> list[str]:
    args = {"least": least, "levels": 2, "work": ["work"]}
    found = run(files, detector({"plugin": {"entry_point": "separate-projects", "args": args}}), WORK)
    return [e.excerpt for e in found.evidence if e.detector == "subject"]


def test_folders_with_a_readme_and_work_are_projects() -> None:
    files = {
        "a/README.md": "",
        "a/src/t.py": TRAIN,
        "b/readme.rst": "",
        "b/t.py": TRAIN,
        "c/README.md": "",
        "d/t.py": TRAIN,
    }
    assert projects(files) == ["a", "b"]
    assert projects(files, least=3) == []


def test_a_folder_that_groups_projects_is_none() -> None:
    files = {"x/README.md": "", "x/a/README.md": "", "x/a/t.py": TRAIN, "x/b/README.md": "", "x/b/t.py": TRAIN}
    assert projects(files) == ["x/a", "x/b"]


def test_the_root_is_no_folder() -> None:
    assert projects({"README.md": "", "t.py": TRAIN, "a/t.py": TRAIN}, least=1) == []
