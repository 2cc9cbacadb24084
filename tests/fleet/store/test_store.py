"""What is written to a store comes out of it, on both databases; nothing is kept twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from fleet.store.build import PLAN, START, ended, judged, repository, ticking
from mlscan.fleet.store import Store, StoreError, Writer
from mlscan.fleet.store.records import AttemptState, PolicyText, RunKind, RunState
from mlscan.types.fleet import Cause, Standing

POLICY = PolicyText(digest="p1", name="policy.toml", data=b"schema-version = 1\n")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url, create=True, clock=ticking()) as opened:
        yield opened


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    with store.writing() as opened:
        yield opened


def whole_run(writer: Writer, plan: object = PLAN, **results: object) -> int:
    """A run that lists and ends these repositories."""
    run = writer.begin(plan)  # type: ignore[arg-type]
    writer.enlist(run.id, PLAN.listing, [repository(name) for name in results])
    writer.listed(run.id)
    for item, result in zip(writer.store.waiting(run.id), results.values(), strict=True):
        assert writer.record(run.id, item.id, ended(result))  # type: ignore[arg-type]
    writer.finish(run.id, RunState.FINISHED)
    return run.id


def by_name(store: Store) -> dict[str, Standing]:
    return {s.repository.name.removeprefix("acme/"): s for s in store.standings()}


def test_a_verdict_comes_back_as_it_was_given(writer: Writer) -> None:
    whole_run(writer, one=judged(3))
    standing = by_name(writer.store)["one"]
    point = standing.newest
    assert point is not None
    assert (point.level, point.level_name, point.could_be, point.causes) == (3, "R&D", 4, (Cause.FIRST,))
    assert (point.at, point.revision, point.committed_on) == ("2026-11-26T10:00:00Z", "a" * 40, "2026-11-20")
    assert standing.practices == {"tests": True, "ci": None, "serving": False}
    assert standing.missing == ("tests-run", "ci-runs")


def test_everything_that_a_forge_tells_comes_back(writer: Writer) -> None:
    given = repository(
        "one",
        url="https://forge.example/acme/one",
        clone_url="https://forge.example/acme/one.git",
        private=True,
        archived=True,
        language="Python",
        topics=("ml", "vision"),
        default_branch="main",
        pushed_at="2026-11-01T00:00:00Z",
    )
    run = writer.begin(PLAN)
    writer.enlist(run.id, PLAN.listing, [given])
    assert [w.repository for w in writer.store.waiting(run.id)] == [given]


def test_names_that_no_database_takes_come_back(writer: Writer) -> None:
    odd = repository("one", name="caf\udce9\0", path="/clones/\udcff")
    run = writer.begin(PLAN)
    writer.enlist(run.id, PLAN.listing, [odd])
    assert [w.repository for w in writer.store.waiting(run.id)] == [odd]


def test_recording_twice_is_as_good_as_once(writer: Writer) -> None:
    run = whole_run(writer, one=judged(3))
    (row,) = writer.store.rows("fleet_newest")
    assert not writer.record(run, row["repository_id"], ended(judged(5)))
    assert [p.level for p in by_name(writer.store)["one"].points] == [3]


def test_a_failed_scan_keeps_the_last_verdict_and_a_good_one_forgets_the_failure(writer: Writer) -> None:
    whole_run(writer, one=judged(3), two="no access")
    whole_run(writer, one="out of time", two=judged(1))
    found = by_name(writer.store)
    assert found["one"].newest is not None and found["one"].newest.level == 3
    assert found["one"].failure is not None and found["one"].failure.reason == "out of time"
    assert found["two"].failure is None
    whole_run(writer, one=None, two=None)
    assert by_name(writer.store)["one"].failure is None


def test_a_rename_keeps_the_history_and_namesakes_stay_apart(writer: Writer) -> None:
    whole_run(writer, one=judged(1), two=judged(2))
    run = writer.begin(PLAN)
    writer.enlist(run.id, PLAN.listing, [repository("one", name="acme/two")])
    names = [(s.repository.name, [p.level for p in s.points]) for s in writer.store.standings()]
    assert names == [("acme/two", [1]), ("acme/two", [2])]


def test_what_a_whole_run_lists_no_more_is_gone_and_may_come_back(writer: Writer) -> None:
    whole_run(writer, one=judged(), two=judged())
    whole_run(writer, two=None)
    assert list(by_name(writer.store)) == ["two"]
    assert len(list(writer.store.standings(gone=True))) == 2
    whole_run(writer, one=None, two=None)
    assert list(by_name(writer.store)) == ["one", "two"]


def test_nothing_is_gone_for_a_list_that_was_not_whole(writer: Writer) -> None:
    whole_run(writer, one=judged(), two=judged())
    run = writer.begin(PLAN)
    writer.enlist(run.id, PLAN.listing, [repository("two")])
    writer.listed(run.id, unlisted=1)
    writer.finish(run.id, RunState.FINISHED)
    assert list(by_name(writer.store)) == ["one", "two"]


def test_a_run_of_other_sources_says_nothing_about_these(writer: Writer) -> None:
    whole_run(writer, one=judged())
    run = writer.begin(replace(PLAN, key="b", listing="others"))
    writer.listed(run.id)
    writer.finish(run.id, RunState.FINISHED)
    assert list(by_name(writer.store)) == ["one"]


def test_a_run_that_was_cut_off_is_taken_up_where_it_was(writer: Writer) -> None:
    run = writer.begin(PLAN)
    writer.enlist(run.id, PLAN.listing, [repository("one"), repository("two")])
    first = writer.store.waiting(run.id)[0]
    writer.record(run.id, first.id, ended(judged()))
    again = writer.begin(PLAN)
    assert (again.id, again.resumed) == (run.id, True)
    assert writer.enlist(run.id, PLAN.listing, [repository(name) for name in ("one", "two", "three")]) == 1
    assert [w.repository.name for w in writer.store.waiting(run.id)] == ["acme/two", "acme/three"]
    assert writer.store.counts(run.id)[AttemptState.SCANNED] == 1


@pytest.mark.parametrize("plan", [replace(PLAN, key="b"), PLAN])
def test_another_plan_a_finished_run_and_an_old_one_are_not_taken_up(store: Store, plan: object) -> None:
    with store.writing() as writer:
        run = writer.begin(PLAN)
        if plan == PLAN:
            writer.finish(run.id, RunState.FINISHED)
        assert writer.begin(plan).id != run.id  # type: ignore[arg-type]
    later = Writer(store, store._engine, ticking(START + timedelta(days=2)))
    assert not later.begin(PLAN).resumed


def test_what_is_known_is_what_the_next_verdict_is_compared_with(writer: Writer) -> None:
    whole_run(writer, replace(PLAN, policy=POLICY), one=judged(3, policy=POLICY))
    known = writer.store.known(1)
    assert known is not None
    assert (known.revision, known.look_key, known.judge_key, known.detect_digest) == ("a" * 40, "k", "j", "d")
    assert (known.policy, known.mark[3]) == (POLICY, 3)
    assert writer.store.evidence(known.evidence) == b"seen " + b"a" * 40
    assert writer.store.known(2) is None


def test_evidence_is_kept_once_however_often_it_is_judged(writer: Writer) -> None:
    whole_run(writer, one=judged(3))
    run = writer.begin(replace(PLAN, kind=RunKind.REASSESS, key="r"))
    writer.enlist_judged(run.id)
    for item in writer.store.waiting(run.id):
        writer.record(run.id, item.id, ended(replace(judged(2, look=False), causes=(Cause.CONTENT,))))
    writer.finish(run.id, RunState.FINISHED)
    assert [p.level for p in by_name(writer.store)["one"].points] == [3, 2]
    assert list(writer.store.moves(run.id)) == [("acme/one", 3, 2, ("content",))]
    found = {row["verdict_id"] for row in writer.store.rows("fleet_history")}
    assert len(found) == 2
    known = writer.store.known(1)
    assert known is not None and known.evidence == 1


def test_views_hold_the_newest_verdicts_and_all_of_them(writer: Writer) -> None:
    whole_run(writer, one=judged(1), two="no access")
    whole_run(writer, one=judged(2, revision="b" * 40), two=None)
    newest = {row["name"]: row for row in writer.store.rows("fleet_newest")}
    assert (newest["acme/one"]["level"], newest["acme/two"]["level"]) == (2, None)
    assert [row["level"] for row in writer.store.rows("fleet_history")] == [1, 2]
    practices = {row["practice"]: row["present"] for row in writer.store.rows("fleet_newest_practices")}
    assert {name: value if value is None else bool(value) for name, value in practices.items()} == {
        "tests": True,
        "ci": None,
        "serving": False,
    }
    assert {row["criterion"] for row in writer.store.rows("fleet_newest_criteria")} == {"tests-run", "ml-code"}


def test_there_is_only_one_writer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.fleet.store.engine._PATIENCE", 1)
    with store.writing(), pytest.raises(StoreError, match="another `mlscan fleet` is writing"), store.writing():
        pass


def test_standings_are_those_of_one_moment(writer: Writer) -> None:
    whole_run(writer, one=judged(1), two=judged(1))
    seen = writer.store.standings()
    first = next(seen)
    whole_run(writer, one=judged(2, revision="b" * 40), two=judged(2, revision="b" * 40))
    assert [s.newest.level for s in (first, *seen) if s.newest] == [1, 1]
