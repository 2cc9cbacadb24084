"""A command line whose content and scan are made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from report.factory import NAMES, PRACTICES, level_2

from mlscan.cli import loading, main, scanning
from mlscan.content import Content
from mlscan.scan import ScanOptions, questions
from mlscan.types.assessment import Assessment
from mlscan.types.conditions import Cond
from mlscan.types.content import Condition, Detector, Example, Examples
from mlscan.types.errors import UsageError
from mlscan.types.evidence import Strength
from mlscan.types.lists import Lists
from mlscan.types.model import (
    Criterion,
    Forgiven,
    KindRule,
    KindsFile,
    Level,
    Model,
    ModelFile,
    PracticePresence,
    PresenceFile,
    Staged,
    Topic,
)


def detector(id: str, practice: str, strength: Strength = Strength.USED) -> Detector:
    """A detector with every text that a reader may ask for."""
    found = [Example(name="a call", files={"train.py": "x"}, at="train.py:1")]
    return Detector(
        id=id,
        practice=practice,
        status="stable",
        since="1.0",
        title=f"Title of {id}",
        why=f"Reason for {id}",
        strength=strength,
        find=Condition(in_=["**/*.py"], any_of=[Condition(calls="tracker.start_run")]),
        misses=["a company wrapper"],
        references=["https://example.org/docs"],
        examples=Examples(found=found, not_found=[Example(name="a comment", files={"train.py": "#"})]),
    )


def criterion(id: str, practice: str) -> Criterion:
    """A criterion that asks for one practice."""
    needs = Cond(practice=practice, strength=Strength.USED)
    return Criterion(
        id=id,
        title=f"Title of {id}",
        why="So that it can be found again.",
        how="Log it.",
        effort="M",
        needs=needs,
        group="experiments",
        essential=True,
    )


def content() -> Content:
    """One model, three detectors, every practice of the contract."""
    topic = Topic(
        id="experiment-tracking",
        question="Which run made the model?",
        asks={3: [criterion("runs-logged", "experiment-tracking")]},
    )
    model = ModelFile(
        id="ml-process",
        version="1.0",
        title="ML process",
        source="an article",
        levels=[Level(n=n, name=name, short=f"Short text of {name}") for n, name in enumerate(NAMES)],
        staged=Staged(holds=["L", "F"], below=["F"], forgiven=Forgiven(), bounds={"N": 15, "P": 50, "L": 85}),
        groups={"experiments": ["experiment-tracking"]},
        applicable_kinds=["ml-project"],
    )
    practices = {
        p: PracticePresence(title=p.capitalize(), group=g, strength=Strength.USED)
        for g, ids in PRACTICES.items()
        for p in ids
    }
    kinds = [KindRule(kind="ml-project", needs="ml-code", reason="training code in {paths}")]
    return Content(
        detectors=(
            detector("sweep", "experiment-tracking"),
            detector("runs", "experiment-tracking"),
            detector("serve", "serving"),
        ),
        lists=Lists(),
        presence=PresenceFile(practices=practices),
        kinds=KindsFile(kinds=kinds, default="not-ml", default_reason="no ML code"),
        models={"ml-process": Model(file=model, topics=(topic,))},
        digest="0" * 64,
        places={},
    )


@dataclass
class World:
    """What the fakes give back, and what they were asked for."""

    story: Callable[[], Assessment] = level_2
    error: BaseException | None = None
    asked: list[tuple[str, ScanOptions]] = field(default_factory=list)
    folders: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def load(self, detectors: tuple[str, ...] = (), rules: tuple[str, ...] = (), *, examples: bool = True) -> Content:
        self.folders.append((tuple(detectors), tuple(rules)))
        if any(not Path(d).is_dir() for d in (*detectors, *rules)):
            raise UsageError("--detectors: no folder")
        return content()

    def scan_with(self, _content: Content, path: str, options: ScanOptions) -> Assessment:
        self.asked.append((path, options))
        if self.error is not None:
            raise self.error
        story = self.story()
        return replace(story, repository=replace(story.repository, name=path))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The command line with fakes behind it."""
    made = World()
    monkeypatch.setattr(loading, "load", made.load)
    monkeypatch.setattr(scanning, "scan_with", made.scan_with)
    monkeypatch.setattr(questions, "scan_with", made.scan_with)
    monkeypatch.setattr(questions, "check_revision", lambda *_: None)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    return made


@dataclass
class Ran:
    """How one run ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(world: World, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command line in this process."""

    def call(*args: str) -> Ran:
        code = main(args)
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call
