"""What fuzzing has found is played back for ever; and a little fuzzing of every target in each run of the tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from clock import nothing_hangs

from fuzz.mutate import mutated
from fuzz.properties import TESTS, command, ended, files
from fuzz.run import FOUND, HANGS, is_slow
from fuzz.seeds import seeds
from fuzz.targets import TARGETS

PLAYED = sorted(FOUND.glob("*/*.bin"))
TRIES = 150


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(HANGS, "takes too long"):
        yield


@pytest.mark.parametrize("place", PLAYED, ids=lambda place: f"{place.parent.name}-{place.stem}")
def test_no_finding_comes_back(place: Path) -> None:
    assert not is_slow(place.parent.name, place.read_bytes())


@pytest.mark.parametrize(("seconds", "slow"), [(0.1, False), (90.0, True)])
def test_slow_is_what_takes_the_processor_long(monkeypatch: pytest.MonkeyPatch, seconds: float, slow: bool) -> None:
    now = [7.0]

    def work(_: bytes) -> None:
        now[0] += seconds

    monkeypatch.setitem(TARGETS, "git", work)
    monkeypatch.setattr("fuzz.run.process_time", lambda: now[0])
    assert is_slow("git", b"") is slow


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_and_some_mutations_of_them_keep_the_promises(target: str) -> None:
    corpus, random = tuple(seeds(target)), Random(20261126)
    for data in corpus:
        TARGETS[target](data)
    for _ in range(TRIES):
        TARGETS[target](mutated(random.choice(corpus), random, corpus))


def test_mutations_are_the_same_for_the_same_seed_and_differ_from_their_origin() -> None:
    corpus = tuple(seeds("yaml"))
    first, second = ([mutated(corpus[0], Random(n), corpus) for n in range(40)] for _ in range(2))
    assert first == second
    assert len({*first, corpus[0]}) > 30


def test_the_longer_run_has_the_readers_the_content_and_the_matchers() -> None:
    assert {"read", "content", "detect", "scan", "assess", "report"} <= {path.parent.name for path in files()}
    assert {"--hypothesis-seed=7", str(TESTS / "detect" / "test_any_condition.py")} <= set(command(7))


def test_a_round_that_does_not_end_is_ended() -> None:
    assert ended([sys.executable, "-c", "while True: pass"], {}, 0.5) is None
    assert [ended([sys.executable, "-c", f"raise SystemExit({n})"], {}, HANGS) for n in (0, 3)] == [0, 3]
