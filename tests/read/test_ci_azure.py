"""Azure Pipelines: template expressions, deployments, approvals, and what starts which job."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow

PATH = "azure-pipelines.yml"


def read(text: str, others: Mapping[str, str] | None = None, path: str = PATH) -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


@pytest.mark.parametrize(
    ("head", "kinds"),
    [
        ("trigger: [none]", ["manual"]),
        ("trigger: {branches: {exclude: ['*']}}", ["manual"]),
        ("trigger: {batch: true, branches: {include: [main]}}", ["push"]),
        ("trigger: none\npr: {branches: {exclude: ['*']}}", ["manual"]),
        ("trigger: none\nresources: {webhooks: [{webhook: data}]}", ["dispatch"]),
        ("trigger: none\nresources: {pipelines: [{pipeline: p, source: Build, trigger: none}]}", ["manual"]),
        ("trigger: none\nresources: {pipelines: [{pipeline: p, trigger: {branches: [main]}}]}", ["workflow_run"]),
        ("trigger: none\nresources: {containers: [{container: c, trigger: true}]}", ["other"]),
        ("trigger: none\nschedules: [{cron: '0 1 * * *', branches: {include: [main]}}]", ["schedule"]),
        ("parameters: [{name: a, displayName: Which}]", ["push"]),
        ("variables: {a: b}\nparameters: [{name: a}]", ["push"]),
    ],
)
def test_what_starts_a_pipeline(head: str, kinds: list[str]) -> None:
    assert [t.kind for t in read(f"{head}\nsteps: [{{script: ls}}]\n", path="ci/x.yml").triggers] == kinds


def test_the_pipeline_at_the_root_is_no_template() -> None:
    assert [t.kind for t in read("stages: [{stage: a, jobs: [{job: b, steps: [{script: ls}]}]}]").triggers] == ["push"]


TRIGGERED = (
    "trigger: [main, dev]\npr: [main]\nschedules: [{cron: '0 1 * * *'}]\njobs:\n- job: a\n  steps: [{script: ls}]\n"
)


@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        ("eq(variables['Build.Reason'], 'Schedule')", ["schedule"]),
        ("and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))", ["push", "schedule"]),
        ("eq(variables['Build.SourceBranch'], 'refs/heads/main')", ["push", "schedule"]),
        ("eq(variables['Build.SourceBranch'], 'refs/heads/old')", ["schedule"]),
        ("eq('$(Build.Reason)', 'Manual')", ["manual"]),
        ("in(variables['Build.Reason'], 'IndividualCI', 'BatchedCI')", ["push"]),
        ("not(failed())", ["push", "pull_request", "schedule"]),
        ("false", None),
        ("and(succeeded(), false)", None),
    ],
)
def test_what_starts_a_job(condition: str, kinds: list[str] | None) -> None:
    found = read(f'{TRIGGERED}  condition: "{condition}"\n')
    job = found.jobs[0]
    assert ([t.kind for t in job.triggers or found.triggers] if job.active else None) == kinds


def test_a_pipeline_of_which_no_job_can_run_is_inactive() -> None:
    found = read(f"{TRIGGERED}  condition: false\n")
    assert (found.active, found.why_inactive) == (False, "no job can run")


def test_loops_over_parameters() -> None:
    found = read(
        """
        parameters:
          - name: targets
            type: object
            default: [{name: dev, group: g1}, {name: prod, group: g2}]
          - {name: names, type: object, default: [a, b]}
        stages:
          - ${{ each target in parameters.targets }}:
            - stage: roll_${{ target.name }}
              jobs:
                - deployment: roll
                  environment: ${{ target.name }}
                  strategy: {runOnce: {deploy: {steps: [{script: "./roll.sh ${{ target.group }}"}]}}}
          - stage: after
            jobs:
              - ${{ each name in parameters.names }}:
                - job: ${{ name }}
                  steps: [{script: "make ${{name}}"}]
        """
    )
    assert [(j.id, j.environment, texts(j)) for j in found.jobs] == [
        ("roll_dev.roll", "dev", ["./roll.sh g1"]),
        ("roll_prod.roll", "prod", ["./roll.sh g2"]),
        ("a", None, ["make a"]),
        ("b", None, ["make b"]),
    ]


TEMPLATE = """
    parameters:
      - {name: env, type: string}
      - {name: before, type: stepList, default: []}
      - {name: fast, type: boolean, default: false}
      - {name: note, default: ''}
    jobs:
      - deployment: ship
        environment: ${{ parameters.env }}
        dependsOn: ${{ parameters.note }}
        ${{ if eq(parameters.env, 'prod') }}:
          displayName: Ship to all
        ${{ else }}:
          displayName: Ship to some
        strategy:
          rolling:
            preDeploy: {steps: [{script: make ready}]}
            deploy:
              steps:
                - ${{ parameters.before }}
                - ${{ if eq(parameters.fast, true) }}:
                  - script: make fast
                - ${{ elseif eq(parameters.env, 'prod') }}:
                  - script: make slow
                - ${{ else }}:
                  - script: make usual
            on: {failure: {steps: [{script: make undo}]}}
    """


def test_a_template_takes_lists_of_steps_and_conditions() -> None:
    found = read(
        """
        trigger: none
        jobs:
          - template: t.yml
            parameters:
              env: prod
              before:
                - script: |
                    make first
                - ${{ if true }}:
                  - script: make second
          - template: t.yml
            parameters: {env: dev, fast: true}
        """,
        {"t.yml": TEMPLATE},
    )
    first, second = found.jobs
    assert (first.name, first.environment, first.needs) == ("Ship to all", "prod", ())
    assert texts(first) == ["make ready", "make first", "make second", "make slow", "make undo"]
    assert (second.name, texts(second)[1:]) == ("Ship to some", ["make fast", "make undo"])
    lines = [c.line for s in first.steps for c in s.commands]
    assert lines == [3, 8, 10, 3, 3], "what the pipeline gives has its own line"


def test_a_template_that_nobody_calls_has_all_branches() -> None:
    found = read(TEMPLATE, path=".pipelines/t.yml")
    assert texts(found.jobs[0])[1:4] == ["make fast", "make slow", "make usual"]


def test_jobs_that_a_template_elsewhere_is_given() -> None:
    found = read(
        """
        trigger: [main]
        resources: {repositories: [{repository: far, name: acme/templates}]}
        extends:
          template: v1/official.yml@far
          parameters:
            sdl: {x: y}
            stages:
              - stage: fit
                jobs: [{job: fit, steps: [{script: make fit}]}]
        """
    )
    assert [(j.id, j.uses, texts(j)) for j in found.jobs] == [
        ("v1/official.yml@far", "v1/official.yml@far", []),
        ("fit", None, ["make fit"]),
    ]
    assert [d.to for d in found.delegations] == ["acme/templates", "v1/official.yml@far"]


def test_conditional_keys_of_a_job_are_its_own() -> None:
    found = read(
        """
        trigger: none
        jobs:
          - job: a
            ${{ if eq(variables['x'], 'y') }}:
              pool: {vmImage: x}
              container: acme/gpu
            steps: [{script: make a}]
        """
    )
    assert [(j.id, j.image, texts(j)) for j in found.jobs] == [("a", "acme/gpu", ["make a"])]


def test_variables_that_are_known_stand_in_scripts() -> None:
    found = read(
        """
        trigger: none
        variables: [{name: SCRIPT, value: fit.py}, {group: secrets}]
        jobs:
          - job: a
            variables: {OUT: gold}
            steps: [{template: s.yml}, {script: "python $(SCRIPT) $(OUT) $(TOKEN)"}]
        """,
        {"s.yml": "steps: [{bash: ./$(SCRIPT)}]\n"},
    )
    assert texts(found.jobs[0]) == ["./fit.py", "python fit.py gold $(TOKEN)"]


def test_a_variable_is_no_command() -> None:
    found = read("trigger: none\nsteps:\n- bash: |\n    x=$(Build.BuildId)\n    y=$(NAME)\n    make $(TARGET)\n")
    assert texts(found.jobs[0]) == ["make $(TARGET)"]


def test_stages_behind_an_approval_wait() -> None:
    found = read(
        """
        trigger: [main]
        stages:
          - stage: build
            jobs: [{job: build, steps: [{script: make}]}]
          - stage: ask
            jobs: [{job: ask, pool: server, steps: [{task: ManualValidation@0}]}]
          - stage: ship
            jobs: [{job: ship, steps: [{script: make ship}]}]
          - stage: aside
            dependsOn: build
            jobs: [{job: aside, steps: [{script: make aside}]}]
          - stage: hand
            dependsOn: []
            trigger: manual
            jobs: [{job: hand, steps: [{script: make hand}]}]
        """
    )
    assert [(j.id, j.manual) for j in found.jobs] == [
        ("build", False), ("ask", True), ("ship", True), ("aside", False), ("hand", True)
    ]  # fmt: skip


def test_jobs_of_one_name_in_two_stages_are_told_apart() -> None:
    jobs = "[{job: a, steps: [{script: ls}]}, {job: b, dependsOn: a, steps: [{script: ls}]}]"
    found = read("trigger: none\nstages:\n" + "".join(f"- {{stage: {n}, jobs: {jobs}}}\n" for n in ("one", "two")))
    assert [(j.id, j.needs, j.name) for j in found.jobs] == [
        ("one.a", (), "one"), ("one.b", ("one.a",), "one"), ("two.a", (), "two"), ("two.b", ("two.a",), "two")
    ]  # fmt: skip


def test_loops_in_loops_are_bounded() -> None:
    names = ", ".join(f"n{i}" for i in range(30))
    body = "- script: make\n"
    for depth in range(7):
        body = f"- ${{{{ each x{depth} in parameters.l }}}}:\n" + "".join(f"  {line}\n" for line in body.splitlines())
    text = f"trigger: none\nparameters: [{{name: l, type: object, default: [{names}]}}]\nsteps:\n{body}"
    assert len(read(text).jobs[0].steps) <= 2_000


def test_a_parameter_that_names_itself_ends() -> None:
    others = {"t.yml": "parameters: [{name: a}]\nsteps:\n- ${{ parameters.a }}\n- script: ls\n"}
    found = read("trigger: none\nsteps: [{template: t.yml, parameters: {a: '${{ parameters.a }}'}}]", others)
    assert texts(found.jobs[0]) == ["ls"]
