"""Whatever a repository holds: its clean work tree, a bare clone, its revision and two processes give one report."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshot.building import new_repo

from mlscan import render
from mlscan.content import load_content
from mlscan.detect import shared_reading
from mlscan.scan import ScanOptions, scan_with

CONTENT = load_content(examples=False)
PARTS = {
    "train.py": ["import mlflow\n", "from sklearn.linear_model import Ridge\nRidge().fit(x, y)\n", "x = (\n", "\r\n"],
    "src/app/serve.py": [
        "import joblib\njoblib.load('m').predict(x)\n",
        "from fastapi import FastAPI\napp = FastAPI()\n",
    ],
    "tests/test_train.py": ["import train\n\n\ndef test_it():\n    assert train\n"],
    "params.yaml": ["lr: 0.1\n", "epochs: 3\n", "a: [\n", "\t\n"],
    "dvc.yaml": ["stages:\n  train:\n    cmd: python train.py\n    deps: [data]\n"],
    "requirements.txt": ["mlflow\n", "scikit-learn==1.5.0\n", "\x00\n"],
    ".github/workflows/ci.yml": ["on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: python train.py\n"],
    "caf\u00e9/\u65e5.py": ["import torch\n"],
    "n.ipynb": ['{"cells": []}', "{", ""],
    "Makefile": ["train:\n\tpython train.py\n"],
}
FILES = st.fixed_dictionaries(
    {}, optional={path: st.lists(st.sampled_from(parts), max_size=4).map("".join) for path, parts in PARTS.items()}
)


def _report(target: Path, rev: str | None = None, processes: int = 1) -> dict[str, Any]:
    options = ScanOptions(rev=rev, as_of=date(2026, 1, 1), processes=processes)
    found: dict[str, Any] = json.loads(render(scan_with(CONTENT, target, options), "json"))
    del found["stats"]
    return found


@given(files=FILES)
@settings(max_examples=12, deadline=None)
def test_one_report_for_every_source(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    repo = new_repo(folder / "work" / "subject", {**files, "README.md": "# It\n"})
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(folder / "bare" / "subject"))
    expected = _report(repo.path)
    assert _report(repo.path, "HEAD") == expected
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shared_reading, "LEAST", 1)
        assert _report(repo.path, processes=2) == expected
    bare = _report(folder / "bare" / "subject")
    # A clone knows where it comes from.
    assert {**bare, "repository": {**bare["repository"], "url": expected["repository"]["url"]}} == expected
