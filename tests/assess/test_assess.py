"""`assess`: reasons, order, caps, advice, components, kinds."""

from __future__ import annotations

import random
from dataclasses import replace

import msgspec
import pytest

from mlscan.assess import assess
from mlscan.types.assessment import Assessment, CriterionResult, PracticeResult, Status
from mlscan.types.evidence import Context, Evidence, Findings, Gap, Location, Rejection, Strength
from mlscan.types.model import AssessContent, DetectorInfo

from .content import DAY, INFO, findings, rules, seen

DETECTORS = (
    ("training-code", DetectorInfo(practice="ml-code", title="Code that trains", strength=Strength.USED)),
    ("runs-logged", DetectorInfo(practice="experiment-tracking", title="Runs are logged", strength=Strength.USED)),
    ("awesome-list", DetectorInfo(practice="kind", title="A list", strength=Strength.CONFIGURED)),
    ("flows", DetectorInfo(practice="delegation", title="Flow", strength=Strength.CONFIGURED, may_hide=("ci", "cd"))),
)
CODE = seen("ml-code", "used", "train.py", 3, detector="training-code")
RESEARCH = [CODE, seen("dependencies", "declared"), seen("lockfile", "configured"), seen("config-management")]
TRACKED = seen("experiment-tracking", "used", "train.py", 9, detector="runs-logged")
ENGINEERED = [*RESEARCH, TRACKED, seen("tests"), seen("ci"), seen("ml-pipeline"), seen("data-validation")]


def judged(evidence: list[Evidence], content: AssessContent | None = None, **more: object) -> Assessment:
    return assess(findings(evidence, **more), INFO, content or rules(DETECTORS), as_of=DAY)


def practice(result: Assessment, name: str) -> PracticeResult:
    return next(p for p in result.practices if p.id == name)


def criterion(result: Assessment, name: str) -> CriterionResult:
    return next(c for x in result.levels for c in x.criteria if c.id == name)


def test_the_verdict_of_a_small_project() -> None:
    result = judged(RESEARCH)
    assert (result.kind, result.applicable, result.level, result.level_name) == ("ml-project", True, 2, "R&D")
    assert [x.level for x in result.levels] == [1, 2, 3, 4, 5]
    assert result.kind_reasons == ("Builds, evaluates or applies a model of its own: train.py.",)
    assert result.scale == {"contributors": 1}
    assert [p.id for p in result.practices] == list(rules().presence.practices)


def test_an_empty_repository_is_no_ml() -> None:
    result = judged([])
    assert (result.kind, result.level, result.could_be, result.level_name) == ("not-ml", 0, 0, "Absent")
    assert (result.applicable, result.next, result.ahead, result.evidence) == (False, (), (), ())


def test_weak_evidence_says_what_it_lacks() -> None:
    result = judged([CODE, seen("experiment-tracking", "declared", "requirements.txt", 3)])
    tracking = practice(result, "experiment-tracking")
    assert tracking.present is False
    assert tracking.strength == "declared"
    assert tracking.why == "Only declared: requirements.txt:3; needs used."
    assert [result.evidence[i].where.path for i in tracking.evidence] == ["requirements.txt"]
    assert "only declared: requirements.txt:3; needs used" in criterion(result, "models-traceable").why


def test_evidence_of_other_contexts_is_shown_and_not_counted() -> None:
    result = judged([CODE, seen("ci", path="docs/ci.yml", context=Context.DOCS)])
    assert practice(result, "ci").present is False
    assert practice(result, "ci").why == "Only in docs files, which do not count: docs/ci.yml:1."
    assert len(practice(result, "ci").evidence) == 1


def test_what_was_not_seen_says_what_was_looked_for() -> None:
    assert practice(judged([CODE]), "experiment-tracking").why == "Not seen; looked for: Runs are logged."


def test_met_criteria_name_the_place() -> None:
    result = judged(ENGINEERED)
    traced = criterion(result, "models-traceable")
    assert (traced.status, traced.why) == (Status.MET, "Runs are logged (train.py:9).")
    assert [result.evidence[i] for i in traced.evidence] == [TRACKED]


def test_a_met_criterion_speaks_of_what_was_seen_only() -> None:
    assert criterion(judged([CODE]), "code-beyond-notebooks").why == "Code that trains (train.py:3)."


def test_unknown_raises_the_ceiling_and_not_the_level() -> None:
    sure = [e for e in ENGINEERED if e.practice not in ("ml-pipeline", "experiment-tracking")]
    result = judged(sure, unknown={"runs-logged": "a file was not read"})
    assert practice(result, "experiment-tracking").present is None
    assert criterion(result, "models-traceable").status is Status.UNKNOWN
    assert (result.level, result.could_be) == (2, 3)
    assert judged(sure).could_be == 2
    hidden = seen("delegation", "configured", "flow.yml", detector="flows", delegated_to="org/flows")
    without_ci = [e for e in ENGINEERED if e.practice not in ("ci", "tests")]
    result = judged([*without_ci, hidden])
    assert (result.level, result.could_be) == (2, 3)
    assert practice(result, "cd").why == "May lie in org/flows (flow.yml:1)."


