"""A git server on this machine, a cache, and no token of the machine's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from clock import nothing_hangs

from fleet.cloning.server import GitServer
from fleet.sources.conftest import take_tokens
from mlscan.fleet.cloning import CloneLimits, Cloner
from mlscan.types.fleet import FleetRepository


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(180, "a clone blocks"):
        yield


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    take_tokens(monkeypatch, tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    """A server of repositories."""
    (tmp_path / "served").mkdir()
    with GitServer(tmp_path / "served") as serving:
        yield serving


@dataclass
class Told:
    """What was told, and how long was waited."""

    lines: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)


@dataclass
class Bench:
    """Cloners that share one cache."""

    cache: Path
    told: Told = field(default_factory=Told)

    def cloner(self, *, full: bool = False, **limits: int) -> Cloner:
        """A cloner with these limits."""
        return self.limited(CloneLimits(**limits), full=full)

    def limited(self, limits: CloneLimits, *, full: bool = False) -> Cloner:
        """A cloner with limits that somebody else has made."""
        notify, sleep = self.told.lines.append, self.told.slept.append
        return Cloner(self.cache, limits, full_history=full, notify=notify, sleep=sleep)

    def left(self) -> list[str]:
        """What lies in the cache beside whole clones and locks."""
        return [p.name for p in self.cache.rglob("*") if p.name.startswith(("new-", "tmp_"))]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Cloners, and what they told."""
    return Bench(tmp_path / "cache")


def named(server: GitServer, name: str, *, forge: str = "") -> FleetRepository:
    """The repository of that name on the server."""
    return FleetRepository(
        identity=f"{server.host}/{name}",
        name=name,
        clone_url=server.url(name),
        host=server.host,
        forge=forge,
    )
