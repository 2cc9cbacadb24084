"""Cloud Build, CodeBuild, CodePipeline in CloudFormation and Terraform."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow


def read(path: str, text: str) -> Workflow:
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, lambda _: None)
    assert found is not None
    return found


def texts(job: Job) -> list[tuple[int, str]]:
    return [(command.line, command.text) for step in job.steps for command in step.commands]


def started(job: Job) -> list[tuple[str, str]]:
    return [(t.kind, t.detail) for t in job.triggers or ()]


def test_substitutions_of_cloud_build() -> None:
    found = read(
        "cloudbuild.yaml",
        """
        substitutions: {_SCRIPT: fit.py, _REGION: eu}
        steps:
          - name: "${_REGION}-docker.pkg.dev/p/py"
            entrypoint: python
            args: ["${_SCRIPT}", --at, "${_REGION}", "${PROJECT}"]
          - name: py
            script: |
              #!/usr/bin/env python
              print(1)
        """,
    )  # fmt: skip
    assert texts(found.jobs[0]) == [(5, "python fit.py --at eu ${PROJECT}")]
    assert found.jobs[0].steps[0].uses == "docker://eu-docker.pkg.dev/p/py"
    assert all(t.unknown for t in found.triggers), "what starts it is set elsewhere"


def test_cloud_build_in_json_with_tabs() -> None:
    text = json.dumps({"steps": [{"name": "gcr.io/x/gcloud", "args": ["run", "deploy"]}]}, indent="\t")
    assert [c for _, c in texts(read("cloudbuild.json", text).jobs[0])] == ["gcloud run deploy"]


def test_batches_of_codebuild() -> None:
    found = read(
        "buildspec.yml",
        """
        batch: {build-list: [{identifier: one, buildspec: ci/one.yml}, {identifier: two}]}
        phases: {build: {commands: [make], finally: [make clean]}}
        """,
    )
    assert [(j.id, j.uses) for j in found.jobs] == [("build", None), ("one", "ci/one.yml"), ("two", None)]
    assert [c for _, c in texts(found.jobs[0])] == ["make", "make clean"]


PIPELINE = """
    Resources:
      Project:
        Type: AWS::CodeBuild::Project
        Properties:
          Environment: {Image: aws/standard:7}
          Source: {Type: CODEPIPELINE, BuildSpec: ci/buildspec.yml}
      Inline:
        Type: AWS::CodeBuild::Project
        Properties:
          Name: inline-build
          Source:
            Type: CODEPIPELINE
            BuildSpec: |
              phases:
                build:
                  commands:
                    - make fit
      Alone:
        Type: AWS::CodeBuild::Project
        Properties:
          Source: {BuildSpec: alone.yml}
          Triggers: {Webhook: true, FilterGroups: [[{Type: EVENT, Pattern: "PUSH, PULL_REQUEST_CREATED"}]]}
      Pipe:
        Type: AWS::CodePipeline::Pipeline
        Properties:
          Stages:
            - Name: Source
              Actions:
                - Name: Code
                  ActionTypeId: {Category: Source, Provider: SOURCE}
                  Configuration: {BranchName: main}
            - Name: Build
              Actions:
                - Name: Fit
                  ActionTypeId: {Category: Build, Provider: CodeBuild}
                  Configuration: {ProjectName: !Ref Project}
                - Name: In
                  ActionTypeId: {Category: Build, Provider: CodeBuild}
                  Configuration: {ProjectName: inline-build}
            - Name: Ask
              Actions: [{Name: Go, ActionTypeId: {Category: Approval, Provider: Manual}}]
            - Name: Prod
              Actions:
                - {Name: Roll, ActionTypeId: {Category: Deploy, Provider: CloudFormation}}
      Clock:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: cron(0 1 * * ? *)
          Targets: [{Arn: !Sub "arn:aws:codepipeline:x:${Pipe}", Id: x}]
    """


def test_codepipeline() -> None:
    found = read("pipeline.yml", dedent(PIPELINE).replace("SOURCE", "CodeCommit"))
    jobs = {j.id: j for j in found.jobs}
    assert (found.system, list(jobs)) == ("codepipeline", ["Build.Fit", "Build.In", "Ask.Go", "Prod.Roll", "Alone"])
    assert started(jobs["Build.Fit"]) == [("push", "CodeCommit"), ("schedule", "cron(0 1 * * ? *)")]
    assert (found.triggers[0].branches, jobs["Build.Fit"].uses) == (("main",), "ci/buildspec.yml")
    assert texts(jobs["Build.In"]) == [(13, "make fit")]
    assert [jobs[n].manual for n in ("Build.Fit", "Ask.Go", "Prod.Roll")] == [False, True, True]
    assert jobs["Prod.Roll"].steps[0].uses == "codepipeline/Deploy/CloudFormation"
    assert (jobs["Alone"].uses, [k for k, _ in started(jobs["Alone"])]) == ("alone.yml", ["push", "pull_request"])


@pytest.mark.parametrize(
    ("provider", "kind"),
    [("GitHub", "push"), ("CodeStarSourceConnection", "push"), ("S3", "dispatch"), ("ECR", "dispatch")],
)
def test_sources_of_codepipeline(provider: str, kind: str) -> None:  # fmt: skip
    found = read("ci/x.yml", dedent(PIPELINE).replace("SOURCE", provider))
    assert found.triggers[0].kind == kind


def test_a_template_without_a_pipeline_is_none() -> None:
    text = b"Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties: {Name: AWS::CodePipeline::x}\n"
    assert parse_ci(text, "ci/roles.yml", lambda _: None) is None


TERRAFORM = """
    resource "google_cloudbuild_trigger" "fit" {
      filename = "ml/cloudbuild.yaml"
      github {
        owner = "acme"
        push { branch = "^main$" }
      }
    }
    resource "google_cloudbuild_trigger" "data" {
      pubsub_config { topic = "x" }
      build { step { name = "y" } }
    }
    resource "aws_codepipeline" "p" {
      stage {
        name = "Source"
        action { category = "Source" provider = "CodeStarSourceConnection" name = "s" }
      }
      stage {
        name = "Approve"
        action { category = "Approval" provider = "Manual" name = "go" }
      }
      stage {
        name = "Roll"
        action { category = "Deploy" provider = "ECS" name = "ecs" }
      }
    }
    resource "aws_codebuild_project" "b" {
      source { type = "CODEPIPELINE" buildspec = "b.yml" }
    }
    resource "aws_s3_bucket" "x" {}
    """


def test_pipelines_in_terraform() -> None:
    found = read("infra/ci/main.tf", TERRAFORM.replace(" provider", "\n provider").replace(" name =", "\n name =")
                 .replace(" buildspec", "\n buildspec"))  # fmt: skip
    assert [(j.id, j.uses, [k for k, _ in started(j)], j.manual) for j in found.jobs] == [
        ("fit", "ml/cloudbuild.yaml", ["push"], False),
        ("data", None, ["dispatch"], False),
        ("Approve.go", None, ["push"], True),
        ("Roll.ecs", None, ["push"], True),
        ("b", "b.yml", ["other"], False),
    ]


def test_other_terraform_files_are_none() -> None:
    assert parse_ci(b'resource "aws_s3_bucket" "x" {}\n', "ci/main.tf", lambda _: None) is None
