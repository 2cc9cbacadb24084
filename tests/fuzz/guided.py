"""One target under atheris; started by `run.py`, because it ends the process itself."""

from __future__ import annotations

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["mlscan.read", "mlscan.snapshot"]):
    from fuzz.targets import TARGETS

from fuzz.mutate import mutated
from fuzz.seeds import seeds


def main() -> None:
    """Runs the target named by the first argument; the others are libFuzzer's."""
    target = sys.argv.pop(1)
    corpus = tuple(seeds(target))

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, random, corpus)[:most]

    atheris.Setup(sys.argv, TARGETS[target], custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
