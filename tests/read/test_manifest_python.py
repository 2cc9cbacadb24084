"""Requirement files of Python: what a line declares, which version it allows, for whom it is."""

from __future__ import annotations

import codecs

import pytest

from mlscan.read.manifest import manifest_kind, parse_manifest
from mlscan.types.source import Dependency, Manifest


def read(text: str | bytes, path: str = "requirements.txt") -> Manifest:
    data = text.encode() if isinstance(text, str) else text
    manifest = parse_manifest(data, path)
    assert manifest is not None
    return manifest


def one(text: str, path: str = "requirements.txt") -> Dependency:
    (found,) = read(text, path).dependencies
    return found


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "Requirements.txt",
        "a/requirements.in",
        "requirements-dev.txt",
        "requirements_test.txt",
        "requirements.gpu.txt",
        "requirements.lock",
        "requirementsDev.txt",
        "dev-requirements.txt",
        "docs/requirements.txt",
        "requirements/base.txt",
        "src/requirements/prod.in",
        "requirement.txt",
        "reqs.txt",
        "constraints.txt",
        "constraints-3.11.txt",
        "conda-linux-64.lock",
        "spec-file.txt",
    ],
)
def test_requirement_files_are_known_by_their_names(path: str) -> None:
    assert manifest_kind(path) == "requirements"


@pytest.mark.parametrize(
    "path",
    [
        "prerequisites.txt",
        "x.egg-info/requires.txt",
        "MANIFEST.in",
        "requirements.md",
        "requirements",
        "docs/requirements/index.rst",
        "requirements.py",
        "notes/base.txt",
        "packages.txt",
        "runtime.txt",
    ],
)
def test_other_files_are_none(path: str) -> None:
    assert manifest_kind(path) is None
    assert parse_manifest(b"numpy==1.0\n", path) is None


@pytest.mark.parametrize(
    ("line", "name", "spec", "pinned"),
    [
        ("numpy", "numpy", "", False),
        ("Scikit_Learn>=1.3", "scikit-learn", ">=1.3", False),
        ("ruamel.yaml == 0.18.6", "ruamel-yaml", "== 0.18.6", True),
        ("torch==2.1.0+cu118", "torch", "==2.1.0+cu118", True),
        ("torch===2.1.0", "torch", "===2.1.0", True),
        ("torch==2.1.*", "torch", "==2.1.*", False),
        ("torch>=2,<3", "torch", ">=2,<3", False),
        ("torch >= 2, != 2.1.1", "torch", ">= 2, != 2.1.1", False),
        ("torch~=2.1", "torch", "~=2.1", False),
        ("torch==2.0,!=2.1", "torch", "==2.0,!=2.1", False),
        ("torch (>=2)", "torch", ">=2", False),
        ("uvicorn[standard]==0.29.0", "uvicorn", "==0.29.0", True),
        ("dask[array, dataframe]", "dask", "", False),
        ("tomli==2.0.1; python_version < '3.11'", "tomli", "==2.0.1", True),
        ("tomli ; python_version == '3.8'", "tomli", "", False),
        ("numpy==1.26.4  # for torch", "numpy", "==1.26.4", True),
        ("numpy==1.26.4 --hash=sha256:aa", "numpy", "==1.26.4", True),
        ("numpy>=1 --hash=sha256:aa", "numpy", ">=1", True),
        ("numpy==1.26.4 --config-settings=x=y", "numpy", "==1.26.4", True),
        ("jinja2=3.1.2=py311_0", "jinja2", "=3.1.2=py311_0", True),
        ("jinja2=3.1", "jinja2", "=3.1", False),
        ("numpy=={{ cookiecutter.numpy }}", "numpy", "=={{ cookiecutter.numpy }}", False),
        ("torch==${TORCH}", "torch", "==${TORCH}", False),
    ],
)
def test_a_requirement_has_a_name_a_version_and_perhaps_a_pin(line: str, name: str, spec: str, pinned: bool) -> None:
    assert one(line) == Dependency(name, spec, pinned, "main", 1)


