"""Lock files of every ecosystem, as their tools write them."""

from __future__ import annotations

import pytest

from mlscan.read.manifest import parse_manifest
from mlscan.types.source import Manifest

TOML = 'version = 1\n\n[[package]]\nname = "My_Pkg"\nversion = "1.2.0"\ndependencies = [\n    { name = "x" },\n]\n'
YARN_2 = (
    '__metadata:\n  version: 8\n\n"left-pad@npm:^1.0":\n  version: 1.2.0\n\n"w@workspace:.":\n'
    "  version: 0.0.0-use.local\n"
)
NPM_3 = (
    '{\n  "name": "w",\n  "version": "9.9.9",\n  "lockfileVersion": 3,\n  "packages": {\n    "": {\n'
    '      "name": "w",\n'
    '      "version": "9.9.9"\n    },\n    "node_modules/a/node_modules/@t/Left-pad": {\n'
    '      "version": "1.2.0"\n    }\n  }\n}\n'
)
NUGET = (
    '{\n  "version": 1,\n  "dependencies": {\n    "net8.0": {\n      "Microsoft.ML": {\n        "type": "Direct",\n'
    '        "resolved": "3.0.1"\n      }\n    }\n  }\n}\n'
)
COMPOSER = (
    '{\n    "packages": [\n        {\n            "name": "rubix/ml",\n            "version": "v2.0",\n'
    '            "authors": [\n'
    '                {\n                    "name": "Some One"\n                }\n            ]\n        }\n    ]\n}\n'
)
PIXI = (
    "version: 6\nenvironments:\n  default:\n    packages:\n      linux-64:\n"
    "      - conda: https://h.example/linux-64/numpy-1.26.4-py311_0.conda\npackages:\n"
    "- conda: https://h.example/linux-64/numpy-1.26.4-py311_0.conda\n  sha256: aa\n"
    "- pypi: https://h.example/mlflow-2.0-py3-none-any.whl\n  name: mlflow\n  version: '2.0'\n"
)
CONDA = (
    "version: 1\nmetadata:\n  channels: []\npackage:\n- name: numpy\n  version: 1.26.4\n  manager: conda\n"
    "  platform: linux-64\n- name: numpy\n  version: 1.26.4\n  platform: osx-64\n- name: mlflow\n  version: 2.0\n"
)


