"""A forge on this machine, a clock that nobody waits for, and no token of the machine's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from clock import nothing_hangs

from fleet.sources import described
from fleet.sources.forge import Forge
from mlscan.fleet.sources import Clock, Filters, gather
from mlscan.types.fleet import FleetRepository, SourceFailure

TOKENS = (
    *("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_SERVER_URL"),
    *("GITLAB_TOKEN", "GITLAB_HOST", "GITLAB_URI", "GL_HOST", "CI_SERVER_URL"),
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(120, "a source blocks"):
        yield


def take_tokens(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nobody is known to any forge: not by the environment, nor by a command line that somebody is logged in with."""
    for name in TOKENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_CONFIG_DIR", str(folder / "no-gh"))
    monkeypatch.setenv("GLAB_CONFIG_DIR", str(folder / "no-glab"))


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    take_tokens(monkeypatch, tmp_path)


@dataclass
class Run:
    """What came of gathering, what was told meanwhile, and how long was waited."""

    found: list[FleetRepository] = field(default_factory=list)
    failures: list[SourceFailure] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    at: float = 1_700_000_000.0

    def clock(self) -> Clock:
        """A clock that sleeping moves."""

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.at += seconds

        return Clock(sleep=sleep, now=lambda: self.at, jitter=lambda: 0.5)

    @property
    def names(self) -> list[str]:
        """Names of what was found, in order."""
        return [repository.name for repository in self.found]


def run(*sources: str, filters: Filters = Filters()) -> Run:  # noqa: B008
    """Gathers everything."""
    done = Run()
    for item in gather(sources, filters, done.told.append, clock=done.clock()):
        if isinstance(item, SourceFailure):
            done.failures.append(item)
        else:
            done.found.append(item)
    return done


@pytest.fixture
def forge() -> Iterator[Forge]:
    """A server that answers as it is told."""
    with Forge() as server:
        yield server


@pytest.fixture(scope="session")
def github_description(tmp_path_factory: pytest.TempPathFactory) -> described.Description:
    """What GitHub says of its API."""
    return described.github(tmp_path_factory.mktemp("github"))