@pytest.mark.parametrize(
    ("line", "name", "spec", "pinned"),
    [
        ("git+https://host.example/team/Churn_Tools.git", "churn-tools", "", False),
        ("git+https://host.example/team/churn.git@main", "churn", "main", False),
        ("git+https://host.example/team/churn.git@feature/x", "churn", "feature/x", False),
        ("git+https://host.example/team/churn@v1.2.0", "churn", "v1.2.0", True),
        ("git+ssh://git@host.example/team/churn.git@0a1b2c3d4e", "churn", "0a1b2c3d4e", True),
        ("git+https://host.example/team/mono.git@main#egg=churn&subdirectory=py", "churn", "main", False),
        ("-e git+https://host.example/team/churn.git@main#egg=churn", "churn", "main", False),
        ("--editable=git+https://host.example/team/churn.git", "churn", "", False),
        ("git@host.example:team/churn.git@v2", "churn", "v2", True),
        ("churn @ git+https://host.example/team/other.git@v1.2", "churn", "v1.2", True),
        ("churn@https://host.example/archive/main.zip", "churn", "", False),
        ("requests @ https://host.example/requests-2.31.0-py3-none-any.whl", "requests", "2.31.0", True),
        ("certifi @ file:///croot/certifi_16/work", "certifi", "", False),
        ("https://host.example/whl/torch-2.0.1%2Bcu118-cp310-cp310-linux_x86_64.whl", "torch", "2.0.1+cu118", True),
        ("https://host.example/en_core_web_sm-3.0.0.tar.gz", "en-core-web-sm", "3.0.0", True),
        ("https://host.example/team/churn/archive/refs/heads/main.zip", "churn", "main", False),
        ("./wheels/churn-1.0-py3-none-any.whl", "churn", "1.0", True),
    ],
)
def test_repositories_archives_and_wheels_have_names(line: str, name: str, spec: str, pinned: bool) -> None:
    assert one(line) == Dependency(name, spec, pinned, "main", 1)


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "-e .[dev]",
        ".",
        "./libs/common",
        "../common",
        "/opt/common",
        "C:\\common",
        "file:libs/common",
        "-r base.txt",
        "-rbase.txt",
        "--requirement=base.txt",
        "-c constraints.txt",
        "-i https://host.example/simple",
        "--extra-index-url https://host.example/simple",
        "--find-links wheels",
        "--require-hashes",
        "python==3.10.4",
        "{{ cookiecutter.extra }}",
        "{% if cookiecutter.gpu %}",
        "https://host.example/nameless",
    ],
)
def test_own_code_includes_and_options_are_no_dependencies(line: str) -> None:
    manifest = read(f"{line}\npandas\n")
    assert [(d.name, d.line) for d in manifest.dependencies] == [("pandas", 2)]
    assert manifest.problems == ()


def test_a_file_of_includes_only_is_a_manifest_without_dependencies() -> None:
    assert read("-r requirements/base.txt\n") == Manifest((), "python")


def test_lines_are_those_where_a_requirement_begins() -> None:
    text = "#\n\nnumpy==1.26.4 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n  # note\\\npandas \\\n  >=2\nscipy"
    assert [(d.name, d.line, d.pinned) for d in read(text).dependencies] == [
        ("numpy", 3, True),
        ("pandas", 7, False),
        ("scipy", 9, False),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"numpy==1.0\r\npandas\r\n",
        b"numpy==1.0\rpandas\r",
        codecs.BOM_UTF8 + b"numpy==1.0\npandas\n",
        codecs.BOM_UTF16_LE + "numpy==1.0\r\npandas\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "numpy==1.0\npandas\n".encode("utf-16-be"),
        "numpy==1.0\npandas\n".encode("utf-16-le"),
        "numpy==1.0\npandas\n".encode("utf-16-be"),
    ],
)
def test_encodings_and_line_ends_of_other_systems(data: bytes) -> None:
    assert [(d.name, d.pinned, d.line) for d in read(data).dependencies] == [("numpy", True, 1), ("pandas", False, 2)]