@pytest.mark.parametrize(
    ("path", "text", "ecosystem", "expected"),
    [
        ("uv.lock", TOML, "python", ["my-pkg==1.2.0:4"]),
        ("a/poetry.lock", TOML, "python", ["my-pkg==1.2.0:4"]),
        ("pdm.lock", TOML, "python", ["my-pkg==1.2.0:4"]),
        ("pylock.toml", TOML.replace("[package]", "[packages]"), "python", ["my-pkg==1.2.0:4"]),
        ("pylock.gpu.toml", TOML, "python", ["my-pkg==1.2.0:4"]),
        ("Cargo.lock", TOML, "rust", ["my_pkg==1.2.0:4"]),
        (
            "Pipfile.lock",
            '{\n    "_meta": {\n        "requires": {}\n    },\n    "default": {\n        "Flask": {\n'
            '            "hashes": [],\n'
            '            "version": "==3.0.0"\n        }\n    }\n}\n',
            "python",
            ["flask==3.0.0:6"],
        ),
        ("conda-lock.yml", CONDA, "python", ["numpy==1.26.4:5", "mlflow==2.0:12"]),
        ("gpu.conda-lock.yml", CONDA, "python", ["numpy==1.26.4:5", "mlflow==2.0:12"]),
        ("pixi.lock", PIXI, "python", ["numpy==1.26.4:6", "mlflow==2.0:11"]),
        (
            "renv.lock",
            '{\n  "R": {\n    "Version": "4.3.0"\n  },\n  "Packages": {\n    "MASS": {\n      "Package": "MASS",\n'
            '      "Version": "7.3-60"\n    }\n  }\n}\n',
            "r",
            ["mass==7.3-60:7"],
        ),
        (
            "packrat/packrat.lock",
            "RVersion: 3.4\n\nPackage: caret\nSource: CRAN\nVersion: 6.0\n",
            "r",
            ["caret==6.0:3"],
        ),
        (
            "Manifest.toml",
            'julia_version = "1.9"\nmanifest_format = "2.0"\n\n[[deps.Flux]]\ndeps = ["A"]\nuuid = "1"\n'
            'version = "0.14.6"\n',
            "julia",
            ["flux==0.14.6:4"],
        ),
        ("Manifest-v1.11.toml", '[[deps.Flux]]\nuuid = "1"\nversion = "0.14"\n', "julia", ["flux==0.14:1"]),
        ("Manifest.toml", '[[Flux]]\nuuid = "1"\nversion = "0.14.6"\n', "julia", ["flux==0.14.6:1"]),
        ("package-lock.json", NPM_3, "npm", ["@t/left-pad==1.2.0:10"]),
        (
            "yarn.lock",
            '# v1\n\n"@t/a@^1.0", "@t/a@^1.1":\n  version "1.2.0"\n  resolved "h"\n',
            "npm",
            ["@t/a==1.2.0:3"],
        ),
        ("yarn.lock", YARN_2, "npm", ["left-pad==1.2.0:4"]),
        (
            "pnpm-lock.yaml",
            "packages:\n\n  '@t/a@1.2.0':\n    resolution: {}\n\n  b@2.0.0(c@1.0.0):\n",
            "npm",
            ["@t/a==1.2.0:3", "b==2.0.0:6"],
        ),
        (
            "pnpm-lock.yaml",
            "packages:\n\n  /@t/a/1.2.0:\n    dev: true\n\n  /b@2.0.0:\n",
            "npm",
            ["@t/a==1.2.0:3", "b==2.0.0:6"],
        ),
        (
            "bun.lock",
            '{\n  "packages": {\n    "@t/a": ["@t/a@1.2.0", "", {}, "sha"],\n  }\n}\n',
            "npm",
            ["@t/a==1.2.0:3"],
        ),
        ("bun.lockb", "#!/usr/bin/env bun\n\0\1\2", "npm", []),
        ("packages.lock.json", NUGET, "dotnet", ["microsoft.ml==3.0.1:5"]),
        ("paket.lock", "NUGET\n  remote: h\n    Argu (3.7)\n      FSharp.Core (>= 4)\n", "dotnet", ["argu==3.7:3"]),
        ("gradle.lockfile", "# note\norg.x:Lib:1.2.0=compileClasspath\nempty=\n", "jvm", ["org.x:lib==1.2.0:2"]),
        ("go.sum", "h.example/A v1.2.0 h1:aa=\nh.example/A v1.2.0/go.mod h1:bb=\n", "go", ["h.example/a==1.2.0:1"]),
        (
            "Gemfile.lock",
            "GEM\n  specs:\n    rumale (0.28)\n      numo (>= 0.9)\n\nDEPENDENCIES\n  rumale\n",
            "ruby",
            ["rumale==0.28:3"],
        ),
        ("composer.lock", COMPOSER, "php", ["rubix/ml==2.0:4"]),
    ],
)
def test_a_lock_lists_what_it_fixes(path: str, text: str, ecosystem: str, expected: list[str]) -> None:
    for data in (text, text.replace("\n", "\r\n")):
        manifest = parse_manifest(data.encode(), path)
        assert manifest is not None
        assert (manifest.lock, manifest.ecosystem, manifest.problems) == (True, ecosystem, ())
        assert [f"{d.name}{d.spec}:{d.line}" for d in manifest.dependencies] == expected
        assert all(d.pinned and d.scope == "main" and d.ecosystem == ecosystem for d in manifest.dependencies)


def test_the_project_itself_is_not_locked_by_its_lock() -> None:
    text = TOML + '\n[[package]]\nname = "churn"\nversion = "0.1"\nsource = { editable = "." }\n'
    manifest = parse_manifest(text.encode(), "uv.lock")
    assert manifest is not None
    assert [d.name for d in manifest.dependencies] == ["my-pkg"]


@pytest.mark.parametrize("path", ["uv.lock", "renv.lock", "package-lock.json", "conda-lock.yml"])
def test_a_lock_is_one_by_its_name_whatever_it_lists(path: str) -> None:
    for data in (b"{}", b"version = 1\n", b"<<<<<<< HEAD\n", b"\xff\xfe\x00"):
        assert parse_manifest(data, path) == Manifest((), parse_ecosystem(path), lock=True)
    assert parse_manifest(b" \n", path) is None


def parse_ecosystem(path: str) -> str:
    return {"renv.lock": "r", "package-lock.json": "npm"}.get(path, "python")


def test_a_manifest_of_something_else_is_no_lock_of_julia() -> None:
    assert parse_manifest(b'name = "theme"\nversion = "1.0"\n[plugin]\na = 1\n', "Manifest.toml") is None
