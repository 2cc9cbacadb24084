"""Whole answers compared with files. `MLSCAN_UPDATE_GOLDEN=1 pytest tests/cli` writes them anew; read the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from report.factory import level_2, level_4

from cli.conftest import Ran, World
from cli.test_cli_answers import planned
from mlscan.types.assessment import Assessment, CriterionResult, Status
from mlscan.types.evidence import Location, Rejection, Strength

GOLDEN = Path(__file__).resolve().parent / "golden"
UPDATE = bool(os.environ.get("MLSCAN_UPDATE_GOLDEN"))

ANSWERS = {
    "plan.txt": ("plan", "--target", "3"),
    "plan.md": ("plan", "--target", "3", "--format", "markdown"),
    "plan.json": ("plan", "--target", "3", "--format", "json"),
    "why-not.txt": ("why-not", "3"),
    "why-not.json": ("why-not", "3", "--format", "json"),
    "diff.txt": ("diff", "main", "feature", "--exact"),
    "diff.md": ("diff", "main", "feature", "--exact", "--format", "markdown"),
    "diff.json": ("diff", "main", "feature", "--exact", "--format", "json"),
    "issue.md": ("explain", "runs-logged", ".", "--issue"),
}


def nearly() -> Assessment:
    """A plan; and a criterion of the content that is not met, with what nearly counted."""
    a = planned()
    near = Rejection(detector="runs", practice="experiment-tracking", where=Location("old/fit.py", 3), reason="no run")
    weak = tuple(
        replace(e, strength=Strength.DECLARED, where=Location("requirements.txt", 4), detector="runs")
        if e.practice == "experiment-tracking"
        else e
        for e in a.evidence
    )
    asked = CriterionResult(
        id="runs-logged",
        title="Title of runs-logged",
        status=Status.NOT_MET,
        why="Only declared.",
        essential=True,
        how="Log it.",
        needs=("experiment-tracking",),
    )
    levels = tuple(replace(x, criteria=(asked,)) if x.level == 3 else x for x in a.levels)
    practices = tuple(
        replace(p, present=False, why="Only declared.") if p.id == "experiment-tracking" else p for p in a.practices
    )
    twice = (near, replace(near, where=Location("old/fit.py", 9)))
    return replace(a, evidence=weak, levels=levels, practices=practices, rejections=twice)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_as_recorded(run: Callable[..., Ran], world: World, name: str) -> None:
    def story() -> Assessment:
        _, options = world.asked[-1]
        if not name.startswith("diff"):
            return nearly()
        # The base has something that the head lost.
        return level_4() if options.rev == "feature" else replace(level_2(), ahead=())

    world.story = story
    ran = run(*ANSWERS[name])
    assert (ran.code, ran.err) == (0, "")
    path = GOLDEN / name
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(ran.out, encoding="utf-8", newline="")
    assert ran.out == path.read_bytes().decode("utf-8")
