"""`python -m benchmarks` on tiny repositories: every section is made by what runs, whatever its figures are.

What is timed is a script that stands for mlscan, and few patterns; mlscan itself is in the tests of floors, histories
and samples.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import sizes, suite
from benchmarks.environments import Environment
from benchmarks.floor import Blobs, Patterns, list_blobs
from benchmarks.make_repo import make

pytestmark = pytest.mark.skipif(os.name != "posix", reason="what stands for mlscan is a script of a shell")
TINY = {"small": 3, "medium": 4, "large": 5, "huge": 6}


def few_patterns(_: Environment, work: Path) -> Patterns:
    file, lines = work / "patterns.json", work / "patterns.txt"
    file.write_text(json.dumps({"words": ["import", "train"], "loose": ["fit.*x"]}))
    lines.write_text("import\ntrain\n")
    return Patterns(file, 2, 1, lines)


def all_python(_: Environment, repository: Path, __: Path) -> Blobs:
    everything = list_blobs(repository, ["HEAD"])
    return list_blobs(repository, ["HEAD"], [path for path in everything.paths if path.endswith((b".py", b".ipynb"))])


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "FILES", TINY)
    monkeypatch.setattr(suite, "find_patterns", few_patterns)
    monkeypatch.setattr(suite, "list_read", all_python)
    monkeypatch.setattr(sizes, "NOTEBOOKS", {"2 notebooks": (2, 5_000)})


def run(tmp_path: Path, *words: str, code: int = 0) -> tuple[int, Path]:
    """Exit code and page; code: that of what stands for mlscan."""
    scripts, page = tmp_path / "bin", tmp_path / "results.md"
    scripts.mkdir()
    for name, line in {
        "python": f'exec "{sys.executable}" "$@"',
        "mlscan": f'echo "$@" >> "$(dirname "$0")/log"; exit {code}',
    }.items():
        (scripts / name).write_text(f"#!/bin/sh\n{line}\n")
        (scripts / name).chmod(0o755)
    given = ["--runs", "1", "--python", str(scripts / "python"), "--output", str(page)]
    return command.main([*words, *given, "--work", str(tmp_path / "work")]), page


def lines(page: Path, start: str) -> list[str]:
    return [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(start)]


def titles(page: Path) -> list[str]:
    return [line[3:].split(":")[0] for line in lines(page, "## ")]


@pytest.mark.usefixtures("tiny")
def test_sizes_stand_beside_their_floors_and_targets(tmp_path: Path) -> None:
    code, page = run(tmp_path, "growth", "large")
    assert code == 0
    assert titles(page) == ["How", "Large", "How cost grows"]
    (heading,) = lines(page, "## Large")
    assert heading.startswith("## Large: 5 files, ")
    rows = [line.split("|") for line in lines(page, "| ")]
    timed = {row[1].strip(): row[2].strip() for row in rows if row[2].strip().endswith(" s")}
    assert {"**mlscan**", "`git cat-file --batch`", "git and RE2: words"} <= timed.keys()
    (target,) = lines(page, "| under 1.0 s |")
    assert target.endswith(("| yes |", "| no |"))
    (target,) = lines(page, "| at most 3 times `git cat-file --batch` |")
    assert target.endswith(("| yes |", "| no |"))
    grown = [row[1].strip() for row in rows if row[1].strip().isdigit()]
    assert grown == ["3", "4", "5", "6"]


@pytest.mark.usefixtures("tiny")
def test_start_up_and_notebooks(tmp_path: Path) -> None:
    code, page = run(tmp_path, "start-up", "notebooks")
    assert code == 0
    assert titles(page) == ["How", "Start-up", "Notebooks of 100 MB"]
    assert lines(page, "| `mlscan --version` |")
    assert lines(page, "### 2 notebooks")


@pytest.mark.usefixtures("tiny")
def test_repositories_of_others_are_scanned_at_head(tmp_path: Path) -> None:
    make(tmp_path / "clones" / "thing", 3, 3_000, 1)
    subprocess.run(["git", "clone", "-q", "--bare", "clones/thing", "bare.git"], cwd=tmp_path, check=True)
    given = ["--real", f"ours/bare={tmp_path / 'bare.git'}", "--real", str(tmp_path / "clones")]
    code, page = run(tmp_path, "real", *given)
    assert code == 0
    assert [lines(page, f"| {name} | 3 |") != [] for name in ("ours/bare", "thing")] == [True, True]
    ran = (tmp_path / "bin" / "log").read_text().splitlines()
    assert {line.split(" ", 1)[1] for line in ran} == {"--rev HEAD --format json"}


@pytest.mark.usefixtures("tiny")
def test_a_section_that_fails_leaves_the_page_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "results.md"
    page.write_text("# Measurements\n\n<!-- small: made by benchmarks -->\n## Small\n\nold\n<!-- end of small -->\n")
    code, _ = run(tmp_path, "small", "start-up", code=70)
    assert code == 1
    assert "old" in page.read_text()
    assert titles(page) == ["How", "Small"]
    told = capsys.readouterr().err
    assert "small: mlscan " in told
    assert "exit 70" in told


@pytest.mark.parametrize("words", [["tiny"], ["history", "--history", "nowhere"]])
def test_what_is_not_there_is_wrong_usage(words: Sequence[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, *words)
    assert ended.value.code == 2
