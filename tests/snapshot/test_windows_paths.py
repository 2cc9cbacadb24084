"""Paths as Windows has them, on any system: what is pure logic needs no Windows to be tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscan.detect.follow_words import join, plain_path
from mlscan.snapshot import disk


@pytest.mark.parametrize(
    "path", ["C:secret.py", "c:/secret.py", "a/..\\..\\secret.py", "\\\\host\\share\\a.py", "a.py:stream"]
)
def test_what_leads_elsewhere_on_windows_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(OSError):  # missing or a link, by what is there
        disk._checked(tmp_path, path)


def test_a_plain_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("")
    assert disk._checked(tmp_path, "src/a.py") == tmp_path / "src" / "a.py"


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("jobs\\fit.R", "jobs/fit.R"),
        (".\\jobs\\fit.R", "jobs/fit.R"),
        ("%ROOT%/jobs/fit.R", "jobs/fit.R"),
        ("..\\fit.R", "fit.R"),
    ],
)
def test_words_of_commands(word: str, path: str) -> None:
    assert join("scripts" if word.startswith("..") else "", word) == path


def test_a_variable_of_windows_is_no_folder() -> None:
    assert plain_path("%ROOT%/a/b.R") == "a/b.R"