def test_an_unread_kind_keeps_the_ceiling_open() -> None:
    result = judged([], unknown={"training-code": "a file was not read"})
    assert (result.kind, result.level, result.could_be) == ("not-ml", 0, 1)
    assert any("could be ml-project" in reason for reason in result.kind_reasons)


def test_what_is_seen_decides_the_kind_and_what_is_unread_leaves_a_doubt() -> None:
    template = seen("kind", "configured", "copier.yml", detector="project-template")
    result = judged([template], unknown={"training-code": "a file was not read"})
    assert result.kind == "ml-library"
    assert any("could be ml-project" in reason for reason in result.kind_reasons)


def test_a_delegation_says_nothing_about_the_kind() -> None:
    info = DetectorInfo(
        practice="delegation", title="Flow", strength=Strength.CONFIGURED, may_hide=("ci-ml", "ml-pipeline", "serving")
    )
    handed = seen("delegation", "configured", detector="everything", delegated_to="org/flows")
    result = judged([handed], rules((("everything", info),)))
    assert (result.kind, result.could_be, len(result.kind_reasons)) == ("not-ml", 0, 1)
    assert practice(result, "ci-ml").present is None


def test_ml_code_that_went_unread_has_no_floor() -> None:
    evidence = [seen("model-registry"), seen("experiment-tracking")]
    unread = judged(evidence, unknown={"training-code": "a file was not read"})
    assert (unread.kind, unread.level, unread.could_be) == ("ml-project", 0, 1)
    assert judged(evidence).level == 1


def test_the_first_rule_that_holds_gives_the_kind() -> None:
    result = judged([*ENGINEERED, seen("kind", "configured", "README.md", detector="teaching-words")])
    assert (result.kind, result.applicable) == ("teaching", False)
    assert result.level == 3


def test_a_level_that_its_kind_cannot_have_is_cut() -> None:
    fixed = rules(DETECTORS)
    library = replace(fixed, kinds=msgspec.structs.replace(fixed.kinds, kinds=[], default="ml-library"))
    result = judged(ENGINEERED, library)
    assert (result.level, result.could_be, result.applicable, result.next) == (0, 0, False, ())
    assert all(g.level == 0 for g in result.groups)
    with_process = judged([*ENGINEERED, seen("scheduled-runs")], library)
    assert (with_process.level, with_process.applicable) == (3, False)


def test_evidence_is_sorted_capped_and_indexed() -> None:
    many = [seen("tests", "configured", f"t{n:03}.py", detector="t") for n in range(45)]
    foreign = [seen("tests", "automated", f"a{n:03}.py", detector="t", context=Context.VENDORED) for n in range(30)]
    shuffled = [*ENGINEERED, *many, *foreign, *many[:5]]
    random.Random(1).shuffle(shuffled)
    result = judged(shuffled)
    assert list(result.evidence) == sorted(result.evidence, key=lambda e: e.sort_key)
    of_t = [e for e in result.evidence if e.detector == "t"]
    assert [e.where.path for e in of_t] == [f"t{n:03}.py" for n in range(20)]
    assert practice(result, "tests").more == 45 + 30 - 20
    for p in result.practices:
        assert {result.evidence[i].practice for i in p.evidence} <= {p.id}
    assert all(0 <= i < len(result.evidence) for x in result.levels for c in x.criteria for i in c.evidence)


def test_presence_is_decided_before_the_cap() -> None:
    weak = [seen("ci", "automated", f"a{n:02}", detector="c", context=Context.TEST) for n in range(40)]
    assert practice(judged([CODE, *weak, seen("ci", "automated", "z", detector="c")]), "ci").present is True


def test_the_order_of_evidence_never_matters() -> None:
    evidence = [*ENGINEERED, replace(TRACKED, excerpt="y"), replace(TRACKED, context=Context.TEST)]
    turned = judged(evidence[::-1])
    assert turned == judged(evidence)
    assert repr(turned) == repr(judged(evidence))


def test_gaps_and_rejections_are_sorted_and_single() -> None:
    miss = [Rejection(detector="d", practice="ci", where=Location(p), reason="r") for p in ("b", "a", "b")]
    result = judged([], gaps=(Gap("b", "x"), Gap("a", "x"), Gap("b", "x")), rejections=tuple(miss))
    assert [g.path for g in result.gaps] == ["a", "b"]
    assert [r.where.path for r in result.rejections] == ["a", "b"]


