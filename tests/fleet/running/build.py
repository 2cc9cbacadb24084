"""Small fleets on disk, workers in this process, and a watch that remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from snapshot.building import run_git

from mlscan.fleet.cloning import Clone, CloneFailure
from mlscan.fleet.running import Bounds, Ending, Progress, Result, Scan, Setup, reassess, scan
from mlscan.fleet.running.worker import Worker
from mlscan.fleet.store import Store
from mlscan.fleet.store.records import PolicyText
from mlscan.snapshot.head import head_revision
from mlscan.types.fleet import FleetRepository, Standing

DAY = date(2026, 11, 26)
SKETCH = {"train.py": "from sklearn.linear_model import Ridge\nmodel = Ridge().fit(x, y)\n"}
"""The files of a project at level 1."""
REPEATABLE = {
    **SKETCH,
    "prepare.py": "import pandas as pd\nframe = pd.read_csv('a.csv').dropna()\nframe.to_csv('b.csv')\n",
    "requirements.txt": "scikit-learn==1.5.0\npandas==2.2.2\n",
    "Dockerfile": "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\nCMD python train.py\n",
}
"""The files of a project at level 2."""


def commit(folder: Path, files: dict[str, str]) -> str:
    """Writes files into a repository, which is made when there is none, and commits them; the new revision."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        run_git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "more")
    return run_git(folder, "rev-parse", "HEAD").decode().strip()


@dataclass
class Fetching:
    """Reads clones where they lie, counts, and fails where it is told to."""

    fetched_names: list[str] = field(default_factory=list)
    asked_names: list[str] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)

    def revision(self, repository: FleetRepository) -> str | None:
        self.asked_names.append(repository.name)
        if repository.name in self.failing:
            raise CloneFailure(self.failing[repository.name])
        return head_revision(str(repository.path))

    @contextmanager
    def fetched(self, repository: FleetRepository) -> Iterator[Clone]:
        self.fetched_names.append(repository.name)
        yield Clone(Path(str(repository.path)), head_revision(str(repository.path)))


class Here(Executor):
    """A worker in this process."""

    def __init__(self, setup: Setup) -> None:
        self._worker = Worker(setup)

    def submit(self, _function: Any, /, *arguments: Any, **_more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(self._worker.done(arguments[0]))
        return future


@dataclass
class Remembered:
    """A watch."""

    notes: list[str] = field(default_factory=list)
    endings: dict[str, Ending] = field(default_factory=dict)
    after: Callable[[Ending], None] = lambda ending: None
    progress: list[tuple[int, int, bool]] = field(default_factory=list)

    def note(self, message: str) -> None:
        self.notes.append(message)

    def ended(self, ending: Ending) -> None:
        self.endings[ending.repository.name] = ending
        self.after(ending)

    def moved(self, progress: Progress) -> None:
        self.progress.append((progress.done, progress.total, progress.is_listed))

    @property
    def words(self) -> dict[str, str]:
        return {name: f"{ending.state.value}: {ending.words}" for name, ending in self.endings.items()}


@dataclass
class Fleet:
    """A folder of clones, a store, and ways to run."""

    folder: Path
    store: Store
    fetching: Fetching = field(default_factory=Fetching)
    rules: tuple[str, ...] = ()
    model: str | None = None
    policy: PolicyText | None = None

    @property
    def setup(self) -> Setup:
        return Setup(fetcher=self.fetching, rules=self.rules, model=self.model, policy=self.policy, bounds=Bounds())

    def run(
        self, *, day: date = DAY, watch: Remembered | None = None, always: bool = False
    ) -> tuple[Result, Remembered]:
        watch, setup = watch or Remembered(), self.setup
        asked = Scan(sources=(str(self.folder),), setup=setup, as_of=day, always=always)
        return scan(self.store, asked, watch, lambda: Here(setup)), watch

    def judge_again(self, *, day: date = DAY) -> tuple[Result, Remembered]:
        watch, setup = Remembered(), self.setup
        return reassess(self.store, Scan(sources=(), setup=setup, as_of=day), watch, lambda: Here(setup)), watch

    def standing(self, name: str) -> Standing:
        return next(s for s in self.store.standings() if s.repository.name.rpartition("/")[2] == name)

    def causes(self, name: str) -> list[str]:
        """Why the newest verdict is as it is."""
        newest = self.standing(name).newest
        return [cause.value for cause in newest.causes] if newest else []

    def levels(self, name: str) -> list[int]:
        return [point.level for point in self.standing(name).points]
