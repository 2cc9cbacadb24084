"""The paths with which keys of trees are found."""

from __future__ import annotations

import pytest

from mlscan.read.tree import compile_at, find_at
from mlscan.types.source import Node
from read.showing import tree

TEXT = """\
jobs:
  train:
    steps:
      - uses: checkout
      - run: train
      - {run: [a, b]}
    needs: data
  data: {steps: [{run: fetch}]}
"with.dot": {"and space": 1}
list: [x, y]
nothing:
number: 5
empty: []
"""
DOCUMENT = tree(TEXT, "a.yaml").documents[0]


def found(path: str, document: Node = DOCUMENT) -> list[str]:
    return [f"{node.line}:{node.text}" for node, _ in find_at(compile_at(path), document)]


def captured(path: str) -> list[dict[str, str]]:
    return [captures for _, captures in find_at(compile_at(path), DOCUMENT)]


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("jobs.train.needs", ["7:data"]),
        ("jobs.*.needs", ["7:data"]),
        ("jobs.train.steps[0].uses", ["4:checkout"]),
        ("jobs.train.steps[9].uses", []),
        ("jobs.*.steps[*].run", ["5:train", "6:", "8:fetch"]),
        ("jobs.*.steps.*.run", ["5:train", "6:", "8:fetch"]),
        ("jobs.*.steps[*].run[*]", ["5:train", "6:a", "6:b", "8:fetch"]),
        ("**.run", ["5:train", "6:", "8:fetch"]),
        ("jobs.**.needs", ["7:data"]),
        ("**.steps[*].uses", ["4:checkout"]),
        ("**.**.uses", ["4:checkout"]),
        ('"with.dot"."and space"', ["9:1"]),
        ("list[*]", ["10:x", "10:y"]),
        ("list[1]", ["10:y"]),
        ("number[*]", ["12:5"]),
        ("number[0]", ["12:5"]),
        ("jobs[*].data.steps[*].run", ["8:fetch"]),
        ("nothing", ["11:"]),
        ("nothing[*]", []),
        ("empty[*]", []),
        ("absent", []),
        ("number.x", []),
        ("list.x", []),
        ("", ["1:"]),
    ],
)
def test_a_path_finds_its_places_in_order(path: str, places: list[str]) -> None:
    assert found(path) == places


def test_names_in_braces_are_captured() -> None:
    assert captured("jobs.{job}.steps[*].uses") == [{"job": "train"}]
    assert captured("{a}.{b}.needs") == [{"a": "jobs", "b": "train"}]
    assert captured("list.{item}") == [{"item": "x"}, {"item": "y"}]
    assert captured("jobs.train.steps.{n}.uses") == [{"n": "0"}]
    assert captured("jobs.{job}.**.run") == [{"job": "train"}, {"job": "train"}, {"job": "data"}]


@pytest.mark.parametrize(
    "path", [".", "a.", ".a", "a..b", "a[", "a[x]", "a]", "{", "a{b}", '"', '"a"b', "**x", "a*", "[0]a"]
)
def test_a_path_that_cannot_be_read_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="cannot read the path"):
        compile_at(path)


def test_a_search_ends_after_a_number_of_visits_however_often_aliases_meet() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcd", "bcde", strict=True)
    )
    document = tree(bomb, "a.yaml").documents[0]
    assert len(list(find_at(compile_at("*.*.*.*.*"), document))) <= 300_000
    assert len(list(find_at(compile_at("**.**"), document))) < 100
