"""Batch files of Windows, tables of times, and what programs outside Python name of other files."""

from __future__ import annotations

import pytest

from mlscan.read.batch import parse_crontab
from mlscan.read.code_includes import included_files
from mlscan.read.shell import parse_shell
from mlscan.read.tasks import script_kind


def words(source: str, path: str = "run.bat") -> list[tuple[int, str]]:
    return [(c.line, " ".join(c.words)) for c in parse_shell(source.encode(), path).groups[""]]


def test_a_batch_file() -> None:
    source = (
        "@echo off\r\nREM Rscript old.R\r\n:: sas old.sas\r\nset PATH=C:\\R\r\n"
        '"C:\\Program Files\\R\\bin\\Rscript.exe" jobs\\score.R --all\r\n'
        'if not exist out mkdir out\r\ncall matlab.exe -batch ^\r\n  "fit_model"\r\n'
        "sas.exe -sysin train.sas && echo done\r\n:end\r\ngoto end\r\n"
    )
    assert words(source) == [
        (5, "C:/Program Files/R/bin/Rscript jobs/score.R --all"),
        (6, "mkdir out"),
        (7, "matlab -batch fit_model"),
        (9, "sas -sysin train.sas"),
        (9, "echo done"),
    ]


def test_a_crontab() -> None:
    source = (
        "SHELL=/bin/sh\n# 0 3 * * * Rscript old.R\n0 3 * * 1 cd /app && Rscript train.R\n@daily python score.py\n"
        "*/5 * * * MON-FRI root /usr/bin/python3 a.py\n0 3 * *\nnot a line of times at all\n"
    )
    found = [(c.line, " ".join(c.words)) for c in parse_crontab(source.encode()).groups[""]]
    assert found == [(3, "cd /app"), (3, "Rscript train.R"), (4, "python score.py"), (5, "/usr/bin/python3 a.py")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("run.bat", "shell"),
        ("jobs/score.CMD", "shell"),
        ("docker/crontab", "cron"),
        ("crontab.prod", "cron"),
        ("etc/cron.d/score", "cron"),
        ("deploy/my-cron.txt", "cron"),
        ("score.cron", "cron"),
        ("cron.py", None),
        ("k8s/cronjob.yaml", None),
        ("R/cron.R", None),
    ],
)
def test_files_of_commands(path: str, kind: str | None) -> None:
    assert script_kind(path) == kind


@pytest.mark.parametrize(
    ("language", "path", "source", "found"),
    [
        ("r", "run.R", "# source('no.R')\nsource('R/fit.R'); x <- here('R', 'b.R')\n", {"R/fit.R", "b.R"}),
        ("r", "run.R", "devtools::load_all()\n", {"R/"}),
        ("r", "run.R", "x <- 1\n", set()),
        ("julia", "run.jl", 'include("fit.jl")\n', {"fit.jl"}),
        (
            "sas",
            "run.sas",
            "* %include 'no.sas';\n%include 'fit.sas';\n%INCLUDE score.sas;\n",
            {"fit.sas", "score.sas"},
        ),
        ("spss", "run.sps", "INSERT FILE='fit.sps'.\n", {"fit.sps"}),
        ("matlab", "run.m", "fit_it(X); % not_it\nrun('c.m')\n", {"fit_it.m", "run.m", "c.m"}),
        ("matlab", "run.m", "#import <a.h>\nfit_it(X);\n", set()),
        ("python", "run.py", "open('fit.R')\n", set()),
    ],
)
def test_files_that_a_program_names(language: str, path: str, source: str, found: set[str]) -> None:
    assert included_files(source.encode(), path, language) == found


@pytest.mark.parametrize(
    "data", [b"\0\xff", b"^\n" * 9_000, b"if " * 90_000, b"* " * 90_000, b"call " * 50_000, b'"' * 99_999]
)
def test_what_is_broken_raises_nothing(data: bytes) -> None:
    parse_shell(data, "a.bat")
    parse_crontab(data)
