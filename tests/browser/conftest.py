"""Node and Chromium for the tests of this folder; each test says why it is skipped where they are missing.

Once: `npm ci --ignore-scripts` in this folder, and a Chromium of the system (Debian: `apt-get install chromium`).
`MLSCAN_CHROMIUM` names another executable.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Run = Callable[..., str]
"""Script, arguments and `stdin` -> what it prints."""


@pytest.fixture(scope="session")
def node() -> Run:
    """Runs a script of this folder."""
    executable = shutil.which("node")
    if executable is None:
        pytest.skip("node is not installed")
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(int(n) for n in version.strip().lstrip("v").split(".")[:2]) < (20, 18):
        pytest.skip(f"node {version.strip()} is older than 20.18")
    if not (HERE / "node_modules").is_dir():
        pytest.skip(f"no node_modules: run npm ci --ignore-scripts in {HERE.relative_to(HERE.parents[1])}")

    def run(script: str, *arguments: str, stdin: str = "") -> str:
        command = [executable, str(HERE / script), *arguments]
        ran = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    named = os.environ.get("MLSCAN_CHROMIUM")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if not found:
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} is installed")
    return found
