"""The figures of a fleet: whole numbers with their denominators, nothing of the unknown in either."""

from __future__ import annotations

from dataclasses import replace

from fleet.report.factory import QUESTION, large, point, rules, small, standing, summary
from mlscan.fleet.summary import Question, summarise
from mlscan.types.fleet import Cause, LastFailure, Standing
from mlscan.types.fleet_report import Fleet, State

FAILED = LastFailure(at="2026-11-25T03:00:00Z", reason="no access")


def fleet(*standings: Standing, question: Question = QUESTION) -> Fleet:
    return summary(standings, question).fleet


def test_coverage_adds_up_and_tells_what_the_figures_stand_on() -> None:
    c = fleet(*small()).coverage
    assert c.known == c.scanned + c.stale + c.failed + c.skipped == 24
    assert (c.scanned, c.stale, c.failed, c.skipped) == (21, 1, 1, 1)
    assert c.applicable + c.not_applicable + c.other_model == c.scanned + c.stale
    assert c.not_applicable == 2
    assert list(c.kinds.items()) == [("not-ml", 1), ("teaching", 1)]
    assert c.could_be_more == 2


def test_levels_count_applicable_projects_only_and_there_is_no_mean() -> None:
    shown = fleet(*(standing(f"a/{n}", point(n % 3)) for n in range(6)), standing("a/web", point(0, applicable=False)))
    assert [(x.level, x.projects.count, x.projects.of) for x in shown.levels] == [
        *((0, 2, 6), (1, 2, 6), (2, 2, 6), (3, 0, 6), (4, 0, 6), (5, 0, 6))
    ]
    assert shown.levels[1].projects.share == 0.3333


def test_share_at_target_counts_those_that_have_one() -> None:
    shown = fleet(
        standing("a/reached", point(3, target=3)),
        standing("a/vouched", point(2, target=3, attested_level=3)),
        standing("a/under", point(1, target=2)),
        standing("a/no-target", point(5)),
        standing("a/web", point(0, target=0, applicable=False)),
    )
    assert (shown.at_target.count, shown.at_target.of, shown.at_target_attested) == (1, 3, 2)


def test_nothing_of_nothing_is_no_share() -> None:
    shown = fleet()
    assert (shown.at_target.share, shown.since, shown.coverage.known) == (None, "2026-11-20", 0)
    assert {x.projects.share for x in shown.levels} == {x.projects.share for x in shown.practices} == {None}


def test_what_could_not_be_decided_is_in_neither_number_of_a_practice() -> None:
    shown = fleet(
        *(standing(f"a/{n}", point(1), practices={"ci": has}) for n, has in enumerate((True, False, False, None))),
        standing("a/web", point(0, applicable=False), practices={"ci": True}),
    )
    ci = next(p for p in shown.practices if p.id == "ci")
    assert (ci.projects.count, ci.projects.of, ci.unknown) == (1, 3, 1)
    assert [(x.count, x.of) for x in ci.by_level] == [(0, 0), (1, 3), *[(0, 0)] * 4]


def test_missing_most_comes_first_with_what_it_would_lift() -> None:
    shown = fleet(
        standing("a/1", point(2), missing=("ci-there",)),
        standing("a/2", point(2), missing=("ci-there", "tests-there")),
        standing("a/3", point(2), missing=("tests-there", "ci-there", "iac-there")),
        standing("a/4", point(2), missing=("tests-there", "environments-there")),
        standing("a/5", point(2), missing=("gone-from-the-model",)),
    )
    assert [(m.id, m.projects.count, m.projects.of, m.alone) for m in shown.missing] == [
        ("ci-there", 3, 5, 1),
        ("tests-there", 3, 5, 1),
        ("gone-from-the-model", 1, 5, 1),
        ("environments-there", 1, 5, 0),
        ("iac-there", 1, 5, 0),
    ]
    assert shown.missing[0].practices == ("ci",)
    assert shown.missing[0].title == "Ci can be seen"


def test_nearest_have_the_fewest_steps_to_the_next_level_not_to_the_target() -> None:
    shown = fleet(
        standing("a/far", point(2, target=3)),
        standing("a/near", point(2, target=4), missing=("ci-there", "iac-there", "cd-there")),
        standing("a/top", point(5)),
        standing("a/vouched", point(2, attested_level=3), missing=("iac-there", "cd-there")),
        standing("a/unknown-way", point(2), missing=()),
        standing("a/archived", point(2), missing=("ci-there",), archived=True),
    )
    assert [(n.name, n.next, [s.id for s in n.steps]) for n in shown.nearest] == [
        ("a/near", 3, ["ci-there"]),
        ("a/vouched", 4, ["iac-there", "cd-there"]),
        ("a/far", 3, ["tests-there", "ci-there", "containers-there", "ml-pipeline-there"]),
    ]


def test_stuck_counts_from_the_first_verdict_of_the_same_level() -> None:
    shown = fleet(
        standing("a/long", point(2, "2026-01-01"), point(2, "2026-05-01"), point(2, "2026-11-25")),
        standing("a/moved", point(1, "2026-01-01"), point(2, "2026-05-01"), point(2, "2026-11-25")),
        standing("a/enough", point(3, "2026-01-01", target=3)),
        standing("a/top", point(5, "2026-01-01")),
        standing("a/today", point(1, "2026-11-26")),
    )
    assert [(s.name, s.since, s.days) for s in shown.stuck] == [
        ("a/long", "2026-01-01", 329),
        ("a/moved", "2026-05-01", 209),
    ]


