"""GitLab CI: jobs with what they extend, include and refer to, and when they run."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from mlscan.read.ci import parse_ci
from mlscan.types.source import Job, Workflow

ROOT = ".gitlab-ci.yml"


def read(text: str, others: Mapping[str, str] | None = None, path: str = ROOT) -> Workflow:
    files = {name: dedent(content).lstrip("\n").encode() for name, content in (others or {}).items()}
    found = parse_ci(dedent(text).lstrip("\n").encode(), path, files.get)
    assert found is not None
    return found


def job(text: str) -> Job:
    return read("train:\n  script: [make train]\n" + "".join(f"  {line}\n" for line in text.split("\n"))).jobs[0]


def texts(job: Job) -> list[str]:
    return [c.text for step in job.steps for c in step.commands]


def test_jobs_and_their_commands() -> None:
    found = read(
        """
        stages: [test, train]
        default:
          image: {name: python:3.12}
          before_script: [pip install .]
        variables: {A: b}
        .hidden: {script: [never]}
        test:
          script:
            - cd sub
            - |
              pytest
              make lint
        train:
          image: acme/gpu
          before_script: []
          script: python train.py
          after_script: [echo done]
          needs: [test, {job: other}]
        """
    )
    test, train = found.jobs
    assert [(c.line, c.folder, c.text) for c in test.steps[0].commands] == [
        (4, "", "pip install ."), (9, "", "cd sub"), (11, "sub", "pytest"), (12, "sub", "make lint")
    ]  # fmt: skip
    assert (test.image, train.image, train.needs) == ("python:3.12", "acme/gpu", ("test", "other"))
    assert texts(train) == ["python train.py", "echo done"]
    assert [t.kind for t in found.triggers] == ["push"]


def test_extends_in_chains_lists_and_circles() -> None:
    found = read(
        """
        .base: {script: [make base], environment: {name: dev}, variables: {A: "1"}}
        .gpu: {extends: .base, image: gpu}
        .circle: {extends: .round, tags: [x]}
        .round: {extends: .circle, image: round}
        a: {extends: .gpu}
        b: {extends: [.base, .circle], script: [make own]}
        c: {extends: [.nowhere, .base]}
        """
    )
    assert [(j.id, texts(j), j.image, j.environment) for j in found.jobs] == [
        ("a", ["make base"], "gpu", "dev"),
        ("b", ["make own"], "round", "dev"),
        ("c", ["make base"], None, "dev"),
    ]


def test_references_and_anchors() -> None:
    found = read(
        """
        .setup: {script: [pip install ., make data]}
        .anchored: &anchored {script: [make anchored]}
        a:
          script:
            - !reference [.setup, script]
            - python train.py
        b:
          <<: *anchored
        """
    )
    assert [texts(j) for j in found.jobs] == [["pip install .", "make data", "python train.py"], ["make anchored"]]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]", ["schedule"]),
        ("rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]", ["pull_request"]),
        ("rules: [{if: $CI_MERGE_REQUEST_IID}]", ["pull_request"]),
        ("rules: [{if: $CI_COMMIT_TAG}]", ["tag"]),
        ("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", ["push"]),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"web\" || $CI_COMMIT_TAG =~ /^v/'}]", ["manual", "tag"]),
        ("rules: [{if: '$CI_PIPELINE_SOURCE != \"schedule\"'}]", ["push"]),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"schedule\"', when: never}, {when: on_success}]", ["push"]),
        ("rules: [{changes: [src/**]}]", ["push"]),
        ("rules: [{if: $CI_COMMIT_BRANCH == 'main', when: manual}]", ["push", "manual"]),
        ("rules: [{if: $CI_PIPELINE_SOURCE == 'schedule' || $CI_COMMIT_BRANCH == 'main'}]", ["schedule", "push"]),
        ("rules: [{if: $CI_COMMIT_BRANCH && $CI_PIPELINE_SOURCE == 'schedule'}]", ["schedule"]),
        ("rules: [{if: $CI_COMMIT_TAG && $CI_PIPELINE_SOURCE != 'schedule'}]", ["tag"]),
        ("rules: [{if: $CI_PIPELINE_SOURCE =~ /^(web|schedule)$/}]", ["manual", "schedule"]),
        ("rules: [{if: $CI_COMMIT_TAG, when: never}, {if: $CI_COMMIT_TAG || $CI_COMMIT_BRANCH}]", ["push"]),
        ("rules: [{when: always}, {if: $CI_COMMIT_TAG}]", ["push"]),
        ("rules: [{if: $CI_COMMIT_BRANCH, when: delayed, start_in: 1 hour}]", ["push"]),
        ("only: [schedules, main]", ["schedule", "push"]),
        ("only: {refs: [merge_requests, tags]}", ["pull_request", "tag"]),
        ("except: [tags]", ["push"]),
    ],
)
def test_when_a_job_runs(text: str, kinds: list[str]) -> None:
    found = job(text)
    assert [t.kind for t in found.triggers or ()] == kinds
    assert found.active and all(t.line > 0 for t in found.triggers or ())


def test_a_job_without_rules_runs_when_the_pipeline_does() -> None:
    found = read("workflow: {rules: [{if: $CI_PIPELINE_SOURCE == 'schedule'}]}\na: {script: [ls]}\n")
    assert ([t.kind for t in found.triggers], found.jobs[0].triggers) == (["schedule"], None)


def test_a_variable_of_the_project_decides_so_it_is_unknown() -> None:
    found = job("rules: [{if: $DEPLOY == 'yes'}]").triggers or ()
    assert [(t.kind, t.unknown) for t in found] == [("push", True)]


def test_branches_and_changed_files_of_a_rule() -> None:
    trigger = (job("rules: [{if: $CI_COMMIT_BRANCH == 'main', changes: {paths: [ml/**]}}]").triggers or ())[0]
    assert (trigger.branches, trigger.paths) == (("main",), ("ml/**",))


@pytest.mark.parametrize(
    ("text", "manual", "active"),
    [
        ("when: manual", True, True),
        ("rules: [{if: $CI_COMMIT_TAG, when: manual}]", True, True),
        ("rules: [{if: $CI_COMMIT_TAG, when: manual}, {if: $CI_COMMIT_BRANCH}]", False, True),
        ("when: never", False, False),
        ("rules: [{when: never}]", False, False),
        ("allow_failure: true", False, True),
    ],
)
def test_by_hand_or_never(text: str, manual: bool, active: bool) -> None:
    found = job(text)
    assert (found.manual, found.active) == (manual, active)


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("environment: production", "production", ()),
        ("environment: {name: staging, url: https://x}", "staging", ()),
        ("variables: {WHERE: prod}\nenvironment: $WHERE", "$WHERE", ("prod",)),
        ("parallel: {matrix: [{TO: [dev, prod]}, {TO: test}]}\nenvironment: {name: 'x/$TO'}", "x/$TO",
         ("x/dev", "x/prod", "x/test")),
        ("environment: review/$CI_COMMIT_REF_SLUG", "review/$CI_COMMIT_REF_SLUG", ()),
    ],
)  # fmt: skip
def test_environments(text: str, written: str, found: tuple[str, ...]) -> None:
    read_job = job(text)
    assert (read_job.environment, read_job.environments) == (written, found)


INCLUDING = """
    include:
      - local: /ci/odd.yml
      - local: .gitlab/train.yml
      - project: acme/templates
        ref: main
        file: [build.yml, /deploy.yml]
      - component: gitlab.example/acme/scan@1.0
      - remote: https://example.org/x.yml
      - template: Jobs/SAST.gitlab-ci.yml
    .base: {image: base}
    own: {extends: .from-odd, script: [make own]}
    """
OTHERS = {
    "ci/odd.yml": ".from-odd: {image: odd}\nodd:\n  script:\n    - make odd\n",
    ".gitlab/train.yml": "train:\n  extends: .base\n  script:\n    - |\n      make train\n",
    ROOT: INCLUDING,
}


def test_included_files_and_what_lies_elsewhere() -> None:
    found = read(INCLUDING, OTHERS)
    assert [(d.line, d.to) for d in found.delegations] == [
        (4, "acme/templates:build.yml"),
        (4, "acme/templates:/deploy.yml"),
        (7, "gitlab.example/acme/scan@1.0"),
        (8, "https://example.org/x.yml"),
    ]
    jobs = {j.id: j for j in found.jobs}
    assert (jobs["own"].image, texts(jobs["odd"]), jobs["odd"].line) == ("odd", ["make odd"], 2)
    assert "train" not in jobs, "it has a workflow of its own"


def test_an_included_file_is_read_with_its_own_lines_and_the_rest_of_the_pipeline() -> None:
    found = read(OTHERS[".gitlab/train.yml"], OTHERS, ".gitlab/train.yml")
    assert [(j.id, j.image, [(c.line, c.text) for c in j.steps[0].commands]) for j in found.jobs] == [
        ("train", "base", [(5, "make train")])
    ]
    assert found.active


def test_a_file_that_no_pipeline_includes_never_runs() -> None:
    found = read("a: {script: [ls]}", {ROOT: "b: {script: [ls]}"}, ".gitlab/unused.yml")
    assert (found.active, found.why_inactive) == (False, "no pipeline of this repository includes this file")


def test_including_in_circles_ends() -> None:
    others = {ROOT: "include: .gitlab/a.yml", ".gitlab/a.yml": "include: .gitlab-ci.yml\na: {script: [ls]}"}
    assert [j.id for j in read(others[".gitlab/a.yml"], others, ".gitlab/a.yml").jobs] == ["a"]


def test_pipelines_that_a_job_starts() -> None:
    found = read(
        """
        away: {trigger: {project: acme/deploy, branch: main}}
        short: {trigger: acme/other}
        child: {trigger: {include: [{local: ml/.gitlab-ci.yml}]}}
        """
    )
    assert [(j.uses, j.remote) for j in found.jobs] == [
        ("acme/deploy", True), ("acme/other", True), ("ml/.gitlab-ci.yml", False)
    ]  # fmt: skip
    assert [d.to for d in found.delegations] == ["acme/deploy", "acme/other"]


def test_a_rule_that_a_variable_of_the_file_makes_true() -> None:
    text = "variables: {FIT: 'yes', ROLL: {value: 'on'}}\na: {script: [ls], rules: [{if: $FIT == 'yes'}]}\n"
    found = read(text + "b: {script: [ls], rules: [{if: $ROLL == 'off'}]}\n")
    assert [(t.kind, t.unknown) for j in found.jobs for t in j.triggers or ()] == [("push", False), ("push", True)]


def test_a_job_for_pipelines_that_do_not_exist_never_runs() -> None:
    found = read(
        """
        workflow:
          rules:
            - if: $CI_PIPELINE_SOURCE == "schedule"
              when: never
            - if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG
        a: {script: [ls], rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]}
        b: {script: [ls], rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}, {if: $CI_COMMIT_TAG}]}
        """
    )
    assert [(j.active, [t.kind for t in j.triggers or ()]) for j in found.jobs] == [(False, []), (True, ["tag"])]


def test_rules_by_reference() -> None:
    found = read(
        """
        .nightly: {rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]}
        .tags: {rules: [{if: $CI_COMMIT_TAG}]}
        fit:
          script: [make fit]
          rules:
            - !reference [.nightly, rules]
            - !reference [.tags, rules]
        """
    )
    assert [t.kind for t in found.jobs[0].triggers or ()] == ["schedule", "tag"]


def test_what_a_job_inherits() -> None:
    found = read(
        """
        default: {image: base, before_script: [make setup]}
        a: {script: [ls], inherit: {default: false}}
        b: {script: [ls], inherit: {default: [image]}}
        c: {script: [ls], inherit: {variables: false}}
        """
    )
    assert [(j.image, texts(j)) for j in found.jobs] == [
        (None, ["ls"]), ("base", ["ls"]), ("base", ["make setup", "ls"])
    ]  # fmt: skip


def test_images_and_environments_by_variables() -> None:
    found = read("variables: {TAG: '3.12', REG: {value: acme}}\na: {image: '$REG/py:${TAG}', script: [ls]}\n").jobs[0]
    assert found.image == "acme/py:3.12"


@pytest.mark.parametrize("action", ["stop", "prepare", "verify", "access"])
def test_a_job_that_does_not_deploy_has_no_environment(action: str) -> None:
    assert job(f"environment: {{name: review, action: {action}}}").environment is None


def test_inputs_of_an_included_file() -> None:
    component = """
        spec:
          inputs:
            stage: {default: fit}
            env: {}
        ---
        "$[[ inputs.stage ]]-model":
          script: ["make $[[ inputs.stage ]]"]
          environment: "$[[ inputs.env ]]"
        """
    text = "include: [{local: ci/fit.yml, inputs: {env: prod}}]\nown: {script: [ls]}\n"
    jobs = {j.id: j for j in read(text, {"ci/fit.yml": component}).jobs}
    assert (texts(jobs["fit-model"]), jobs["fit-model"].environment) == (["make fit"], "prod")


def test_a_child_pipeline_is_started_by_the_job_of_its_parent() -> None:
    parent = """
        nightly:
          trigger: {include: ml/.gitlab-ci.yml}
          rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]
        """
    child = """
        fit: {script: [make fit]}
        score: {script: [make score], rules: [{if: $CI_PIPELINE_SOURCE == "parent_pipeline"}]}
        """
    found = read(child, {ROOT: parent}, "ml/.gitlab-ci.yml")
    assert ([t.kind for t in found.triggers], [j.triggers for j in found.jobs]) == (["schedule"], [None, None])


def test_a_file_that_a_child_pipeline_takes_in_or_starts() -> None:
    files = {
        ROOT: "nightly: {trigger: {include: ml/a.yml}, rules: [{if: $CI_PIPELINE_SOURCE == 'schedule'}]}\n",
        "ml/a.yml": "include: /.gitlab/b.yml\ndeep: {trigger: {include: .gitlab/c.yml}}\n",
        ".gitlab/b.yml": "fit: {script: [make fit]}\n",
        ".gitlab/c.yml": "score: {script: [make score]}\n",
    }
    for path in (".gitlab/b.yml", ".gitlab/c.yml"):
        found = read(files[path], files, path)
        assert (found.active, [t.kind for t in found.triggers], len(found.jobs)) == (True, ["schedule"], 1)


def test_pipelines_that_start_each_other_end() -> None:
    files = {ROOT: "a: {trigger: {include: b.yml}}\n", "b.yml": "b: {trigger: {include: .gitlab-ci.yml}}\n"}
    assert not read("c: {script: [ls]}", files, ".gitlab/c.yml").active


def test_a_generated_child_pipeline_is_no_delegation() -> None:
    found = read("a: {trigger: {include: [{artifact: made.yml, job: make}]}}\nmake: {script: [ls]}\n")
    assert (found.jobs[0].uses, found.jobs[0].remote, found.delegations) == ("made.yml", False, ())


def test_a_child_pipeline_of_another_project_is_one() -> None:
    found = read("a: {trigger: {include: [{project: acme/ci, file: fit.yml}]}}\n")
    assert [d.to for d in found.delegations] == ["acme/ci:fit.yml"]


def test_steps_that_are_kept_elsewhere() -> None:
    found = read("a: {run: [{name: x, step: gitlab.example/steps/fit@1}, {name: y, script: make y}]}\n").jobs[0]
    assert ([s.uses for s in found.steps], texts(found)) == (["gitlab.example/steps/fit@1", None], ["make y"])


def test_jobs_behind_a_manual_job_wait_too() -> None:
    text = "a: {script: [ls], when: manual}\nb: {script: [ls], needs: [a]}\nc: {script: [ls], needs: [{job: b}]}\n"
    assert [j.manual for j in read(text).jobs] == [True, True, True]


@pytest.mark.parametrize(
    ("path", "text", "active"),
    [
        (".ci/gitlab-ci.yml", "stages: [a]\na: {script: [ls]}\n", True),
        (".gitlab/ci.yml", "workflow: {name: x}\na: {script: [ls]}\n", True),
        (".gitlab/ci.yml", "a: {script: [ls]}\n", False),
        ("deploy/x.gitlab-ci.yml", "stages: [a]\na: {script: [ls]}\n", False),
    ],
)
def test_a_project_may_begin_with_a_file_of_another_name(path: str, text: str, active: bool) -> None:
    assert read(text, path=path).active is active


def test_other_files_in_the_folder_are_none() -> None:
    assert parse_ci(b"labels: [a]\n", ".gitlab/labels.yml", {ROOT: b"a: {script: [ls]}"}.get) is None


def test_nothing_to_run() -> None:
    assert read("stages: [a]").why_inactive == "no job"
    assert read("").why_inactive == "empty"
