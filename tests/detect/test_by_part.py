"""Paths are found by a part of them, in their order."""

from __future__ import annotations

import pytest

from mlscan.detect import by_part
from mlscan.detect.by_part import ByPart, name_of

PATHS = ["b/x.py", "a/x.py", "y.py", "c/d/z.py", "c/x.py"]


def test_paths_by_their_names() -> None:
    found = ByPart(PATHS, name_of)
    assert found.get("x.py") == ("b/x.py", "a/x.py", "c/x.py")
    assert [found.get(name) for name in ("y.py", "z.py", "w.py", "")] == [("y.py",), ("c/d/z.py",), (), ()]


def test_answers_are_the_same_when_they_were_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_part, "KEPT", 1)
    found = ByPart(PATHS, name_of)
    assert [len(found.get(name)) for name in ("y.py", "x.py", "y.py")] == [1, 3, 1]
