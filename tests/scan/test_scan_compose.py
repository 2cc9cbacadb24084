"""The four calls in their order, with fakes for the rooms behind them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from report.factory import level_2

from mlscan.scan import ScanOptions, scan, scan_with
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.errors import NothingToScan
from mlscan.types.evidence import Findings
from mlscan.types.snapshot import Limits, Snapshot


class Watched(MemorySnapshot):
    """A snapshot that remembers whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


@dataclass
class Rooms:
    """Fakes of snapshot, detect, assess and content, and what they were called with."""

    snapshot: Watched = field(
        default_factory=lambda: Watched({"a.py": "import x\n", "b.py": b"12345", "gone.py": None})
    )
    opened: list[tuple[object, object, object]] = field(default_factory=list)
    loaded: list[tuple[object, object]] = field(default_factory=list)
    as_of: list[str] = field(default_factory=list)
    progress: list[object] = field(default_factory=list)
    error: Exception | None = None

    def open_snapshot(self, path: object, *, rev: object, limits: object, kept: object) -> Watched:
        self.opened.append((path, rev, limits))
        return self.snapshot

    def detect(self, snapshot: Snapshot, content: object, *, progress: object, memory: None, crew: None) -> Findings:
        self.progress.append(progress)
        assert content == "for detect"
        if self.error:
            raise self.error
        assert [p for p, _ in snapshot.read_many(["a.py", "b.py", "gone.py"])] == ["a.py", "b.py", "gone.py"]
        assert snapshot.head("b.py", 2) == b"12"
        return Findings()

    def assess(self, _findings: object, _info: object, content: object, *, as_of: str, target: int | None) -> object:
        self.as_of.append(as_of)
        assert content == RULES["ml-process"]
        return level_2()

    def load_content(self, detectors: object, rules: object, *, examples: bool) -> object:
        assert not examples
        self.loaded.append((detectors, rules))
        return CONTENT


LEVELS = [SimpleNamespace(n=0, name="Absent"), SimpleNamespace(n=1, name="Enthusiasts")]
RULES = {"ml-process": SimpleNamespace(model=SimpleNamespace(file=SimpleNamespace(levels=LEVELS)))}
CONTENT = SimpleNamespace(for_detect="for detect", assess=RULES.__getitem__)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    fakes = Rooms()
    for name in ("snapshot", "detect", "assess", "content"):
        monkeypatch.setitem(sys.modules, f"mlscan.{name}", fakes)
    return fakes


def test_the_assessment_comes_with_what_was_read(rooms: Rooms) -> None:
    assessment = scan("some/path")
    assert assessment.level == 2
    assert (assessment.stats.files, assessment.stats.bytes_read) == (3, 9 + 5 + 2)
    assert assessment.stats.seconds >= 0
    assert assessment.level_names == {0: "Absent", 1: "Enthusiasts"}
    assert rooms.snapshot.closed


def test_every_choice_reaches_its_room(rooms: Rooms) -> None:
    def progress(_done: int, _total: int) -> None: ...

    limits = Limits(files=3)
    scan("p", rev="v1", detectors=["d"], rules=["r"], as_of=date(2026, 1, 2), limits=limits, progress=progress)
    assert rooms.opened == [("p", "v1", limits)]
    assert rooms.loaded == [(["d"], ["r"])]
    assert rooms.as_of == ["2026-01-02"]
    assert rooms.progress == [progress]


def test_the_day_defaults_to_today(rooms: Rooms) -> None:
    before = datetime.now(UTC).date().isoformat()
    scan("p")
    assert before <= rooms.as_of[0] <= datetime.now(UTC).date().isoformat()
    assert rooms.opened == [("p", None, Limits())]


@pytest.mark.parametrize("error", [NothingToScan("nothing"), ZeroDivisionError()])
def test_the_snapshot_is_closed_when_something_goes_wrong(rooms: Rooms, error: Exception) -> None:
    rooms.error = error
    with pytest.raises(type(error)):
        scan("p")
    assert rooms.snapshot.closed


def test_content_that_is_loaded_already_is_not_loaded_again(rooms: Rooms) -> None:
    run: Callable[..., object] = scan_with
    run(CONTENT, "p", ScanOptions())
    assert rooms.loaded == []
