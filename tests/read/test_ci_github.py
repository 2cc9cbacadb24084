"""GitHub Actions: triggers, jobs, steps, environments, what is taken in from other files."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import OUTSIDE, parse_ci
from mlscan.types.source import Job, Workflow

PATH = ".github/workflows/train.yml"


def read(text: str, path: str = PATH, others: Mapping[str, str] | None = None) -> Workflow:
    files = {name: dedent(content).encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def job(text: str, others: Mapping[str, str] | None = None) -> Job:
    """The one job of a workflow that every push starts; `text` is its body."""
    body = "".join(f"    {line}\n" for line in dedent(text).strip("\n").split("\n"))
    return read(f"on: push\njobs:\n  one:\n{body}", others=others).jobs[0]


def kinds(workflow: Workflow) -> list[tuple[str, str]]:
    return [(t.kind, t.detail) for t in workflow.triggers]


JOBS = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: ls}]}}\n"


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("on: push", [("push", "push")]),
        ("on: [push, pull_request]", [("push", "push"), ("pull_request", "pull_request")]),
        ("'on': {pull_request_target: null}", [("pull_request", "pull_request_target")]),
        (
            "on: {schedule: [{cron: '0 3 * * 1'}, {cron: '5 4 * * *'}]}",
            [("schedule", "0 3 * * 1"), ("schedule", "5 4 * * *")],
        ),
        ("on: {push: {tags: ['v*']}}", [("tag", "v*")]),
        ("on: {push: {branches: [main], tags: ['v*']}}", [("push", "push"), ("tag", "v*")]),
        ("on: {workflow_dispatch: {}}", [("manual", "workflow_dispatch")]),
        ("on: {repository_dispatch: {types: [new-data]}}", [("dispatch", "new-data")]),
        ("on: {workflow_run: {workflows: [Score, Check], types: [completed]}}", [("workflow_run", "Score, Check")]),
        ("on: {workflow_call: {inputs: {x: {type: string}}}}", [("workflow_call", "workflow_call")]),
        ("on: {release: {types: [published]}}", [("release", "published")]),
        ("on: {issues: {types: [opened]}}", [("other", "issues")]),
    ],
)  # fmt: skip
def test_triggers(on: str, found: list[tuple[str, str]]) -> None:
    assert kinds(read(f"{on}\n{JOBS}")) == found


def test_a_trigger_has_its_line_branches_and_paths() -> None:
    trigger = read(f"name: x\non:\n  push:\n    branches: [main, dev]\n    paths: ['src/**']\n{JOBS}").triggers[0]
    assert (trigger.line, trigger.branches, trigger.paths) == (3, ("main", "dev"), ("src/**",))


def test_a_schedule_that_is_commented_out_does_not_fire() -> None:
    text = f"on:\n  # schedule:\n  #   - cron: '0 0 * * *'\n  workflow_dispatch:\n{JOBS}"
    assert kinds(read(text)) == [("manual", "workflow_dispatch")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("# nothing but words\n", "empty"),
        ("- a\n- b\n", "no map"),
        ("42", "no map"),
        ("null", "empty"),
        (f"on:\n#  push:\n{JOBS}", "no trigger"),
        ("on: push\n# jobs: none yet\n", "no job"),
        ("colour: blue\n", "no job"),
    ],
)
def test_what_can_never_run_is_inactive(text: str, why: str) -> None:
    found = read(text)
    assert (found.active, found.why_inactive) == (False, why)


def test_a_list_is_a_problem_and_an_empty_file_is_none() -> None:
    assert read("- a").problems and not read("").problems


@pytest.mark.parametrize(
    "path", ["sub/.github/workflows/x.yml", ".github/workflows/old/x.yml", "docs/workflows/x.yaml"]
)
def test_elsewhere_a_workflow_is_read_but_inactive(path: str) -> None:
    found = read(f"on: push\n{JOBS}", path)
    assert (found.active, found.why_inactive, len(found.jobs)) == (False, OUTSIDE, 1)


def test_other_files_in_such_places_are_no_workflows() -> None:
    assert parse_ci(b"steps: 3\n", "data/workflows/x.yml", lambda _: None) is None


def test_run_steps_have_the_lines_of_their_commands() -> None:
    found = read(
        """
        on: push
        jobs:
          one:
            steps:
              - run: pip install .
              - name: two lines
                run: |
                  python prepare.py && python train.py

                  make report
              - run: >-
                  python long.py
                  --more 1;
                  python last.py
        """
    ).jobs[0]
    commands = [(c.line, c.text) for step in found.steps for c in step.commands]
    assert commands[:4] == [(5, "pip install ."), (8, "python prepare.py"), (8, "python train.py"), (10, "make report")]
    assert [(line, text.split()[1]) for line, text in commands[4:]] == [(12, "long.py"), (14, "last.py")]
    assert [s.line for s in found.steps] == [5, 6, 11]


def test_a_command_in_the_line_below_its_key() -> None:
    steps = job("steps:\n  - run:\n      make a\n  - run:\n      |\n      make b").steps
    assert [(c.line, c.text) for s in steps for c in s.commands] == [(6, "make a"), (9, "make b")]


def test_actions_and_what_they_are_given() -> None:
    step = job("steps: [{uses: acme/train@v2, with: {epochs: 3, deep: true}, if: github.ref == 'x'}]").steps[0]
    assert (step.uses, step.with_, step.condition) == (
        "acme/train@v2", {"epochs": "3", "deep": "true"}, "github.ref == 'x'"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "active"),
    [
        ("false", False),
        ("${{ false }}", False),
        ("${{ false && github.ref == 'x' }}", False),
        ("github.event_name == 'schedule'", False),
        ("github.event_name == 'push'", True),
        ("false || always()", True),
        ("${{ !false }}", True),
    ],
)
def test_a_condition_that_never_holds(condition: str, active: bool) -> None:
    found = job(f'if: "{condition}"\nsteps: [{{run: ls, if: "{condition}"}}]')
    assert (found.active, found.steps[0].active) == (active, active)


def test_folders_come_from_the_step_the_job_and_the_workflow() -> None:
    text = """
        on: push
        defaults: {run: {working-directory: ./root}}
        jobs:
          a: {steps: [{run: ls}, {run: ls, working-directory: "${{ github.workspace }}/own"}]}
          b: {defaults: {run: {working-directory: job/}}, steps: [{run: ls}]}
        """
    assert [[s.working_directory for s in j.steps] for j in read(text).jobs] == [["root", "own"], ["job"]]


def test_a_change_of_folder_holds_for_the_commands_behind_it() -> None:
    commands = job("steps:\n  - run: |\n      cd ml/src\n      python a.py\n      cd ..\n      ls").steps[0].commands
    assert [(c.program, c.folder) for c in commands] == [
        ("cd", ""), ("python", "ml/src"), ("cd", "ml/src"), ("ls", "ml")
    ]  # fmt: skip


def test_lines_of_a_script_in_r_are_commands_of_its_program() -> None:
    text = "steps:\n  - shell: Rscript {0}\n    run: |\n      # all targets\n      targets::tar_make()\n"
    (command,) = job(text).steps[0].commands
    assert (command.words, command.line) == (("Rscript", "-e", "targets::tar_make()"), 8)


def test_a_script_in_another_language_has_no_shell_commands() -> None:
    assert job("steps: [{shell: python, run: import os}]").steps[0].commands == ()


@pytest.mark.parametrize(
    ("environment", "written", "found"),
    [
        ("environment: production", "production", ()),
        ("environment: {name: staging, url: https://x}", "staging", ()),
        ("strategy: {matrix: {env: [dev, qa]}}\nenvironment: ${{ matrix.env }}", "${{ matrix.env }}", ("dev", "qa")),
        (
            "strategy: {matrix: {include: [{env: net}, {env: org}]}}\nenvironment: {name: 'app-${{ matrix.env }}'}",
            "app-${{ matrix.env }}",
            ("app-net", "app-org"),
        ),
        ("strategy: {matrix: {to: [{e: a}, {e: b}]}}\nenvironment: ${{matrix.to.e}}", "${{matrix.to.e}}", ("a", "b")),
        (
            "environment: ${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}",
            "${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}",
            ("production", "staging"),
        ),
        ("strategy: {matrix: '${{ fromJSON(x) }}'}\nenvironment: ${{ matrix.env }}", "${{ matrix.env }}", ()),
    ],
)  # fmt: skip
def test_environments(environment: str, written: str, found: tuple[str, ...]) -> None:
    read_job = job(f"{environment}\nsteps: [{{run: ls}}]")
    assert (read_job.environment, read_job.environments) == (written, found)


def test_the_choices_of_a_manual_start_are_environments() -> None:
    text = """
        on:
          workflow_dispatch:
            inputs: {environment: {type: choice, options: [dev, prod], default: dev}}
        jobs:
          a: {environment: "${{ inputs.environment }}", steps: [{run: ls}]}
          b: {environment: "${{ github.event.inputs.environment }}", steps: [{run: ls}]}
        """
    assert [j.environments for j in read(text).jobs] == [("dev", "prod"), ("dev", "prod")]


def test_a_workflow_of_this_repository_is_called() -> None:
    called = """
        on: {workflow_call: {inputs: {environment: {type: string}}}}
        jobs: {a: {environment: "${{ inputs.environment }}", steps: [{run: ls}]}}
        """
    path = ".github/workflows/deploy.yml"
    found = job(f"uses: ./{path}\nwith: {{environment: prod}}", {path: called})
    assert (found.uses, found.remote, found.environment) == (path, False, "prod")


def test_a_workflow_of_another_repository_is_delegated() -> None:
    found = read("on: push\njobs:\n  a:\n    uses: acme/ci/.github/workflows/train.yml@v1\n")
    assert (found.jobs[0].remote, [(d.line, d.to) for d in found.delegations]) == (
        True, [(4, "acme/ci/.github/workflows/train.yml@v1")]
    )  # fmt: skip


def test_a_local_action_brings_its_steps_at_the_line_that_uses_it() -> None:
    action = """
        runs:
          using: composite
          steps:
            - shell: bash
              run: |
                python ${{ github.action_path }}/run.py
            - uses: ./.github/actions/inner
        """
    inner = "runs: {using: composite, steps: [{run: ls inner, shell: bash}, {uses: ./.github/actions/outer}]}"
    found = job(
        "steps:\n  - uses: ./.github/actions/outer",
        {".github/actions/outer/action.yml": action, ".github/actions/inner/action.yaml": inner},
    )
    assert [s.uses for s in found.steps if s.uses][:2] == ["./.github/actions/outer", "./.github/actions/inner"]
    assert [(c.line, c.text) for s in found.steps for c in s.commands] == [
        (5, "python .github/actions/outer/run.py"),
        (5, "ls inner"),
    ]


def test_needs_name_and_container() -> None:
    found = job("name: Train it\nneeds: [lint, test]\ncontainer: {image: acme/gpu:1}\nsteps: [{run: ls}]")
    assert (found.name, found.needs, found.image) == ("Train it", ("lint", "test"), "acme/gpu:1")


def test_a_broken_file_is_read_as_far_as_it_goes() -> None:
    found = read("on: push\njobs:\n  a:\n    steps:\n      - run: make test\n  b: [\n")
    assert found.problems and found.jobs[0].steps[0].commands[0].text == "make test"


def test_gitea_reads_the_same_format() -> None:
    found = read(f"on: push\n{JOBS}", ".gitea/workflows/a.yml")
    assert (found.system, found.active) == ("gitea-actions", True)


@pytest.mark.parametrize(("more", "active"), [("", True), ("      - run: |\n          go\nno map\n", False)])
def test_a_workflow_that_the_forge_cannot_read_never_runs(more: str, active: bool) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: python train.py\n" + more
    found = parse_ci(text.encode(), ".github/workflows/ci.yml", lambda _: None)
    assert found is not None
    assert found.active is active
    assert found.why_inactive == ("" if active else "broken YAML, of which nothing runs")
