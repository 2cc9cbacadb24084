"""No CI file, however strange, makes a reader raise or hang."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlscan.read.ci import parse_ci

PATHS = [
    ".github/workflows/a.yml", ".gitlab-ci.yml", ".gitlab/a.yml", "azure-pipelines.yml", "Jenkinsfile",
    ".circleci/config.yml",
    ".travis.yml", "bitbucket-pipelines.yml", ".buildkite/a.yml", ".drone.yml", ".taskcluster.yml", "cloudbuild.yaml",
    "buildspec.yml", ".pipeline/config.yaml", "appveyor.yml", ".cirrus.yml", "x/workflows/a.yml", ".tekton/a.yml",
    "argo/a.yml", ".prow.yaml", "ci/pipeline.yml", "ci/main.tf", "ci/a.json", ".cron.yml", ".semaphore/semaphore.yml",
    ".build.yml", "codefresh.yml", ".woodpecker/a.yml", "taskcluster/kinds/a/kind.yml", "jenkins/a.groovy",
]  # fmt: skip

_WORDS = (
    "on jobs steps run uses with if environment name strategy matrix include push schedule cron script rules extends "
    "stages stage job deployment template parameters variables trigger pr resources repositories pipelines workflows "
    "commands docker image phases build default branches step parallel tasks payload command args entrypoint only "
    "except when needs before_script workflow local project .a !reference ${{x}} ${{matrix.a}} a false true v1 "
    "apiVersion kind spec metadata templates dag Workflow tekton.dev/v1 argoproj.io/v1alpha1 PipelineRun taskSpec "
    "pipelineSpec presubmits periodics containers Resources Type Properties Stages Actions AWS::CodePipeline::Pipeline "
    "jobs orbs executors plugins definitions custom deploy install tasks_for $if then blocks task promotions event"
)
_EXPRESSIONS = (
    "${{ each a in parameters.a }}", "${{ if eq(parameters.a, 'b') }}", "${{ else }}", "${{ insert }}",
    "${{ parameters.a }}", "<< parameters.a >>", "$(params.a)", "$[[ inputs.a ]]", "{{inputs.parameters.a}}",
    "${{ fromJSON('[\"a\"]') }}", "$CI_PIPELINE_SOURCE == 'push' && ($A =~ /^a(b|c)*$/ || !$B)", "type IN (cron, a)",
)  # fmt: skip
WORDS = st.sampled_from((*_WORDS.split(" "), *_EXPRESSIONS))
VALUES = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=40,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), VALUES)
def test_any_tree(path: str, value: object) -> None:
    data = json.dumps(value).encode()
    parse_ci(data, path, lambda _: data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=300))
def test_any_bytes(path: str, data: bytes) -> None:
    parse_ci(data, path, lambda _: data)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "pipeline {",
                "stage('a') {",
                "}",
                "sh 'x'",
                '"""',
                "'",
                "\n",
                "(",
                ")",
                "[",
                ";",
                "//",
                "/*",
                "sh(",
                "script:",
                "@Library(",
            ]
        )
    )
)
def test_any_jenkinsfile(parts: list[str]) -> None:  # fmt: skip
    parse_ci(" ".join(parts).encode(), "Jenkinsfile", lambda _: None)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "data", [b"a: " * 5_000, b"[" * 20_000, b"- " * 20_000, b"{a: &a [*a]}", b"\xff\xfe\x00", b"x" * 3_000_000]
)
def test_deep_large_and_broken(path: str, data: bytes) -> None:  # fmt: skip
    parse_ci(data, path, lambda _: data)


def test_templates_that_take_in_many_templates_are_bounded() -> None:
    many = b"trigger: none\nsteps:\n" + b"".join(b"- template: t%d.yml\n" % n for n in range(50))
    found = parse_ci(many, "azure-pipelines.yml", lambda path: many)
    assert found is not None and len(found.jobs[0].steps) <= 2_000


def test_actions_that_use_many_actions_are_bounded() -> None:
    action = b"runs:\n  steps:\n" + b"".join(b"  - uses: ./a%d\n" % n for n in range(50))
    workflow = b"on: push\njobs:\n  a:\n    steps:\n" + b"".join(b"    - uses: ./a%d\n" % n for n in range(50))
    found = parse_ci(workflow, ".github/workflows/a.yml", lambda path: action)
    assert found is not None and len(found.jobs[0].steps) <= 2_000


