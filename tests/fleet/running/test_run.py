"""Runs over clones that lie here: what is done, what is left alone, and why a verdict moved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fleet.running.build import DAY, REPEATABLE, SKETCH, Fetching, Fleet, Here, Remembered, commit
from mlscan.fleet.cloning import Clone
from mlscan.fleet.running import Scan, scan
from mlscan.fleet.running.worker import tell
from mlscan.fleet.store import Store
from mlscan.fleet.store.records import PolicyText
from mlscan.report import render
from mlscan.scan import scan as scan_one
from mlscan.types.errors import UsageError
from mlscan.types.fleet import FleetRepository

MODEL = """id: acme
version: "1"
extends: ml-process
title: Acme
"""
STRICTER = """add:
  - {level: 2, id: code-checked, title: t, why: w, how: h, effort: S, group: engineering, needs: code-quality,
     weight: 3, essential: true}
"""
WAIVER = """[[waivers]]
criterion = "code-checked"
reason = "A prototype."
owner = "team"
expires = 2026-12-31
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    for name, files in (("sketch", SKETCH), ("prices", REPEATABLE)):
        commit(tmp_path / "clones" / name, files)
    with Store.open(str(tmp_path / "fleet.db"), create=True) as store:
        yield Fleet(tmp_path / "clones", store)


def rules(fleet: Fleet, text: str) -> None:
    """Measures by a model of the organisation from now on."""
    folder = fleet.folder.parent / "rules" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.yaml").write_text(text)
    fleet.rules, fleet.model = (str(folder.parent),), "acme"


def policy(fleet: Fleet, text: str) -> None:
    data = f'schema-version = 1\nname = "Acme"\n{text}'.encode()
    fleet.policy = PolicyText(digest=hashlib.sha256(data).hexdigest(), name="policy.toml", data=data)


def test_what_a_clone_lacks_is_told_with_its_repository(fleet: Fleet) -> None:
    class Lacking(Fetching):
        @contextmanager
        def fetched(self, repository: FleetRepository) -> Iterator[Clone]:
            tell(f"{repository.name}: the commits could not be fetched")
            with super().fetched(repository) as clone:
                yield clone

    fleet.fetching = Lacking()
    _, watch = fleet.run()
    lacks = {f"{name}: the commits could not be fetched" for name in ("prices", "sketch")}
    assert lacks <= set(watch.notes)
    _, watch = fleet.run()
    assert lacks.isdisjoint(watch.notes)


def test_every_repository_of_a_folder_is_scanned_and_kept(fleet: Fleet) -> None:
    result, watch = fleet.run()
    assert watch.words == {"prices": "scanned: level 2, ml-project", "sketch": "scanned: level 1, ml-project"}
    assert (result.progress.total, result.progress.done, result.unlisted) == (2, 2, 0)
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([2], ["first"])
    newest = fleet.standing("prices").newest
    assert newest is not None
    assessment = fleet.store.assessment(newest.scan)
    assert (assessment.level, assessment.repository.name, assessment.as_of) == (2, "prices", "2026-11-26")
    assert fleet.standing("prices").missing and "tests" in fleet.standing("prices").practices


def test_what_is_kept_is_what_a_scan_of_that_commit_says(fleet: Fleet) -> None:
    fleet.run()
    (fleet.folder / "prices" / "uncommitted.py").write_text("import torch\n")
    for standing in fleet.store.standings():
        assert standing.newest is not None and standing.repository.path is not None
        kept = fleet.store.assessment(standing.newest.scan)
        alone = scan_one(standing.repository.path, rev="HEAD", as_of=DAY)
        assert render(replace(kept, stats=alone.stats), "json") == render(alone, "json")


def test_a_second_run_asks_for_revisions_and_changes_nothing(fleet: Fleet) -> None:
    fleet.run()
    before = list(fleet.store.standings())
    fleet.fetching.fetched_names.clear()
    _, watch = fleet.run(day=date(2027, 3, 1))
    assert set(watch.words.values()) == {"unchanged: nothing has changed"}
    assert fleet.fetching.fetched_names == []
    assert list(fleet.store.standings()) == before


def test_clones_that_have_not_changed_need_no_worker(fleet: Fleet) -> None:
    fleet.run()
    asked, watch = Scan(sources=(str(fleet.folder),), setup=fleet.setup, as_of=DAY), Remembered()
    scan(fleet.store, asked, watch, lambda: pytest.fail("a worker was started"))
    assert set(watch.words.values()) == {"unchanged: nothing has changed"}


