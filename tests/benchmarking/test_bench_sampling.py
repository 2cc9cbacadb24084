"""Where time goes: which module a sample counts for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType

import pytest

from benchmarks import sampling
from benchmarks.environments import Environment
from benchmarks.sample_scan import IMPORTS, OUTSIDE, place
from benchmarks.sampling import shown
from benchmarks.suite import Suite


def frame_in(name: str, code: str = "import sys; kept.append(sys._getframe())", file: str = "x.py") -> FrameType:
    kept: list[FrameType] = []
    exec(compile(code, file, "exec"), {"__name__": name, "kept": kept})
    return kept[0]


def test_a_module_of_mlscan_counts_for_itself() -> None:
    assert place(frame_in("mlscan.read.query")) == ("read.query", False)


def test_a_library_counts_for_who_called_it() -> None:
    inner = "import sys; kept.append(sys._getframe())"
    outer = f"exec(compile({inner!r}, 'y.py', 'exec'), {{'__name__': 'yaml.parser', 'kept': kept}})"
    assert place(frame_in("mlscan.read.trees", outer)) == ("read.trees", True)


def test_imports_and_the_rest_are_told_apart() -> None:
    assert place(frame_in("importlib", file="<frozen importlib._bootstrap>")) == (IMPORTS, False)
    assert place(sys._getframe()) == (OUTSIDE, False)
    assert place(None) == (OUTSIDE, False)


def test_ten_modules_and_the_others() -> None:
    found = {f"detect.m{n}": (float(n), n / 2) for n in range(1, 13)}
    rows = shown(found).splitlines()[2:]
    assert [row.split("`")[1] for row in rows[:10]] == [f"detect.m{n}" for n in range(12, 2, -1)]
    assert rows[10].startswith("| 2 others | 3.00 s | 4% |")
    assert rows[0].endswith("| 15% | 50% |")


@pytest.mark.skipif(os.name != "posix", reason="there are no timers of POSIX")
def test_a_run_of_mlscan_is_sampled(tmp_path: Path) -> None:
    suite = Suite(Environment(Path(sys.executable)), tmp_path, files={"small": 3})
    page = sampling.section(suite, "small")
    modules = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert len(modules) == 10
    assert any(name.startswith("detect.") for name in modules)
    assert "By room: " in page
