"""Thousands of places in one file take no more than their number."""

from __future__ import annotations

from detect.build import detector, run

REFERS = {
    "refers": {
        "from": {"command": {"program": "python", "within": ["make"], "follow": False}},
        "to": {"in": ["**/*.py"], "imports": "sklearn"},
    }
}


def test_commands_of_a_target_of_15_000_lead_where_they_lead() -> None:
    recipes = "a:\n" + "\tpython train.py\n" * 15_000 + "b:\n\tpython other.py\n"
    files = {"Makefile": recipes, "other.py": "x = 1\n", "train.py": "import sklearn\n"}
    found = run(files, detector(REFERS)).evidence
    assert len(found) == 15_000
    assert {e.where.line for e in found} == set(range(2, 15_002))
