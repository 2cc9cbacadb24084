"""Files of task runners: tox, nox, invoke, just, Taskfile, npm, and the tables of pyproject.toml and its like."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.ci_parts import with_folders
from mlscan.read.tasks import parse_tasks, script_kind
from mlscan.types.source import Script
from read.showing import commands, told


def read(path: str, text: str) -> Script | None:
    return parse_tasks(dedent(text).encode(), path)


def needs(script: Script | None) -> dict[str, tuple[str, ...]]:
    assert script is not None
    return dict(script.needs)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/run.sh", "shell"),
        ("job.slurm", "shell"),
        ("Makefile", "make"),
        ("GNUmakefile", "make"),
        ("makefile.gpu", "make"),
        ("rules.mk", "make"),
        ("Makefile.am", None),
        ("Makefile.md", None),
        ("justfile", "task"),
        (".justfile", "task"),
        ("ml.just", "task"),
        ("Taskfile.yml", "task"),
        ("Taskfile.dist.yaml", "task"),
        ("tox.ini", "task"),
        ("setup.cfg", "task"),
        ("noxfile.py", "task"),
        ("tasks.py", "task"),
        ("pyproject.toml", "task"),
        ("pixi.toml", "task"),
        ("hatch.toml", "task"),
        (".mise.toml", "task"),
        ("a/package.json", "task"),
        ("setup.py", None),
        ("README.md", None),
    ],
)
def test_the_path_tells_the_reader(path: str, kind: str | None) -> None:
    assert script_kind(path) == kind


def test_tox_environments() -> None:
    text = """\
    [tox]
    envlist = py311
    [testenv]
    deps = pytest
    commands_pre = python -m build
    commands =
        - python -m pytest {posargs}
        py311,py312-{a,b}: ! python check.py \\
          --strict

        # said
        mypy
    [testenv:{train,eval}-gpu]
    commands =
        {[testenv]commands}
        python run.py
    [gh-actions]
    python = 3.11: py311
    """
    found = read("tox.ini", text)
    assert commands(found) == {
        "testenv": ["5: python -m build", "7: python -m pytest {posargs}", "8: python check.py --strict", "12: mypy"],
        "train-gpu": ["16: python run.py"],
        "eval-gpu": ["16: python run.py"],
    }
    assert needs(found) == {"train-gpu": ("testenv",), "eval-gpu": ("testenv",)}


def test_tox_in_toml_and_inside_of_pyproject() -> None:
    text = """
    [env_run_base]
    commands = [["python", "-m", "pytest"]]
    [env.train]
    commands = [
      ["sh", "-c", "python a.py && python b.py"],
    ]
    """
    assert commands(read("tox.toml", text)) == {
        "testenv": ["3: python -m pytest"],
        "train": ["6: sh -c python a.py && python b.py", "6: python a.py", "6: python b.py"],
    }
    legacy = '''\
    [tool.tox]
    legacy_tox_ini = """
    [testenv:x]
    commands = python legacy.py
    """
    '''
    assert commands(read("pyproject.toml", legacy)) == {"x": ["4: python legacy.py"]}


def test_nox_sessions() -> None:
    text = '''\
    import nox
    PYTHON = "python3"

    @nox.session(python=["3.11", "3.12"])
    def tests(session: nox.Session) -> None:
        """Said: session.run("no")."""
        session.install("pytest")
        session.run(PYTHON, "-m", "pytest", *session.posargs)
        for name in ("a", "b"):
            session.run("python", f"{name}.py", env={"A": "b"})
        session.run("make train && make eval", external=True)
        other.run("no")

    def helper(session):
        session.run("no")
    '''
    assert commands(read("noxfile.py", text)) == {
        "tests": ["8: python3 -m pytest", "10: python {}.py", "11: make train", "11: make eval"]
    }


def test_invoke_tasks() -> None:
    text = '''\
    from invoke import task

    @task
    def data(c):
        c.run("python data.py")

    @task(data, pre=[lint])
    def train(ctx, epochs=1):
        ctx.run(
            """
            python train.py
            python eval.py
            """
        )
        ctx.sudo("make")
    '''
    found = read("tasks.py", text)
    assert commands(found) == {
        "data": ["5: python data.py"],
        "train": ["11: python train.py", "12: python eval.py", "15: make"],
    }
    assert needs(found) == {"train": ("data", "lint")}


def test_just_recipes() -> None:
    text = """\
    set shell := ["bash", "-c"]
    py := "python3" # said
    alias t := train

    default: train

    # said
    @train epochs='a:b' *args="x": (data "y:z") lint && report
        {{ py }} train.py {{epochs}} \\
          --x
        @cd src && a
        -b

    [group('data')]
    data name:
        #!/usr/bin/env bash
        set -e
        cd data
        python data.py

    report:
        #!/usr/bin/env python
        import no
    lint:
    \truff check
    """
    found = read("justfile", text)
    assert commands(found) == {
        "default": [],
        "train": ["9: python3 train.py {{epochs}} --x", "11: cd src", "11: a", "12: b"],
        "data": ["17: set -e", "18: cd data", "19: python data.py"],
        "report": [],
        "lint": ["25: ruff check"],
    }
    assert needs(found) == {"default": ("train",), "train": ("data", "lint", "report")}
    assert found is not None
    assert found.default == "default"
    assert [c.folder for c in with_folders(found.groups["train"])] == ["", "", "src", ""]


def test_taskfile_tasks() -> None:
    text = """\
    version: '3'
    vars: {PY: python3}
    tasks:
      default: {deps: [train]}
      train:
        deps: [data, {task: other}]
        vars: {N: 3}
        cmds:
          - '{{.PY}} train.py --n {{.N}} {{.UNKNOWN}}'
          - task: eval
          - cmd: python report.py
            silent: true
          - |
            cd a
            python b.py
          - defer: python cleanup.py
      data: python data.py
      eval:
        - python eval.py
    """
    found = read("Taskfile.yml", text)
    assert commands(found) == {
        "default": [],
        "train": [
            "9: python3 train.py --n 3 {{.UNKNOWN}}",
            "11: python report.py",
            "14: cd a",
            "15: python b.py",
        ],
        "data": ["17: python data.py"],
        "eval": ["19: python eval.py"],
    }
    assert needs(found) == {"default": ("train",), "train": ("data", "other", "eval")}
    assert found is not None
    assert found.default == "default"


def test_npm_scripts() -> None:
    text = """\
    {
      "name": "x",
      "scripts": {
        "build": "tsc && python build.py",
        "test": "npm run build"
      }
    }
    """
    assert commands(read("package.json", text)) == {
        "build": ["4: tsc", "4: python build.py"],
        "test": ["5: npm run build"],
    }


def test_poe_tasks() -> None:
    text = '''\
    [tool.poe.tasks]
    train = "python train.py"
    all = ["data", "train", "python -m report"]
    some.sequence = ["data", { cmd = "python q.py" }, { ref = "train" }, { script = "a.b:c" }]
    called = { script = "pkg.module:main(x=1)" }
    data = { shell = """
    python data.py
    cd x && python y.py
    """, deps = ["get"] }
    [tool.poe.tasks.get]
    cmd = "python get.py"
    help = "said"
    '''
    found = read("pyproject.toml", text)
    assert commands(found) == {
        "train": ["2: python train.py"],
        "all": ["3: python -m report"],
        "some": ["4: python q.py", "4: python -m a.b"],
        "called": ["5: python -m pkg.module"],
        "data": ["7: python data.py", "8: cd x", "8: python y.py"],
        "get": ["11: python get.py"],
    }
    assert needs(found) == {"all": ("data", "train"), "some": ("data", "train"), "data": ("get",)}


@pytest.mark.parametrize(
    ("path", "text", "expected", "needed"),
    [
        (
            "pyproject.toml",
            '[tool.taskipy.tasks]\na = { cmd = "x", help = "said" }\nb = "y"',
            {"a": ["2: x"], "b": ["3: y"]},
            {},
        ),
        (
            "pyproject.toml",
            '[tool.pdm.scripts]\na = { composite = ["b {args}", "x"] }\n'
            'b = { call = "m.n:o" }\nc = { shell = "y | z" }',
            {"a": ["2: x"], "b": ["3: python -m m.n"], "c": ["4: y", "4: z"]},
            {"a": ("b",)},
        ),
        (
            "pyproject.toml",
            '[tool.hatch.envs.default.scripts]\ntest = "pytest"\ncov = ["test --cov", "coverage report"]',
            {"test": ["2: pytest"], "cov": ["3: coverage report"]},
            {"cov": ("test",)},
        ),
        ("hatch.toml", '[envs.x.scripts]\na = "b"', {"a": ["2: b"]}, {}),
        (
            "mise.toml",
            '[tasks.a]\ndepends = ["b"]\nrun = ["x", "mise run b"]\n[tasks.b]\nrun = "y"',
            {"a": ["3: x", "3: mise run b"], "b": ["5: y"]},
            {"a": ("b",)},
        ),
        (
            "pixi.toml",
            '[tasks]\na = { cmd = "x", depends-on = ["b", { task = "c" }] }\n[feature.f.tasks]\nb = "y"\n'
            '[feature.f.target.linux-64.tasks]\nc = "z"\n[target.win.tasks]\nd = "w"',
            {"a": ["2: x"], "b": ["4: y"], "c": ["6: z"], "d": ["8: w"]},
            {"a": ("b", "c")},
        ),
        ("pyproject.toml", '[tool.pixi.tasks]\na = "x"', {"a": ["2: x"]}, {}),
        (
            "pyproject.toml",
            '[tool.rye.scripts]\na = { chain = ["b", "x"] }\nb = "y"',
            {"a": ["2: x"], "b": ["3: y"]},
            {"a": ("b",)},
        ),
    ],
)
def test_other_tables_of_tasks(
    path: str, text: str, expected: dict[str, list[str]], needed: dict[str, tuple[str, ...]]
) -> None:
    found = read(path, text)
    assert commands(found) == expected
    assert needs(found) == needed


@pytest.mark.parametrize(
    "path", ["setup.cfg", "pyproject.toml", "package.json", "noxfile.py", "tasks.py", "Taskfile.yml"]
)
def test_a_file_without_tasks_is_none(path: str) -> None:
    assert read(path, "") is None


@pytest.mark.parametrize("path", ["pyproject.toml", "package.json", "Taskfile.yml", "tox.ini", "noxfile.py"])
def test_a_broken_file_is_told(path: str) -> None:
    found = read(path, '{"scripts" [')
    assert found is not None
    assert found.groups == {}
    assert len(told(found.problems)) == 1


def test_a_broken_table_leaves_the_other_tasks() -> None:
    found = read("pyproject.toml", '[tool.poe.tasks]\na = "x"\n[broken\n[tool.pdm.scripts]\nb = "y"\n')
    assert commands(found) == {"b": ["5: y"]}
    assert found is not None
    assert told(found.problems) == [(3, "broken TOML")]
