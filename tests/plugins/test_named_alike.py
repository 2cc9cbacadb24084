"""Two detectors that speak of the same name."""

from __future__ import annotations

import pytest
from detect.build import detector, run

SAID = detector({"in": ["*.md"], "text": r"install (?P<name>\S+)"}, "said")
CALLED = detector({"in": ["*.cfg"], "text": r"name = (?P<name>\S+)"}, "called")
ALIKE = detector({"plugin": {"entry_point": "named-alike", "args": {"of": "said", "to": "called"}}})


def alike(files: dict[str, str]) -> list[str]:
    return [e.where.path for e in run(files, SAID, CALLED, ALIKE).evidence if e.detector == "subject"]


@pytest.mark.parametrize("name", ["a-b", "A_b", "a.B"])
def test_names_compare_as_distributions_do(name: str) -> None:
    assert alike({"x.md": "install a-b\n", "x.cfg": f"name = {name}\n"}) == ["x.md"]


def test_another_name_is_a_near_miss() -> None:
    found = run({"x.md": "install b\n", "x.cfg": "name = a\n"}, SAID, CALLED, ALIKE)
    assert [(r.where.path, r.reason) for r in found.rejections] == [("x.md", "names something else")]


def test_own_packages_are_names_too() -> None:
    assert alike({"x.md": "install trees\n", "src/trees/__init__.py": "", "setup.py": ""}) == ["x.md"]


def test_names_in_tests_do_not_count() -> None:
    assert alike({"tests/x.md": "install a\n", "x.cfg": "name = a\n"}) == []
