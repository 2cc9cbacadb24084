"""Projects of Python: pyproject.toml of every build backend, Pipfile, setup.cfg and setup.py."""

from __future__ import annotations

import pytest

from mlscan.read.manifest import parse_manifest
from mlscan.types.source import Manifest


def read(text: str, path: str = "pyproject.toml") -> Manifest:
    manifest = parse_manifest(text.encode(), path)
    assert manifest is not None
    return manifest


def listed(manifest: Manifest) -> list[tuple[int, str, str, str]]:
    """(line, name, spec, scope) of each dependency; a pinned one has a `!` behind its spec."""
    return [(d.line, d.name, d.spec + "!" * d.pinned, d.scope) for d in manifest.dependencies]


STANDARD = """\
[build-system]
requires = ["setuptools>=68"]

[project]
name = "churn"
dynamic = ["version"]
dependencies = [
  "torch>=2",  # the model
  "Scikit_Learn==1.4.2",
]
classifiers = ["Programming Language :: Python :: 3"]

[project.optional-dependencies]
gpu = ["cupy"]
test = [
  "pytest",
]
all = ["churn[gpu]"]

[project.scripts]
churn-train = "churn.cli:train"

[project.gui-scripts]
churn-ui = "churn.ui:main"

[dependency-groups]
lint = ["ruff==0.4.0", {include-group = "typing"}]
serving = ["fastapi"]
"""


def test_the_standard_tables() -> None:
    manifest = read(STANDARD)
    assert listed(manifest) == [
        (8, "torch", ">=2", "main"),
        (9, "scikit-learn", "==1.4.2!", "main"),
        (14, "cupy", "", "main"),
        (16, "pytest", "", "dev"),
        (27, "ruff", "==0.4.0!", "dev"),
        (28, "fastapi", "", "main"),
    ]
    assert manifest.scripts == {"churn-train": "churn.cli:train", "churn-ui": "churn.ui:main"}
    assert (manifest.package, manifest.published, manifest.lock, manifest.problems) == ("churn", False, False, ())


@pytest.mark.parametrize(
    ("classifiers", "published"),
    [
        ('"Development Status :: 4 - Beta"', True),
        ('"intended audience :: Science/Research"', True),
        ('"Development Status :: 4 - Beta", "Private :: Do Not Upload"', False),
        ('"Topic :: Software Development"', False),
        ("", False),
    ],
)
def test_classifiers_for_readers_of_an_index_mean_that_it_is_for_others(classifiers: str, published: bool) -> None:
    for head in ("[project]", "[tool.poetry]", "[tool.flit.metadata]"):
        assert read(f'{head}\nname = "a"\ndist-name = "a"\nclassifiers = [{classifiers}]\n').published is published


def test_a_place_to_publish_to_means_that_it_is_for_others() -> None:
    assert read('[project]\nname = "a"\n[[tool.uv.index]]\nname = "x"\npublish-url = "https://h.example"\n').published
    assert read('[project]\nname = "a"\n[tool.uv]\npublish-url = "https://h.example"\n').published
    assert not read('[project]\nname = "a"\n[[tool.uv.index]]\nname = "x"\nurl = "https://h.example"\n').published


POETRY = """\
[tool.poetry]
name = "churn"

[tool.poetry.dependencies]
python = "^3.11"
torch = "^2.1"
pandas = "2.1.4"
numpy = "==1.26.4"
scipy = "*"
xgboost = {version = "2.0.3", extras = ["gpu"], optional = true}
tools = {git = "https://host.example/team/tools.git", rev = "0a1b2c3d"}
other = {git = "https://host.example/team/other.git", branch = "main"}
wheel-of = {url = "https://host.example/wheel_of-1.0-py3-none-any.whl"}
common = {path = "../common", develop = true}
lightgbm = [{version = "4.1.0", python = "<3.12"}, {version = "^4.3", python = ">=3.12"}]

[tool.poetry.dev-dependencies]
black = "23.1"

[tool.poetry.group.docs.dependencies]
mkdocs = "^1.5"

[tool.poetry.group.train.dependencies]
mlflow = "^2.9"

[tool.poetry.scripts]
train = "churn.train:main"
serve = {reference = "churn.serve:run", type = "console"}
"""


