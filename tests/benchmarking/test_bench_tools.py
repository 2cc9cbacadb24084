"""Other tools beside mlscan: what is not installed or fails is a row that says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks import suite, tools
from benchmarks.environments import Environment, InstallError
from benchmarks.suite import Real, Suite

posix = pytest.mark.skipif(os.name != "posix", reason="the tools are scripts of a shell")
CODES = {"repo-review": 2, "ml-project-doctor": 9, "zizmor": 14}


def pretend(folder: Path, *packages: str) -> Environment:
    """An environment with a tool that writes down what it is run on, and ends with its code."""
    if "checkov" in packages:
        raise InstallError("No matching distribution found for checkov")
    scripts = folder / "bin"
    scripts.mkdir(parents=True)
    name = next(tool.words[0] for tool in tools.TOOLS if tool.packages == packages)
    code = f"open(r'{folder.parent}/log', 'a').write(sys.argv[-1] + chr(10)); sys.exit({CODES[name]})"
    (scripts / name).write_text(f"#!{sys.executable} -IS\nimport sys\n{code}\n")
    (scripts / name).chmod(0o755)
    return Environment(scripts / "python")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(tools, "install", pretend)
    monkeypatch.setattr(tools, "SIZES", ("small",))
    monkeypatch.setattr(Environment, "version", lambda *_: "1.0")
    real = [Real("of others", tmp_path / "theirs")]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mlscan").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "bin" / "mlscan").chmod(0o755)
    mlscan = Environment(tmp_path / "bin" / "python")
    return tools.section(Suite(mlscan, tmp_path, 1, real, files={"small": 2}))


@posix
def test_each_tool_is_told_and_timed_on_nothing_that_others_wrote(page: str, tmp_path: Path) -> None:
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
    found = {row[0][2:]: row[1] for row in rows}
    assert found["zizmor"].endswith(" s")
    assert found["repo-review"].endswith(" s")
    assert found["ml-project-doctor"].startswith("exit 9")
    assert found["checkov"] == "not installed: No matching distribution found for checkov"
    assert "| checkov not installed |" in page
    assert "| ml-project-doctor, small |" in page
    assert "| zizmor, small |" not in page
    assert "exit 9: it said nothing | ? |" in page
    ran_on = set((tmp_path / "tools" / "log").read_text().splitlines())
    assert {str(tmp_path / "small"), str(tmp_path / tools.FIXTURE)} == ran_on - {"json"}


def test_the_sizes_are_those_of_the_issue() -> None:
    assert list(suite.FILES.values()) == [100, 1_000, 10_000, 100_000]
    assert set(tools.SIZES) < suite.FILES.keys()
