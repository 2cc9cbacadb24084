"""Which file is of which CI system, and what the readers of the other systems find."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import OUTSIDE, ci_system, parse_ci
from mlscan.types.source import Workflow


def read(path: str, text: str, others: Mapping[str, str] | None = None) -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def commands(workflow: Workflow) -> list[tuple[int, str]]:
    return [(c.line, c.text) for job in workflow.jobs for step in job.steps for c in step.commands]


@pytest.mark.parametrize(
    ("path", "system"),
    [
        (".github/workflows/a.yml", "github-actions"),
        ("sub/.github/workflows/a.yaml", "github-actions"),
        (".forgejo/workflows/a.yml", "forgejo-actions"),
        (".gitlab-ci.yml", "gitlab-ci"),
        (".gitlab/ci/a.yml", "gitlab-ci"),
        ("azure-pipelines.yml", "azure-pipelines"),
        ("azure-pipelines-train.yaml", "azure-pipelines"),
        (".pipelines/x.yml", "azure-pipelines"),
        (".azuredevops/sub/x.yml", "azure-pipelines"),
        ("mlops/devops-pipelines/x.yml", "azure-pipelines"),
        ("Jenkinsfile", "jenkins"),
        ("ci/Jenkinsfile.gpu", "jenkins"),
        ("ci/train.jenkinsfile", "jenkins"),
        (".circleci/config.yml", "circleci"),
        (".travis.yml", "travis"),
        ("bitbucket-pipelines.yml", "bitbucket"),
        (".buildkite/pipeline.yml", "buildkite"),
        (".drone.yml", "drone"),
        (".woodpecker/test.yml", "woodpecker"),
        (".taskcluster.yml", "taskcluster"),
        ("taskcluster/kinds/train/kind.yml", "taskcluster"),
        ("cloudbuild.yaml", "cloud-build"),
        ("build/cloudbuild-deploy.yml", "cloud-build"),
        ("buildspec.yml", "codebuild"),
        ("ci/buildspec-train.yml", "codebuild"),
        ("appveyor.yml", "appveyor"),
        (".cirrus.yml", "cirrus"),
        (".semaphore/semaphore.yml", "semaphore"),
        (".tekton/pull.yaml", "tekton"),
        (".pipeline/config.yaml", "pipelinelib"),
        (".zuul.yaml", "zuul"),
        (".teamcity/settings.kts", "teamcity"),
        ("screwdriver.yaml", "screwdriver"),
        ("Earthfile", "earthly"),
        ("Makefile", None),
        ("README.md", None),
        ("config/model.yaml", None),
        (".github/dependabot.md", None),
        (".github/actions/x/action.yml", None),
        ("", None),
    ],
)
def test_systems_by_path(path: str, system: str | None) -> None:
    assert ci_system(path) == system


def test_a_system_without_a_reader_still_is_ci() -> None:
    for path in ("screwdriver.yaml", "Earthfile", ".teamcity/settings.kts", ".harness/a.yaml", ".drone.star"):
        found = read(path, "a: b")
        assert (found.active, found.commands_read, found.jobs) == (True, False, ())
        assert [(t.kind, t.detail) for t in found.triggers] == [("push", "assumed"), ("pull_request", "assumed")]
        assert read(path, "# a: b\n\n// c\n").why_inactive == "empty"


def test_content_decides_where_other_files_may_lie() -> None:
    assert parse_ci(b"learning_rate: 1\n", "ml/pipeline.yml", lambda _: None) is None
    steps = b"steps: [{name: scale, args: {a: 1}}, {name: fit, args: [x]}]\nname: x\n"
    assert parse_ci(steps, "config/data-pipeline.yml", lambda _: None) is None
    assert read("infra/PIPELINE-1.yml", "trigger: none\nsteps: [{script: make}]").system == "azure-pipelines"
    assert read("build/pipeline-x.yml", "steps: [{name: a/b, args: [x]}]").system == "cloud-build"
    found = read("mlops/github-actions/pipeline.yml", "on: push\njobs: {a: {steps: [{run: ls}]}}")
    assert (found.system, found.why_inactive) == ("github-actions", OUTSIDE)


def test_a_root_file_in_a_sub_folder_is_not_looked_at() -> None:
    assert read("app/.travis.yml", "script: make").why_inactive == OUTSIDE
    assert read(".travis.yml", "script: make").active


# --- Azure Pipelines --------------------------------------------------------------------------------------------------

PIPELINE = """
    trigger: {branches: {include: [main]}, paths: {include: [ml]}}
    pr: none
    schedules:
      - cron: "0 2 * * *"
        branches: {include: [main]}
    resources:
      repositories: [{repository: shared, name: acme/templates}]
      pipelines: [{pipeline: up, source: build-model, trigger: true}]
    variables:
      - ${{ if eq(variables['x'], 'main') }}:
        - {name: WHERE, value: prod}
      - ${{ else }}:
        - {name: WHERE, value: dev}
    stages:
      - stage: Train
        jobs:
          - job: train
            container: acme/gpu
            steps:
              - checkout: self
              - script: |
                  cd ml
                  python train.py
                workingDirectory: $(Build.SourcesDirectory)/app
              - task: AzureCLI@2
                inputs:
                  inlineScript: |
                    az ml job create -f job.yml --set x=$(Build.BuildId)
              - task: PythonScript@0
                inputs: {scriptPath: tools/report.py, arguments: --all}
              - template: templates/lint.yml
                parameters: {folder: src}
              - template: steps/scan.yml@shared
      - stage: Deploy
        dependsOn: Train
        condition: succeeded()
        jobs:
          - deployment: roll_out
            environment: {name: $(WHERE)}
            strategy: {runOnce: {deploy: {steps: [{bash: ./deploy.sh}]}}}
          - deployment: fixed
            environment: staging
            strategy: {runOnce: {deploy: {steps: [{pwsh: ./deploy.ps1, enabled: false}]}}}
    """
LINT = """
    parameters: [{name: folder, type: string}]
    steps:
      - bash: |
          ruff check ${{ parameters.folder }}
    """


def test_azure_triggers() -> None:
    found = read("azure-pipelines.yml", PIPELINE)
    assert [(t.kind, t.line, t.detail, t.branches) for t in found.triggers] == [
        ("push", 1, "trigger", ("main",)),
        ("schedule", 4, "0 2 * * *", ("main",)),
        ("workflow_run", 8, "build-model", ()),
    ]


def test_azure_jobs_steps_and_templates() -> None:
    found = read("azure-pipelines.yml", PIPELINE, {"templates/lint.yml": LINT})
    assert [(j.id, j.environment, j.environments, j.image) for j in found.jobs] == [
        ("train", None, (), "acme/gpu"), ("roll_out", "$(WHERE)", ("prod", "dev"), None), ("fixed", "staging", (), None)
    ]  # fmt: skip
    assert commands(found)[:6] == [
        (22, "cd ml"),
        (23, "python train.py"),
        (28, "az ml job create -f job.yml --set x=$(Build.BuildId)"),
        (30, "python tools/report.py --all"),
        (31, "ruff check src"),
        (40, "./deploy.sh"),
    ]
    assert (found.jobs[0].steps[1].working_directory, found.jobs[2].steps[0].active) == ("app", False)
    assert [d.to for d in found.delegations] == ["acme/templates", "steps/scan.yml@shared"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("steps: [{script: ls}]\npool: x", ["push"]),
        ("trigger: none\nsteps: [{script: ls}]", ["manual"]),
        ("trigger: [main, dev]\nsteps: [{script: ls}]", ["push"]),
        ("trigger: {tags: {include: ['v*']}}\nsteps: [{script: ls}]", ["tag"]),
        ("trigger: none\npr: [main]\nsteps: [{script: ls}]", ["pull_request"]),
        ("parameters: [{name: a}]\nsteps: [{script: ls}]", ["workflow_call"]),
    ],
)
def test_azure_starts(text: str, kinds: list[str]) -> None:
    assert [t.kind for t in read(".pipelines/a.yml", text).triggers] == kinds


def test_azure_job_templates_take_their_parameters() -> None:
    template = "parameters: [{name: env}]\njobs: [{deployment: d, environment: '${{ parameters.env }}', strategy: {}}]"
    text = "trigger: none\njobs:\n- template: t/deploy.yml\n  parameters: {env: prod}\n- template: /t/deploy.yml\n"
    found = read(".pipelines/a.yml", text, {".pipelines/t/deploy.yml": template})
    assert [(j.line, j.environment, j.uses) for j in found.jobs] == [(3, "prod", None), (5, None, "t/deploy.yml")]


def test_azure_templates_in_circles_end() -> None:
    others = {".pipelines/a.yml": "steps: [{template: a.yml}, {script: ls}]"}
    assert read(".pipelines/a.yml", others[".pipelines/a.yml"], others).jobs


# --- Jenkins ----------------------------------------------------------------------------------------------------------


def test_jenkins_stages_steps_and_triggers() -> None:
    found = read(
        "Jenkinsfile",
        '''
        @Library('acme-shared@main') _
        pipeline {
          agent { docker { image 'python:3.12' } }
          triggers { cron('H 3 * * 1') }
          environment { MODEL = 'a // b' }
          stages {
            // stage('Gone') { steps { sh 'make gone' } }
            stage('Train') {
              when { branch 'main' }
              steps {
                dir('ml') {
                  sh """
                    pip install .
                    python train.py
                  """
                }
                sh script: 'make report', label: 'x'
              }
            }
            stage('Deploy') {
              input { message 'Go?' }
              steps { sh(script: "./deploy.sh", returnStatus: true); build job: 'downstream' }
            }
          }
        }
        ''',
    )
    assert [(t.kind, t.line, t.detail) for t in found.triggers] == [("schedule", 4, "H 3 * * 1")]
    assert [(d.line, d.to) for d in found.delegations] == [(1, "acme-shared@main")]
    train, deploy = found.jobs
    assert (train.id, train.line, train.condition, deploy.manual) == ("Train", 8, "branch == 'main'", True)
    assert commands(found) == [(13, "pip install ."), (14, "python train.py"), (17, "make report"), (22, "./deploy.sh")]
    assert [s.working_directory for s in train.steps] == ["ml", ""]
    assert deploy.steps[-1].uses == "downstream"


def test_a_scripted_jenkinsfile() -> None:
    found = read(
        "Jenkinsfile",
        "properties([pipelineTriggers([cron('@daily')])])\nnode('gpu') {\n  stage('a') {\n    sh 'make a'\n  }\n}\n",
    )
    assert ([t.detail for t in found.triggers], commands(found)) == (["@daily"], [(4, "make a")])


# --- services ---------------------------------------------------------------------------------------------------------


def test_circleci() -> None:
    found = read(
        ".circleci/config.yml",
        """
        version: 2.1
        commands: {setup: {steps: [{run: make setup}]}}
        jobs:
          train:
            docker: [{image: acme/ml}]
            steps:
              - checkout
              - setup
              - run: {name: fit, command: python train.py, working_directory: ml}
        workflows:
          nightly:
            triggers: [{schedule: {cron: "0 1 * * *", filters: {branches: {only: [main]}}}}]
            jobs: [train, {hold: {type: approval, requires: [train]}}, {acme/publish: {requires: [hold]}}]
        """,
    )
    assert [(t.kind, t.detail, t.branches) for t in found.triggers] == [("schedule", "0 1 * * *", ("main",))]
    assert [(j.id, j.image, j.manual, j.uses) for j in found.jobs] == [
        ("train", "acme/ml", False, None), ("hold", None, True, None), ("acme/publish", None, True, "acme/publish")
    ]  # fmt: skip
    assert [c for _, c in commands(found)] == ["make setup", "python train.py"]


def test_travis() -> None:
    found = read(
        ".travis.yml",
        "install: pip install .\nscript:\n  - pytest\njobs:\n  include:\n"
        "    - {stage: nightly, if: type = cron, script: make nightly}\n"
        "deploy: {provider: script, script: ./deploy.sh}\n",
    )  # fmt: skip
    assert [c for _, c in commands(found)] == ["pip install .", "pytest", "./deploy.sh", "make nightly"]
    assert [(j.id, [t.kind for t in j.triggers or ()]) for j in found.jobs] == [
        ("build", []), ("deploy", ["push"]), ("nightly 1", ["schedule"])
    ]  # fmt: skip


def test_bitbucket() -> None:
    found = read(
        "bitbucket-pipelines.yml",
        """
        image: python:3.12
        pipelines:
          default: [{step: {script: [pytest]}}]
          branches:
            main:
              - parallel: [{step: {script: [make a]}}, {step: {script: [make b]}}]
              - step: {name: Ship, deployment: production, trigger: manual, script: [./ship.sh, {pipe: acme/scan:1}]}
          custom: {retrain: [{step: {script: [make train]}}]}
        """,
    )
    assert [(t.kind, t.branches) for t in found.triggers] == [
        ("push", ()),
        ("push", ("main",)),
        ("manual", ()),
    ]
    assert [c for _, c in commands(found)] == ["pytest", "make a", "make b", "./ship.sh", "make train"]
    ship = next(j for j in found.jobs if j.name == "Ship")
    assert (ship.environment, ship.manual, ship.steps[1].uses) == ("production", True, "acme/scan:1")


def test_cloud_build() -> None:
    found = read(
        "cloudbuild.yaml",
        """
        steps:
          - name: gcr.io/x/gcloud
            args: [ai, custom-jobs, create]
          - name: python:3.12
            entrypoint: bash
            dir: ml
            args:
              - -c
              - |
                pip install .
                python train.py
          - {name: acme/run, script: make all}
        """,
    )
    assert commands(found) == [
        (3, "gcloud ai custom-jobs create"), (10, "pip install ."), (11, "python train.py"), (12, "make all")
    ]  # fmt: skip
    assert (found.jobs[0].steps[1].working_directory, found.triggers[0].unknown) == ("ml", True)


def test_codebuild_phases_share_a_shell() -> None:
    found = read(
        "buildspec.yml",
        "phases:\n  install:\n    commands:\n      - cd ml\n  build:\n    commands:\n      - python train.py\n",
    )
    assert [(s.name, [(c.line, c.folder, c.text) for c in s.commands]) for s in found.jobs[0].steps] == [
        ("install", [(4, "", "cd ml")]), ("build", [(7, "ml", "python train.py")])
    ]  # fmt: skip


def test_taskcluster() -> None:
    found = read(
        ".taskcluster.yml",
        """
        tasks:
          $if: 'tasks_for == "github-push" || tasks_for == "cron"'
          then:
            - payload:
                image: acme/ml
                command: [/bin/bash, -lcx, "make train"]
              metadata: {name: Train}
        """,
    )
    assert [t.kind for t in found.triggers] == ["push", "schedule"]
    assert [(j.id, j.image) for j in found.jobs] == [("Train", "acme/ml")]
    assert commands(found) == [(6, "make train")]
    kind = read(
        "taskcluster/kinds/fit/kind.yml", "tasks:\n  fit:\n    run:\n      command: [[bash, -c, fit.sh], [ls]]\n"
    )
    assert [(j.id, [c for _, c in commands(kind)]) for j in kind.jobs] == [("fit", ["fit.sh", "ls"])]


def test_buildkite() -> None:
    found = read(
        ".buildkite/pipeline.yml",
        "steps:\n- {label: t, command: make test}\n- wait\n- block: Go?\n"
        "- {commands: [make a, make b]}\n- trigger: ship\n",
    )
    assert [c for _, c in commands(found)] == ["make test", "make a", "make b"]
    assert [(j.manual, j.uses) for j in found.jobs] == [(False, None), (True, None), (True, "ship")]


def test_drone_and_woodpecker() -> None:
    text = "kind: pipeline\nsteps: [{name: t, image: py, commands: [pytest]}]\ntrigger: {event: [push, cron]}\n"
    text += "---\nkind: secret\n"
    found = read(".drone.yml", text)
    assert ([t.kind for t in found.triggers], commands(found)) == (["push", "schedule"], [(2, "pytest")])
    found = read(".woodpecker.yml", "steps: {t: {image: py, commands: [pytest], when: [{event: tag}]}}\n")
    assert [t.kind for t in found.jobs[0].triggers or ()] == ["tag"]


def test_pipelinelib_runs_the_entry_point_of_a_variant() -> None:
    found = read(
        ".pipeline/config.yaml",
        "pipelines:\n  model:\n    blubberfile: m/blubber.yaml\n    stages:\n"
        "      - {name: check, build: test, run: true}\n      - name: publish\n",
        {".pipeline/m/blubber.yaml": "variants: {test: {entrypoint: [tox, -e, ci]}}"},
    )  # fmt: skip
    assert commands(found) == [(5, "tox -e ci")]
