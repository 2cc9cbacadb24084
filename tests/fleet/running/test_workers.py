"""Worker processes: a crash, a hang or a bomb costs one repository, and nothing is left behind."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from fleet.running.build import DAY, SKETCH, Remembered, commit
from fleet.running.misbehaving import Misbehaving
from mlscan.fleet.cloning import CloneLimits, Cloner
from mlscan.fleet.running import Bounds, Scan, Setup, scan
from mlscan.fleet.running.coordinator import CRASHED, OUT_OF_TIME, WorkersFailed
from mlscan.fleet.running.slots import WorkerProcess
from mlscan.fleet.store import Store
from mlscan.report import render
from mlscan.scan import scan as scan_one
from mlscan.types.fleet import Standing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
STORIES = Path(__file__).resolve().parents[3] / "fixtures" / "repos"
NAMES = ("bomb", "crash", "good", "hang", "once", "other", "spin")


def is_there(number: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_misbehaves_costs_itself_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    notes = tmp_path / "notes"
    notes.mkdir()
    for name in NAMES:
        commit(tmp_path / "clones" / name, SKETCH)
    setup = Setup(fetcher=Misbehaving(notes), bounds=Bounds(seconds=20, memory=4_000_000_000))
    watch = Remembered()
    with Store.open(str(tmp_path / "fleet.db"), create=True) as store:
        asked = Scan(sources=(str(tmp_path / "clones"),), setup=setup, as_of=DAY, jobs=4)
        scan(store, asked, watch, lambda: WorkerProcess(setup))
        stored = {s.repository.name: s.failure.reason if s.failure else "" for s in store.standings()}
    good = "scanned: level 1, ml-project"
    assert watch.words == {
        "bomb": "failed: out of memory",
        "crash": f"failed: {CRASHED}",
        "good": good,
        "hang": f"failed: {OUT_OF_TIME}",
        "once": good,
        "other": good,
        "spin": f"failed: {OUT_OF_TIME}",
    }
    assert stored == {
        name: words.removeprefix("failed: ") if words != good else "" for name, words in watch.words.items()
    }
    numbers = {int(n) for path in notes.iterdir() for n in path.read_text().split()}
    assert len((notes / "crash").read_text().split()) == 3
    assert not [n for n in numbers if is_there(n)]
    assert list(scratch.iterdir()) == []


def test_a_worker_takes_with_it_what_it_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    commit(tmp_path / "clones" / "child", SKETCH)
    setup = Setup(fetcher=Misbehaving(tmp_path), bounds=Bounds(seconds=5))
    with Store.open(str(tmp_path / "fleet.db"), create=True) as store:
        asked = Scan(sources=(str(tmp_path / "clones"),), setup=setup, as_of=DAY)
        scan(store, asked, Remembered(), lambda: WorkerProcess(setup))
    assert not is_there(int((tmp_path / "child-number").read_text()))


def test_workers_that_cannot_start_end_the_run(tmp_path: Path) -> None:
    commit(tmp_path / "clones" / "good", SKETCH)
    setup = Setup(fetcher=Misbehaving(tmp_path))
    broken = Setup(fetcher=Misbehaving(tmp_path), rules=(str(tmp_path / "nowhere"),))
    with Store.open(str(tmp_path / "fleet.db"), create=True) as store, pytest.raises(WorkersFailed):
        asked = Scan(sources=(str(tmp_path / "clones"),), setup=setup, as_of=DAY)
        scan(store, asked, Remembered(), lambda: WorkerProcess(broken))


def test_any_number_of_workers_gives_the_same_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    for story in sorted(STORIES.iterdir())[:5]:
        texts = {p.relative_to(story).as_posix(): p.read_text() for p in story.rglob("*") if p.is_file()}
        commit(tmp_path / "clones" / story.name, texts)
    commit(tmp_path / "clones" / "sketch", SKETCH)
    told = []
    for jobs in (1, 3):
        cloner = Cloner(tmp_path / "cache", CloneLimits())
        setup = Setup(fetcher=cloner)
        with Store.open(str(tmp_path / f"{jobs}.db"), create=True) as store:
            asked = Scan(sources=(str(tmp_path / "clones"),), setup=setup, as_of=DAY, jobs=jobs)
            scan(store, asked, Remembered(), partial(WorkerProcess, setup))
            told.append({s.repository.name: _report(store, s) for s in store.standings()})
    one, several = told
    assert one == several
    assert len(one) == 6
    here = {name: _without_stats(render(scan_one(tmp_path / "clones" / name, as_of=DAY), "json")) for name in one}
    assert here == one


def _report(store: Store, standing: Standing) -> dict[str, object]:
    assert standing.newest is not None
    return _without_stats(render(store.assessment(standing.newest.scan), "json"))


def _without_stats(text: str) -> dict[str, object]:
    return {key: value for key, value in json.loads(text).items() if key != "stats"}
