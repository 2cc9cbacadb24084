"""No dependency file, however strange, makes a reader raise or hang."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlscan.read.manifest import manifest_kind, parse_manifest

PATHS = [
    "requirements.txt", "constraints.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "environment.yml",
    "recipe/meta.yaml", "pixi.toml", "DESCRIPTION", "Project.toml", "pom.xml", "build.gradle", "libs.versions.toml",
    "build.sbt", "package.json", "a.csproj", "packages.config", "paket.dependencies", "go.mod", "Cargo.toml", "Gemfile",
    "a.gemspec", "composer.json",
]  # fmt: skip
LOCKS = [
    "uv.lock", "Pipfile.lock", "conda-lock.yml", "pixi.lock", "renv.lock", "packrat.lock", "Manifest.toml", "go.sum",
    "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "Cargo.lock", "Gemfile.lock",
    "composer.lock", "packages.lock.json", "paket.lock", "gradle.lockfile",
]  # fmt: skip
_WORDS = (
    "project name dependencies optional-dependencies dependency-groups dynamic scripts tool poetry group dev uv pdm "
    "hatch envs flit metadata requires pixi feature target version git path url file ref package workspace deps compat "
    "extras targets libraries versions pip require require-dev devDependencies publishConfig private keywords index "
    "classifiers"
)
WORDS = st.sampled_from(_WORDS.split(" "))
VALUES = st.recursive(
    st.one_of(
        WORDS, st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a==1", "a @ git+x", "{{ a }}", "."])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=40,
)


def toml(value: object, place: tuple[str, ...] = ()) -> str:
    """A dict as TOML tables, everything below a list inline."""
    if not isinstance(value, dict):
        return ""
    own = "".join(f"{k} = {inline(v)}\n" for k, v in value.items() if not isinstance(v, dict))
    head = f"[{'.'.join(place)}]\n" if place else ""
    return head + own + "".join(toml(v, (*place, k)) for k, v in value.items() if isinstance(v, dict))


def inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(v) for v in value) + "]"
    return '""' if value is None else json.dumps(value)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), st.dictionaries(WORDS, VALUES, max_size=6))
def test_any_tree(path: str, value: dict[str, object]) -> None:
    text = toml(value) if path.endswith("toml") or path == "Pipfile" else json.dumps(value)
    parse_manifest(text.encode(), path)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATHS + LOCKS), st.binary(max_size=300))
def test_any_bytes(path: str, data: bytes) -> None:
    parse_manifest(data, path)


LINES = st.lists(
    st.text(alphabet="ab1=<>~!@;:,.-_#\\/[](){}%$'\" \t", max_size=30).map(lambda line: line + "\n"), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATHS + LOCKS), LINES)
def test_any_lines(path: str, lines: list[str]) -> None:
    manifest = parse_manifest("".join(lines).encode(), path)
    for dependency in manifest.dependencies if manifest else ():
        assert dependency.name
        assert 1 <= dependency.line <= len(lines)


@pytest.mark.parametrize("path", ["pyproject.toml", "Cargo.toml", "pixi.toml", "Project.toml", "Pipfile"])
@pytest.mark.parametrize(
    "text",
    [
        "tool = 3\n",
        "project = []\n",
        'project = "x"\ndependency-groups = "x"\n',
        '[project]\nname = 3\ndependencies = {a = "1"}\nscripts = ["a"]\noptional-dependencies = ["a"]\n',
        '[project]\ndependencies = [1, true, ["a"], {a = 1}, "", "  "]\n',
        '[tool]\npoetry = [1]\nuv = "a"\npixi = []\nhatch = {envs = 3}\npdm = {dev-dependencies = "x"}\n',
        '[tool.poetry]\ndependencies = ["a"]\ngroup = {x = 3}\nscripts = {a = 3, b = {callable = []}}\n',
        "[tool.poetry.dependencies]\na = [[], {}, 3]\nb = {version = []}\nc = {git = {}}\nd = []\ne = true\n",
        "[dependencies]\na = []\nb = {version = []}\n[target]\nx = 3\n[workspace]\ndependencies = 3\n",
        "[deps]\na = []\n[compat]\na = {}\n[targets]\ntest = 3\n[extras]\na = 1\n",
        "[[tool.uv.index]]\npublish-url = 3\n",
        "a." * 150 + "b = 1\n",
        "a = " + "[" * 5_000 + "]" * 5_000 + "\n",
    ],
)
def test_values_of_other_types_than_expected(path: str, text: str) -> None:
    manifest = parse_manifest(text.encode(), path)
    assert manifest is None or all(d.name for d in manifest.dependencies)


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=" + "[" * 5_000 + '"numpy"' + "]" * 5_000 + ")",
        "setup(install_requires=" + " + ".join(["x"] * 5_000) + ")",
        'setup(install_requires="a" + ' + " + ".join(["x"] * 5_000) + ")",
        "a = b\nb = a\nsetup(install_requires=a, extras_require=b)",
        "a = [*a, *a]\nsetup(install_requires=a)",
        "a = dict(**a, **a)\nsetup(**a)\n",
        "".join(f"a{n} = dict(**a{n + 1}, **a{n + 1}, **a{n + 1})\n" for n in range(60)) + "setup(**a0)",
        "".join(f"a{n} = [*a{n + 1}, *a{n + 1}]\n" for n in range(60)) + "setup(install_requires=a0)",
        "x" + ".a()" * 5_000 + "\nsetup(install_requires=['numpy'])",
        "d = {" + ", ".join(f"'k{n}': 'v'" for n in range(2_000)) + "}\nsetup(install_requires=["
        + ", ".join(f"d['k{n}']" for n in range(2_000)) + "])",
    ],
)  # fmt: skip
def test_a_setup_file_that_never_ends(text: str) -> None:
    parse_manifest(text.encode(), "setup.py")


@pytest.mark.parametrize("path", PATHS + LOCKS)
@pytest.mark.parametrize(
    "text",
    [
        "-" * 40_000,
        "a" * 40_000,
        "a-" * 20_000,
        "-1" * 20_000,
        "a/" * 20_000,
        "=" * 40_000,
        "\\\n" * 10_000,
        "\n" * 40_000 + "a",
        "{{ " * 12_000,
        "{% else %}" * 4_000 + "\n[x]\n= = ",
        "<a>" * 12_000,
        "[" * 20_000,
        "[[a]]\n" * 6_000,
        'name = "a"\nversion = "1"\n' * 2_000,
        '"a": {\n' * 5_000,
        "- a\n" * 8_000,
        "a@b:\n" * 8_000,
        "require " + "." * 900 + " v1\n",
        "gem '" + "a" * 900 + "\n",
        "a: b, " * 6_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_long_runs(path: str, text: str) -> None:
    parse_manifest(text.encode(), path)


@pytest.mark.parametrize(
    "path",
    ["-" * 250 + ".yml", "requirements" * 20 + ".txt", "condo/" * 600 + "x.yaml", "a/" * 2_000 + "b.toml", "", "/"],
)
def test_long_paths(path: str) -> None:
    assert manifest_kind(path) is None or path.endswith(".txt")


def test_a_file_that_is_too_large_is_a_problem_and_a_lock_stays_one() -> None:
    large = b"numpy\n" * 400_000
    manifest = parse_manifest(large, "requirements.txt")
    assert manifest is not None
    assert [p.reason for p in manifest.problems] == ["too large"]
    lock = parse_manifest(b'[[package]]\nname = "a"\nversion = "1"\n' * 200_000, "uv.lock")
    assert lock is not None
    assert lock.lock


def test_dependencies_are_bounded() -> None:
    manifest = parse_manifest("".join(f"p{n}\n" for n in range(30_000)).encode(), "requirements.txt")
    assert manifest is not None
    assert len(manifest.dependencies) == 20_000
    assert [p.reason for p in manifest.problems] == ["too many dependencies"]


@pytest.mark.parametrize("path", PATHS)
def test_binary_files_are_no_manifests(path: str) -> None:
    assert parse_manifest(b"\x7fELF\x02\x01\x00\x00" + bytes(range(256)) * 4, path) is None