@pytest.mark.parametrize("part", ["/*", "''' ", '""" ', "'", '"', "sh '", "stage('x') {", "\\", "("])
def test_a_jenkinsfile_of_one_thing_again_and_again(part: str) -> None:
    assert parse_ci(part.encode() * 100_000, "Jenkinsfile", lambda _: None)


def test_aliases_do_not_multiply() -> None:
    layers = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    text = f"a0: &a0 [ls]\n{layers}on: push\njobs: {{a: {{steps: [{{run: *a9}}]}}}}\n"
    for path in PATHS:
        parse_ci(text.encode(), path, lambda _: None)


def _layers(first: str, layer: str) -> str:
    """Ten layers, each of which names the one before nine times."""
    return first + "".join(layer.format(n=n, below=n - 1, many=", ".join([f"NAME{n - 1}"] * 9)) for n in range(1, 11))


def test_references_of_gitlab_do_not_multiply() -> None:
    text = _layers(".a0: {script: [ls]}\n", ".a{n}: {{script: [{many}]}}\n")
    for n in range(10):
        text = text.replace(f"NAME{n}", f"!reference [.a{n}, script]")
    found = parse_ci(f"{text}a: {{script: !reference [.a10, script]}}\n".encode(), ".gitlab-ci.yml", lambda _: None)
    assert found is not None and len(found.jobs) == 1


def test_functions_of_jenkins_do_not_multiply() -> None:
    text = "".join(f"def f{n}() {{\n" + f"f{n - 1}()\n" * 9 + "}\n" for n in range(1, 11))
    found = parse_ci(f"{text}node {{ stage('a') {{ f10(); sh 'ls' }} }}".encode(), "Jenkinsfile", lambda _: None)
    assert found is not None and found.active


def test_commands_of_circleci_do_not_multiply() -> None:
    text = _layers("commands:\n  c0: {steps: [{run: ls}]}\n", "  c{n}: {{steps: [{many}]}}\n").replace("NAME", "c")
    text += "jobs: {a: {docker: [{image: x}], steps: [c4, c4, c4, c4]}}\n"
    found = parse_ci(text.encode(), ".circleci/config.yml", lambda _: None)
    assert found is not None and 0 < len(found.jobs[0].steps) <= 2_000


def test_many_triggers_jobs_rules_and_parameters() -> None:
    crons = "".join(f"  - cron: '0 {n} * * *'\n" for n in range(5_000))
    jobs = "".join(f"  j{n}: {{if: github.ref == 'x', steps: [{{run: ls, if: inputs.a}}]}}\n" for n in range(500))
    parse_ci(f"on:\n schedule:\n{crons}jobs:\n{jobs}".encode(), ".github/workflows/a.yml", lambda _: None)
    rules = "".join(f"  - {{if: $A{n} == 'x', when: never}}\n  - {{if: $B{n}}}\n" for n in range(5_000))
    parse_ci(f"a:\n  script: [ls]\n  rules:\n{rules}".encode(), ".gitlab-ci.yml", lambda _: None)
    many = "".join(f"- {{name: p{n}, default: x}}\n" for n in range(5_000))
    steps = "".join(f"- script: echo ${{{{ parameters.p{n} }}}}\n" for n in range(2_000))
    data = f"parameters:\n{many}steps:\n{steps}".encode()
    parse_ci(b"trigger: none\nsteps: [{template: t.yml}]\n", "azure-pipelines.yml", lambda _: data)


def test_other_files_are_asked_for_a_bounded_number_of_times() -> None:
    asked: list[str] = []
    # templates without steps, so that no limit on steps ends the reading
    many = b"trigger: none\njobs:\n" + b"".join(b"- template: t%d.yml\n" % n for n in range(400))

    def others(path: str) -> bytes:
        asked.append(path)
        return b"parameters: []\njobs: []\n"

    parse_ci(many, "azure-pipelines.yml", others)
    assert len(asked) == 300
