"""Jenkins: functions, conditions of stages, approvals, images, what starts what."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow


def read(text: str, others: Mapping[str, str] | None = None, path: str = "Jenkinsfile") -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def texts(job: Job) -> list[str]:
    return [command.text for step in job.steps for command in step.commands]


def pipeline(head: str, when: str = "") -> Workflow:
    return read(f"pipeline {{\n{head}\nstages {{ stage('Fit') {{ {when}\nsteps {{ sh 'make fit' }} }} }} }}\n")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("", [("push", "default")]),
        ("triggers { cron('H 3 * * 1') }", [("schedule", "H 3 * * 1")]),
        ("triggers { cron(env.BRANCH_NAME == 'main' ? '@daily' : '') }", [("schedule", "@daily")]),
        ("triggers { pollSCM('H/5 * * * *'); upstream(upstreamProjects: 'data', threshold: 1) }",
         [("push", "H/5 * * * *"), ("workflow_run", "data")]),
        ("triggers { parameterizedCron('''\n  H 1 * * * %A=1\n  H 2 * * * %A=2\n''') }",
         [("schedule", "H 1 * * * %A=1"), ("schedule", "H 2 * * * %A=2")]),
        ("triggers { GenericTrigger(token: 'data') }", [("dispatch", "data")]),
        ("triggers { issueCommentTrigger('.*run.*') }", [("push", "default"), ("other", ".*run.*")]),
        ("options { x() }\n// triggers { cron('H 3 * * 1') }", [("push", "default")]),
    ],
)  # fmt: skip
def test_what_starts_a_pipeline(head: str, found: list[tuple[str, str]]) -> None:
    assert [(t.kind, t.detail) for t in pipeline(head).triggers] == found


@pytest.mark.parametrize(
    ("when", "kinds", "condition"),
    [
        ("when { branch 'main' }", None, "branch == 'main'"),
        ("when { branch 'release/*' }", None, "branch_like('release/*')"),
        ("when { not { branch 'main' } }", None, "!(branch == 'main')"),
        ("when { buildingTag() }", ["tag"], "tag"),
        ("when { tag 'v*' }", ["tag"], "tag"),
        ("when { changeRequest target: 'main' }", ["pull_request"], "change_request"),
        ("when { anyOf { changeRequest(); buildingTag() } }", ["pull_request", "tag"], "(change_request) || (tag)"),
        (
            "when { allOf { branch 'main'; not { changeRequest() } } }",
            None,
            "(branch == 'main') && (!(change_request))",
        ),
        ("when { expression { return env.TAG_NAME != null } }", ["tag"], "env.TAG_NAME != null"),
        ("when { expression { params.GO == true } }", None, "params.GO == true"),
        ("when { environment name: 'GO', value: 'yes' }", None, "env.GO == 'yes'"),
        ("when { triggeredBy 'UserIdCause' }", ["manual"], "triggered_by == 'UserIdCause'"),
        ("when { triggeredBy 'TimerTrigger' }", ["other"], "triggered_by == 'TimerTrigger'"),
        ("when { beforeAgent true; branch 'main' }", None, "branch == 'main'"),
    ],
)
def test_when_a_stage_runs(when: str, kinds: list[str] | None, condition: str) -> None:
    job = pipeline("", when).jobs[0]
    assert (job.active, job.condition) == (True, condition)
    assert (None if job.triggers is None else [t.kind for t in job.triggers]) == kinds


def test_a_stage_for_the_timer() -> None:
    found = pipeline("triggers { cron('@daily'); pollSCM('@hourly') }", "when { triggeredBy 'TimerTrigger' }")
    assert [t.kind for t in found.jobs[0].triggers or ()] == ["schedule"]


def test_a_stage_for_a_branch_is_not_for_changes_that_are_proposed() -> None:
    found = pipeline("triggers { pollSCM('@hourly'); githubPullRequests('x') }", "when { branch 'main' }")
    assert [t.kind for t in found.jobs[0].triggers or ()] == ["push"]


@pytest.mark.parametrize("when", ["expression { false }", "expression { return false }", "not { expression { true } }"])
def test_a_stage_that_never_runs(when: str) -> None:
    assert not pipeline("", f"when {{ {when} }}").jobs[0].active


def test_functions_are_read_where_they_are_called() -> None:
    found = read(
        """
        def fit(name) {
          sh "python fit.py ${name}"
          clean()
        }
        def clean() { sh 'rm -rf tmp' }
        def unused() { sh 'make unused' }
        def round() { round() }
        def later = { sh 'make later' }
        node('gpu') {
          stage('Fit') { fit('a') }
          stage('More') {
            def x = fit('b')
            later()
            round()
          }
        }
        """
    )
    assert [(j.id, texts(j)) for j in found.jobs] == [
        ("Fit", ["python fit.py ${name}", "rm -rf tmp"]),
        ("More", ["python fit.py ${name}", "rm -rf tmp", "make later"]),
        ("unused", ["make unused"]),
    ]
    assert [c.line for c in found.jobs[0].steps[0].commands] == [2]


def test_functions_of_a_file_that_is_loaded() -> None:
    common = "def fit() { sh 'make fit' }\ndef other() { sh 'make other' }\nreturn this\n"
    found = read(
        "node {\n  def lib = load 'ci/lib.groovy'\n  stage('Fit') { lib.fit() }\n}\n", {"ci/lib.groovy": common}
    )
    assert [(j.id, [(c.line, c.text) for s in j.steps for c in s.commands]) for j in found.jobs] == [
        ("Fit", [(2, "make fit")])
    ]


def test_somebody_is_asked_and_what_is_behind_waits() -> None:
    found = read(
        """
        pipeline {
          agent any
          stages {
            stage('Build') { steps { sh 'make' } }
            stage('Ask') { steps { script { def go = input(message: 'Go?') } } }
            stage('Ship') { steps { sh 'make ship' } }
          }
        }
        """
    )
    assert [(j.id, j.manual) for j in found.jobs] == [("Build", False), ("Ask", True), ("Ship", True)]


@pytest.mark.parametrize(
    "text", ["input 'Go?'", "input message: 'Go?'", "timeout(5) { input id: 'x' }", "x = input('y')"]
)
def test_forms_of_asking(text: str) -> None:
    assert read(f"node {{ stage('a') {{ {text} }} }}").jobs[0].manual


@pytest.mark.parametrize("text", ["sh 'cat input'", 'echo "input ${x}"', "params.input = 'x'", "f.input('x')"])
def test_what_is_no_question(text: str) -> None:
    assert not any(job.manual for job in read(f"node {{ stage('a') {{ sh 'ls'\n{text} }} }}").jobs)


def test_images_of_the_pipeline_and_of_stages() -> None:
    found = read(
        """
        pipeline {
          agent { docker { image 'py:3' } }
          stages {
            stage('a') { steps { sh 'ls' } }
            stage('b') { agent { docker 'py:4' }
              steps { sh 'ls' } }
            stage('c') { steps { script { docker.image('gpu').inside('-v') { sh 'ls' } } } }
          }
        }
        """
    )
    assert [j.image for j in found.jobs] == ["py:3", "py:4", "gpu"]


def test_steps_of_plug_ins() -> None:
    found = read(
        """
        node {
          stage('Image') {
            checkout scm
            image = docker.build("acme/app")
            image.push('latest')
            names = text.split(',')
          }
          stage('Ship') { ansiblePlaybook playbook: 'ship.yml' }
          stage('Say') { echo 'hello' }
        }
        """
    )
    assert [(j.id, [s.uses for s in j.steps]) for j in found.jobs] == [
        ("Image", ["docker.build", "image.push"]),
        ("Ship", ["ansiblePlaybook"]),
    ]


def test_parallel_and_matrix_stages() -> None:
    found = read(
        """
        pipeline {
          agent any
          stages {
            stage('All') {
              parallel {
                stage('One') { steps { sh 'make one' } }
                stage('Two') { steps { bat 'make two' } }
              }
            }
            stage('Each') {
              matrix {
                axes { axis { name 'ENV'; values 'dev', 'prod' } }
                stages { stage('Roll') { steps { sh 'make roll' } } }
              }
            }
          }
          post { failure { sh 'make sad' } }
        }
        """
    )
    assert [(j.id, texts(j)) for j in found.jobs] == [
        ("pipeline", ["make sad"]), ("One", ["make one"]), ("Two", ["make two"]), ("Roll", ["make roll"])
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("sh 'make a'", [(2, "make a")]),
        ("sh '''\n  make a\n  make b\n'''", [(3, "make a"), (4, "make b")]),
        ('sh(script: "make a", returnStatus: true)', [(2, "make a")]),
        ("def x = sh(returnStdout: true, script: 'make a').trim()", [(2, "make a")]),
        ("sh label: 'words', script: '''\nmake a'''", [(3, "make a")]),
        ("dir('x') { sh 'make a' }", [(2, "make a")]),
        ('sh """#!/bin/bash\nmake a\n"""', [(3, "make a")]),
        ("powershell 'make a'", [(2, "make a")]),
        ("echo 'make a'", []),
        ("// sh 'make a'", []),
        ("/* sh 'make a' */", []),
        ("sh command", []),
    ],
)
def test_shell_steps(step: str, found: list[tuple[int, str]]) -> None:
    jobs = read(f"node {{ stage('a') {{\n{step}\n}} }}\n").jobs
    assert [(c.line, c.text) for j in jobs for s in j.steps for c in s.commands] == found


def test_libraries_are_elsewhere() -> None:
    found = read("@Library(['acme@v1', 'other']) _\nlibrary 'third'\npipeline { libraries { lib('fourth') } }\n")
    assert [d.to for d in found.delegations] == ["acme@v1", "other", "third", "fourth"]


def test_two_stages_of_one_name() -> None:
    found = read("node {\nstage('a') { sh 'make a' }\nstage('a') { sh 'make b' }\n}\n")
    assert [j.id for j in found.jobs] == ["a", "a (2)"]
