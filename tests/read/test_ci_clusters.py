"""Tekton, Argo Workflows and Prow: what runs in a cluster, and what starts it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow


def read(path: str, text: str, others: Mapping[str, str] | None = None) -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def texts(job: Job) -> list[tuple[int, str]]:
    return [(command.line, command.text) for step in job.steps for command in step.commands]


def kinds(workflow: Workflow) -> list[str]:
    return [t.kind for t in workflow.triggers]


# --- Tekton -----------------------------------------------------------------------------------------------------------

RUN = """
    apiVersion: tekton.dev/v1
    kind: PipelineRun
    metadata:
      generateName: fit-
      annotations:
    NOTES
    spec:
      params: [{name: stage, value: fit}]
      pipelineSpec:
        tasks:
          - name: fit
            taskSpec:
              steps:
                - name: run
                  image: py:3
                  workingDir: $(workspaces.source.path)/ml
                  script: |
                    #!/usr/bin/env bash
                    echo $(workspaces.source.path) $(params.stage)
                    make $(params.stage)
    """


def run_with(*notes: str) -> Workflow:
    text = dedent(RUN).replace("NOTES", "\n".join(f"    pipelinesascode.tekton.dev/{note}" for note in notes))
    return read(".tekton/fit.yaml", text)


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        (["on-event: '[push, pull_request]'", "on-target-branch: '[main, dev]'"],
         [("push", ("main", "dev")), ("pull_request", ("main", "dev"))]),
        (["on-event: '[push]'", "on-target-branch: '[refs/tags/*]'"], [("tag", ("refs/tags/*",))]),
        (["on-cel-expression: event == 'push' && target_branch == 'main'"], [("push", ("main",))]),
        (["on-cel-expression: event == 'pull_request' && 'ml/***'.pathChanged()"], [("pull_request", ())]),
        (["on-comment: ^/fit"], [("other", ())]),
        (["max-keep-runs: '5'"], [("manual", ())]),
    ],
)  # fmt: skip
def test_pipelines_as_code(notes: list[str], found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(t.kind, t.branches) for t in run_with(*notes).triggers] == found


def test_steps_of_a_run() -> None:
    job = run_with("on-event: '[push]'").jobs[0]
    assert (job.id, job.image, job.steps[0].uses, job.steps[0].working_directory) == (
        "fit", "py:3", "docker://py:3", "ml"
    )  # fmt: skip
    assert texts(job) == [(19, "echo $(workspaces.source.path) fit"), (20, "make fit")]


def test_pipelines_tasks_and_what_lies_elsewhere() -> None:
    found = read(
        "tekton/all.yaml",
        """
        apiVersion: tekton.dev/v1
        kind: Pipeline
        metadata: {name: roll}
        spec:
          params: [{name: env, default: dev}]
          tasks:
            - {name: clone, taskRef: {resolver: hub, params: [{name: name, value: git-clone}]}}
            - name: far
              taskRef: {resolver: git, params: [{name: url, value: "https://x/y"}, {name: pathInRepo, value: t.yaml}]}
            - {name: fit, taskRef: {name: fit}, runAfter: [clone], params: [{name: what, value: $(params.env)}]}
            - {name: near, taskRef: {name: near}}
            - {name: ask, taskRef: {apiVersion: x/v1, kind: ApprovalTask}, runAfter: [fit]}
            - {name: ship, taskRef: {name: nowhere}, runAfter: [ask], when: [{input: a, operator: in, values: [a]}]}
          finally:
            - {name: tell, taskSpec: {steps: [{image: sh, command: [bash, -c, make tell]}]}}
        ---
        apiVersion: tekton.dev/v1beta1
        kind: Task
        metadata: {name: fit}
        spec:
          params: [{name: what}]
          steps: [{name: fit, image: py, args: ["--env", "$(params.what)"], command: [python, fit.py]}]
        ---
        apiVersion: tekton.dev/v1beta1
        kind: Task
        metadata: {name: alone}
        spec: {steps: [{image: py, script: make alone}]}
        """,
        {"tekton/tasks/near.yaml": "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: near}\n"
                                   "spec: {steps: [{image: x, script: make near}]}\n"},
    )  # fmt: skip
    jobs = {j.id: j for j in found.jobs}
    assert [s.uses for s in jobs["clone"].steps] == ["git-clone"]
    assert [d.to for d in found.delegations] == ["https://x/y:t.yaml"]
    assert texts(jobs["fit"]) == [(22, "python fit.py --env dev")] and jobs["fit"].needs == ("clone",)
    assert texts(jobs["near"]) == [(11, "make near")], "at the line that names it"
    assert [(jobs[n].manual) for n in ("fit", "ask", "ship", "tell")] == [False, True, True, False]
    assert jobs["ship"].condition == "a in ['a']"
    assert texts(jobs["tell"]) == [(15, "make tell")]
    assert [t.kind for t in jobs["alone"].triggers or ()] == ["workflow_call"]


@pytest.mark.parametrize(
    ("interceptor", "found"),
    [
        ("{ref: {name: github}, params: [{name: eventTypes, value: [push]}]}", ["push"]),
        ("{github: {eventTypes: [pull_request]}}", ["pull_request"]),
        ("{ref: {name: gitlab}, params: [{name: eventTypes, value: [Push Hook, Merge Request Hook]}]}",
         ["push", "pull_request"]),
        ("{ref: {name: cel}, params: [{name: filter, value: \"header.match('X-GitHub-Event', 'push')\"}]}", ["push"]),
        ("{ref: {name: slack}}", ["dispatch"]),
    ],
)  # fmt: skip
def test_listeners(interceptor: str, found: list[str]) -> None:
    workflow = read(
        "deploy/listener.yaml",
        f"""
        apiVersion: triggers.tekton.dev/v1beta1
        kind: EventListener
        metadata: {{name: l}}
        spec:
          triggers:
            - name: t
              interceptors: [{interceptor}]
              template: {{ref: tt}}
        ---
        apiVersion: triggers.tekton.dev/v1beta1
        kind: TriggerTemplate
        metadata: {{name: tt}}
        spec:
          resourcetemplates:
            - apiVersion: tekton.dev/v1
              kind: TaskRun
              metadata: {{name: fit}}
              spec: {{taskSpec: {{steps: [{{image: py, script: make fit}}]}}}}
        """,
    )
    assert kinds(workflow) == found and [c for _, c in texts(workflow.jobs[0])] == ["make fit"]


def test_a_pipeline_of_another_repository_is_delegated() -> None:
    found = read(
        ".tekton/p.yaml",
        """
        apiVersion: tekton.dev/v1
        kind: PipelineRun
        metadata: {name: a, annotations: {pipelinesascode.tekton.dev/on-event: "[push]"}}
        spec:
          pipelineRef: {resolver: git, params: [{name: url, value: "https://x/y"}, {name: pathInRepo, value: p.yaml}]}
        """,
    )
    assert [(j.uses, j.remote) for j in found.jobs] == [("p.yaml", True)]
    assert [d.to for d in found.delegations] == ["https://x/y:p.yaml"]


def test_other_files_of_the_folder() -> None:
    assert parse_ci(b"resources: [a.yaml]\n", ".tekton/kustomization.yaml", lambda _: None) is None


# --- Argo Workflows ---------------------------------------------------------------------------------------------------

SPEC = """
    templates:
      - name: all
        dag:
          tasks:
            - {name: a, template: fit}
            - {name: b, template: ask, dependencies: [a]}
            - {name: c, template: ship, depends: b.Succeeded && a}
            - {name: d, templateRef: {name: shared, template: tell}}
      - name: fit
        inputs: {parameters: [{name: what, value: gold}]}
        container: {image: py, command: [python, fit.py], args: ["{{inputs.parameters.what}}"], workingDir: /src/ml}
      - {name: ask, suspend: {}}
      - {name: pause, suspend: {duration: "20"}}
      - name: ship
        script:
          image: sh
          command: [bash]
          source: |
            make ship
      - {name: other, script: {image: py, command: [python], source: "print('x')"}}
    """


def argo(kind: str, spec: str, head: str = "") -> Workflow:
    body = "".join(f"  {line}\n" for line in dedent(spec).strip("\n").split("\n"))
    return read(
        "argo/fit.yaml", f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: fit{head}}}\nspec:\n{body}"
    )


def test_templates_of_a_workflow() -> None:
    found = argo("Workflow", SPEC)
    assert (found.system, kinds(found)) == ("argo-workflows", ["manual"])
    assert [(j.id, [c for _, c in texts(j)], j.manual, j.needs) for j in found.jobs] == [
        ("d", [], False, ()),
        ("fit", ["python fit.py gold"], False, ()),
        ("ask", [], True, ("fit",)),
        ("ship", ["make ship"], True, ("ask", "fit")),
        ("other", [], False, ()),
    ]
    assert found.jobs[0].uses == "shared/tell" and found.jobs[1].image == "py"


@pytest.mark.parametrize(
    ("kind", "spec", "found"),
    [
        ("WorkflowTemplate", SPEC, ["workflow_call"]),
        ("ClusterWorkflowTemplate", SPEC, ["workflow_call"]),
        ("CronWorkflow", "schedule: 0 1 * * *\nworkflowSpec: {workflowTemplateRef: {name: fit}}", ["schedule"]),
        ("CronWorkflow", "schedules: [0 1 * * *, 0 2 * * *]\nworkflowSpec: {}", ["schedule", "schedule"]),
    ],
)
def test_what_starts_a_workflow(kind: str, spec: str, found: list[str]) -> None:
    assert kinds(argo(kind, spec)) == found


def test_a_suspended_schedule_does_not_run() -> None:
    found = argo("CronWorkflow", "schedule: 0 1 * * *\nsuspend: true\nworkflowSpec: {}")
    assert (found.active, found.why_inactive) == (False, "suspended")


def test_a_schedule_runs_the_template_beside_it() -> None:
    template = "apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: fit}\n"
    template += "spec: {templates: [{name: fit, container: {image: py, command: [make, fit]}}]}\n"
    text = """
        apiVersion: argoproj.io/v1alpha1
        kind: CronWorkflow
        metadata: {name: nightly}
        spec:
          schedule: 0 1 * * *
          workflowSpec: {workflowTemplateRef: {name: fit}}
        """
    found = read("k8s/cron.yaml", text, {"k8s/workflow-template.yaml": template})
    assert [(j.id, texts(j)) for j in found.jobs] == [("fit", [(6, "make fit")])]


SENSOR = """
    apiVersion: argoproj.io/v1alpha1
    kind: Sensor
    metadata: {name: s}
    spec:
      dependencies: [{name: d, eventSourceName: src, eventName: e}]
      triggers:
        - template:
            name: run
            argoWorkflow:
              operation: submit
              source:
                resource:
                  apiVersion: argoproj.io/v1alpha1
                  kind: Workflow
                  spec: {templates: [{name: fit, container: {image: py, command: [make, fit]}}]}
        - {template: {name: call, http: {url: "https://x"}}}
    """


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("", ["dispatch"]),
        ("github: {e: {}}", ["push"]),
        ("calendar: {e: {schedule: 0 1 * * *}}", ["schedule"]),
        ("minio: {e: {}}", ["dispatch"]),
    ],
)
def test_sensors(source: str, found: list[str]) -> None:
    event = f"---\napiVersion: argoproj.io/v1alpha1\nkind: EventSource\nmetadata: {{name: src}}\nspec:\n  {source}\n"
    workflow = read("argo/sensor.yaml", dedent(SENSOR) + (event if source else ""))
    assert kinds(workflow) == found
    assert [(j.id, [s.uses for s in j.steps]) for j in workflow.jobs] == [
        ("fit", ["docker://py"]), ("call", ["http:https://x"])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("Workflow", ", annotations: {pipelines.kubeflow.org/kfp_sdk_version: '1.8'}"),
        ("Application", ""),
        ("Rollout", ""),
    ],
)
def test_what_is_no_workflow_of_its_own(kind: str, head: str) -> None:
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: x{head}}}\nspec: {{templates: []}}\n"
    assert parse_ci(text.encode(), "argo/x.yaml", lambda _: None) is None


# --- Prow -------------------------------------------------------------------------------------------------------------


def test_prow_jobs() -> None:
    found = read(
        "config/jobs/ci.yaml",
        """
        presubmits:
          acme/app:
            - name: pull-test
              always_run: true
              branches: [^main$]
              spec: {containers: [{image: py, command: [make], args: [test]}]}
            - {name: pull-some, run_if_changed: ^ml/, spec: {containers: [{image: py, command: [make, some]}]}}
            - {name: pull-asked, always_run: false, spec: {containers: [{image: py, command: [make, asked]}]}}
        postsubmits:
          acme/app: [{name: push, spec: {containers: [{image: py, command: [bash, -c, "make a && make b"]}]}}]
        periodics:
          - {name: nightly, cron: 0 1 * * *, spec: {containers: [{image: py, command: [make, fit]}]}}
          - {name: often, interval: 1h, spec: {containers: [{image: py}]}}
        """,
    )  # fmt: skip
    assert [(j.id, [(t.kind, t.branches, t.paths) for t in j.triggers or ()]) for j in found.jobs] == [
        ("pull-test", [("pull_request", ("^main$",), ())]),
        ("pull-some", [("pull_request", (), ("^ml/",))]),
        ("pull-asked", [("other", (), ())]),
        ("push", [("push", (), ())]),
        ("nightly", [("schedule", (), ())]),
        ("often", [("schedule", (), ())]),
    ]
    assert [c for j in found.jobs for _, c in texts(j)] == [
        "make test", "make some", "make asked", "make a", "make b", "make fit"
    ]  # fmt: skip
    assert (found.jobs[0].image, (found.jobs[4].triggers or ())[0].detail) == ("py", "0 1 * * *")


def test_prow_files_in_the_repository_itself() -> None:
    found = read(".prow/a.yaml", "presubmits: [{name: a, always_run: true, spec: {containers: [{command: [ls]}]}}]\n")
    assert (found.system, kinds(found)) == ("prow", ["pull_request"])


def test_prow_workflows_whose_commands_are_elsewhere() -> None:
    found = read("prow_config.yaml", "workflows: [{name: a, app_dir: x, job_types: [presubmit, periodic]}]\n")
    assert (kinds(found), found.commands_read) == (["pull_request", "schedule"], False)
