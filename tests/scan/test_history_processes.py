"""Another process judges the oldest revisions of a history: it changes nothing, and costs nothing when it fails."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlscan.scan import ScanOptions
from mlscan.scan.history import HistoryOptions, history_of
from mlscan.scan.history.replay import Replay
from mlscan.types.assessment import Assessment
from mlscan.types.history import RepositoryHistory
from scan.test_history import AS_OF, DOCKER, TRAIN, Life, content
from scan.test_processes import children


@pytest.fixture
def many(tmp_path: Path) -> Life:
    """Twenty commits in which things come and go."""
    life = Life(tmp_path / "churn")
    life.on("2024-01-03", train__py=TRAIN)
    for month in range(2, 12):
        life.on(f"2024-{month:02}-05", Dockerfile=DOCKER + f"RUN echo {month}\n" if month % 3 else "# none\n")
        life.on(f"2024-{month:02}-06", README__md=f"# {month}\n")
    return life


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made: nothing is there afterwards, and no process."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before = children()
    yield folder
    assert list(folder.iterdir()) == []
    assert children() <= before


def told(life: Life, processes: int) -> tuple[Assessment, RepositoryHistory]:
    scan = ScanOptions(as_of=AS_OF, processes=processes)
    return history_of(content(), life.repo.path, HistoryOptions(every="1", scan=scan))


@pytest.mark.parametrize(
    "happens",
    [None, lambda: int("a mistake"), lambda: os.kill(os.getpid(), signal.SIGKILL), signal.pause],
    ids=["fine", "raising", "killed", "hanging"],
)
def test_the_history_is_the_same(
    many: Life, scratch: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object] | None
) -> None:
    newest, alone = told(many, 1)
    monkeypatch.setattr("mlscan.detect.crew.TIMES", 0)
    monkeypatch.setattr("mlscan.detect.crew.PATIENCE", 60.0 if happens is None else 0.5)
    here, judged, looked = os.getpid(), Replay._judged, list[str]()

    def watched(self: Replay, revision: str) -> object:
        if os.getpid() == here:
            looked.append(revision)
        elif happens is not None:
            happens()
        return judged(self, revision)

    monkeypatch.setattr(Replay, "_judged", watched)
    again, history = told(many, 2)
    assert history == alone
    assert again.level == newest.level
    # What the other one has found is not judged again.
    assert (len(looked) < len(alone.moments)) is (happens is None)


def test_where_the_system_gives_no_further_process_one_does_it_all(
    many: Life, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    alone = told(many, 1)[1]
    monkeypatch.setattr(os, "fork", refuse)
    assert told(many, 2)[1] == alone


def test_an_interrupt_ends_the_other_process(many: Life, scratch: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    scan = ScanOptions(as_of=AS_OF, processes=2)
    with pytest.raises(KeyboardInterrupt):
        history_of(content(), many.repo.path, HistoryOptions(every="1", scan=scan, notify=interrupt))


def test_a_short_history_is_judged_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(tmp_path / "churn")
    for month in range(1, 4):
        life.on(f"2024-{month:02}-05", README__md=f"# {month}\n")
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("another process"))
    assert len(told(life, 2)[1].moments) == 3
