"""Fresh virtual environments, as a user would make them: mlscan in one, every other tool in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import clean_environment

ROOT = Path(__file__).resolve().parent.parent


class InstallError(Exception):
    """pip could not install something; the message is its last word."""


@dataclass(frozen=True)
class Environment:
    """A Python with something installed."""

    python: Path

    def script(self, name: str) -> str:
        """The path of an installed command."""
        return str(self.python.parent / (f"{name}.exe" if os.name == "nt" else name))

    def version(self, package: str) -> str:
        """The version of an installed package; "?" where it cannot be told."""
        asking = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
        command = [str(self.python), "-I", "-c", asking, package]
        asked = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
        return asked.stdout.strip() or "?"


def install(folder: Path, *wanted: str, seconds: float = 600.0) -> Environment:
    """A new environment in a folder that has these packages, byte-compiled by pip; raises InstallError."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    found = Environment(scripts / ("python.exe" if os.name == "nt" else "python"))
    pip = [sys.executable, "-m", "pip", "--python", str(found.python), "install", "--quiet", "--compile"]
    try:
        done = subprocess.run(
            [*pip, *wanted],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise InstallError(f"pip took over {seconds:.0f} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.lower().startswith("error")]
        raise InstallError((errors or done.stderr.strip().splitlines() or ["it said nothing"])[-1][:100])
    return found