def test_new_code_moves_what_it_changes(fleet: Fleet) -> None:
    fleet.run()
    commit(fleet.folder / "sketch", REPEATABLE)
    commit(fleet.folder / "prices", {"notes.txt": "later"})
    result, watch = fleet.run()
    assert {name: e.state.value for name, e in watch.endings.items()} == {"prices": "scanned", "sketch": "scanned"}
    assert (fleet.levels("sketch"), fleet.causes("sketch")) == ([1, 2], ["code"])
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([2, 2], ["none"])
    assert list(fleet.store.moves(result.run)) == [("sketch", 1, 2, ("code",))]


def test_what_fails_costs_one_repository_and_keeps_its_last_verdict(fleet: Fleet) -> None:
    fleet.run()
    fleet.fetching.failing["sketch"] = "no access"
    _, watch = fleet.run()
    assert watch.words == {"prices": "unchanged: nothing has changed", "sketch": "failed: no access"}
    assert (fleet.levels("sketch"), fleet.standing("sketch").failure.reason) == ([1], "no access")  # type: ignore[union-attr]


def test_a_broken_configuration_is_told_without_a_path_of_this_machine(fleet: Fleet) -> None:
    commit(fleet.folder / "sketch", {"mlscan.toml": 'kind = "spaceship"\n'})
    _, watch = fleet.run()
    assert watch.words["sketch"].startswith("failed: mlscan.toml:1: kind: no kind 'spaceship'")
    assert str(fleet.folder.parent) not in str(watch.words)


def test_a_repository_without_a_commit_fails(fleet: Fleet) -> None:
    (fleet.folder / "empty").mkdir()
    commit(fleet.folder / "gone", SKETCH)
    (fleet.folder / "gone" / ".git" / "refs" / "heads" / "main").unlink()
    _, watch = fleet.run()
    assert watch.words["gone"] == "failed: the repository has no commit"
    assert "empty" not in watch.words


def test_changed_rules_are_applied_to_the_evidence_and_told_as_content(fleet: Fleet) -> None:
    rules(fleet, MODEL)
    fleet.run()
    rules(fleet, MODEL + STRICTER)
    fleet.fetching.fetched_names.clear()
    result, watch = fleet.judge_again()
    assert watch.words["prices"] == "judged: level 1, ml-project"
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([2, 1], ["content"])
    assert (fleet.levels("sketch"), fleet.causes("sketch")) == ([1, 1], ["none"])
    assert list(fleet.store.moves(result.run)) == [("prices", 2, 1, ("content",))]
    assert fleet.fetching.fetched_names == []


def test_judging_again_by_the_same_rules_moves_nobody(fleet: Fleet) -> None:
    fleet.run()
    before = list(fleet.store.standings())
    result, watch = fleet.judge_again()
    assert set(watch.words.values()) == {"unchanged: nothing has changed"}
    assert list(fleet.store.standings()) == before
    assert list(fleet.store.moves(result.run)) == []


def test_a_scan_by_changed_rules_clones_nothing_that_it_knows(fleet: Fleet) -> None:
    rules(fleet, MODEL)
    fleet.run()
    rules(fleet, MODEL + STRICTER)
    fleet.fetching.fetched_names.clear()
    commit(fleet.folder / "sketch", {"notes.txt": "later"})
    _, watch = fleet.run()
    assert {name: e.state.value for name, e in watch.endings.items()} == {"prices": "judged", "sketch": "scanned"}
    assert fleet.fetching.fetched_names == ["sketch"]
    assert fleet.causes("prices") == ["content"]


def test_code_and_rules_that_changed_together_are_told_apart(fleet: Fleet) -> None:
    rules(fleet, MODEL)
    fleet.run()
    rules(fleet, MODEL + STRICTER)
    commit(fleet.folder / "prices", {"notes.txt": "later"})
    commit(fleet.folder / "sketch", {"train.py": "print('nothing')\n"})
    fleet.run()
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([2, 1], ["content"])
    assert (fleet.levels("sketch"), fleet.causes("sketch")) == ([1, 0], ["code"])
    rules(fleet, MODEL)
    commit(fleet.folder / "prices", {"train.py": "print('nothing')\n", "prepare.py": "print('nothing')\n"})
    fleet.run()
    assert fleet.levels("prices")[2] == 0
    assert fleet.causes("prices") == ["code", "content"]


