"""Several processes read one repository: the report is that of one, whatever becomes of the others."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlscan import render
from mlscan.content import load_content
from mlscan.detect import detect, shared_reading
from mlscan.detect.crew import Link
from mlscan.scan import ScanOptions, copies, scan_with
from mlscan.snapshot import open_snapshot
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.evidence import Findings
from mlscan.types.snapshot import Limits

CONTENT = load_content(examples=False)
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
REPOS = sorted(
    path for path in [*(FIXTURES / "repos").iterdir(), *FIXTURES.iterdir()] if (path / "README.md").is_file()
)
STORY = next(path for path in REPOS if path.name.startswith("level-4"))


@pytest.fixture(autouse=True)
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_reading, "LEAST", 1)


def children() -> set[str]:
    """Numbers of the processes that this one has started and that are there, or wait to be asked how they ended."""
    return {number for task in Path("/proc/self/task").iterdir() for number in (task / "children").read_text().split()}


@pytest.fixture
def nothing_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


class Crew(copies.Copies):
    """Starts copies that behave as they are told, and counts them."""

    def __init__(self, size: int = 2, behave: Callable[[Link], Link] = lambda link: link) -> None:
        super().__init__(size)
        self.started = 0
        self._behave = behave

    def start(self, work: Callable[[Link], None]) -> copies.Copy:
        self.started += 1
        return super().start(lambda link: work(self._behave(link)))


class Failing:
    """A link of a copy to which something happens when it is to say something for the nth time."""

    def __init__(self, link: Link, number: int, happens: Callable[[], object]) -> None:
        self._link, self._left, self._happens = link, number, happens

    def send(self, message: bytes) -> None:
        self._left -= 1
        if not self._left:
            self._happens()
        self._link.send(message)

    def receive(self) -> bytes:
        return self._link.receive()

    def is_wanted(self) -> bool:
        return self._link.is_wanted()


def found(path: Path, crew: Crew | None = None, limits: Limits | None = None) -> Findings:
    with open_snapshot(path, limits=limits or Limits()) as snapshot:
        return detect(snapshot, CONTENT.for_detect, crew=crew)


def report(path: Path, processes: int) -> dict[str, Any]:
    options = ScanOptions(as_of=date(2026, 1, 1), processes=processes)
    value: dict[str, Any] = json.loads(render(scan_with(CONTENT, path, options), "json"))
    del value["stats"]
    return value


@pytest.mark.parametrize("path", REPOS, ids=lambda path: path.name)
def test_several_processes_tell_what_one_tells(path: Path, nothing_left: None) -> None:
    one = report(path, 1)
    assert report(path, 2) == one
    assert report(path, 3) == one


def test_every_other_process_does_a_share(nothing_left: None) -> None:
    alone, crew = found(STORY), Crew(3)
    assert found(STORY, crew) == alone
    assert crew.started == 2


@pytest.mark.parametrize("lost", ["a.py", "b.py", "c.py"])
def test_what_cannot_be_read_is_unknown_whoever_would_have_read_it(lost: str, nothing_left: None) -> None:
    snapshot = MemorySnapshot({**dict.fromkeys(("a.py", "b.py", "c.py"), "import torch\n"), lost: None})
    alone = detect(snapshot, CONTENT.for_detect)
    assert len(alone.unknown) > 10
    assert detect(snapshot, CONTENT.for_detect, crew=Crew(2)) == alone
    assert detect(snapshot, CONTENT.for_detect, crew=Crew(3)) == alone


def test_of_many_near_misses_the_same_are_kept(nothing_left: None) -> None:
    ours = {f"jobs/{number:03}.py": "import mlflow\n\nmlflow.start_run()\n" for number in range(150)}
    snapshot = MemorySnapshot({"mlflow.py": "def start_run():\n    pass\n", **ours})
    alone = detect(snapshot, CONTENT.for_detect)
    assert [r for r in alone.rejections if "not the tool of that name" in r.reason]
    assert detect(snapshot, CONTENT.for_detect, crew=Crew(2)) == alone


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    "happens",
    [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0), lambda: int("a mistake")],
    ids=["killed", "gone", "raising"],
)
def test_a_process_that_fails_costs_nothing_of_the_report(
    happens: Callable[[], object], number: int, nothing_left: None
) -> None:
    alone = found(STORY)
    crew = Crew(2, lambda link: Failing(link, number, happens))
    assert found(STORY, crew) == alone
    assert crew.started == 1


def test_where_the_system_gives_no_further_process_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    alone = found(STORY)
    before = set(Path("/proc/self/fd").iterdir())
    monkeypatch.setattr(os, "fork", refuse)
    crew = Crew(2)
    assert found(STORY, crew) == alone
    assert crew.started == 1
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_process_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, nothing_left: None) -> None:
    monkeypatch.setattr("mlscan.detect.crew.PATIENCE", 0.1)
    monkeypatch.setattr("mlscan.detect.crew.TIMES", 0)
    alone = found(STORY)
    crew = Crew(2, lambda link: Failing(link, 2, signal.pause))
    assert found(STORY, crew) == alone
    assert crew.started == 1


def test_an_interrupt_leaves_no_process_behind(nothing_left: None) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    crew = Crew(2, lambda link: Failing(link, 1, signal.pause))
    with open_snapshot(STORY) as snapshot, pytest.raises(KeyboardInterrupt):
        detect(snapshot, CONTENT.for_detect, crew=crew, progress=interrupt)
    assert crew.started == 1


def test_one_process_where_a_limit_on_the_whole_could_be_reached() -> None:
    limits, crew = Limits(total_bytes=2_000), Crew(2)
    assert found(STORY, crew, limits) == found(STORY, None, limits)
    assert crew.started == 0


def test_little_is_read_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    crew = Crew(2)
    found(STORY, crew)
    assert crew.started == 0
