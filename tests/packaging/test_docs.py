"""The pages say what is true: links lead somewhere, commands and exit codes exist, the grammar is complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml

from mlscan.types import content
from mlscan.types.errors import ContentError, MlscanError, NothingToScan, UsageError

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "calibration" / "README.md",
]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = LINK.findall(text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def blocks(page: str) -> list[str]:
    """Lines of the fenced blocks without a language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M)
    return [line for language, block in fenced if not language for line in block.splitlines()]


def test_there_is_one_test_command() -> None:
    assert len([line for line in blocks("README.md") if line.startswith("python -m pytest")]) == 1


def test_the_sample_of_the_readme_is_what_mlscan_prints() -> None:
    command = [sys.executable, str(ROOT / "docs" / "sample.py"), "--check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert subprocess.run(command, check=False, env=environment, capture_output=True, text=True).stderr == ""


def helped(*words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "mlscan", *words, "--help"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_options_of_the_readme_exist() -> None:
    commands = [line.split("#")[0].split() for line in blocks("README.md") if line.startswith("mlscan")]
    named = set(re.findall(r"^  ([a-z-]+)  ", helped(), re.M))
    options: dict[str, set[str]] = {}
    for words in commands:
        group = 2 if words[1] == "fleet" else 1
        name = " ".join(words[1 : group + 1]) if words[1] in named else ""
        options.setdefault(name, set()).update(word for word in words if word.startswith("--"))
    assert len(options) > 2
    for name, given in options.items():
        shown = helped(*name.split())
        assert {option for option in given if option not in shown} == set()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/index.md"])
def test_commands_in_the_text_exist(page: str) -> None:
    named = set(re.findall(r"`mlscan ([a-z-]+)(?: [^`]*)?`", (ROOT / page).read_text(encoding="utf-8")))
    listed = set(re.findall(r"^  ([a-z-]+)  ", helped(), re.M))
    assert named - listed == set()


def test_exit_codes_are_those_of_the_errors() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \| [a-z].*\|$", text, re.M)}
    raised = {error.exit_code for error in (MlscanError, UsageError, ContentError, NothingToScan)}
    assert raised | {0, 1} == codes


def test_the_grammar_table_is_complete() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {word for cell in re.findall(r"^\|([^|]*)\|", text, re.M) for word in re.findall(r"`([a-z_]+)", cell)}
    keys = {name.rstrip("_") for name in content.Condition.__struct_fields__} - {"name", "in", "not_in"}
    assert keys - named == set()


def test_the_detector_of_the_page_is_one() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", text, re.S | re.M)
    detector = msgspec.convert(yaml.safe_load(shown), content.Detector)
    assert detector.examples is not None
    assert len(detector.examples.not_found) >= len(detector.examples.found)


def test_conditions_of_the_table_are_valid() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `[a-z]+` \|.*\| `([a-z]+: .*)` \|$", text, re.M)
    assert len(rows) >= 16
    for row in rows:
        if "..." not in row:
            msgspec.convert(yaml.safe_load(row), content.Condition)


def test_the_pictures_of_the_readme_are_there_and_load_nothing() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"docs/pictures/[a-z-]+\.(?:png|svg)", readme)
    assert len(set(named)) == 3
    for name in named:
        data = (ROOT / name).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n" if name.endswith(".png") else data.startswith(b"<svg")
    drawn = (ROOT / "docs" / "pictures" / "terminal.svg").read_text(encoding="utf-8")
    assert "url(http" not in drawn
    assert "href" not in drawn
