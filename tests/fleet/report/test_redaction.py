"""What is left out is nowhere: not in a figure's list, not in a page's packed data, not in a badge's name."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from dataclasses import fields, replace
from functools import partial

import pytest
from report.factory import level_2, level_4, said

from fleet.report.factory import QUESTION, point, reports_of, rules, small, standing, verdict
from mlscan.fleet.summary import Question, shown_assessment, summarise
from mlscan.report import render
from mlscan.report.fleet import FORMATS, render_fleet
from mlscan.report.fleet.page import render_page
from mlscan.types.assessment import Assessment
from mlscan.types.fleet import Standing
from mlscan.types.fleet_report import FleetRow, Redaction, State

ROW = FleetRow(id="row", name="repository 7", state=State.SCANNED)


def unpacked(page: str) -> str:
    """A page with what is packed in it."""
    packets = re.findall(r'<script type="text/plain" id="packet-\d+">(.*?)</script>', page)
    return page + "\n".join(zlib.decompress(b64decode(p), 31).decode() for p in packets)


def everything(standings: list[Standing], question: Question) -> str:
    """All formats, the page, and the full report of each."""
    found = summarise(standings, rules(), question)
    reports = reports_of(found)
    texts = [render_fleet(found.fleet, f) for f in FORMATS]
    return "\n".join([*texts, unpacked(render_page(found.fleet, reports)), *(render(a, "html") for _, a in reports)])


def test_the_public_sees_only_what_is_known_to_be_public_and_no_excerpt() -> None:
    question = replace(QUESTION, public=True)
    found = summarise(small(), rules(), question).fleet
    assert {s.repository.name for s in small() if s.repository.private is False} == {r.name for r in found.repositories}
    assert found.coverage.known == len(found.repositories)
    shown = everything(small(), question)
    for private in ("tools/churn", "lab/try-1", "acme/unread"):
        assert private not in shown
    assert "mlflow.start_run()" in everything(small(), QUESTION)
    assert "mlflow.start_run()" not in shown
    assert "src/train.py" in shown


def test_without_excerpts_nothing_of_what_people_wrote_is_left() -> None:
    shown = partial(shown_assessment, row=ROW, redaction=Redaction.EXCERPTS)
    a = shown(level_4())
    assert {e.excerpt for e in a.evidence} == {""}
    assert "acme/platform" in render(level_4(), "html")
    handed = replace(level_4(), evidence=tuple(replace(e, delegated_to="acme/platform") for e in level_4().evidence))
    assert "acme/platform" not in render(shown(handed), "html")
    people = render(shown(said()), "html")
    for words in ("@acme/ml", "The code is generated", "https://example.org/dashboards"):
        assert words not in people
        assert words in render(said(), "html")
    assert shown(level_2()).rejections == ()


@pytest.mark.parametrize("story", [level_2, level_4, said])
def test_without_paths_no_path_is_left_and_the_verdict_is_the_same(story: object) -> None:
    before: Assessment = story()  # type: ignore[operator]
    after = shown_assessment(before, ROW, Redaction.PATHS)
    shown = render(after, "html") + render(after, "json") + render(after, "markdown")
    paths = {e.where.path for e in before.evidence} | {g.path for g in before.gaps if g.path}
    paths |= {r.where.path for r in before.rejections} | {c.path for c in before.components}
    assert [p for p in paths if p in shown] == []
    assert (after.level, after.could_be, after.attested_level) == (before.level, before.could_be, before.attested_level)
    assert [(p.id, p.present, p.strength) for p in after.practices] == [
        (p.id, p.present, p.strength) for p in before.practices
    ]
    assert [s.how for s in after.next] == [s.how for s in before.next]


def test_without_names_nothing_tells_which_repository_it_is() -> None:
    named = [
        standing("acme/topsecret", point(2, revision="f00d" * 10, committed_on="2019-03-07"), topics=("rocketry",)),
        standing("acme/other", point(3, "2026-10-01"), point(2), language="Fortran", host="git.topsecret.example"),
        *small(),
    ]
    shown = everything(named, replace(QUESTION, redaction=Redaction.NAMES))
    for words in ("topsecret", "acme/", "f00df00d", "2019-03-07", "rocketry", "Fortran", "git.", "HTTP 403"):
        assert words not in shown.replace("https://github.com/acme/ml", "")
    assert "repository 01" in shown


def test_each_leaves_out_what_those_before_it_do() -> None:
    sizes = [len(render(shown_assessment(said(), ROW, r), "json")) for r in Redaction]
    assert sizes == sorted(sizes, reverse=True)


def test_the_name_of_the_row_is_the_name_of_the_report() -> None:
    a = shown_assessment(
        verdict(4), replace(ROW, name="group/churn", url="https://git.example/group/churn"), Redaction.NONE
    )
    assert (a.repository.name, a.repository.url) == ("group/churn", "https://git.example/group/churn")


def test_every_part_of_a_verdict_is_thought_of() -> None:
    """A part that is added to verdicts has to be decided on here, too."""
    safe = {"mlscan_version", "content_digest", "as_of", "model", "kind", "applicable", "level", "level_name"}
    safe |= {"attested_level", "could_be", "target", "groups", "ahead", "unobservable", "scale", "level_names"}
    safe |= {"schema_version", "stats"}
    changed = {"repository", "kind_reasons", "levels", "practices", "evidence", "next", "components", "gaps"}
    changed |= {"rejections", "hints", "configuration", "waivers", "policy", "own_job"}
    assert {f.name for f in fields(Assessment)} == safe | changed
    assert json.loads(render(shown_assessment(said(), ROW, Redaction.PATHS), "json"))["evidence"] == []
