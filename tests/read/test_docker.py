"""Dockerfiles: stages, arguments, instructions over lines, here-documents, what a container starts."""

from __future__ import annotations

from textwrap import dedent

import pytest

from mlscan.read.docker import is_dockerfile, parse_dockerfile
from mlscan.types.source import Dockerfile, DockerStage
from read.showing import told


def read(text: str) -> Dockerfile:
    return parse_dockerfile(dedent(text).encode(), "Dockerfile")


def stages(text: str) -> tuple[DockerStage, ...]:
    """The stages of a file without problems."""
    found = read(text)
    assert found.problems == ()
    return found.stages


def runs(text: str) -> list[str]:
    """Commands of all stages as `line: words`."""
    return [f"{c.line}: {' '.join(c.words)}" for stage in stages(text) for c in stage.commands]


def starts(text: str) -> list[str]:
    """What the last stage starts."""
    return [f"{c.line}: {' '.join(c.words)}" for c in stages(text)[-1].entry]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("Dockerfile", True),
        ("a/dockerfile", True),
        ("Dockerfile.train", True),
        ("docker/train.Dockerfile", True),
        ("Containerfile", True),
        ("Dockerfile.md", False),
        ("dockerfile.py", False),
        (".dockerignore", False),
        ("Dockerfile.dockerignore", False),
        ("docker-compose.yml", False),
    ],
)
def test_which_files_are_dockerfiles(path: str, is_one: bool) -> None:
    assert is_dockerfile(path) == is_one


def test_stages_have_their_image_line_and_name() -> None:
    text = """\
    # syntax=docker/dockerfile:1
    ARG PYTHON=3.11
    ARG REGISTRY
    FROM --platform=$BUILDPLATFORM python:${PYTHON}-slim AS base
    from base as train
    FROM ${REGISTRY:-docker.io}/x:${TAG}
    FROM Base
    FROM "quoted:1"
    """
    assert [(s.image, s.line, s.name) for s in stages(text)] == [
        ("python:3.11-slim", 4, "base"),
        ("python:3.11-slim", 5, "train"),
        ("docker.io/x:${TAG}", 6, None),
        ("python:3.11-slim", 7, None),
        ("quoted:1", 8, None),
    ]


def test_what_a_stage_sets_does_not_reach_the_next_from() -> None:
    text = """
    ARG TAG=1
    FROM a:$TAG
    ENV TAG=2
    ARG NEW=3
    COPY x-$TAG-$NEW /x
    FROM b:$TAG-$NEW
    """
    found = stages(text)
    assert [s.image for s in found] == ["a:1", "b:1-$NEW"]
    assert found[0].copies == ("x-2-3",)


def test_instructions_go_on_over_lines_comments_and_empty_lines() -> None:
    text = """\
    FROM x
    RUN apt-get update && \\
        # said

        apt-get install -y make \\
          gcc
    RUN --mount=type=cache,target=/root/.cache \\
        --network=none \\
        pip install -r requirements.txt
    ONBUILD RUN python train.py
    """
    assert runs(text) == [
        "2: apt-get update",
        "5: apt-get install -y make gcc",
        "9: pip install -r requirements.txt",
        "10: python train.py",
    ]


@pytest.mark.parametrize("head", ["# escape=`", "# syntax=x\n# escape = `", "#Escape=`"])
def test_the_escape_directive_changes_what_goes_on(head: str) -> None:
    found = parse_dockerfile(f"{head}\nFROM x\nRUN a `\n  b\nCOPY c:\\d\\ E:\\\nRUN f\n".encode(), "Dockerfile")
    assert [c.words for c in found.stages[0].commands] == [("a", "b"), ("f",)]


def test_an_escape_that_is_no_directive_changes_nothing() -> None:
    assert runs("FROM x\n# escape=`\nRUN a \\\n  b\n") == ["3: a b"]


def test_here_documents_that_a_shell_reads_are_commands_and_others_are_not() -> None:
    text = """\
    FROM x
    RUN <<EOF
    python one.py
    python two.py
    EOF
    RUN <<-"END" bash
    python between.py
    END
    RUN bash <<EOF
    python three.py
    EOF
    RUN python <<PY
    import os
    PY
    RUN <<EOF
    #!/usr/bin/env python3
    print("python four.py")
    EOF
    COPY <<EOF /etc/config
    RUN python five.py
    EOF
    RUN cat <<< word && echo $((1<<x)) && python six.py
    RUN echo "<<EOF"
    RUN python seven.py
    """
    found = runs(text)
    assert [run for run in found if run.endswith(".py")] == [
        "3: python one.py",
        "4: python two.py",
        "7: python between.py",
        "10: python three.py",
        "22: python six.py",
        "24: python seven.py",
    ]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ('FROM x\nCMD ["python", "serve.py"]', ["2: python serve.py"]),
        ("FROM x\nCMD python serve.py --port $PORT", ["2: python serve.py --port $PORT"]),
        ('FROM x\nENTRYPOINT ["python", "-m"]\nCMD ["app"]', ["2: python -m app"]),
        ('FROM x\nENTRYPOINT python a.py\nCMD ["b"]', ["2: python a.py", "3: b"]),
        ("FROM x\nCMD a\nCMD b", ["3: b"]),
        ('FROM x\nCMD ["sh", "-c", "python a.py && python b.py"]', None),
        ('FROM x AS base\nENTRYPOINT ["python"]\nCMD ["a.py"]\nFROM base\nCMD ["b.py"]', ["2: python b.py"]),
        ('FROM x AS base\nCMD ["a.py"]\nFROM base', ["2: a.py"]),
        ('FROM x AS base\nCMD ["a.py"]\nFROM base\nENTRYPOINT ["b"]', ["4: b"]),
        ("FROM x AS base\nCMD a\nFROM y", []),
        ("FROM x\nHEALTHCHECK CMD curl y", []),
    ],
)
def test_what_the_container_starts(text: str, entry: list[str] | None) -> None:
    expected = ["2: sh -c python a.py && python b.py", "2: python a.py", "2: python b.py"] if entry is None else entry
    assert starts(text) == expected


def test_what_is_copied_from_the_build_context() -> None:
    text = """
    FROM x AS base
    COPY --chown=a:b train.py src/ /app/
    COPY ["with space.py", "/app/"]
    ADD https://x/y.tgz data.csv /z/
    COPY --from=base /built /built
    COPY "quoted.py" /app
    """
    assert stages(text)[0].copies == ("train.py", "src/", "with space.py", "data.csv", "quoted.py")


def test_a_template_names_its_image_as_written() -> None:
    assert stages("FROM {{ cookiecutter.image }} AS x\nRUN a\n")[0].image == "{{ cookiecutter.image }}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (None, "no FROM")),
        ("# said\n", (None, "no FROM")),
        ("RUN x", (1, "instruction before FROM")),
        ("FROM", (1, "FROM without image")),
        ("FROM x\nPYTHON y\n", (2, "unknown instruction")),
        ("[1, 2]", (None, "no FROM")),
        ("null", (1, "unknown instruction")),
    ],
)
def test_what_is_no_dockerfile_is_told(text: str, problem: tuple[int | None, str]) -> None:
    assert told(read(text).problems) == [problem]


def test_line_ends_of_windows() -> None:
    found = parse_dockerfile(b"\xef\xbb\xbfFROM a\r\nRUN b \\\r\n  c\r\nRUN d\r\n", "Dockerfile")
    assert [(c.line, c.words) for c in found.stages[0].commands] == [(2, ("b", "c")), (4, ("d",))]
