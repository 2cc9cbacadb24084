"""Waivers and attestations: what counts, what it does to the levels, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assess.content import DAY, INFO, findings, rules, seen
from mlscan.assess import assess
from mlscan.types.assessment import Assessment, CriterionResult, Standing, Status
from mlscan.types.settings import Attestation, Said, Waiver, Word

LEVEL_3 = (
    seen("ml-code"),
    seen("training-code"),
    seen("dependencies"),
    seen("lockfile"),
    seen("experiment-tracking"),
    seen("config-management"),
    seen("tests"),
    seen("ci"),
    seen("containers"),
    seen("data-validation"),
    seen("ml-pipeline"),
    seen("serving"),
)
LATER = date(2025, 1, 1)


def waiver(criterion: str, **more: Any) -> Said:
    more = {"reason": "No need.", "owner": "Ann", "expires": LATER, **more}
    return Said(statement=Waiver(criterion=criterion, **more), source="mlscan.toml:1")


def attestation(criterion: str, **more: Any) -> Said:
    more = {"reason": "Elsewhere.", "owner": "Ann", "expires": LATER, **more}
    return Said(statement=Attestation(criterion=criterion, **more), source="mlscan.toml:1")


def judged(*said: Said, without: tuple[str, ...] = (), **word: Any) -> Assessment:
    content = rules()
    kind = replace(content, word=Word(said=said, **{"kind": "ml-project", "kind_by": "mlscan.toml", **word}))
    return assess(findings([e for e in LEVEL_3 if e.practice not in without]), INFO, kind, as_of=DAY)


def criterion(a: Assessment, name: str) -> CriterionResult:
    return next(c for level in a.levels for c in level.criteria if c.id == name)


PROD = [attestation(c) for c in ("environments-separated", "running-thing-watched", "deployment-automated")]


def test_what_is_vouched_for_lifts_the_attested_level_only() -> None:
    before, after = judged(), judged(*PROD)
    assert (before.level, before.attested_level) == (3, 3)
    assert (after.level, after.attested_level, after.could_be) == (3, 4, before.could_be)
    assert {x.level: x.achieved for x in after.levels} == {x.level: x.achieved for x in before.levels}
    found = criterion(after, "running-thing-watched")
    assert (found.status, found.why) == (Status.ATTESTED, "Attested by Ann until 2025-01-01: Elsewhere.")
    assert [w.standing for w in after.waivers] == [Standing.COUNTS] * 3


def test_the_way_up_begins_where_people_say_the_repository_stands() -> None:
    after = judged(*PROD)
    assert {s.criterion for s in after.next} & {"environments-separated", "running-thing-watched"} == set()
    assert [s.reaches for s in after.next if s.reaches] == [5]


def test_a_waived_criterion_leaves_the_denominator_and_is_never_met() -> None:
    before, after = judged(without=("tests", "ci")), judged(waiver("tests-exist"), without=("tests", "ci"))
    assert before.level < 3
    assert (after.level, criterion(after, "tests-exist").status) == (3, Status.WAIVED)
    assert after.levels[2].achieved > before.levels[2].achieved
    shown = judged(waiver("tests-exist"))
    assert criterion(shown, "tests-exist").status is Status.WAIVED
    assert shown.waivers[0].standing is Standing.NEEDLESS


def test_waiving_alone_reaches_nothing() -> None:
    content = rules()
    everything = [waiver(a.criterion.id) for a in content.model.asks() if a.level >= 4 and a.criterion.observable]
    assert judged(*everything).level == 3
    assert judged(*everything).attested_level == 3


def test_level_5_does_not_hold_by_waivers_without_environments() -> None:
    everything = [waiver(c) for c in ("environments-separated", "running-thing-watched", "deployment-automated")]
    assert judged(*everything).attested_level < 5


@pytest.mark.parametrize(
    ("said", "standing", "why"),
    [
        (waiver("tests-exist", expires=date(2024, 5, 5)), Standing.EXPIRED, ""),
        (waiver("tests-exist", expires=date(2024, 5, 6)), Standing.COUNTS, ""),
        (waiver("tests-exist", starts=date(2024, 5, 7)), Standing.FUTURE, ""),
        (waiver("tests-exist", path="services/churn"), Standing.UNUSED, "no ML project of this repository lies in"),
        (waiver("tests-exist", path="."), Standing.COUNTS, ""),
        (waiver("gone-criterion"), Standing.UNUSED, "the model asks for nothing of that name"),
        (attestation("process-defined"), Standing.NEEDLESS, "evidence shows it"),
        (attestation("on-call"), Standing.COUNTS, "no file can show it, and no level counts it"),
        (waiver("on-call"), Standing.UNUSED, "no file can show it, and no level counts it"),
        (replace(waiver("tests-exist"), accepted=False, why="forbidden"), Standing.REQUESTED, "forbidden"),
    ],
)
def test_what_became_of_a_statement_is_told(said: Said, standing: Standing, why: str) -> None:
    found = judged(said, without=("tests", "ci")).waivers[0]
    assert found.standing is standing
    assert found.why.startswith(why)
    used = criterion(judged(said, without=("tests", "ci")), "tests-exist").status
    assert (used is Status.WAIVED) is (standing is Standing.COUNTS and said.statement.criterion == "tests-exist")


def test_of_two_that_say_the_same_one_is_unused() -> None:
    found = judged(
        waiver("tests-exist"), waiver("tests-exist"), attestation("tests-exist"), without=("tests", "ci")
    ).waivers
    assert [(w.standing, w.why) for w in found] == [
        (Standing.COUNTS, ""),
        (Standing.UNUSED, "said twice"),
        (Standing.UNUSED, "it is waived"),
    ]


def test_a_component_has_its_own() -> None:
    files = [replace(e, where=replace(e.where, path=f"{root}/{e.where.path}")) for root in "ab" for e in LEVEL_3]
    evidence = [e for e in files if e.practice not in ("tests", "ci")]
    content = replace(rules(), word=Word(said=(waiver("tests-exist", path="a/"),), kind="ml-project"))
    found = assess(findings(evidence, roots=("a", "b")), INFO, content, as_of=DAY)
    assert {c.path: c.level for c in found.components} == {"a": 3, "b": 2}
    assert found.waivers[0].standing is Standing.COUNTS


def test_the_kind_that_is_given_stands() -> None:
    found = judged(kind="teaching", kind_by="mlscan.toml")
    assert (found.kind, found.applicable) == ("teaching", False)
    assert found.kind_reasons == ("Given in mlscan.toml.",)
