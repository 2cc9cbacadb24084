"""Why a level does not hold: looked for, nearly, would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assess.content import DAY, INFO, findings, rules, seen
from assess.test_assess import CODE, DETECTORS, ENGINEERED, RESEARCH
from mlscan.assess import assess
from mlscan.assess.why_not import wanted, why_not
from mlscan.types.answers import Unmet, WhyNot
from mlscan.types.conditions import AtLeastCond, Cond
from mlscan.types.evidence import Context, Evidence, Location, Rejection, Strength
from mlscan.types.model import DetectorInfo

CONTENT = rules(
    (
        *DETECTORS,
        ("draft-ci", DetectorInfo(practice="ci", title="A draft", strength=Strength.AUTOMATED, status="draft")),
    )
)


def asked(evidence: list[Evidence], level: int, **more: object) -> WhyNot:
    return why_not(assess(findings(evidence, **more), INFO, CONTENT, as_of=DAY), CONTENT, level)


def unmet(answer: WhyNot, name: str) -> Unmet:
    return next(u for u in answer.unmet if u.criterion.id == name)


def test_every_criterion_up_to_the_level_that_is_not_met_is_there() -> None:
    answer = asked(RESEARCH, 3)
    assert (answer.level, answer.name, answer.holds) == (3, "Analyze it", False)
    assert [x.level for x in answer.levels] == [1, 2, 3]
    assert [(u.level, u.criterion.id) for u in answer.unmet][:2] == [(2, "results-recorded"), (3, "tests-exist")]
    assert {u.level for u in answer.unmet} == {2, 3}


def test_a_level_that_holds_says_so_and_still_shows_what_it_forgave() -> None:
    answer = asked(ENGINEERED, 3)
    assert answer.holds
    assert "results-recorded" not in {u.criterion.id for u in answer.unmet}


def test_what_was_looked_for_is_named_with_the_least_strength() -> None:
    tracking = next(s for s in unmet(asked([CODE], 3), "models-traceable").sought if s.id == "experiment-tracking")
    assert (tracking.strength, tracking.looked_for, tracking.present) == ("used", ("Runs are logged",), False)


def test_weak_foreign_and_draft_evidence_nearly_counted() -> None:
    evidence = [
        CODE,
        seen("experiment-tracking", "declared", "requirements.txt", 3, detector="runs-logged"),
        seen("ci", "automated", "docs/ci.yml", context=Context.DOCS),
        seen("ci", "automated", "draft.yml", detector="draft-ci"),
    ]
    answer = asked(evidence, 3)
    (weak,) = unmet(answer, "models-traceable").near
    assert (weak.where, weak.reason) == (Location("requirements.txt", 3), "Runs are logged: only declared, needs used")
    reasons = [n.reason for n in unmet(answer, "ci-on-changes").near]
    assert reasons == [
        "ci-seen: docs file, which does not count",
        "A draft: seen by a draft detector, which does not count",
    ]


def test_rejections_say_which_detector_and_what_was_missing() -> None:
    miss = Rejection(
        detector="runs-logged", practice="experiment-tracking", where=Location("a.py", 4), reason="in a comment"
    )
    other = replace(miss, practice="serving", detector="serving-seen")
    near = unmet(asked([CODE], 3, rejections=(miss, other)), "models-traceable").near
    assert [(n.where, n.reason) for n in near] == [(Location("a.py", 4), "Runs are logged: in a comment")]


def test_what_would_do_is_put_in_words() -> None:
    answer = asked(RESEARCH, 3)
    assert unmet(answer, "process-defined").would == (
        "ML pipeline; or Scheduled runs; or Automatic retraining; or ML steps in CI; "
        "or Serving, together with Containers or Model registry"
    )


def test_what_should_not_be_there_is_marked() -> None:
    notebook = seen("notebooks-only", "configured", "a.ipynb", detector="ml-notebook")
    answer = asked([seen("ml-code", "used", "a.ipynb", detector="ml-notebook"), notebook], 2)
    item = unmet(answer, "code-beyond-notebooks")
    assert [(s.id, s.unwanted) for s in item.sought if s.present] == [("ml-code", False), ("notebooks-only", True)]
    assert item.would.endswith("together with nothing like Machine learning only in notebooks")


def test_what_could_not_be_decided_is_unknown() -> None:
    item = unmet(asked([CODE], 3, unknown={"runs-logged": "a file was not read"}), "models-traceable")
    assert item.criterion.status.value == "unknown"
    assert [s.present for s in item.sought] == [None, False]


def test_conditions_without_which_a_level_never_holds_are_named() -> None:
    assert asked(ENGINEERED, 5).requires == (
        "level 5 asks for Separate environments, whatever its rating",
        "level 5 asks for Data versioning or Feature store, whatever its rating",
        "level 5 asks for Automatic retraining, whatever its rating",
    )
    assert asked(ENGINEERED, 4).requires == ()


CONDITIONS: list[tuple[Cond | str, str]] = [
    ("ci", "Continuous integration"),
    ("nothing-known", "nothing-known"),
    (
        Cond(practice="ci", strength=Strength.DECLARED, contexts=[Context.DOCS, Context.TEST]),
        "Continuous integration, declared in docs, test files",
    ),
    (Cond(detector="runs-logged"), "Runs are logged"),
    (Cond(count=["runs-logged", "ci"], gte=3), "at least 3 files with Runs are logged, Continuous integration"),
    (Cond(share=["notebooks", "ml-code"], lte=0.5), "Notebooks in relation to Machine-learning code of at most 0.5"),
    (Cond(number="own-files", gte=3), "own files of at least 3"),
    (Cond(kind=["not-ml", "teaching"]), "kind not-ml, teaching"),
    (Cond(at_least=AtLeastCond(n=2, of=["ci", "tests"])), "at least 2 of: Continuous integration, Automated tests"),
]


@pytest.mark.parametrize(("cond", "words"), CONDITIONS, ids=[words for _, words in CONDITIONS])
def test_every_kind_of_condition_has_words(cond: Cond | str, words: str) -> None:
    assert wanted(cond, CONTENT) == words