def test_movers_say_from_where_to_where_and_why() -> None:
    shown = fleet(
        standing("a/up", point(1, "2026-11-01"), point(2, causes=(Cause.CODE,))),
        standing("a/down", point(3, "2026-11-01"), point(2, causes=(Cause.CODE, Cause.CONTENT))),
        standing("a/vouched", point(2, "2026-11-01"), point(2, attested_level=3, causes=(Cause.WAIVER,))),
        standing("a/left", point(1, "2026-11-01"), point(0, applicable=False, causes=(Cause.CONTENT,))),
        standing("a/same", point(2, "2026-11-01"), point(2, causes=(Cause.NONE,))),
        standing("a/long-ago", point(1, "2026-01-01"), point(2, "2026-11-01", causes=(Cause.CODE,))),
        standing("a/there-and-back", point(2, "2026-11-01"), point(1, "2026-11-21"), point(2, causes=(Cause.CODE,))),
        standing("a/new", point(2)),
    )
    assert [(m.name, m.before, m.after, m.up, [c.value for c in m.causes]) for m in shown.moved] == [
        ("a/up", 1, 2, True, ["code"]),
        ("a/down", 3, 2, False, ["code", "content"]),
        ("a/left", 1, None, None, ["content"]),
        ("a/vouched", 2, 2, None, ["waiver"]),
    ]
    assert [r.name for r in shown.repositories if r.id in shown.new] == ["a/new"]


def test_a_cause_that_moved_nothing_is_no_reason_for_the_move() -> None:
    later = point(2, "2026-11-21", causes=(Cause.CODE,)), point(2, causes=(Cause.CONTENT,))
    (move,) = fleet(standing("a/b", point(1, "2026-11-01"), *later)).moved
    assert (move.causes, move.on) == ((Cause.CODE,), "2026-11-21")


def test_without_a_day_the_newest_verdicts_are_compared_with_those_before_them() -> None:
    question = replace(QUESTION, since=None)
    moved = fleet(standing("a/b", point(1, "2026-11-01"), point(2)), question=question)
    assert (moved.since, len(moved.moved)) == ("2026-11-25", 1)


def test_a_failed_scan_keeps_the_last_level_with_its_age() -> None:
    shown = fleet(standing("a/old", point(3, "2026-11-06"), failure=FAILED), standing("a/none", failure=FAILED))
    assert [(f.name, f.level, f.age, f.on) for f in shown.failures] == [
        ("a/none", None, None, "2026-11-25"),
        ("a/old", 3, 20, "2026-11-25"),
    ]
    rows = {r.name: (r.state, r.level, r.counts) for r in shown.repositories}
    assert rows == {"a/none": (State.FAILED, None, False), "a/old": (State.STALE, 3, True)}
    assert shown.levels[3].projects.count == 1


def test_verdicts_of_another_model_are_counted_apart() -> None:
    shown = fleet(standing("a/own", point(2)), standing("a/other", point(4, model="house")))
    assert (shown.coverage.other_model, shown.coverage.applicable) == (1, 1)
    assert shown.levels[4].projects.count == 0


def test_two_repositories_of_one_name_are_two_everywhere() -> None:
    pairs = [("github.com", "1"), ("git.acme.example", "2"), ("git.acme.example", "3"), ("", "4"), ("", "5")]
    shown = fleet(*(standing("a/b", point(1), host=host, identity=f"{host}#{n}") for host, n in pairs))
    assert sorted(r.name for r in shown.repositories) == [
        *("a/b", "a/b (2)", "git.acme.example/a/b", "git.acme.example/a/b (2)", "github.com/a/b")
    ]
    assert len({r.id for r in shown.repositories}) == 5


def test_names_of_files_are_safe_and_stay_the_same() -> None:
    names = [
        "Acme/Churn",
        "a/b--c",
        "a--b/c",
        "con/aux.txt",
        "../../etc/passwd",
        "a/模型",
        "a/-",
        ".git/x",
        "x" * 300,
        "a/b.",
    ]
    alone = {n: fleet(standing(n, host="")).repositories[0].id for n in names}
    together = [r.id for r in fleet(*(standing(n, host="") for n in names)).repositories]
    assert sorted(alone.values()) == sorted(together)
    assert alone["Acme/Churn"] == "acme--churn"
    for id in together:
        assert len(id) <= 100
        assert set(id) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
        assert not id.startswith((".", "-"))
        assert not id.endswith(".")
        assert id.split(".")[0] not in ("con", "aux")


def test_the_order_of_what_is_stored_changes_nothing() -> None:
    some = large(60)
    assert summarise(some, rules(), QUESTION) == summarise(reversed(some), rules(), QUESTION)


def test_the_scan_behind_each_row_can_be_found() -> None:
    found = summary([standing("a/b", point(1, scan=17)), standing("a/c")])
    assert list(found.scans.values()) == [17]
    assert next(iter(found.scans)) == found.fleet.repositories[0].id


def test_a_run_tells_what_is_new_where_times_are_too_coarse() -> None:
    at = "2026-11-25T03:00:00Z"
    points = point(1, at, run=1), point(2, at, run=2, causes=(Cause.CONTENT,))
    later = replace(QUESTION, since=at, run=3)
    assert [m.after for m in fleet(standing("a/b", *points), question=replace(later, run=2)).moved] == [2]
    unchanged = fleet(standing("a/b", *points), question=later)
    assert (unchanged.moved, unchanged.new, unchanged.since) == ((), (), at)
