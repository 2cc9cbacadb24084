"""Editing a file of somebody else's: only lines are added, whatever it looks like."""

from __future__ import annotations

import tomllib

import pytest

from mlscan.settings.editing import edited, starting
from mlscan.types.errors import SettingsError

GIVEN: dict[str, tuple[str | int | bool, str]] = {"target": (3, "enough"), "fail-under": (2, "stays")}
TOOL = ("tool", "mlscan")
WANTED = {"target": 3, "fail-under": 2}


def test_a_new_file_is_valid_and_explains_itself() -> None:
    text = starting(GIVEN)
    assert tomllib.loads(text) == WANTED
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines() if "=" in line)
    assert set(tomllib.loads(uncommented)) == {"target", "fail-under", "exclude", "contexts", "kind", "tier"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "[project]\nname = 'x'  # short\n",
        "[tool.a]\nx = 1\n\n[project]\nname = 'x'\n\n[tool.b]  # late\ny = [\n  1,  # one\n]\n",
        "tool.a.x = 1\n",
        "[tool]\na = {x = 1}\n[[tool.list]]\nz = 1\n",
        "[project]\r\nname = 'x'\r\n",
    ],
)
def test_lines_are_only_added(text: str) -> None:
    new, added = edited(text, GIVEN, "pyproject.toml", TOOL)
    assert added == ["target", "fail-under"]
    assert tomllib.loads(new)["tool"]["mlscan"] == WANTED
    assert new.startswith(text.rstrip())


def test_keys_that_are_there_stay() -> None:
    text = "[tool.z]\na = 1\n[project]\nname = 'x'\n[tool.mlscan]  # ours\ntarget = 5 # high\n\n[tool.a]\nx = 1\n"
    new, added = edited(text, GIVEN, "pyproject.toml", TOOL)
    assert added == ["fail-under"]
    assert tomllib.loads(new)["tool"]["mlscan"] == {"target": 5, "fail-under": 2}
    assert [line for line in text.splitlines() if line not in new.splitlines()] == []
    assert edited(new, GIVEN, "pyproject.toml", TOOL) == (new, [])


@pytest.mark.parametrize("text", ["tool = {a = 1}\n", "[tool]\nmlscan = 3\n", "[broken\n", "tool = 3\n"])
def test_what_cannot_be_edited_is_said(text: str) -> None:
    with pytest.raises(SettingsError, match=r"pyproject.toml: cannot be edited"):
        edited(text, GIVEN, "pyproject.toml", TOOL)