def test_a_waiver_moves_a_level_and_its_end_moves_it_back(fleet: Fleet) -> None:
    rules(fleet, MODEL + STRICTER)
    fleet.run()
    assert fleet.levels("prices") == [1]
    commit(fleet.folder / "prices", {"mlscan.toml": WAIVER})
    fleet.run()
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([1, 2], ["waiver"])
    _, watch = fleet.run(day=date(2026, 12, 31))
    assert watch.words["prices"] == "unchanged: nothing has changed"
    fleet.fetching.fetched_names.clear()
    fleet.run(day=date(2027, 1, 1))
    assert (fleet.levels("prices"), fleet.causes("prices")) == ([1, 2, 1], ["waiver"])
    assert fleet.fetching.fetched_names == []


def test_targets_come_from_the_policy_and_its_change_is_no_code(fleet: Fleet) -> None:
    policy(fleet, 'default-tier = "product"\n[tiers]\nproduct = 3\n')
    fleet.run()
    point = fleet.standing("sketch").newest
    assert point is not None and point.target == 3
    assert len(fleet.standing("sketch").missing) > len(fleet.standing("prices").missing)
    policy(fleet, '[[repositories]]\nmatch = ["sketch"]\nkind = "teaching"\n')
    fleet.judge_again()
    assert (fleet.causes("sketch"), fleet.causes("prices")) == (["waiver"], ["none"])


def test_a_policy_that_hides_paths_looks_again(fleet: Fleet) -> None:
    fleet.run()
    policy(fleet, '[[repositories]]\nmatch = ["sketch"]\nexclude = ["train.py"]\n')
    fleet.fetching.fetched_names.clear()
    fleet.run()
    assert sorted(fleet.fetching.fetched_names) == ["prices", "sketch"]
    assert (fleet.levels("sketch"), fleet.causes("sketch")) == ([1, 0], ["waiver"])


def test_everything_can_be_scanned_again(fleet: Fleet) -> None:
    fleet.run()
    fleet.fetching.fetched_names.clear()
    fleet.run(always=True)
    assert sorted(fleet.fetching.fetched_names) == ["prices", "sketch"]
    assert (fleet.causes("prices"), fleet.levels("prices")) == (["none"], [2, 2])


def test_a_run_that_is_stopped_goes_on_where_it_was(fleet: Fleet) -> None:
    def stop(_ending: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fleet.run(watch=Remembered(after=stop))
    assert len(fleet.fetching.fetched_names) <= 2
    first = [s.repository.name for s in fleet.store.standings() if s.points]
    assert len(first) == 1
    fleet.fetching.asked_names.clear()
    result, watch = fleet.run()
    assert result.resumed and set(watch.endings) == {"prices", "sketch"} - set(first)
    assert first[0] not in fleet.fetching.asked_names
    assert (result.progress.before, result.progress.done, result.progress.total) == (1, 1, 2)


def test_a_source_that_cannot_be_listed_is_told_and_ends_nothing(fleet: Fleet) -> None:
    watch, setup = Remembered(), fleet.setup
    from fleet.running.build import DAY
    from mlscan.fleet.running import Scan, scan

    asked = Scan(sources=(str(fleet.folder / "nowhere"), str(fleet.folder)), setup=setup, as_of=DAY)
    result = scan(fleet.store, asked, watch, lambda: Here(setup))
    assert result.unlisted == 1 and set(watch.endings) == {"prices", "sketch"}
    assert any("nowhere" in note for note in watch.notes)


def test_a_model_that_does_not_exist_is_told_before_anything_begins(fleet: Fleet) -> None:
    fleet.model = "spaceship"
    with pytest.raises(UsageError, match="no maturity model 'spaceship'"):
        fleet.run()
    assert fleet.store.last_run() is None


def test_content_that_changes_under_a_run_ends_it(fleet: Fleet) -> None:
    from fleet.running.build import DAY
    from mlscan.fleet.running import Scan, scan

    rules(fleet, MODEL)
    setup = fleet.setup
    rules(fleet, MODEL + STRICTER)
    other = replace(setup, rules=(), model=None)
    with pytest.raises(Exception, match="detectors or rules were changed while the run went on"):
        asked = Scan(sources=(str(fleet.folder),), setup=setup, as_of=DAY)
        scan(fleet.store, asked, Remembered(), lambda: Here(other))
