"""Bitbucket, Buildkite, Drone and Woodpecker: triggers by job, approvals, environments, what lies elsewhere."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow


def read(path: str, text: str) -> Workflow:
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, lambda _: None)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


def started(job: Job) -> list[tuple[str, tuple[str, ...]]] | None:
    return [(t.kind, t.branches) for t in job.triggers] if job.triggers is not None else None


# --- Bitbucket --------------------------------------------------------------------------------------------------------


def test_bitbucket_stages_environments_and_approvals() -> None:
    found = read(
        "bitbucket-pipelines.yml",
        """
        definitions: {steps: [{step: &fit {name: Fit, script: [make fit]}}]}
        pipelines:
          branches:
            main:
              - step: *fit
              - stage:
                  name: Roll out
                  deployment: staging
                  steps: [{step: {script: [make roll]}}]
              - step: {deployment: production, trigger: manual, script: [make live]}
              - step: {name: After, script: [make after]}
        """,
    )
    assert [(j.id, j.environment, j.manual, texts(j)) for j in found.jobs] == [
        ("branches main 1", None, False, ["make fit"]),
        ("branches main 2", "staging", False, ["make roll"]),
        ("branches main 3", "production", True, ["make live"]),
        ("branches main 4", None, True, ["make after"]),
    ]
    assert started(found.jobs[0]) == [("push", ("main",))]


def test_bitbucket_custom_pipelines_and_what_lies_elsewhere() -> None:
    found = read(
        "bitbucket-pipelines.yml",
        """
        triggers: {repository-push: [{condition: x, pipelines: [fit]}], pullrequest-created: [{pipelines: [check]}]}
        pipelines:
          custom:
            fit: [{step: {script: [make fit]}}]
            check: [{step: {script: [make check, {pipe: acme/scan:1, variables: {LEVEL: high}}]}}]
            far: {import: acme/shared:main:build}
            parent: [{step: {type: pipeline, custom: fit}}]
          default:
            - step: {script: [ls], condition: {changesets: {includePaths: [ml/**]}}}
          tags: {v*: [{step: {script: [make release]}}]}
        """,
    )
    jobs = {j.id: j for j in found.jobs}
    assert [kind for kind, _ in started(jobs["custom fit 1"]) or ()] == ["manual", "push"]
    assert [kind for kind, _ in started(jobs["custom check 1"]) or ()] == ["manual", "pull_request"]
    assert (jobs["custom check 1"].steps[1].uses, jobs["custom check 1"].steps[1].with_) == (
        "acme/scan:1", {"LEVEL": "high"}
    )  # fmt: skip
    assert [(d.line, d.to) for d in found.delegations] == [(6, "acme/shared:main:build")]
    assert (jobs["custom parent 1"].uses, jobs["custom parent 1"].remote) == ("fit", False)
    assert (jobs["default 1"].triggers or ())[0].paths == ("ml/**",)
    assert [kind for kind, _ in started(jobs["tags v* 1"]) or ()] == ["tag"]


# --- Buildkite --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "kinds", "active"),
    [
        ("", None, True),
        ("if: build.branch == 'main'", None, True),
        ("branches: main release/*", [("push", ("main", "release/*"))], True),
        ('if: build.source == "schedule"', [("schedule", ())], True),
        ("if: build.tag != null", [("tag", ())], True),
        ("if: build.pull_request.id != null", [("pull_request", ())], True),
        ('if: build.source == "schedule" || build.source == "ui"', [("schedule", ()), ("manual", ())], True),
        ("if: 'false'", None, False),
        ("skip: true", None, False),
        ("skip: broken", None, False),
        ("skip: false", None, True),
    ],
)
def test_buildkite_conditions(keys: str, kinds: list[tuple[str, tuple[str, ...]]] | None, active: bool) -> None:
    job = read(".buildkite/p.yml", f"steps:\n- command: make\n  {keys}\n").jobs[0]
    assert job.active is active
    assert started(job) == kinds if active else True


def test_buildkite_plugins_groups_and_other_pipelines() -> None:
    found = read(
        ".buildkite/p.yml",
        """
        steps:
          - group: all
            steps:
              - {label: fit, command: make fit, plugins: [{"docker#v5": {image: py}}, "acme/cache#v1"], depends_on: a}
          - input: Which?
          - {plugins: [{"docker-compose#v4": {run: app}}]}
          - {trigger: ship-it, label: ship}
        """,
    )
    fit, plug, ship = found.jobs
    assert (fit.image, [s.uses for s in fit.steps], fit.needs) == ("py", [None, "docker#v5", "acme/cache#v1"], ("a",))
    assert [s.uses for s in plug.steps] == ["docker-compose#v4"]
    assert (ship.uses, [d.to for d in found.delegations]) == ("ship-it", ["ship-it"])


# --- Drone and Woodpecker ---------------------------------------------------------------------------------------------


def test_drone_pipelines_have_their_own_triggers() -> None:
    found = read(
        ".drone.yml",
        """
        kind: pipeline
        name: test
        steps:
          - {name: test, image: py, commands: [pytest]}
          - {name: tell, image: plugins/slack, when: {event: {exclude: [pull_request, promote]}}}
        ---
        kind: pipeline
        name: roll
        trigger: {event: [promote], target: [production, staging]}
        steps:
          - {name: roll, image: py, commands: [make roll], depends_on: [test]}
          - {name: ssh, image: appleboy/drone-ssh, settings: {host: x, script: [cd /srv, ./restart.sh now]}}
        ---
        kind: pipeline
        name: nightly
        trigger: {cron: {include: [nightly]}}
        steps: [{name: fit, image: py, commands: [make fit]}]
        ---
        kind: secret
        """,
    )
    jobs = {j.id: j for j in found.jobs}
    assert [t.kind for t in found.triggers] == ["push", "manual", "schedule"]
    assert [kind for kind, _ in started(jobs["tell"]) or ()] == ["push", "tag", "schedule"]
    assert (jobs["roll"].environment, jobs["roll"].environments) == ("production", ("production", "staging"))
    assert (texts(jobs["ssh"]), jobs["ssh"].steps[0].uses) == (["cd /srv", "./restart.sh now"], "appleboy/drone-ssh")
    assert started(jobs["fit"]) == [("schedule", ())]
    assert jobs["roll"].needs == ("test",)


@pytest.mark.parametrize(
    ("when", "kinds"),
    [
        ("{event: tag}", ["tag"]),
        ("[{event: push, branch: main}, {event: manual}]", ["push", "manual"]),
        ("{event: cron, cron: nightly}", ["schedule"]),
        ("{cron: nightly}", ["schedule"]),
        ("{ref: [refs/tags/v*]}", ["tag"]),
        ("{branch: main}", ["push"]),
        ("{evaluate: 'CI_PIPELINE_EVENT == \"cron\"'}", ["schedule"]),
        ("{event: [push, tag], evaluate: 'CI_PIPELINE_EVENT != \"tag\"'}", ["push"]),
        ("{event: pull_request_closed}", ["other"]),
    ],
)
def test_woodpecker_conditions(when: str, kinds: list[str]) -> None:
    found = read(".woodpecker/a.yaml", f"when: {when}\nsteps: [{{name: a, image: py, commands: [make]}}]\n")
    assert [t.kind for t in found.triggers] == kinds and found.jobs[0].triggers is None


def test_a_step_that_its_pipeline_never_reaches_is_inactive() -> None:
    text = "when: {event: push}\nsteps: [{name: a, image: py, commands: [make], when: {event: tag}}]\n"
    found = read(".woodpecker.yaml", text)
    assert (found.jobs[0].active, found.active, found.why_inactive) == (False, False, "no job can run")


def test_woodpecker_plug_ins() -> None:
    found = read(".woodpecker.yml", "steps: {ship: {image: plugins/x, settings: {target: prod}}}\n")
    assert (found.jobs[0].steps[0].uses, found.jobs[0].steps[0].with_) == ("plugins/x", {"target": "prod"})
