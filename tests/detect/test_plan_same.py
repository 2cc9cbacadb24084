"""What is derived from content does not depend on the order of Python's sets, which differs from run to run."""

from __future__ import annotations

import os
import subprocess
import sys

TELL = """
from mlscan.content import load_content
from mlscan.detect.plan import plan_for

for leaf in plan_for(load_content(examples=False).for_detect).leaves:
    print(leaf.index, leaf.detector, leaf.words, leaf.code, sorted(leaf.in_ or ()), sorted(leaf.not_in))
    print([sorted(keys) for keys in leaf.outermost], [sorted(gate) for gate in leaf.gates])
    print([sorted(gate) for gate in leaf.wide], [[sorted(g) for g in gates] for gates in leaf.companions])
"""


def told(seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    ran = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_plan_is_the_same_for_every_order_of_sets() -> None:
    first = told(1)
    assert first.count("\n") > 1_000
    assert told(2) == first
    assert told(3) == first
