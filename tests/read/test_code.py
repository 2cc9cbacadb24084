"""Source code of any language: which one it is, what is left without comments and strings, what it calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlscan.read.code import code_lines, language_of, notebook_origin, parse_code

LANGUAGES = (
    "python r julia matlab sas spss stata sql scala java kotlin csharp swift rust javascript typescript go c cpp "
    "fsharp ruby lua unheard-of"
)


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a/train.py", b"", "python"),
        ("model.R", b"", "r"),
        ("a.jl", b"", "julia"),
        ("a.m", b"function y = f(x)\n", "matlab"),
        ("a.m", b"#import <Foundation/Foundation.h>\n", "objective-c"),
        ("a.SAS", b"", "sas"),
        ("a.scala", b"", "scala"),
        ("bin/train", b"#!/usr/bin/env python3\n", "python"),
        ("bin/train", b"#!/usr/local/bin/Rscript --vanilla\n", "r"),
        ("bin/train", b"#!/bin/bash\n", None),
        ("bin/train", b"", None),
        (".py", b"", None),
        ("README.md", b"", None),
        ("a.ipynb", b"", None),
    ],
)
def test_the_language_of_a_file(path: str, head: bytes, language: str | None) -> None:
    assert language_of(path, head) == language


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("python", "keep(1) # gone\nx = 'gone'\ny = f\"gone\"\n'''gone\ngone # gone'''; keep()"),
        ("python", "x = 'it\\'s gone'; keep()\nx = '' # gone\nr'gone\\\\'; keep"),
        ("r", 'keep <- \'gone\' # gone\nx <- "gone # gone"; keep()\nr"(gone " gone)"; keep()'),
        ("julia", "keep' * a' # gone\n#= gone\ngone =# keep(\"gone\")\nx = 'g'; keep"),
        ("matlab", "keep = a' + b'; % gone\nx = 'gone'; keep\n%{\ngone\n%}\nkeep = \"gone\" ... gone"),
        ("sas", "/* gone */ keep; * gone;\nkeep = 'gone';\n* gone gone;\nkeep = a * keep;"),
        ("spss", "* gone\n  gone.\nkeep 'gone'.\nkeep /* gone */."),
        ("sql", "select keep -- gone\nfrom keep where a = 'gone''gone' /* gone */ and keep"),
        ("scala", 'keep(1) // gone\nval x = """gone " gone"""; keep /* gone\ngone */ keep \'k'),
        ("java", 'keep("gone // gone"); // gone\nkeep(\'"\', keep); /* gone */'),
        ("javascript", "keep(`gone\ngone`, 'gone') // gone"),
        ("rust", 'keep<\'a>(x) // gone\nkeep("gone\ngone")'),
        ("lua", "keep('gone') --[[ gone\ngone ]] keep -- gone"),
    ],
)
def test_comments_and_strings_are_blanked_in_place(language: str, source: str) -> None:
    lines = code_lines(source.encode(), language)
    assert "gone" not in "\n".join(lines)
    assert sum(line.count("keep") for line in lines) == source.count("keep")
    assert [len(line) for line in lines] == [len(line) for line in source.split("\n")]


@given(st.sampled_from(LANGUAGES.split()), st.text(alphabet=st.sampled_from("ab\"'`#/*-%{}()=;.\\\n r"), max_size=60))
def test_characters_keep_their_places(language: str, source: str) -> None:
    lines = code_lines(source.encode(), language)
    assert [len(line) for line in lines] == [len(line) for line in source.split("\n")]


@given(st.sampled_from(LANGUAGES.split()), st.binary(max_size=200))
def test_no_bytes_raise(language: str, data: bytes) -> None:
    assert parse_code(data, "a", language).language == language


@pytest.mark.parametrize("language", LANGUAGES.split())
@pytest.mark.parametrize(
    "data",
    [b"(" * 200_000, b'"' * 200_001, b"'" * 200_001, b"/*" * 100_000, b"a(" * 100_000, b"a" * 500_000, b"* " * 100_000],
)
def test_hostile_files_are_bounded(language: str, data: bytes) -> None:
    assert parse_code(data, "a", language).language == language
    (line,) = code_lines(data, language)
    assert len(line) == len(data)


def test_r_has_imports_and_calls() -> None:
    source = (
        "# library(no)\nlibrary(caret); require('xgboost')\n"
        "x <- 'f(1)'\nfit <- mlr3::lrn(x)\nf <- function(y) predict(fit)\n"
    )
    found = parse_code(source.encode(), "a.R", "r")
    assert [(i.module, i.line) for i in found.imports] == [("caret", 2), ("xgboost", 2), ("mlr3", 4)]
    assert [(c.name, c.line) for c in found.calls] == [("library", 2), ("require", 2), ("mlr3::lrn", 4), ("predict", 5)]
    assert found.calls[2].resolved


def test_julia_has_imports_and_calls() -> None:
    source = "using Flux, CSV.Tables\nimport MLJ as M\nusing A: b, c\nfunction train(x)\n  M.fit!(x) # no()\nend\n"
    found = parse_code(source.encode(), "a.jl", "julia")
    assert [(i.target, i.alias, i.line) for i in found.imports] == [
        ("Flux", "Flux", 1),
        ("CSV.Tables", "Tables", 1),
        ("MLJ", "M", 2),
        ("A.b", "b", 3),
        ("A.c", "c", 3),
    ]
    assert [(c.name, c.line, c.resolved) for c in found.calls] == [("M.fit!", 5, True)]


def test_other_languages_have_lines() -> None:
    found = parse_code(b"proc hpforest data=x; /* no */\r\nrun;\r\n", "a.sas", "sas")
    assert found.lines == ("proc hpforest data=x; /* no */", "run;", "")
    assert [line.rstrip() for line in found.code_lines] == ["proc hpforest data=x;", "run;", ""]
    assert found.statements == 2


def test_python_is_parsed_and_has_code_lines() -> None:
    data = b"import a\na.f('x')  # y\n"
    assert [c.name for c in parse_code(data, "a.py", "python").calls] == ["a.f"]
    assert [line.rstrip() for line in code_lines(data, "python")] == ["import a", "a.f(' ')", ""]


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("# Databricks notebook source\nx = 1\n", "databricks"),
        ("-- Databricks notebook source\nselect 1\n", "databricks"),
        ("# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py\n# ---\n\nx = 1\n", "jupytext"),
        ("x = 1\n# %% Title\ny = 2\n", "percent"),
        ("#%%\ny = 2\n", "percent"),
        ("import marimo\n\napp = marimo.App()\n", "marimo"),
        ("import marimo\n", None),
        ("x = 5 %% 2\n# 50 %% of it\n", None),
        ("'# Databricks notebook source'\n", None),
        ("", None),
    ],
)
def test_scripts_that_are_notebooks_are_known(source: str, origin: str | None) -> None:
    assert notebook_origin(source.encode()) == origin
    assert parse_code(source.encode(), "a.py", "python").notebook == (origin is not None)
