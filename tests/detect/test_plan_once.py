"""The plan is made once for repositories that are scanned one after another, and anew for other content."""

from __future__ import annotations

from dataclasses import replace

from mlscan.content import load_content
from mlscan.detect import detect
from mlscan.detect.plan import plan_for
from mlscan.snapshot.memory import MemorySnapshot


def test_the_plan_of_the_same_content_is_made_once() -> None:
    content = load_content(examples=False)
    assert plan_for(content.for_detect) is plan_for(content.for_detect)
    other = replace(content, detectors=tuple(d for d in content.detectors))
    assert plan_for(other.for_detect) is not plan_for(content.for_detect)


def test_what_was_scanned_before_does_not_show() -> None:
    content = load_content(examples=False).for_detect
    one = MemorySnapshot({"train.py": "import mlflow\nmlflow.log_metric('a', 1)\n", "requirements.txt": "mlflow\n"})
    two = MemorySnapshot({"Makefile": "test:\n\tpytest\n", "tests/test_a.py": "def test_a(): pass\n"})
    alone = [detect(snapshot, content) for snapshot in (two, one)]
    assert [detect(snapshot, content) for snapshot in (one, two, one)] == [alone[1], alone[0], alone[1]]
