"""Travis CI and AppVeyor: phases, the matrix, deployments, conditions."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow


def read(text: str, path: str = ".travis.yml") -> Workflow:
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, lambda _: None)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


def started(job: Job) -> list[str] | None:
    return [t.kind for t in job.triggers] if job.triggers is not None else None


@pytest.mark.parametrize(
    ("condition", "kinds", "active"),
    [
        ("type = cron", ["schedule"], True),
        ("type IN (cron, api)", ["schedule", "api"], True),
        ("type = push AND branch = master", ["push"], True),
        ("type != pull_request", ["push"], True),
        ("NOT type IN (pull_request)", ["push"], True),
        ("tag IS present", ["tag"], True),
        ("tag IS blank", None, True),
        ("branch = master OR type = cron", None, True),
        ("branch =~ ^release", None, True),
        ("env(TOKEN) IS present", None, True),
        ("type = nothing", [], False),
        ("(", None, True),
    ],
)
def test_conditions_of_a_job(condition: str, kinds: list[str] | None, active: bool) -> None:
    job = read(f"jobs: {{include: [{{script: make, if: '{condition}'}}]}}\n").jobs[0]
    assert job.active is active
    assert started(job) == kinds if active else True


def test_jobs_inherit_the_script_and_the_conditions_of_their_stage() -> None:
    found = read(
        """
        language: python
        if: type != api
        stages: [test, {name: deploy, if: branch = master AND type = push}]
        install: pip install .
        script: make test
        jobs:
          include:
            - {python: "3.12", name: new}
            - {stage: deploy, script: [make ship, "true"]}
            - {name: and tell, script: make tell}
        """
    )
    assert [(j.id, texts(j), started(j)) for j in found.jobs] == [
        ("build", ["pip install .", "make test"], None),
        ("new 1", ["make test"], None),
        ("deploy 2", ["make ship"], ["push"]),
        ("and tell 3", ["make tell"], ["push"]),
    ]


def test_deployments_have_their_own_branches_and_tags() -> None:
    found = read(
        """
        script: make
        deploy:
          - {provider: pypi, on: {tags: true}}
          - {provider: script, script: ./ship.sh, on: {branch: live}}
        """
    )
    assert [(j.id, [s.uses for s in j.steps], started(j)) for j in found.jobs[1:]] == [
        ("deploy", ["pypi"], ["tag"]),
        ("deploy (2)", ["script"], ["push"]),
    ]
    assert (found.jobs[2].triggers or ())[0].branches == ("live",) and texts(found.jobs[2]) == ["./ship.sh"]


def test_what_a_language_runs_without_a_script() -> None:
    assert [c.text for j in read("language: r\ncache: packages\n").jobs for s in j.steps for c in s.commands] == [
        "R CMD check"
    ]
    assert read("language: r\nscript: skip\n").jobs == ()


def test_configuration_that_is_kept_elsewhere() -> None:
    found = read("import: [{source: acme/build:python.yml@v1}, other.yml]\nscript: make\n")
    assert [(d.line, d.to) for d in found.delegations] == [(1, "acme/build:python.yml@v1")]


def test_branches_of_the_whole_file() -> None:
    found = read("branches: {only: [master, /^rel/]}\nscript: make\n")
    assert [(t.kind, t.branches) for t in found.triggers] == [
        ("push", ("master", "/^rel/")), ("pull_request", ("master", "/^rel/"))
    ]  # fmt: skip


def test_appveyor_names_the_shell_of_each_command() -> None:
    found = read(
        """
        install:
          - ps: ./install.ps1
          - cmd: pip install .
          - pip install pytest
        build: off
        test_script: [sh: pytest]
        for:
          - {matrix: {only: [{x: 1}]}, test_script: [make more]}
        deploy: {provider: NuGet, on: {APPVEYOR_REPO_TAG: true}}
        """,
        "appveyor.yml",
    )
    assert [(j.id, sorted(texts(j))) for j in found.jobs] == [
        ("build", ["./install.ps1", "pip install .", "pip install pytest", "pytest"]),
        ("deploy", []),
        ("build 1", ["make more"]),
    ]
    assert started(found.jobs[1]) == ["tag"]
