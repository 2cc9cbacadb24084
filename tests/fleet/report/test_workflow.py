"""The example of a nightly scan: it runs commands that exist, gives the token to one step only, and is pinned."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from action.test_lint import tool

from mlscan.cli.fleet import fleet_command

FILE = Path(__file__).resolve().parents[3] / "ci" / "github" / "fleet.yml"
TEXT = FILE.read_text(encoding="utf-8")
WORKFLOW: dict[str, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["fleet"]["steps"]


def commands() -> list[list[str]]:
    """Every call of mlscan in its steps, in words."""
    scripts = "\n".join(step.get("run", "") for step in STEPS).replace("\\\n", " ")
    return [shlex.split(line) for line in scripts.splitlines() if line.strip().startswith("mlscan ")]


def test_its_commands_and_options_exist() -> None:
    assert [words[:3] for words in commands()] == [["mlscan", "fleet", "scan"], ["mlscan", "fleet", "report"]]
    for words in commands():
        command = fleet_command.get_command(None, words[2])  # type: ignore[arg-type]
        assert command is not None
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_token_is_seen_by_the_scan_alone() -> None:
    assert [step["name"] for step in STEPS if "secrets." in str(step)] == ["Scan"]
    assert "secrets." not in str({**WORKFLOW, "jobs": {}})
    assert WORKFLOW["permissions"] == {}
    assert "contents" not in WORKFLOW["jobs"]["fleet"]["permissions"]


def test_actions_are_pinned_by_commit() -> None:
    uses = re.findall(r"uses: (\S+)", TEXT)
    assert len(uses) == 3
    assert [x for x in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", x)] == []


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A repository with the example as its workflow."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "fleet.yml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_zizmor_finds_nothing(workflows: Path) -> None:
    command = [tool("zizmor"), "--offline", "--no-progress", "--pedantic", "--strict-collection", str(workflows)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_its_shape_is_that_of_a_workflow(workflows: Path) -> None:
    file = workflows / ".github" / "workflows" / "fleet.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named" in ran.stderr:
        pytest.skip('check-jsonschema is not installed: python -m pip install -e ".[lint]"')
    assert ran.returncode == 0, ran.stdout + ran.stderr
