"""Work and memory are bounded whatever a file holds, and what a limit or a reader left out is a gap.

Every case puts one hostile file beside a good project; the report shows the good part and says what it could not see.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from itertools import pairwise

import pytest
from snapshot.building import Repo

from hostile.conftest import Scanner

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="forks")

DEEP = 20_000
MB = 1_000_000
STAGE = "stages:\n  train:\n    cmd: python train.py\n    deps: [data.csv]\n    outs: [model.pkl]\n"
"""So that somebody asks for the whole file."""
CI = ".github/workflows/ci.yml"


def bomb(levels: int) -> str:
    """Lists of nine aliases each of the list before, with the last one where tools would look."""
    names = "abcdefghij"[: levels + 1]
    rows = [f"{names[0]}: &{names[0]} [{', '.join('x' * 9)}]"]
    rows += [f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    return "\n".join([*rows, f"jobs: *{names[-1]}", "on: push", ""])


def notebook(source: str, more: str = "") -> str:
    """A notebook of one code cell; `source` is JSON."""
    return f'{{"cells":[{{"cell_type":"code","source":{source}{more}}}],"metadata":{{}},"nbformat":4}}'


def merges() -> str:
    """Maps that take over nine copies of the map before."""
    rows = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: 1}}\n" for n in range(1, 500))
    return f"a0: &a0 {{k: 1}}\n{rows}{STAGE}"


LAUGHS = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise("abcdefghi"))
DEEP_REASON = "nested too deeply"
CUT = "longer than what is read of a file"
LOGGED = "import mlflow as log\nlog.log_metric(1, 2)\n"
NOT_PYTHON = "syntax not understood in places"
TRACKED = '"import mlflow\\nmlflow.log_metric(1, 2)"'
SOURCE = '"cell_type":"code","source":'

Content = Callable[[], str]
FILES: dict[str, tuple[str, Content, str]] = {
    "aliases of YAML": (CI, lambda: bomb(9), "too many aliases"),
    "aliases of compose": ("docker-compose.yml", lambda: bomb(8), "too many aliases"),
    "merges of YAML": ("a/dvc.yaml", merges, "too many aliases"),
    "entities of XML": ("pom.xml", lambda: f'<!DOCTYPE x [<!ENTITY a "a">{LAUGHS}]><x>&i;</x>', "entity declarations"),
    "a file as an entity": (
        "pom.xml",
        lambda: '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]><x>&i;</x>',
        "entity declarations",
    ),
    "depth of YAML in brackets": (CI, lambda: "on: push\njobs: " + "[" * DEEP, "broken YAML"),
    "depth of YAML by dashes": ("dvc.yaml", lambda: f"{STAGE}x:\n  " + "- " * DEEP, DEEP_REASON),
    "depth of JSON": ("package.json", lambda: '{"a":' * DEEP + "1" + "}" * DEEP, DEEP_REASON),
    "depth of TOML in brackets": ("pyproject.toml", lambda: "a = " + "[" * DEEP + "]" * DEEP, DEEP_REASON),
    "depth of TOML by dots": ("pyproject.toml", lambda: ".".join("a" * DEEP) + " = 1", DEEP_REASON),
    "depth of TOML by a header": ("pyproject.toml", lambda: "[" + ".".join("a" * DEEP) + "]\nb = 1", DEEP_REASON),
    "depth of XML": ("pom.xml", lambda: "<a>" * DEEP, DEEP_REASON),
    "depth of Terraform": ("main.tf", lambda: 'resource "a" "b" {\n' + "a {\n" * DEEP, DEEP_REASON),
    "depth of a notebook": ("a.ipynb", lambda: notebook(TRACKED + "}," + "[" * DEEP + "]" * DEEP), ""),
    "depth of a notebook's source": ("a.ipynb", lambda: notebook(TRACKED + "}, {" + SOURCE + "[" * DEEP), ""),
    "depth of Python in brackets": ("a.py", lambda: "import mlflow\nmlflow.a(" + "(" * DEEP + ")" * DEEP, ""),
    "depth of Python by words": ("a.py", lambda: "import mlflow\nx = " + "lambda: " * DEEP + "mlflow.a(", ""),
    "depth of Python by signs": ("a.py", lambda: "import mlflow\nx = mlflow.a(" + "-" * 500_000, ""),
    "errors of Python in lines": ("a.py", lambda: LOGGED + "lambda::\n" * 60_000, NOT_PYTHON),
    "errors of Python by signs": ("a.py", lambda: LOGGED + ("@" + "~-" * 2_000 + "\n") * 146, NOT_PYTHON),
    "errors of Python in calls": ("a.py", lambda: LOGGED + "x = a(\nmatch a:#" * 36_000, NOT_PYTHON),
    "commands of a script": ("run.sh", lambda: "python train.py\n" + "true\n" * 90_000, "too long"),
    "depth of a script": ("run.sh", lambda: "python train.py " + "$(" * DEEP + "\n" + "true\n" * 100_000, "too long"),
    "characters of a script": ("Makefile", lambda: "a:\n" + "\tpython train.py\n" * 20_000, "too long"),
    "instructions of a Dockerfile": ("Dockerfile", lambda: "FROM a\n" + "RUN x\n" * 100_000, "too long"),
    "values of JSON": ("package.json", lambda: '{"a": [' + "1," * 150_000 + "1]}", "too many values"),
    "documents of YAML": (
        "k8s/a.yaml",
        lambda: "--- {apiVersion: v1, kind: Deployment}\n" * 5_000,
        "too many documents",
    ),
    "cells of a notebook": (
        "a.ipynb",
        lambda: notebook(", ".join([TRACKED + "}, {" + SOURCE + "1"] * 12_000)),
        "",
    ),
    "a cell of a notebook": ("a.ipynb", lambda: notebook(json.dumps("import mlflow\n" * 60_000)), CUT),
    "a line of 1 MB of Python": ("a.py", lambda: "import mlflow; mlflow.a(); " * 40_000, ""),
    "a line of 3 MB of YAML": (CI, lambda: "on: push\njobs: " + "x" * 3 * MB, ""),
    "a line of 3 MB of JSON": ("package.json", lambda: '{"a":"' + "x" * 3 * MB, ""),
    "a line of 3 MB of TOML": ("pyproject.toml", lambda: "a = '" + "x" * 3 * MB, ""),
    "a line of 3 MB of requirements": ("requirements.txt", lambda: "a==1 " * 600_000, ""),
    "lines of requirements": ("requirements.txt", lambda: "a==1\n" * 600_000, ""),
    "merges of GitLab": (".gitlab-ci.yml", lambda: bomb(9).replace("jobs", "build"), "too many aliases"),
}
"""What is bounded: path, content, and the reason of the gap ("" is any)."""


@pytest.mark.parametrize("what", FILES)
def test_work_on_a_file_is_bounded_and_the_rest_is_a_gap(project: Repo, scan: Scanner, what: str) -> None:
    path, content, reason = FILES[what]
    project.write({path: content()})
    gaps = scan(project.path).gaps
    assert gaps.get(path), "nothing says that this file was not read as a whole"
    assert not reason or reason in gaps[path]


def test_what_stands_before_errors_that_would_take_long_is_found(project: Repo, scan: Scanner) -> None:
    project.write({"a.py": LOGGED + "lambda::" * 70_000})
    found = scan(project.path)
    assert found.gaps["a.py"] == {NOT_PYTHON}
    assert "mlflow-runs" in found.evidence("a.py")


HUGE = ["a.py", "dvc.yaml", "package.json", "pyproject.toml", "Dockerfile", "run.sh", "pom.xml", "a.tf"]


@pytest.mark.parametrize("path", HUGE)
def test_a_line_of_100_megabytes_is_a_gap_and_takes_no_memory(project: Repo, scan: Scanner, path: str) -> None:
    project.write({path: "x"})
    with (project.path / path).open("r+b") as file:
        file.truncate(100 * MB)
    assert scan(project.path).gaps[path] == {"larger than the limit"}


@pytest.mark.parametrize("what", ["an output", "a source", "nothing but zeros", "one word"])
def test_a_notebook_of_90_megabytes_is_read_within_the_memory(project: Repo, scan: Scanner, what: str) -> None:
    head, tail = b'{"cells":[{"cell_type":"code",', b'"metadata":{}}],"metadata":{},"nbformat":4}'
    start = {
        "an output": head + b'"source":"import mlflow\\nmlflow.log_metric(1, 2)","outputs":["',
        "a source": head + b'"source":"import mlflow\\n',
        "nothing but zeros": b"",
        "one word": b"x",
    }[what]
    with (project.path / "good" / "a.ipynb").open("wb") as file:
        file.write(start)
        if what == "nothing but zeros":
            file.truncate(90 * MB)
        else:
            for _ in range(90):
                file.write(b"A" * MB)
            file.write((b'"],' if what == "an output" else b'",') + tail)
    found = scan(project.path)
    assert bool(found.gaps.get("good/a.ipynb")) == (what == "a source")
    assert ("mlflow-runs" in found.evidence("good/a.ipynb")) == (what == "an output")


def zipped(depth: int) -> bytes:
    """A zip of 50 MB of zeros, in zips."""
    data, name = b"\0" * 50 * MB, "zeros"
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        data, name = buffer.getvalue(), "inner.zip"
    return data


@pytest.mark.parametrize("path", ["dist/a-1.0-py3-none-any.whl", "requirements.txt", "a.ipynb", "train.py", CI])
def test_a_bomb_of_a_zip_is_never_unpacked(project: Repo, scan: Scanner, path: str) -> None:
    project.write({path: zipped(2)})
    found = scan(project.path)
    assert found.json["stats"]["bytes_read"] < MB
    assert not found.evidence(path) - {"notebooks", "pinned-requirements"}


CONTENTS = ["", "\n", "[]", "- 1\n- 2\n", "3\n", "null\n", '"text"', "{}", "a: b: c", "\0"]


@pytest.mark.parametrize("content", CONTENTS)
def test_ci_files_of_another_shape_end_in_a_report(project: Repo, scan: Scanner, content: str) -> None:
    project.write(dict.fromkeys((CI, ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", ".travis.yml"), content))
    assert scan(project.path).json["practices"]["ci"]["present"] is not True


SHAPES = {
    "pyproject.toml": ["tool = 3\n", "project = []\n", "[tool]\npoetry = 1\n", 'project = "x"\n', "[[project]]\n"],
    "package.json": ["[]", "3", "null", '{"scripts": 3}', '{"dependencies": [1]}'],
    "a.ipynb": ["[]", "3", '{"cells": 3}', '{"cells": [1, {}]}', notebook("3"), notebook('["a", 3]'), notebook("null")],
    "environment.yml": ["3", "dependencies: 3", "dependencies: [{pip: 3}, [1]]", "- a"],
    "docker-compose.yml": ["services: 3", "services: [a]", "services: {a: 3}", "[]"],
    "dvc.yaml": ["stages: 3", "stages: [a]", "stages: {a: 3}", "null"],
}


@pytest.mark.parametrize("path", SHAPES)
def test_values_of_other_types_than_expected_end_in_a_report(project: Repo, scan: Scanner, path: str) -> None:
    project.write({f"{n}/{path}": content for n, content in enumerate(SHAPES[path])})
    assert scan(project.path).json["stats"]["files"] == len(SHAPES[path]) + 2
