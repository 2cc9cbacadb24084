"""CI files of any name told by their content, Taskcluster's several files, and the smaller systems."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import OUTSIDE, ci_system, parse_ci
from mlscan.types.source import Job, Workflow


def read(path: str, text: str, others: Mapping[str, str] | None = None) -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


def kinds(job: Job) -> list[str] | None:
    return [t.kind for t in job.triggers] if job.triggers is not None else None


# --- places -----------------------------------------------------------------------------------------------------------

AZURE = "trigger: [main]\nsteps: [{script: make}]\n"
GITHUB = "on: push\njobs: {a: {steps: [{run: ls}]}}\n"


@pytest.mark.parametrize(
    ("path", "text", "system"),
    [
        (".vsts-ci.yml", AZURE, "azure-pipelines"),
        ("fit.yml", AZURE, "azure-pipelines"),
        ("build/nightly.yml", AZURE, "azure-pipelines"),
        ("eng/x/y.yaml", AZURE, "azure-pipelines"),
        ("azdo_pipelines/train.yml", AZURE, "azure-pipelines"),
        ("infra/cicd_factory/01_workflows/x.yaml", GITHUB, "github-actions"),
        ("deploy/build.yaml", "steps: [{name: gcr.io/a/b, args: [x]}]", "cloud-build"),
        ("infra/data-pipeline.yml",
         "tasks: [{ID: a, workerType: b, payload: {command: [make, fit]}}]", "taskcluster"),
        ("k8s/cron.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec: {schedule: 0 1 * * *}\n",
         "argo-workflows"),
        ("ops/task.yaml",
         "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: a}\nspec: {steps: [{script: ls}]}", "tekton"),
        ("jenkins/fit.groovy", "pipeline {\n  stages { stage('a') { steps { sh 'ls' } } }\n}\n", "jenkins"),
        ("ci/gitlab-ci.yml", "stages: [a]\na: {script: [ls]}\n", "gitlab-ci"),
    ],
)  # fmt: skip
def test_the_content_tells_the_system(path: str, text: str, system: str) -> None:
    assert read(path, text).system == system


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/model.yml", AZURE),
        ("docker-compose.yml", "services: {a: {image: b}}\n"),
        ("mkdocs.yml", "nav: [a]\n"),
        ("deploy/values.yaml", "steps: 3\njobs: {a: b}\n"),
        ("build/recipe.yaml", "steps:\n- fit\n- score\n"),
        ("jenkins/Lib.groovy", "def call() { echo 'x' }\n"),
        ("ci/data.json", '{"steps": [1]}'),
        ("k8s/app.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec: {}\n"),
        ("jobs/spark.yml", "jobs:\n  fit: {cluster: x}\n"),
    ],
)
def test_other_files_in_such_places_are_none(path: str, text: str) -> None:
    assert parse_ci(text.encode(), path, lambda _: None) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/.travis.yml", "script: make\n"),
        ("app/.drone.yml", "kind: pipeline\nsteps: [{name: a, commands: [ls]}]\n"),
        ("app/appveyor.yml", "test_script: [make]\n"),
        ("app/bitbucket-pipelines.yml", "pipelines: {default: [{step: {script: [ls]}}]}\n"),
        ("app/.circleci/config.yml", "jobs: {a: {steps: [{run: ls}]}}\n"),
        ("app/.github/workflows/a.yml", GITHUB),
        (".github/workflows/old/a.yml", GITHUB),
        ("github-actions/a.yml", GITHUB),
    ],
)
def test_what_its_system_does_not_look_at_is_inactive(path: str, text: str) -> None:
    found = read(path, text)
    assert (found.active, found.why_inactive, len(found.jobs)) == (False, OUTSIDE, 1)


@pytest.mark.parametrize(
    ("path", "system"),
    [
        (".prow.yaml", "prow"),
        (".prow/a.yaml", "prow"),
        ("prow_config.yaml", "prow"),
        (".cron.yml", "taskcluster"),
        ("terraform/modules/codepipeline/main.tf", "codepipeline"),
        ("terraform/network.tf", None),
        ("data/rows.json", None),
        ("src/Model.groovy", None),
    ],
)
def test_systems_by_path(path: str, system: str | None) -> None:
    assert ci_system(path) == system


# --- Taskcluster ------------------------------------------------------------------------------------------------------

ROOT = """
    version: 1
    tasks:
      $let: {x: y}
      in:
        - $if: 'tasks_for == "github-push" && event.ref == "refs/heads/main"'
          then: {payload: {image: py, command: [bash, -c, make fit]}, metadata: {name: Fit}}
          else: {payload: {command: [make, check]}, metadata: {name: Check}}
        - $if: 'tasks_for in ["github-pull-request"]'
          then:
            payload:
              command:
                - bash
                - -cx
                - $let: {a: b}
                  in: make other
            metadata: {name: Other}
    """


def test_conditions_around_tasks() -> None:
    found = read(".taskcluster.yml", ROOT)
    assert [t.kind for t in found.triggers] == ["push", "pull_request"]
    assert [(j.id, texts(j), kinds(j)) for j in found.jobs] == [
        ("Fit", ["make fit"], ["push"]),
        ("Check", ["make check"], None),
        ("Other", ["make other"], None),
    ]


DECISION = """
    tasks:
      - $if: 'tasks_for in ["github-push", "github-pull-request", "cron", "action"]'
        then: {payload: {image: taskgraph:decision, command: [taskgraph, decision]}}
    """
KIND = """
    task-defaults: {worker: {docker-image: {in-tree: py}}}
    tasks:
      fit:
        run-on-tasks-for: []
        run: {using: run-task, cwd: "{checkout}/ml", command: make fit}
      test:
        run-on-tasks-for: [github-pull-request]
        run: {command: [[make, a], [make, b]]}
      all: {run: {command: make all}}
    """


def test_kinds_are_started_by_the_decision_task() -> None:
    found = read("taskcluster/kinds/fit/kind.yml", KIND, {".taskcluster.yml": DECISION})
    assert [t.kind for t in found.triggers] == ["push", "pull_request"]
    assert [(j.id, texts(j), kinds(j)) for j in found.jobs] == [
        ("fit", ["make fit"], ["manual"]),
        ("test", ["make a", "make b"], ["pull_request"]),
        ("all", ["make all"], None),
    ]
    assert found.jobs[0].steps[0].working_directory == "ml"


def test_without_a_decision_task_it_is_unknown() -> None:
    assert all(t.unknown for t in read("taskcluster/kinds/fit/kind.yml", KIND).triggers)


def test_a_task_graph_has_a_schedule_only_with_its_file_of_schedules() -> None:
    cron = (
        "jobs: [{name: nightly, job: {type: decision-task, target-tasks-method: fit}, when: [{hour: 3, minute: 0}]}]\n"
    )
    without = read(".taskcluster.yml", DECISION)
    with_ = read(".taskcluster.yml", DECISION, {".cron.yml": cron})
    assert ["schedule" in [t.kind for t in w.triggers] for w in (without, with_)] == [False, True]
    found = read(".cron.yml", cron)
    assert [(t.kind, t.detail) for t in found.triggers] == [("schedule", "hour 3 minute 0")]
    assert [(j.id, j.uses) for j in found.jobs] == [("nightly", "fit")]


# --- smaller systems --------------------------------------------------------------------------------------------------


def test_cirrus() -> None:
    found = read(
        ".cirrus.yml",
        """
        container: {image: py}
        test_task:
          install_script: pip install .
          script: [pytest]
        task:
          - {name: nightly, only_if: $CIRRUS_CRON == 'nightly', fit_script: make fit}
          - {name: release, only_if: $CIRRUS_TAG != '', trigger_type: manual, script: make release, depends_on: [test]}
          - {name: off, only_if: false, script: make off}
        """,
    )
    assert [(j.id, texts(j), kinds(j), j.manual, j.active) for j in found.jobs] == [
        ("test", ["pip install .", "pytest"], None, False, True),
        ("nightly", ["make fit"], ["schedule"], False, True),
        ("release", ["make release"], ["tag"], True, True),
        ("off", ["make off"], [], False, False),
    ]
    assert (found.jobs[0].image, [t.kind for t in found.triggers]) == ("py", ["push", "pull_request"])


def test_semaphore() -> None:
    text = """
        blocks:
          - name: All
            task: {prologue: {commands: [checkout]}, jobs: [{name: fit, commands: [make fit]}]}
        promotions:
          - {name: Ship, pipeline_file: ship.yml}
          - {name: Auto, pipeline_file: auto.yml, auto_promote: {when: branch = 'main'}}
        """
    found = read(".semaphore/semaphore.yml", text)
    assert [(j.id, texts(j), j.uses, j.manual) for j in found.jobs] == [
        ("All fit", ["checkout", "make fit"], None, False),
        ("Ship", [], ".semaphore/ship.yml", True),
        ("Auto", [], ".semaphore/auto.yml", False),
    ]
    assert [t.kind for t in read(".semaphore/ship.yml", text).triggers] == ["workflow_call"]


def test_sourcehut_and_codefresh() -> None:
    found = read(".build.yml", "image: alpine\ntasks: [{fit: make fit}, {score: make score}]\n")
    assert ([s.name for s in found.jobs[0].steps], texts(found.jobs[0])) == (
        ["fit", "score"],
        ["make fit", "make score"],
    )
    found = read(
        "codefresh.yml",
        "steps:\n  a: {image: py, commands: [make a]}\n  g: {type: parallel, steps: {b: {commands: [make b]}}}\n"
        "  ask: {type: pending-approval}\n",
    )
    assert [(j.id, texts(j), j.manual) for j in found.jobs] == [
        ("a", ["make a"], False), ("b", ["make b"], False), ("ask", [], True)
    ]  # fmt: skip