def test_a_table_of_versions_with_groups() -> None:
    manifest = read(POETRY)
    assert listed(manifest) == [
        (6, "torch", "^2.1", "main"),
        (7, "pandas", "2.1.4!", "main"),
        (8, "numpy", "==1.26.4!", "main"),
        (9, "scipy", "", "main"),
        (10, "xgboost", "2.0.3!", "main"),
        (11, "tools", "0a1b2c3d!", "main"),
        (12, "other", "main", "main"),
        (13, "wheel-of", "1.0!", "main"),
        (15, "lightgbm", "4.1.0", "main"),
        (18, "black", "23.1!", "dev"),
        (21, "mkdocs", "^1.5", "dev"),
        (24, "mlflow", "^2.9", "main"),
    ]
    assert manifest.scripts == {"train": "churn.train:main", "serve": "churn.serve:run"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[tool.uv]\ndev-dependencies = ["ruff"]\n', [(2, "ruff", "", "dev")]),
        ('[tool.rye]\ndev-dependencies = ["ruff"]\n', [(2, "ruff", "", "dev")]),
        ('[tool.pdm.dev-dependencies]\nfast = ["ruff"]\n', [(2, "ruff", "", "dev")]),
        (
            '[tool.hatch.envs.default]\ndependencies = ["ruff"]\n'
            '[tool.hatch.envs.train]\nextra-dependencies = ["torch"]\n',
            [(2, "ruff", "", "dev"), (4, "torch", "", "main")],
        ),
        (
            '[tool.flit.metadata]\nmodule = "a"\nrequires = ["torch"]\ndev-requires = ["ruff"]\n'
            '[tool.flit.metadata.requires-extra]\ntest = ["pytest"]\n',
            [(3, "torch", "", "main"), (4, "ruff", "", "dev"), (6, "pytest", "", "dev")],
        ),
        (
            '[tool.pixi.dependencies]\npython = "3.11.*"\npandas = "2.1.4"\n'
            '[tool.pixi.feature.test.dependencies]\npytest = "*"\n'
            '[tool.pixi.pypi-dependencies]\nmlflow = ">=2"\nchurn = {path = ".", editable = true}\n',
            [(3, "pandas", "2.1.4!", "main"), (5, "pytest", "", "dev"), (7, "mlflow", ">=2", "main")],
        ),
    ],
)
def test_tables_of_project_managers(text: str, expected: list[tuple[int, str, str, str]]) -> None:
    assert listed(read(text)) == expected


def test_a_pyproject_with_settings_only_is_no_manifest() -> None:
    assert parse_manifest(b"[tool.black]\nline-length = 100\n", "pyproject.toml") is None


@pytest.mark.parametrize(
    ("file", "problems"),
    [("requirements.txt", 0), ("requirements/base.in", 0), ("versions.dat", 1)],
)
def test_dynamic_dependencies_are_those_of_their_file(file: str, problems: int) -> None:
    manifest = read(
        '[project]\nname = "a"\ndynamic = ["dependencies"]\n'
        f'[tool.setuptools.dynamic]\ndependencies = {{file = ["{file}"]}}\n'
    )
    assert (manifest.dependencies, len(manifest.problems)) == ((), problems)


TEMPLATE = """\
[project]
name = {{ cookiecutter.name|tojson }}
requires-python = ">={{ cookiecutter.oldest }}"
description = "{{ cookiecutter.text }}"
dependencies = [
  "pandas>=2",
  "{{ cookiecutter.framework }}>=1",
  {{ cookiecutter.extra }}
]
scripts.{{ cookiecutter.name }} = "{{ cookiecutter.package }}.cli:main"
{% if cookiecutter.linter == 'ruff' %}
[dependency-groups]
dev = ["ruff"]
{% else %}
[dependency-groups]
dev = ["flake8"]
{% endif %}
"""