def test_every_step_says_how() -> None:
    for step in judged([CODE]).next:
        assert step.how
        assert step.why
        assert step.title
        assert step.effort in ("S", "M", "L")


def test_a_required_practice_is_part_of_the_way_to_level_5() -> None:
    everything = [p for p in rules().presence.practices if p not in ("environments", "notebooks-only")]
    result = judged([seen(p) for p in everything])
    assert (result.level, [s.criterion for s in result.next]) == (4, ["environments-separated"])


def test_nothing_is_next_on_the_top() -> None:
    result = judged([seen(p) for p in rules().presence.practices if p != "notebooks-only"])
    assert (result.level, result.could_be, result.next, result.ahead) == (5, 5, (), ())
    assert {x.rating.value for x in result.levels} == {"F"}


def test_practices_of_higher_levels_are_ahead() -> None:
    assert judged([*RESEARCH, seen("drift-monitoring"), seen("data-versioning")]).ahead == (
        "data-versioning",
        "drift-monitoring",
    )


def test_groups_have_their_own_level() -> None:
    levels = {
        g.id: (g.level, g.could_be) for g in judged([*RESEARCH, seen("monitoring"), seen("feature-store")]).groups
    }
    assert levels["engineering"] == (2, 2)
    assert levels["operation"] == (4, 4)
    assert levels["people"] == (0, 0)
    assert levels["data"] == (5, 5)


def test_unobservable_criteria_are_listed_apart() -> None:
    result = judged([CODE])
    rated = {c.id for x in result.levels for c in x.criteria}
    assert set(result.unobservable) == {"business-question", "hypotheses-handled", "on-call", "roles-split"}
    assert not rated & set(result.unobservable)


def test_a_criterion_of_a_later_day_is_upcoming() -> None:
    content = rules(DETECTORS)
    dated = []
    for topic in content.model.topics:
        asks = {
            n: [msgspec.structs.replace(c, since="2024-06-01") if c.id == "tests-exist" else c for c in criteria]
            for n, criteria in topic.asks.items()
        }
        dated.append(msgspec.structs.replace(topic, asks=asks))
    content = replace(content, model=msgspec.structs.replace(content.model, topics=tuple(dated)))
    before = judged(RESEARCH, content)
    assert criterion(before, "tests-exist").status is Status.UPCOMING
    after = assess(findings(RESEARCH), INFO, content, as_of="2024-06-01")
    assert criterion(after, "tests-exist").status is Status.NOT_MET
    assert before.levels[2].achieved > after.levels[2].achieved


def monorepo(*roots: str) -> Findings:
    big = [replace(e, where=Location(f"big/{e.where.path}", 1)) for e in ENGINEERED if e.practice != "ci"]
    small = [replace(CODE, where=Location("small/train.py", 1))]
    return findings([*big, *small, seen("ci", path=".github/workflows/ci.yml")], roots=roots)


def test_components_share_what_lies_at_the_root() -> None:
    result = assess(monorepo("small", "big"), INFO, rules(DETECTORS), as_of=DAY)
    assert [(c.path, c.level) for c in result.components] == [("big", 3), ("small", 1)]
    assert result.level == 3
    assert practice(result, "ci").present is True


def test_one_root_is_no_component() -> None:
    assert assess(monorepo("big"), INFO, rules(DETECTORS), as_of=DAY).components == ()


def test_the_deepest_root_owns_a_file() -> None:
    evidence = [replace(e, where=Location(f"a/b/{e.where.path}", 1)) for e in ENGINEERED]
    found = findings([*evidence, replace(CODE, where=Location("a/x.py", 1))], roots=("a", "a/b"))
    result = assess(found, INFO, rules(DETECTORS), as_of=DAY)
    assert [(c.path, c.level) for c in result.components] == [("a", 1), ("a/b", 3)]


def test_no_ml_says_what_there_is_of_it() -> None:
    """The line of `explain kind`."""
    imports = (
        "ml-imports",
        DetectorInfo(practice="ml-code", title="Code imports a library", strength=Strength.DECLARED),
    )
    content = rules((*DETECTORS, imports))
    weak = seen("ml-code", "declared", "a.py", detector="ml-imports")
    nothing = "No machine-learning code or model of its own was found"
    assert judged([], content).kind_reasons == (f"{nothing}.",)
    assert judged([weak], content).kind_reasons == (f"{nothing}; too little alone: Code imports a library (a.py).",)
    elsewhere = [replace(CODE, context=c) for c in (Context.TEST, Context.EXAMPLE)]
    said = "; only in example, test files, which do not count: train.py."
    assert judged(elsewhere, content).kind_reasons == (nothing + said,)


@pytest.mark.parametrize("path", ["caf\udce9/train.py", "a b/ü.py", ""])
def test_odd_paths_are_fine(path: str) -> None:
    result = judged([replace(CODE, where=Location(path, None))])
    assert result.level == 1
