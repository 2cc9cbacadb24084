"""A file that could not be read makes a detector unknown only where its evidence would have counted."""

from __future__ import annotations

from detect.build import detector, run

FIND = {"in": ["**/*.py"], "calls": "lib.a"}


def test_an_unread_own_file_leaves_the_answer_open() -> None:
    assert list(run({"a.py": None}, detector(FIND)).unknown) == ["subject"]


def test_an_unread_test_file_does_not() -> None:
    assert run({"tests/test_a.py": None}, detector(FIND)).unknown == {}


def test_it_does_where_tests_count() -> None:
    assert list(run({"tests/test_a.py": None}, detector(FIND, contexts=["own", "test"])).unknown) == ["subject"]
