"""What differs between two assessments."""

from __future__ import annotations

from dataclasses import replace

from assess.content import DAY, INFO, findings, rules, seen
from assess.test_assess import CODE, DETECTORS, ENGINEERED, RESEARCH, TRACKED
from mlscan.assess import assess
from mlscan.assess.compare import compare
from mlscan.types.answers import Change, Comparison, Direction
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Context, Evidence, Gap, Location

CONTENT = rules(DETECTORS)


def judged(evidence: list[Evidence], **more: object) -> Assessment:
    return assess(findings(evidence, **more), INFO, CONTENT, as_of=DAY)


def between(before: list[Evidence], after: list[Evidence], **more: object) -> Comparison:
    return compare(judged(before), judged(after, **more), CONTENT)


def change(found: Comparison, id: str) -> Change:
    return next(c for c in found.changes if c.id == id)


def test_nothing_differs_from_itself() -> None:
    found = between(ENGINEERED, ENGINEERED)
    assert (found.changes, found.losses, found.components, found.gaps) == ((), (), (), ())
    assert (found.base.level, found.head.level) == (3, 3)


def test_what_is_gained_shows_where() -> None:
    found = between(RESEARCH, ENGINEERED)
    assert (found.base.level, found.head.level, found.losses) == (2, 3, ())
    gained = change(found, "experiment-tracking")
    assert (gained.direction, gained.before, gained.after) == (Direction.GAINED, "absent", "used")
    assert gained.evidence == (TRACKED,)
    criterion = change(found, "models-traceable")
    assert (criterion.direction, criterion.level, criterion.evidence) == (Direction.GAINED, 3, (TRACKED,))


def test_what_is_lost_shows_where_it_was() -> None:
    found = between(ENGINEERED, [e for e in ENGINEERED if e is not TRACKED])
    lost = change(found, "experiment-tracking")
    assert (lost.direction, lost.before, lost.after, lost.evidence) == (Direction.LOST, "used", "absent", (TRACKED,))
    assert lost.why == "Not seen; looked for: Runs are logged."
    assert found.losses == ("experiment-tracking", "models-traceable")
    assert found.changes[0].direction is Direction.LOST


def test_a_line_that_shows_several_things_is_one_place() -> None:
    twice = [TRACKED, replace(TRACKED, excerpt="the same line, for another environment")]
    rest = [e for e in ENGINEERED if e is not TRACKED]
    for found in (between([*rest, *twice], rest), between(rest, [*rest, *twice])):
        for id in ("experiment-tracking", "models-traceable"):
            assert [e.where for e in change(found, id).evidence] == [TRACKED.where]


def test_a_lost_level_is_a_loss() -> None:
    assert between(ENGINEERED, RESEARCH).losses[0] == "level"


def test_strength_goes_up_and_down() -> None:
    weak, strong = seen("lockfile", "configured"), seen("lockfile", "automated")
    found = between([CODE, weak], [CODE, strong])
    assert change(found, "lockfile").direction is Direction.STRENGTHENED
    found = between([CODE, strong], [CODE, weak])
    assert (change(found, "lockfile").direction, found.losses) == (Direction.WEAKENED, ())


def test_a_file_that_moves_changes_nothing() -> None:
    moved = [replace(e, where=Location(f"src/{e.where.path}", 99)) for e in ENGINEERED]
    assert between(ENGINEERED, moved).changes == ()


def test_unknown_is_neither_gained_nor_lost() -> None:
    found = between([*RESEARCH, TRACKED], RESEARCH, unknown={"runs-logged": "train.py: too large"})
    tracking = change(found, "experiment-tracking")
    assert (tracking.direction, tracking.after) == (Direction.UNKNOWN, "unknown")
    assert "too large" in tracking.why
    assert found.losses == ()


def test_a_level_that_may_still_hold_unseen_is_no_loss() -> None:
    without = [e for e in ENGINEERED if e.practice not in ("ml-pipeline", "experiment-tracking")]
    found = between(ENGINEERED, without, unknown={"runs-logged": "not read"})
    assert (found.base.level, found.head.level, found.head.could_be) == (3, 2, 3)
    assert "level" not in found.losses
    assert "ml-pipeline" in found.losses


def test_notebooks_that_become_scripts_are_no_loss() -> None:
    notebook = [
        seen("ml-code", "used", "a.ipynb", detector="ml-notebook"),
        seen("notebooks-only", "configured", "a.ipynb", detector="ml-notebook"),
        seen("notebooks", "configured", "a.ipynb"),
    ]
    found = between(notebook, [CODE])
    assert change(found, "notebooks-only").direction is Direction.LOST
    assert not change(found, "notebooks").counts
    assert found.losses == ()
    assert change(found, "code-beyond-notebooks").direction is Direction.GAINED


def test_informational_practices_are_shown_and_never_a_loss() -> None:
    found = between([*RESEARCH, seen("code-quality")], RESEARCH)
    assert not change(found, "code-quality").counts
    assert found.losses == ()


def test_evidence_that_does_not_count_is_not_shown_as_the_place() -> None:
    documented = seen("ci", "automated", "docs/ci.yml", context=Context.DOCS)
    found = between(RESEARCH, [*RESEARCH, documented, seen("ci", path="ci.yml")])
    assert [e.where.path for e in change(found, "ci").evidence] == ["ci.yml"]


def test_a_repository_that_is_no_project_any_more_is_a_loss() -> None:
    assert between(RESEARCH, []).losses[:2] == ("kind", "level")


def test_new_gaps_and_components_are_named() -> None:
    found = compare(judged(RESEARCH), judged(RESEARCH, gaps=(Gap("big.json", "too large"),)), CONTENT)
    assert [g.path for g in found.gaps] == ["big.json"]
    two = [CODE, replace(CODE, where=Location("b/train.py", 1))]
    roots = judged([replace(e, where=Location(f"a/{e.where.path}")) for e in two[:1]] + two[1:], roots=("a", "b"))
    found = compare(judged(RESEARCH), roots, CONTENT)
    assert [(c.path, c.before, c.after) for c in found.components] == [("a", None, 1), ("b", None, 1)]
