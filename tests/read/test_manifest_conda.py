"""Packages of conda: environments, recipes, projects of tables, and their lists for pip."""

from __future__ import annotations

import pytest

from mlscan.read.manifest import manifest_kind, parse_manifest
from mlscan.types.source import Dependency, Manifest


def read(text: str, path: str = "environment.yml") -> Manifest:
    manifest = parse_manifest(text.encode(), path)
    assert manifest is not None
    return manifest


@pytest.mark.parametrize(
    "path",
    [
        "environment.yml",
        "environment.yaml",
        "a/conda.yaml",
        "conda_env.yml",
        "environment-gpu.yml",
        "environment_dev.yml",
        "dev-environment.yml",
        "env.yml",
        "conda_dependencies.yml",
        "environment.dev.yaml",
        "requirements.yml",
        "py_environment.yml",
        "environment38.yml",
    ],
)
def test_environments_are_known_by_their_names(path: str) -> None:
    assert manifest_kind(path) == "environment"


@pytest.mark.parametrize("path", ["docker-compose.yml", "values.yaml", "envoy.yaml", "condarc.yml", "dvc.yaml"])
def test_other_yaml_is_none(path: str) -> None:
    assert manifest_kind(path) is None


def test_an_environment_with_packages_of_pip_and_of_r() -> None:
    text = (
        "name: churn\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - conda-forge::pandas>=2\n"
        "  - scikit-learn=1.4.2  # the model\n  - pip\n  - r-base=4.3\n  - r-Caret=6.0\n  - pip:\n"
        "      - -r requirements.txt\n      - mlflow==2.11.0\n      - -e .\n"
        "      - git+https://host.example/team/Churn_Tools@main\n"
    )
    assert read(text).dependencies == (
        Dependency("pandas", ">=2", False, "main", 5),
        Dependency("scikit-learn", "=1.4.2", True, "main", 6),
        Dependency("caret", "=6.0", False, "main", 9, "r"),
        Dependency("mlflow", "==2.11.0", True, "main", 12),
        Dependency("churn-tools", "main", False, "main", 14),
    )


@pytest.mark.parametrize(
    ("written", "spec", "pinned"),
    [
        ("numpy", "", False),
        ("numpy=1.26", "=1.26", False),
        ("numpy=1.26.4", "=1.26.4", True),
        ("numpy=1.26.*", "=1.26.*", False),
        ("numpy==1.26", "==1.26", True),
        ("numpy == 1.26", "== 1.26", True),
        ("numpy=1.26=py311_0", "=1.26=py311_0", True),
        ("numpy 1.26 py311_0", "1.26 py311_0", True),
        ("numpy >=1.26,<2", ">=1.26,<2", False),
        ("numpy>1", ">1", False),
        ("numpy=1.26|2.0", "=1.26|2.0", False),
        ("numpy[build=mkl]", "", False),
    ],
)
def test_the_version_of_a_conda_package(written: str, spec: str, pinned: bool) -> None:
    (found,) = read(f"dependencies:\n  - '{written}'\n").dependencies
    assert (found.name, found.spec, found.pinned) == ("numpy", spec, pinned)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: prod\nvariables:\n  A: 1\n",
        "dependencies: []\n",
        "dependencies:\n  - name: chart\n    repository: https://host.example\n",
        "roles:\n  - name: team.role\n",
        "- a\n- b\n",
        "dependencies: 3\n",
        "build_dependencies: [pip]\ndependencies:\n- -r requirements.txt\n",
    ],
)
def test_yaml_without_packages_is_no_environment(text: str) -> None:
    assert parse_manifest(text.encode(), "environment.yml") is None


def test_the_scope_is_in_the_name_of_the_file() -> None:
    text = "name: dev\ndependencies: [pandas]\n"
    assert [read(text, path).dependencies[0].scope for path in ("environment.yml", "environment-dev.yml")] == [
        "main",
        "dev",
    ]


def test_templates_and_broken_environments_are_read_as_far_as_they_go() -> None:
    manifest = read("dependencies:\n  - pandas\n  {% if gpu %}\n  - cupy\n  {% endif %}\n  - {{ extra }}\n")
    assert [(d.name, d.line) for d in manifest.dependencies][:2] == [("pandas", 2), ("cupy", 4)]
    broken = read("dependencies:\n  - pandas\n  - scipy\n    - numpy: [\n")
    assert broken.dependencies[0].name == "pandas"
    assert broken.problems


def test_a_recipe_runs_with_some_packages_and_is_built_with_others() -> None:
    text = (
        '{% set version = "1.0" %}\npackage:\n  name: churn\n  version: {{ version }}\nrequirements:\n  host:\n'
        "    - python\n"
        "    - setuptools\n  run:\n    - python >=3.9\n    - pandas >=2\ntest:\n  requires:\n    - pytest\n"
    )
    manifest = read(text, "conda.recipe/meta.yaml")
    assert [(d.name, d.scope, d.line) for d in manifest.dependencies] == [
        ("setuptools", "dev", 8),
        ("pandas", "main", 11),
        ("pytest", "dev", 14),
    ]
    assert manifest.package == "churn"
    assert manifest_kind("docs/meta.yaml") is None


def test_a_project_of_tables() -> None:
    manifest = read(
        '[workspace]\nname = "churn"\n\n[dependencies]\npython = "3.11.*"\npandas = ">=2"\nnumpy = "1.26.4"\n'
        'torch = {version = "2.*", channel = "pytorch"}\n\n[pypi-dependencies]\nmlflow = "==2.11.0"\n'
        'churn = {path = "."}\n\n'
        '[feature.lint.dependencies]\nruff = "*"\n\n[target.linux-64.dependencies]\ncuda = "12.1=h1"\n',
        "pixi.toml",
    )
    assert [(d.name, d.spec, d.pinned, d.scope) for d in manifest.dependencies] == [
        ("pandas", ">=2", False, "main"),
        ("numpy", "1.26.4", True, "main"),
        ("torch", "2.*", False, "main"),
        ("mlflow", "==2.11.0", True, "main"),
        ("ruff", "", False, "dev"),
        ("cuda", "12.1=h1", True, "main"),
    ]
    assert manifest.package == "churn"


def test_an_environment_by_its_folder() -> None:
    manifest = read("channels: [defaults]\ndependencies:\n  - pandas=2.2.1\n", "aml/conda/score.yml")
    assert [(d.name, d.line) for d in manifest.dependencies] == [("pandas", 3)]
    assert manifest_kind("conda/meta.yaml") == "recipe"
    assert manifest_kind("environments/prod.yml") is None
