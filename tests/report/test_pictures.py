"""The pictures of the README: of what they are, and that nothing of others is in them but facts."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """`docs/screenshots.py`."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "docs" / "screenshots.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_readme_names_what_they_show(script: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    revision = script.revision()[:10]
    assert f"[{script.REPOSITORY}](https://github.com/{script.REPOSITORY}) at `{revision}`; excerpts" in readme
    assert f"at&#160;{revision}" in (PICTURES / "terminal.svg").read_text(encoding="utf-8")


def test_the_labels_of_the_repository_may_be_looked_at(script: ModuleType) -> None:
    assert int(hashlib.sha256(script.REPOSITORY.encode()).hexdigest()[:8], 16) % 3 != 0


def test_excerpts_are_left_out(script: ModuleType) -> None:
    story = ROOT / "fixtures" / "repos" / "level-2-bird-calls"
    evidence = script.scan(story).evidence
    assert any(e.excerpt for e in evidence)
    shown = script.assessed(story, pinned=False).evidence
    assert [(e.where, e.detector) for e in shown] == [(e.where, e.detector) for e in evidence]
    assert not any(e.excerpt for e in shown)


def test_the_picture_of_a_terminal_loads_nothing_and_tells_no_time(script: ModuleType) -> None:
    drawn = script.terminal(script.assessed(ROOT / "fixtures" / "repos" / "level-2-bird-calls", pinned=False))
    assert "url(http" not in drawn
    assert "files.&#160;mlscan" in drawn
