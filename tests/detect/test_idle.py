"""What looks like work and never is: jobs that cannot run, words that are only printed, steps under test folders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlscan.content.plugins import find_plugin
from mlscan.detect.engine import Engine
from mlscan.detect.plan import compile_plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.evidence import Context, Findings
from mlscan.types.lists import DetectContent
from mlscan.types.snapshot import RepositoryInfo

from .build import LISTS, detector, run

DEPLOY = detector({"command": {"class": "deploy"}}, name="deploys", practice="cd")
TRAIN = detector({"command": {"class": "train"}}, name="trains", practice="ci-ml")
AGAIN = detector({"command": {"class": "train"}}, name="trains-again", practice="ci-ml")
RUNS = detector({"ci": {"trigger": "push", "commands": True}}, name="runs", practice="ci")
SCHEDULED = detector({"ci": {"trigger": "schedule"}}, name="scheduled", practice="ci")
FIT = {"train.py": "from sklearn.svm import SVC\n\nSVC().fit([[1], [2]], [0, 1])\n"}
WORKFLOW = ".github/workflows/a.yml"


def job(steps: str, head: str = "", on: str = "push") -> str:
    return f"on: {on}\njobs:\n  a:\n    runs-on: x\n{head}    steps:\n{steps}"


def seen(files: dict[str, str]) -> Findings:
    return run({**FIT, **files}, DEPLOY, TRAIN, AGAIN, RUNS, SCHEDULED)


def reasons(found: Findings, name: str) -> list[str]:
    return [r.reason for r in found.rejections if r.detector == name]


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (job("      - run: echo 'kubectl apply -f k8s/'\n"), "deploys", "looks like deployment, but only printed"),
        (job("      - run: kubectl apply -f k8s/\n        if: false\n"), "deploys", "but can never run"),
        (job("      - run: kubectl apply -f k8s/\n", "    if: false\n"), "deploys", "but never runs: no job can run"),
        (job("      - run: python train.py --epochs 1\n"), "trains", "but only a smoke test"),
        (job("      - run: make train\n", "    if: false\n"), "runs", "no job can run"),
        (job("      - run: kubectl apply -f k8s/\n", on="workflow_call"), "runs", ""),
        ("", "runs", "empty"),
        ("# on: push\n# jobs: {}\n", "runs", "empty"),
    ],
)
def test_idle_work_is_told_and_not_counted(text: str, name: str, why: str) -> None:
    found = seen({WORKFLOW: text})
    assert [e for e in found.evidence if e.detector == name] == []
    assert any(why in reason for reason in reasons(found, name)) or not why


def test_a_job_that_never_runs_beside_one_that_does() -> None:
    text = "on: push\njobs:\n  a:\n    if: ${{ false }}\n    runs-on: x\n    steps: [{run: make}]\n"
    text += "  b:\n    runs-on: x\n    needs: a\n    if: always()\n    steps: [{run: make}]\n"
    found = run({WORKFLOW: text}, RUNS)
    assert [e.excerpt for e in found.evidence] == ["job b"]
    # The file has evidence, so its near misses are not told.
    assert found.rejections == ()


def test_every_detector_is_told_of_the_smoke_test() -> None:
    found = seen({WORKFLOW: job("      - run: python train.py --max_epochs 1\n")})
    assert reasons(found, "trains") == reasons(found, "trains-again") != []


def test_what_a_script_under_tests_deploys_is_of_the_test_context() -> None:
    script = "#!/bin/sh\nkubectl apply -f fixtures/\n"
    text = job("      - run: bash tests/cluster/up.sh\n")
    found = seen({WORKFLOW: text, "tests/cluster/up.sh": script})
    assert {e.context for e in found.evidence if e.detector == "deploys"} == {Context.TEST}
    own = seen({WORKFLOW: text.replace("tests/", "ops/"), "ops/cluster/up.sh": script})
    assert {e.context for e in own.evidence if e.detector == "deploys"} == {Context.OWN}


AZURE = (
    "schedules:\n  - cron: {}\n    branches: {{include: [main]}}\njobs:\n  - job: a\n    steps:\n      - script: make\n"
)


def test_a_trigger_that_a_variable_decides_is_unknown() -> None:
    unsure = seen({"azure-pipelines.yml": AZURE.format("$(NIGHT)")})
    assert "scheduled" not in {e.detector for e in unsure.evidence}
    assert set(unsure.unknown) == {"scheduled"}
    sure = seen({"azure-pipelines.yml": AZURE.format("'0 3 * * *'")})
    assert "scheduled" in {e.detector for e in sure.evidence}
    assert sure.unknown == {}


class Branches(MemorySnapshot):
    """Files of a repository whose branches are known, or some of them."""

    def __init__(self, text: str, *, complete: bool) -> None:
        super().__init__({WORKFLOW: text})
        self._complete = complete

    @property
    def info(self) -> RepositoryInfo:
        return replace(super().info, branches=("develop", "main"), all_branches=self._complete)


@pytest.mark.parametrize(
    ("branches", "complete", "seen"),
    [("[main]", True, True), ("[master]", False, True), ("[master]", True, False), ("['release/*']", True, True)],
)
def test_a_branch_that_does_not_exist_starts_nothing(branches: str, complete: bool, seen: bool) -> None:
    text = job("      - run: make\n", on=f"{{push: {{branches: {branches}}}}}")
    plan = compile_plan(DetectContent((RUNS,), LISTS, find_plugin))
    found = Engine(Branches(text, complete=complete), plan).run()
    assert bool(found.evidence) is seen
    assert reasons(found, "runs") == ([] if seen else ["its branches do not exist"])
