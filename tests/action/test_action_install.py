"""The step that installs: into an environment of its own, once a job, without a look at the workspace."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import pytest

from action.runner import ROOT, Runner

PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = '''\
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """A wheel that leads to the mlscan under test, so that nothing has to be downloaded."""
    name, info = "mlscan-0-py3-none-any.whl", "mlscan-0.dist-info"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("under_test.pth", PATHS)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: mlscan\\nVersion: 0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
'''
MODULES = ("venv", "pip", "ensurepip", "mlscan", "backend", "sitecustomize")


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """A checkout of the action whose package is this one, without its dependencies."""
    folder = tmp_path / "action's folder"
    shutil.copytree(ROOT / "ci", folder / "ci")
    paths = [str(ROOT / "src"), *{sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}]
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(f"PATHS = {chr(10).join(paths)!r}\n{BACKEND}", encoding="utf-8")
    return folder


def test_it_installs_once_and_runs_what_it_installed(repository: Path, tmp_path: Path, action: Path) -> None:
    mark = repository / "mark"
    for name in MODULES:
        (repository / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n", encoding="utf-8")
    (tmp_path / "temp").mkdir()
    runner = Runner(repository, tmp_path / "temp", action)
    runner.environment |= {"PIP_NO_INDEX": "1", "PYTHONPATH": str(repository), "PYTHONDONTWRITEBYTECODE": "1"}
    first, second = runner.run({"fail-under": "2"}), runner.run({"fail-under": "3"})
    assert (first.code, first.outputs["level"]) == (0, "2")
    assert (second.code, second.outputs["level"]) == (1, "2")
    assert ("group", "Install mlscan") in first.obeyed
    assert ("group", "Install mlscan") not in second.obeyed
    assert not mark.exists()


def test_without_a_python_it_says_what_to_do(repository: Path, tmp_path: Path) -> None:
    tools, temporary = tmp_path / "bin", tmp_path / "temp"
    tools.mkdir()
    temporary.mkdir()
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    runner = Runner(repository, temporary)
    runner.environment["PATH"] = str(tools)
    job = runner.run()
    assert (job.code, job.outputs["level"]) == (2, "")
    assert job.annotations("error") == ["Python 3.11 or later is needed: put actions/setup-python before this step"]
