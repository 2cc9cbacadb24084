"""Matchers over languages other than Python, and the way from a command to what their programs run."""

from __future__ import annotations

import pytest

from .build import places

FOREST = "proc hpforest data=a;\n  target bad;\nrun;\n"
FIT = {"calls": ["proc.hpforest", "ranger", "fitctree"]}


@pytest.mark.parametrize(
    ("path", "source", "name", "at"),
    [
        ("a.sas", "PROC HPFOREST data=a; run;\n", "proc.hpforest", "a.sas:1"),
        ("a.sps", "\nLogistic Regression VARIABLES a.\n", "logistic.regression", "a.sps:2"),
        ("a.sql", "Create Model m;\n", "create.model", "a.sql:1"),
        ("a.m", "% fitctree(X)\nm = fitctree(X, y);\n", "fitctree", "a.m:2"),
        ("a.scala", "import x.Forest\nval m = new Forest().fit(d)\n", "x.Forest.fit", "a.scala:2"),
        ("a.m", "#import <a.h>\nfitctree(X, y);\n", "fitctree", None),
        ("a.sas", "/* proc hpforest; */\ndata a; run;\n", "proc.hpforest", None),
    ],
)
def test_calls_of_any_language(path: str, source: str, name: str, at: str | None) -> None:
    assert places({path: source}, {"in": ["**/*"], "calls": name}) == ([at] if at else [])


def test_what_nobody_can_tell_by_its_suffix_is_not_code() -> None:
    files = {"view.m": "@implementation View\n@end\n", "fit.m": "function y = f(x)\n"}
    assert places(files, {"in": ["**/*.m"], "text": {"in": "code", "regex": "function|implementation"}}) == [
        "fit.m:1",
        "view.m:1",
    ]


@pytest.mark.parametrize(
    ("files", "at"),
    [
        (
            {
                "crontab": "0 3 * * * cd /app && Rscript run.R\n",
                "run.R": "source('R/fit.R')\n",
                "R/fit.R": "m <- ranger(y ~ ., d)\n",
            },
            "crontab:1",
        ),
        (
            {
                "crontab": "0 3 * * * sas -sysin jobs/run.sas\n",
                "jobs/run.sas": "%include 'fit.sas';\n",
                "jobs/fit.sas": FOREST,
            },
            "crontab:1",
        ),
        (
            {
                "crontab": '@daily matlab -batch "run_it"\n',
                "m/run_it.m": "fit_it(1);\n",
                "m/fit_it.m": "fitctree(X, y);\n",
            },
            "crontab:1",
        ),
        ({"crontab": "@daily Rscript -e \"source('fit.R')\"\n", "fit.R": "ranger(y ~ ., d)\n"}, "crontab:1"),
        (
            {
                "crontab": "@daily sh run.sh\n",
                "run.sh": "Rscript run.R\n",
                "run.R": "devtools::load_all()\n",
                "R/fit.R": "ranger(y ~ ., d)\n",
            },
            "crontab:1",
        ),
        (
            {"crontab": "@daily Rscript other.R\n", "other.R": "# source('fit.R')\n", "fit.R": "ranger(y ~ ., d)\n"},
            None,
        ),
        ({"crontab": "# @daily Rscript fit.R\n", "fit.R": "ranger(y ~ ., d)\n"}, None),
    ],
)
def test_a_table_of_times_leads_to_what_runs(files: dict[str, str], at: str | None) -> None:
    start = {"command": {"within": ["cron"]}}
    found = places(files, {"refers": {"from": start, "to": {"in": ["**/*.R", "**/*.sas", "**/*.m"], **FIT}}})
    assert set(found) == ({at} if at else set())


def test_a_batch_file_leads_to_what_runs() -> None:
    files = {"run.bat": '@echo off\r\n"C:\\R\\bin\\Rscript.exe" jobs\\fit.R\r\n', "jobs/fit.R": "ranger(y ~ ., d)\n"}
    start = {"command": {"within": ["shell"], "program": "Rscript"}}
    assert places(files, {"refers": {"from": start, "to": {"in": ["**/*.R"], **FIT}}}) == ["run.bat:2"]