def test_what_is_no_requirement_is_a_problem_and_the_rest_is_read() -> None:
    manifest = read("numpy\ninstall the driver first\npandas\n")
    assert [d.name for d in manifest.dependencies] == ["numpy", "pandas"]
    assert [(p.line, p.reason) for p in manifest.problems] == [(2, "not a requirement")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n",
        "The system shall answer within a second.\n",
        "1. The user signs in\n2. The user asks\n3. The user pays\nscale\n",
        "<html>\n<body>\n<p>not found</p>\n</body>\n",
    ],
)
def test_prose_under_the_name_of_a_requirement_file_is_no_manifest(text: str) -> None:
    assert parse_manifest(text.encode(), "docs/requirements.txt") is None


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("requirements.txt", "main"),
        ("requirements/base.txt", "main"),
        ("requirements-prod.txt", "main"),
        ("requirements-gpu.txt", "main"),
        ("latest-requirements.txt", "main"),
        ("quality-check/requirements.txt", "main"),
        ("requirements-dev.txt", "dev"),
        ("requirements_test.txt", "dev"),
        ("dev-requirements.in", "dev"),
        ("requirementsdev.txt", "dev"),
        ("requirements/lint.txt", "dev"),
        ("requirements/ci-base.txt", "dev"),
        ("docs/requirements.txt", "dev"),
        ("tests/requirements.txt", "dev"),
    ],
)
def test_names_of_files_and_folders_tell_for_whom_requirements_are(path: str, scope: str) -> None:
    assert one("pytest", path).scope == scope


COMPILED = "#\n# This file is autogenerated by pip-compile with Python 3.11\n#\n{}    # via -r requirements.in\n"


@pytest.mark.parametrize(
    ("path", "text", "lock"),
    [
        ("requirements.txt", COMPILED.format("numpy==1.26.4\n"), True),
        ("requirements.txt", "# This file was autogenerated by uv via the following command:\nnumpy==1.26.4\n", True),
        ("requirements.txt", COMPILED.format("numpy==1.26.4\nchurn @ git+https://h.example/t/c@0a1b2c3d\n"), True),
        ("requirements.lock", "# generated by a tool\n-e file:.\nnumpy==1.26.4\n", True),
        ("requirements.lock.txt", "numpy==1.26.4\n", True),
        ("requirements-frozen.txt", "numpy==1.26.4\n", True),
        ("requirements.txt", "numpy==1.26.4 --hash=sha256:aa\nscipy==1.12 --hash=sha256:bb\n", True),
        (
            "spec-file.txt",
            "# platform: linux-64\n@EXPLICIT\nhttps://h.example/linux-64/numpy-1.26-py_0.conda#aa\n",
            True,
        ),
        ("conda-linux-64.lock", "@EXPLICIT\nhttps://h.example/linux-64/numpy-1.26-py_0.tar.bz2\n", True),
        ("requirements.txt", COMPILED.format("numpy>=1.26\n"), False),
        ("requirements.txt", "numpy==1.26.4\nscipy==1.12\npandas==2.0\n", False),
        ("requirements.txt", "numpy==1.26.4 --hash=sha256:aa\nscipy==1.12\n", False),
        ("requirements.lock.txt", "numpy\n", False),
        ("requirements.lock", "# nothing\n-e .\n", False),
    ],
)
def test_a_lock_pins_everything_and_says_that_it_was_made(path: str, text: str, lock: bool) -> None:
    assert read(text, path).lock is lock


def test_archives_of_conda_in_an_explicit_list() -> None:
    text = (
        "@EXPLICIT\nhttps://h.example/linux-64/python-3.11.4-hab_0.conda\n"
        "https://h.example/noarch/ca-certs-2023.1-0.conda#ff"
    )
    assert read(text, "spec-file.txt").dependencies == (Dependency("ca-certs", "=2023.1=0", True, "main", 3),)


def test_constraints_are_no_dependencies_and_many_exact_ones_are_a_lock() -> None:
    assert read("numpy<2\npandas==2.0\n", "constraints.txt") == Manifest((), "python")
    many = read("".join(f"p{n}==1.{n}\n" for n in range(12)), "constraints.txt")
    assert many.lock
    assert len(many.dependencies) == 12
