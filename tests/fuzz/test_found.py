"""What fuzzing has found is played back for ever; and a little fuzzing of every target in each run of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from clock import nothing_hangs

from fuzz.mutate import mutated
from fuzz.run import FOUND, PATIENCE
from fuzz.seeds import seeds
from fuzz.targets import TARGETS

PLAYED = sorted(FOUND.glob("*/*.bin"))
TRIES = 150


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    with nothing_hangs(4 * PATIENCE, "takes too long"):
        yield


@pytest.mark.parametrize("place", PLAYED, ids=lambda place: f"{place.parent.name}-{place.stem}")
def test_no_finding_comes_back(place: Path) -> None:
    TARGETS[place.parent.name](place.read_bytes())


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
