"""The repository that the benchmark makes: the same every time, and of the mix it promises."""

from __future__ import annotations

import ast
import json
import subprocess
from collections import Counter
from pathlib import Path

from benchmarks.make_repo import files, make


def test_same_seed_same_commit(tmp_path: Path) -> None:
    ids = []
    for number, seed in enumerate((3, 3, 4)):
        make(tmp_path / str(number), 60, 60_000, seed)
        command = ["git", "-C", str(tmp_path / str(number)), "rev-parse", "HEAD"]
        ids.append(subprocess.run(command, check=True, capture_output=True).stdout)
    assert ids[0] == ids[1] != ids[2]


def test_mix_and_size_are_about_what_was_asked_for() -> None:
    made = list(files(2000, 8_000_000, 1))
    kinds = Counter(path.rsplit(".", 1)[-1] for path, _ in made)
    assert 0.27 < kinds["py"] / len(made) < 0.33
    assert 0.015 < kinds["ipynb"] / len(made) < 0.045
    assert 6_000_000 < sum(len(body) for _, body in made) < 12_000_000
    assert len({path for path, _ in made}) == 2000


def test_code_and_notebooks_are_valid() -> None:
    for path, body in files(300, 900_000, 2):
        if path.endswith(".py"):
            ast.parse(body)
        elif path.endswith((".ipynb", ".json")):
            json.loads(body)
