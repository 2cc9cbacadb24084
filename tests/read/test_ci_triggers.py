"""Triggers that can never fire because their branches are not there, and jobs that wait for somebody."""

from __future__ import annotations

import pytest

from mlscan.read.ci_triggers import NO_BRANCH, admits, cannot_fire, firing, waiting
from mlscan.types.source import Job, Trigger, Workflow

BRANCHES = ("main", "origin/x", "release/1.0")


def workflow(*triggers: Trigger, jobs: tuple[Job, ...] = ()) -> Workflow:
    return Workflow("any", "ci.yml", triggers=triggers, jobs=jobs)


def push(*branches: str) -> Trigger:
    return Trigger("push", 1, "push", branches)


@pytest.mark.parametrize(
    ("trigger", "dead"),
    [
        (push(), False),
        (push("main"), False),
        (push("refs/heads/main"), False),
        (push("master"), True),
        (push("master", "develop"), True),
        (push("master", "main"), False),
        (push("feature/*"), False),
        (push("/^master$/"), False),
        (push("$CI_DEFAULT_BRANCH"), False),
        (push("release/1.0"), False),
        (Trigger("pull_request", 1, "", ("master",)), True),
        (Trigger("schedule", 1, "0 1 * * *", ("master",)), True),
        (Trigger("workflow_run", 1, "x", ("master",)), False),
        (Trigger("manual", 1, "", ("master",)), False),
        (Trigger("tag", 1, "v*"), False),
    ],
)
def test_a_trigger_whose_branches_do_not_exist(trigger: Trigger, dead: bool) -> None:
    assert cannot_fire(workflow(trigger), BRANCHES) is dead
    assert firing(workflow(trigger), BRANCHES).active is not dead


def test_where_no_branch_is_known_everything_may_fire() -> None:
    assert not cannot_fire(workflow(push("master")), ())
    assert firing(workflow(push("master")), ()) == workflow(push("master"))


def test_one_trigger_that_can_fire_is_enough() -> None:
    found = firing(workflow(push("master"), Trigger("manual", 2)), BRANCHES)
    assert (found.active, [t.kind for t in found.triggers]) == (True, ["manual"])


def test_a_workflow_that_cannot_fire_says_why() -> None:
    found = firing(workflow(push("master")), BRANCHES)
    assert (found.active, found.why_inactive) == (False, NO_BRANCH)


def test_jobs_lose_their_own_triggers() -> None:
    jobs = (Job("old", 1, triggers=(push("master"),)), Job("new", 2, triggers=(push("main"),)), Job("all", 3))
    found = firing(workflow(push("main", "master"), jobs=jobs), BRANCHES)
    assert [job.active for job in found.jobs] == [False, True, True]
    only_old = workflow(jobs=jobs[:1])
    assert cannot_fire(only_old, BRANCHES) and not cannot_fire(workflow(jobs=jobs), BRANCHES)


@pytest.mark.parametrize(
    ("patterns", "branch", "found"),
    [
        ((), "x", True),
        (("main",), "main", True),
        (("main",), "dev", False),
        (("rel/**", "!rel/**-alpha"), "rel/1", True),
        (("rel/**", "!rel/**-alpha"), "rel/1-alpha", False),
        (("!old",), "new", True),
        (("!old",), "old", False),
    ],
)
def test_branch_patterns(patterns: tuple[str, ...], branch: str, found: bool) -> None:
    assert admits(patterns, branch) is found


def test_jobs_behind_an_approval_wait_too() -> None:
    jobs = (
        Job("build", 1),
        Job("hold", 2, manual=True),
        Job("ship", 3, needs=("hold",)),
        Job("tell", 4, needs=("ship",)),
    )
    assert [job.manual for job in waiting(jobs)] == [False, True, True, True]
