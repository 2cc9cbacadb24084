"""CircleCI: commands, executors, orbs, matrices, filters, schedules, conditions on the pipeline."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow

PATH = ".circleci/config.yml"


def read(text: str, path: str = PATH) -> Workflow:
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, lambda _: None)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


JOBS = "version: 2.1\njobs: {fit: {docker: [{image: py}], steps: [{run: make fit}]}}\n"


def flow(text: str, parameters: str = "") -> Workflow:
    body = indent(dedent(text).strip("\n"), "    ")
    return read(f"{parameters}{JOBS}workflows:\n  one:\n{body}\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jobs: [fit]", [("push", ())]),
        ("triggers: [{schedule: {cron: '0 1 * * *'}}]\njobs: [fit]", [("schedule", ())]),
        ("jobs: [{fit: {filters: {branches: {only: main}}}}]", [("push", ("main",))]),
        ("jobs: [{fit: {filters: {branches: {only: [/.*/]}}}}]", [("push", ())]),
        ("jobs: [{fit: {filters: {branches: {ignore: /.*/}, tags: {only: /^v.*/}}}}]", [("tag", ())]),
        ("jobs: [{fit: {filters: {tags: {only: /^v.*/}}}}]", [("push", ()), ("tag", ())]),
        ("jobs: [{fit: {filters: {branches: {ignore: docs}}}}]", [("push", ())]),
    ],
)
def test_what_starts_a_job(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(t.kind, t.branches) for t in flow(text).jobs[0].triggers or ()] == found


@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        ("when: {equal: [scheduled_pipeline, << pipeline.trigger_source >>]}", ["schedule"]),
        ("when: {and: [{equal: [scheduled_pipeline, << pipeline.trigger_source >>]}, "
         "{equal: [nightly, << pipeline.schedule.name >>]}]}", ["schedule"]),
        ("when: {not: {equal: [scheduled_pipeline, << pipeline.trigger_source >>]}}", ["push"]),
        ("unless: {equal: [scheduled_pipeline, << pipeline.trigger_source >>]}", ["push"]),
        ("when: << pipeline.parameters.on >>", ["push", "schedule"]),
        ("when: << pipeline.parameters.off >>", ["api"]),
        ("unless: << pipeline.parameters.off >>", ["push", "schedule"]),
        ("when: {or: [<< pipeline.parameters.off >>, {equal: [api, << pipeline.trigger_source >>]}]}", ["api"]),
        ("when: {equal: [main, << pipeline.git.branch >>]}", ["push"]),
        ("when: pipeline.trigger_source == 'scheduled_pipeline'", ["schedule"]),
    ],
)  # fmt: skip
def test_conditions_of_a_workflow(condition: str, kinds: list[str]) -> None:
    parameters = "parameters: {on: {type: boolean, default: true}, off: {type: boolean, default: false}}\n"
    assert [t.kind for t in flow(f"{condition}\njobs: [fit]", parameters).triggers] == kinds


def test_each_workflow_starts_its_own_jobs() -> None:
    found = read(
        """
        version: 2.1
        jobs:
          test: {docker: [{image: py}], steps: [{run: pytest}]}
          fit: {docker: [{image: py}], steps: [{run: make fit}]}
        workflows:
          version: 2
          commit: {jobs: [test]}
          nightly: {triggers: [{schedule: {cron: "0 1 * * *"}}], jobs: [fit]}
        """
    )
    assert [(j.id, [t.kind for t in j.triggers or ()]) for j in found.jobs] == [
        ("test", ["push"]),
        ("fit", ["schedule"]),
    ]


def test_commands_executors_and_parameters() -> None:
    found = read(
        """
        version: 2.1
        executors: {gpu: {parameters: {tag: {default: "1"}}, docker: [{image: "acme/gpu:<< parameters.tag >>"}]}}
        commands:
          run-stage:
            parameters: {stage: {type: string}, where: {type: string, default: eu}}
            steps: [{run: "make << parameters.stage >>-<<parameters.where>>"}, deeper]
          deeper: {steps: [{run: {command: make deeper, name: deep}}, deeper]}
        jobs:
          fit:
            parameters: {env: {type: string, default: dev}, environment: {type: string, default: none}}
            executor: {name: gpu, tag: "2"}
            working_directory: ~/project/ml
            steps:
              - checkout
              - run-stage: {stage: "<< parameters.env >>"}
              - when: {condition: x, steps: [{run: make sometimes}]}
              - save_cache: {key: a}
        workflows:
          all:
            jobs:
              - fit: {name: fit-prod, env: prod, environment: production, pre-steps: [{run: make before}]}
              - fit: {matrix: {parameters: {env: [a, b]}}, name: "fit-<< matrix.env >>"}
        """
    )
    first, second, third = found.jobs
    assert (first.id, first.environment, first.image) == ("fit-prod", "production", "acme/gpu:2")
    assert texts(first)[:3] == ["make before", "make prod-eu", "make deeper"] and texts(first)[-1] == "make sometimes"
    assert {s.working_directory for s in first.steps[1:] if s.commands} == {"ml"}
    assert not any(s.uses in ("checkout", "save_cache") for s in first.steps), "they only prepare"
    assert [(j.id, texts(j)[0]) for j in (second, third)] == [("fit-a", "make a-eu"), ("fit-b", "make b-eu")]


def test_orbs_inside_and_elsewhere() -> None:
    found = read(
        """
        version: 2.1
        orbs:
          own:
            commands: {fit: {steps: [{run: make fit}]}}
            executors: {e: {docker: [{image: inside}]}}
            jobs: {score: {executor: e, steps: [fit, {run: make score}]}}
          far: acme/deploy@1.2
        jobs: {a: {docker: [{image: py}], steps: [own/fit, far/setup, {far/login: {role: x}}]}}
        workflows: {w: {jobs: [a, own/score, far/ship]}}
        """
    )
    assert [(j.id, j.image, texts(j), [s.uses for s in j.steps if s.uses]) for j in found.jobs] == [
        ("a", "py", ["make fit"], ["acme/deploy/setup", "acme/deploy/login"]),
        ("own/score", "inside", ["make fit", "make score"], []),
        ("far/ship", None, [], []),
    ]
    assert [d.to for d in found.delegations] == ["acme/deploy/ship"]


def test_jobs_behind_an_approval_wait() -> None:
    found = flow("jobs: [fit, {hold: {type: approval, requires: [fit]}}, {fit: {name: ship, requires: [hold]}}]")
    assert [(j.id, j.manual) for j in found.jobs] == [("fit", False), ("hold", True), ("ship", True)]


def test_a_job_that_no_branch_starts_is_inactive() -> None:
    found = flow("jobs: [{fit: {filters: {branches: {ignore: [/.*/]}}}}]")
    assert (found.jobs[0].active, found.active, found.why_inactive) == (False, False, "no job can run")


def test_other_files_of_the_folder() -> None:
    assert parse_ci(b"dependencies: [a]\n", ".circleci/env/environment.yml", lambda _: None) is None
    assert read("version: 2.1\n").why_inactive == "no job"
