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
    "buildspec.yml", ".pipeline/config.yaml", "appveyor.yml", ".cirrus.yml", "x/workflows/a.yml",
]  # fmt: skip

_WORDS = (
    "on jobs steps run uses with if environment name strategy matrix include push schedule cron script rules extends "
    "stages stage job deployment template parameters variables trigger pr resources repositories pipelines workflows "
    "commands docker image phases build default branches step parallel tasks payload command args entrypoint only "
    "except when needs before_script workflow local project .a !reference ${{x}} ${{matrix.a}} a false true v1"
)
WORDS = st.sampled_from(_WORDS.split(" "))
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


def test_other_files_are_asked_for_a_bounded_number_of_times() -> None:
    asked: list[str] = []
    # templates without steps, so that no limit on steps ends the reading
    many = b"trigger: none\njobs:\n" + b"".join(b"- template: t%d.yml\n" % n for n in range(400))

    def others(path: str) -> bytes:
        asked.append(path)
        return b"parameters: []\njobs: []\n"

    parse_ci(many, "azure-pipelines.yml", others)
    assert len(asked) == 300
