"""The JSON report: the contract's keys in its order, closed, and safe to print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import jsonschema
import pytest

from mlscan.report import RenderOptions, assessment_schema, render
from mlscan.types.errors import UsageError
from report.factory import HOSTILE, PRACTICES, hostile, level_0, level_2, level_4

_KEYS = """schema_version mlscan_version content_digest repository as_of model kind applicable level level_name
attested_level could_be target unobservable levels kind_reasons groups practices evidence next components scale gaps
rejections hints configuration waivers policy stats"""
CONTRACT = _KEYS.split()


def test_the_keys_are_those_of_the_contract_in_its_order() -> None:
    report = json.loads(render(level_4(), "json"))
    assert list(report) == CONTRACT
    assert list(report["repository"]) == ["name", "url", "revision", "dirty", "history", "folder"]
    assert list(report["levels"][0]) == ["level", "name", "rating", "achieved", "criteria"]
    assert list(report["levels"][0]["criteria"][0]) == ["id", "title", "status", "why", "evidence"]
    assert list(report["evidence"][0]) == [
        *("detector", "practice", "path", "line", "excerpt", "strength", "context", "delegated_to")
    ]
    assert list(report["next"][0]) == ["criterion", "title", "how", "effort", "lifts"]
    assert list(report["gaps"][0]) == ["path", "reason"]
    assert list(report["stats"]) == ["files", "bytes_read", "seconds"]
    assert (report["waivers"], report["policy"], report["target"]) == ([], None, None)
    assert json.loads(render(replace(level_4(), target=5), "json"))["target"] == 5


def test_every_practice_is_a_key_and_points_to_its_evidence() -> None:
    report = json.loads(render(level_2(), "json"))
    assert list(report["practices"]) == [p for ids in PRACTICES.values() for p in ids]
    for name, practice in report["practices"].items():
        assert {report["evidence"][i]["practice"] for i in practice["evidence"]} <= {name}
    assert report["practices"]["data-versioning"]["present"] is True
    assert report["practices"]["lockfile"]["present"] is False


def test_unknown_is_null_not_false() -> None:
    assert json.loads(render(level_4(), "json"))["practices"]["feature-store"]["present"] is None


def test_it_is_indented_by_two_and_ends_in_one_newline() -> None:
    text = render(level_0(), "json")
    assert text.startswith('{\n  "schema_version": "1.0",\n')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_names_of_any_bytes_come_back_and_nothing_dangerous_is_written_raw() -> None:
    text = render(hostile(), "json")
    assert json.loads(text)["repository"]["name"] == HOSTILE
    assert text.encode("utf-8")
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert "требования" in text


def _objects(node: object) -> Iterator[dict[str, object]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(child)


def test_the_schema_is_closed() -> None:
    schema = json.loads(assessment_schema())
    open_ones = [n for n in _objects(schema) if n.get("type") == "object" and "additionalProperties" not in n]
    assert open_ones == []
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["practices"]["required"] == [p for ids in PRACTICES.values() for p in ids]


@pytest.mark.parametrize("path", [(), ("repository",), ("stats",), ("levels", 0), ("evidence", 0), ("next", 0)])
def test_the_schema_refuses_keys_that_it_does_not_know(path: tuple[str | int, ...]) -> None:
    report = json.loads(render(level_4(), "json"))
    node = report
    for key in path:
        node = node[key]
    node["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(report, json.loads(assessment_schema()))


def test_the_options_never_change_the_data() -> None:
    loud = RenderOptions(width=10, color=True, encoding="ascii", verbose=True)
    assert render(level_4(), "json", loud) == render(level_4(), "json", RenderOptions(quiet=True))


def test_equal_assessments_give_equal_bytes_but_for_stats() -> None:
    story = level_4()
    slower = replace(story, stats=replace(story.stats, seconds=9.0))
    different = [
        (a, b)
        for a, b in zip(render(story, "json").splitlines(), render(slower, "json").splitlines(), strict=True)
        if a != b
    ]
    assert different == [('    "seconds": 0.25', '    "seconds": 9.0')]


def test_formats_that_are_not_there_are_said_to_be_so() -> None:
    with pytest.raises(UsageError, match="no format 'xml'"):
        render(level_0(), "xml")
