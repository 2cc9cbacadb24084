"""GitHub Actions: which event starts which job, what matrices and inputs stand for, what never runs."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow

PATH = ".github/workflows/train.yml"


def read(text: str, others: Mapping[str, str] | None = None, path: str = PATH) -> Workflow:
    files = {name: dedent(content).encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def started(on: str, condition: str) -> list[str] | None:
    """What starts a job with this condition; None where nothing does."""
    found = read(f'on: {on}\njobs: {{a: {{if: "{condition}", steps: [{{run: ls}}]}}}}\n')
    job = found.jobs[0]
    return [t.kind for t in (found.triggers if job.triggers is None else job.triggers)] if job.active else None


BOTH = "{push: {branches: [main, 'rel/**']}, pull_request: {}, schedule: [{cron: '0 1 * * *'}, {cron: '0 2 * * 0'}]}"


@pytest.mark.parametrize(
    ("on", "condition", "kinds"),
    [
        (BOTH, "github.event_name == 'schedule'", ["schedule", "schedule"]),
        (BOTH, "github.event.schedule == '0 2 * * 0'", ["schedule"]),
        (BOTH, "github.event_name != 'pull_request'", ["push", "schedule", "schedule"]),
        (BOTH, "github.ref == 'refs/heads/main'", ["push", "schedule", "schedule"]),
        (BOTH, "github.ref == 'refs/heads/main' && github.event_name == 'push'", ["push"]),
        (BOTH, "github.ref == 'refs/heads/dev' && github.event_name == 'push'", None),
        (BOTH, "startsWith(github.ref, 'refs/heads/rel/')", ["push", "schedule", "schedule"]),
        (BOTH, "startsWith(github.ref, 'refs/tags/')", None),
        (BOTH, "github.event.pull_request.merged == true", ["pull_request"]),
        (BOTH, 'contains(fromJSON(\'[\\"push\\", \\"release\\"]\'), github.event_name)', ["push"]),
        (BOTH, "${{ vars.ON == 'yes' }}", ["push", "pull_request", "schedule", "schedule"]),
        (BOTH, "always() && github.event_name == 'push'", ["push"]),
        ("{push: {branches: [main], tags: ['v*']}}", "startsWith(github.ref, 'refs/tags/v')", ["tag"]),
        ("push", "startsWith(github.ref, 'refs/tags/v')", ["push"]),
        ("{push: {branches: ['rel-[0-9]+']}}", "github.ref == 'refs/heads/rel-10'", ["push"]),
        ("[push, workflow_dispatch]", "inputs.train == 'true'", ["manual"]),
        ("[workflow_run, workflow_dispatch]", "github.event.workflow_run.conclusion == 'success'", ["workflow_run"]),
        ("{pull_request: {types: [closed]}}", "github.ref == 'refs/heads/main'", ["pull_request"]),
        ("pull_request", "github.ref == 'refs/heads/main'", None),
        ("pull_request_target", "github.ref == 'refs/heads/main'", ["pull_request"]),
        ("[workflow_call, push]", "github.event_name == 'schedule'", ["workflow_call", "push"]),
        ("{push: {branches-ignore: ['**'], tags: ['v*']}}", "always()", ["tag"]),
        ("{push: {tags-ignore: ['**'], branches: [main]}}", "always()", ["push"]),
    ],
)
def test_what_starts_a_job(on: str, condition: str, kinds: list[str] | None) -> None:
    assert started(on, condition) == kinds


def test_a_job_is_started_by_what_starts_the_jobs_it_needs() -> None:
    found = read(
        """
        on: [push, pull_request]
        jobs:
          build: {if: github.event_name == 'push', steps: [{run: make}]}
          ship: {needs: build, steps: [{run: make ship}]}
          tell: {needs: [ship], if: always(), steps: [{run: make tell}]}
          off: {if: false, steps: [{run: make off}]}
          later: {needs: [build, off], steps: [{run: make later}]}
          last: {needs: later, steps: [{run: make last}]}
        """
    )
    jobs = {job.id: job for job in found.jobs}
    assert [t.kind for t in jobs["ship"].triggers or ()] == ["push"]
    assert jobs["tell"].triggers is None and jobs["tell"].active
    assert not jobs["later"].active and not jobs["last"].active and found.active


def test_a_workflow_of_which_no_job_can_run_is_inactive() -> None:
    found = read("on: push\njobs: {a: {if: '${{ false }}', steps: [{run: ls}]}}\n")
    assert (found.active, found.why_inactive) == (False, "no job can run")


def test_a_step_for_an_event_that_does_not_occur_is_inactive() -> None:
    found = read(
        """
        on: push
        jobs:
          a:
            steps:
              - {run: make a, if: "github.event_name == 'schedule'"}
              - {run: make b, if: "github.event_name == 'push'"}
        """
    )
    assert [step.active for step in found.jobs[0].steps] == [False, True]


def only(text: str, others: Mapping[str, str] | None = None) -> Job:
    """The job `a` of a workflow that every push to main or dev starts."""
    body = "".join(f"    {line}\n" for line in dedent(text).strip("\n").split("\n"))
    return read(f"on: {{push: {{branches: [main, dev]}}}}\nenv: {{DIR: src}}\njobs:\n  a:\n{body}", others).jobs[0]


@pytest.mark.parametrize(
    ("matrix", "environment", "found"),
    [
        ("{env: [dev, prod], exclude: [{env: prod}]}", "${{ matrix.env }}", ("dev",)),
        ("{env: [dev, prod], os: [x, y], exclude: [{env: prod, os: x}]}", "${{ matrix.env }}", ("dev", "prod")),
        ("{env: [dev], include: [{env: dev, at: eu}, {env: prod, at: us}]}", "${{ matrix.env }}-${{ matrix.at }}",
         ("dev-eu", "prod-us")),
        ("{env: \"${{ fromJSON('[\\\"a\\\", \\\"b\\\"]') }}\"}", "${{ matrix.env }}", ("a", "b")),
        ("{env: '${{ fromJSON(needs.x.outputs.y) }}'}", "${{ matrix.env }}", ()),
        ("{a: [1]}", "${{ github.ref_name }}", ("main", "dev")),
        ("{a: [1]}", "${{ fromJSON('{\"main\": \"prod\", \"dev\": \"test\"}')[github.ref_name] }}", ("prod", "test")),
        ("{env: [dev, prod]}", "${{ matrix.env == 'prod' && 'production' || 'staging' }}", ("production", "staging")),
        ("{a: [1]}", "${{ (github.ref_name == 'main' && 'live') || 'test' }}", ("live", "test")),
    ],
)  # fmt: skip
def test_environments_of_a_matrix(matrix: str, environment: str, found: tuple[str, ...]) -> None:
    quoted = environment.replace("'", "''")
    job = only(f"strategy: {{matrix: {matrix}}}\nenvironment: '{quoted}'\nsteps: [{{run: ls}}]")
    assert job.environments == found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


def test_a_script_is_read_with_each_value_of_the_matrix() -> None:
    job = only(
        """
        strategy: {matrix: {script: [fit, score]}}
        steps:
          - run: |
              pip install .
              cd ${{ env.DIR }}
              python ${{ matrix.script }}.py --out ${{ secrets.OUT }}
        """
    )
    assert texts(job) == [
        "pip install .",
        "cd src",
        "python fit.py --out ${{ secrets.OUT }}",
        "python score.py --out ${{ secrets.OUT }}",
    ]
    assert job.steps[0].commands[-1].folder == "src"


def test_the_folder_of_a_job_may_come_from_the_matrix() -> None:
    job = only(
        """
        strategy: {matrix: {app: [api, model]}}
        defaults: {run: {working-directory: "apps/${{ matrix.app }}"}}
        steps: [{run: make}]
        """
    )
    assert job.steps[0].working_directory == "apps/api"


def test_scripts_that_an_action_is_given() -> None:
    job = only(
        """
        steps:
          - uses: cloud/cli@v2
            with:
              inlineScript: |
                az ml job create -f job.yml
          - {uses: far/ssh@v1, with: {host: x, script: cd /srv; ./restart.sh now}}
          - {uses: acme/github-script@v7, with: {script: await github.rest.x()}}
          - {uses: acme/build@v1, with: {command: build}}
        """
    )
    assert [(c.line, c.text) for s in job.steps for c in s.commands] == [
        (9, "az ml job create -f job.yml"),
        (10, "cd /srv"),
        (10, "./restart.sh now"),
    ]


def test_a_local_action_is_read_with_what_it_is_given() -> None:
    action = """
        inputs: {stage: {default: all}, folder: {required: true}, other: {}}
        runs:
          using: composite
          steps: [{shell: bash, run: "dvc repro ${{ inputs.stage }} -C ${{inputs.folder}} ${{ inputs.other }}"}]
        """
    job = only("steps:\n  - uses: ./tools/run\n    with: {folder: ml}", {"tools/run/action.yml": action})
    assert texts(job) == ["dvc repro all -C ml ${{ inputs.other }}"]


def test_an_action_at_the_root_is_local_too() -> None:
    job = only("steps: [{uses: ./}]", {"action.yml": "runs: {steps: [{run: make own, shell: bash}]}"})
    assert texts(job) == ["make own"]


def test_a_default_shell_of_another_language_has_no_commands() -> None:
    job = only("defaults: {run: {shell: 'perl {0}'}}\nsteps: [{run: x <- 1}, {run: make b, shell: bash -l {0}}]")
    assert texts(job) == ["make b"]