def test_a_template_is_read_as_far_as_it_goes() -> None:
    manifest = read(TEMPLATE, "{{ cookiecutter.repo }}/pyproject.toml")
    assert listed(manifest) == [(6, "pandas", ">=2", "main"), (13, "ruff", "", "dev")]
    assert (manifest.package, manifest.scripts) == (None, {})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "template/pyproject.toml.jinja",
            '[project]\nname = "{{ name }}"\ndependencies = [\n  "torch>=2",\n{{ more }}\n]\n',
        ),
        ("{{.name}}/requirements.txt.tmpl", "# needed\n{{- if .gpu }}\ntorch>=2\n\n{{ end }}\n"),
        ("environment.yml.j2", "dependencies:\n{% if gpu %}\n# gpu\n  - torch>=2\n{% endif %}\n"),
        (
            "setup.py.template",
            'from setuptools import setup\nsetup(\n  name="{{ name }}",\n  install_requires=["torch>=2"])\n',
        ),
    ],
)
def test_files_that_make_a_manifest_are_read_like_it(path: str, text: str) -> None:
    manifest = read(text, path)
    assert [(d.name, d.spec) for d in manifest.dependencies] == [("torch", ">=2")]
    assert (manifest.package, manifest.problems) == (None, ())


def test_a_broken_pyproject_keeps_the_tables_before_the_error() -> None:
    manifest = read('[project]\nname = "a"\ndependencies = ["torch"]\n\n[tool.x]\nbroken = = 1\n')
    assert listed(manifest) == [(3, "torch", "", "main")]
    assert [p.reason for p in manifest.problems] == ["broken TOML"]


def test_a_pipfile_has_packages_groups_and_script_lines() -> None:
    manifest = read(
        '[[source]]\nurl = "https://h.example/simple"\n\n[packages]\nflask = "==3.0.0"\nnumpy = "*"\n'
        'churn = {editable = true, path = "."}\n\n[dev-packages]\npytest = "~=8.0"\n\n'
        '[requires]\npython_version = "3.11"\n\n'
        '[scripts]\ntrain = "python -m churn.train"\nserve = {cmd = "gunicorn app:app"}\n',
        "Pipfile",
    )
    assert listed(manifest) == [
        (5, "flask", "==3.0.0!", "main"),
        (6, "numpy", "", "main"),
        (10, "pytest", "~=8.0", "dev"),
    ]
    assert manifest.scripts == {"train": "python -m churn.train", "serve": "gunicorn app:app"}


SETUP_CFG = """\
[metadata]
name = churn
classifiers =
    Intended Audience :: Developers

[options]
packages = find:
install_requires =
    # the model
    torch==2.1.0
    pandas>=2 ; python_version > "3.8"

    numpy
tests_require = pytest; mock

[options.extras_require]
dev =
    ruff
gpu = cupy

[options.entry_points]
console_scripts =
    churn-train = churn.cli:train [gpu]
    churn-serve=churn.serve:main

[flake8]
max-line-length = 100
"""


def test_a_setup_cfg() -> None:
    manifest = read(SETUP_CFG.replace("pytest; mock", "pytest"), "setup.cfg")
    assert listed(manifest) == [
        (10, "torch", "==2.1.0!", "main"),
        (11, "pandas", ">=2", "main"),
        (13, "numpy", "", "main"),
        (14, "pytest", "", "dev"),
        (18, "ruff", "", "dev"),
        (19, "cupy", "", "main"),
    ]
    assert manifest.scripts == {"churn-train": "churn.cli:train", "churn-serve": "churn.serve:main"}
    assert (manifest.package, manifest.published) == ("churn", True)


@pytest.mark.parametrize(
    "text", ["[flake8]\nmax-line-length = 9\n", "[tool:pytest]\naddopts = -v\n", "[bdist_wheel]\n"]
)
def test_a_setup_cfg_with_settings_only_is_no_manifest(text: str) -> None:
    assert parse_manifest(text.encode(), "setup.cfg") is None


def test_a_setup_cfg_may_name_the_file_of_its_requirements() -> None:
    assert read("[options]\ninstall_requires = file: requirements.txt\n", "setup.cfg") == Manifest((), "python")
    assert read("[options]\ninstall_requires = file: deps.dat\n", "setup.cfg").problems[0].line == 2


SETUP_PY = """\
from setuptools import find_packages, setup

VERSION = "2.1.0"
REQUIRED = [
    "pandas>=2",  # data
    "torch==" + VERSION,
    f"numpy>={VERSION}",
]
REQUIRED += ["scipy"]
REQUIRED.append("joblib")
EXTRAS = {
    "dev": ["pytest", "ruff"],
    "gpu": ("cupy",),
}
EXTRAS["all"] = EXTRAS["dev"] + EXTRAS["gpu"]
META = dict(name="churn", classifiers=["Development Status :: 3 - Alpha"])

if __name__ == "__main__":
    setup(
        install_requires=REQUIRED,
        extras_require=EXTRAS,
        tests_require='''
            mock
            hypothesis>=6
        ''',
        setup_requires=["wheel"],
        entry_points={"console_scripts": ["churn-train = churn.cli:train", "churn-serve=churn.serve:main"]},
        **META,
    )
"""


def test_a_setup_py_is_read_as_syntax() -> None:
    manifest = read(SETUP_PY, "setup.py")
    assert listed(manifest) == [
        (5, "pandas", ">=2", "main"),
        (6, "torch", "=={}", "main"),
        (7, "numpy", ">={}", "main"),
        (9, "scipy", "", "main"),
        (10, "joblib", "", "main"),
        (12, "pytest", "", "dev"),
        (12, "ruff", "", "dev"),
        (13, "cupy", "", "main"),
        (23, "mock", "", "dev"),
        (24, "hypothesis", ">=6", "dev"),
    ]
    assert manifest.scripts == {"churn-train": "churn.cli:train", "churn-serve": "churn.serve:main"}
    assert (manifest.package, manifest.published, manifest.problems) == ("churn", True, ())


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ('open("requirements.txt").read().splitlines()', 0),
        ('parse(os.path.join(HERE, "requirements", "base.txt"))', 1),
        ('parse(f"{HERE}/requirements/base.txt")', 0),
        ("[str(r) for r in parse()]", 1),
        ("find_required()", 1),
        ("unknown", 1),
    ],
)
def test_computed_requirements_are_a_problem_unless_a_requirement_file_has_them(value: str, problems: int) -> None:
    manifest = read(f'from setuptools import setup\nsetup(name="a", install_requires={value})\n', "setup.py")
    assert manifest.dependencies == ()
    assert [(p.line, p.reason) for p in manifest.problems] == [(2, "computed dependencies")] * problems


@pytest.mark.parametrize(
    "text",
    [
        'print "old"\nfrom distutils.core import setup\nsetup(name="a", install_requires=["numpy"])\n',
        'import setuptools\nsetuptools.setup(name="a", install_requires="numpy")\n',
        'from skbuild import setup\ndef run():\n    needed = ["numpy"]\n    setup(name="a", install_requires=needed)\n',
        'from setuptools import setup\nsetup(name="a", install_requires=["numpy"] if True else [])\n',
    ],
)
def test_setup_files_of_any_age_and_shape(text: str) -> None:
    assert [d.name for d in read(text, "setup.py").dependencies] == ["numpy"]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy\nx = 1\n",
        '# setup(install_requires=["numpy"])\n',
        '"""\nsetup(install_requires=["numpy"])\n"""\n',
    ],
)
def test_a_file_that_sets_nothing_up_is_no_manifest(text: str) -> None:
    assert parse_manifest(text.encode(), "setup.py") is None


def test_entry_points_may_be_one_text() -> None:
    text = 'setup(name="a", entry_points="""\n[console_scripts]\ntrain = a.b:main\n[other]\nx = a.c:d\n""")\n'
    assert read(text, "setup.py").scripts == {"train": "a.b:main"}
