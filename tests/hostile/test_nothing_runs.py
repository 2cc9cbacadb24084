"""Nothing of the scanned repository is executed, whatever it says, and it changes nothing in how it is judged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from snapshot.building import Repo, Traps, run_git

from hostile.conftest import Scanner

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="forks")

CONFIGURED = {
    "core.fsmonitor": "{trap}",
    "core.hooksPath": "{folder}",
    "core.sshCommand": "{trap}",
    "core.alternateRefsCommand": "{trap}",
    "core.worktree": "{folder}",
    "filter.trap.clean": "{trap}",
    "filter.trap.process": "{trap}",
    "diff.trap.textconv": "{trap}",
    "diff.external": "{trap}",
    "include.path": "{folder}/included",
    "alias.cat-file": "!{trap}",
    "remote.origin.uploadpack": "{trap}",
    "uploadpack.packObjectsHook": "{trap}",
    "credential.helper": "!{trap}",
    "safe.directory": "*",
}


@pytest.mark.parametrize("key", CONFIGURED)
def test_configuration_of_git_starts_nothing(repo: Repo, traps: Traps, scan: Scanner, key: str) -> None:
    (traps.folder / "included").write_text(f"[core]\n\tfsmonitor = {traps.program}\n")
    repo.commit({".gitattributes": "* filter=trap diff=trap\n"})
    value = CONFIGURED[key].format(trap=traps.program, folder=traps.folder)
    run_git(traps.folder, "config", "--file", str(repo.git_dir / "config"), key, value)
    repo.write({"good/train.py": "import sklearn\n", "untracked.py": "x = 1\n"})
    assert scan(repo.path).json["repository"]["dirty"] is True
    assert scan(repo.path, "HEAD").gaps == {}
    assert traps.sprung == ""


def test_a_missing_object_is_not_fetched(repo: Repo, traps: Traps, scan: Scanner, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit({"late.py": "import mlflow\n"})
    run_git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", f"file://{repo.path}", "partial.git")
    for key, value in (("remote.origin.uploadpack", traps.program), ("remote.origin.url", f"ext::{traps.program}")):
        run_git(tmp_path / "partial.git", "config", key, str(value))
    answer = scan.ask(tmp_path / "partial.git")
    assert "missing object (partial clone)" in answer["reports"]["json"]
    assert traps.sprung == ""


@pytest.mark.parametrize("hook", ["post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"])
def test_hooks_do_not_run(repo: Repo, traps: Traps, scan: Scanner, hook: str) -> None:
    shutil.copy(traps.program, repo.git_dir / "hooks" / hook)
    os.utime(repo.path / "good" / "train.py")
    assert scan(repo.path).gaps == {}
    assert traps.sprung == ""


def programs(traps: Traps) -> dict[str, str]:
    """Files that some tool runs or imports when it is pointed at the folder that they lie in."""
    python = f"import os\nos.system({str(traps.program)!r})\n"
    run = str(traps.program)
    names = ("setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "noxfile.py", "tasks.py", "dodo.py")
    modules = ("click.py", "yaml.py", "msgspec.py", "json.py", "rich/__init__.py", "git/__init__.py", "mlscan_x.py")
    return {
        **dict.fromkeys((*names, *modules), python),
        "a.pth": f"import os; os.system({run!r})\n",
        "Makefile": f"X := $(shell {run})\nall:\n\t{run}\n",
        "package.json": f'{{"scripts": {{"preinstall": "{run}", "prepare": "{run}"}}}}',
        "dvc.yaml": f"stages:\n  a:\n    cmd: {run}\n",
        "a.yaml": f'!!python/object/apply:os.system ["{run}"]\n',
        "b.yaml": f"a: !!python/name:os.system\nb: !!python/object/new:os.system [{run}]\n",
        "model.pkl": f"cos\nsystem\n(S'{run}'\ntR.",
        "a.ipynb": f'{{"cells":[{{"cell_type":"code","source":"!{run}"}}]}}',
        "Jenkinsfile": f"pipeline {{ agent any\nstages {{ stage('a') {{ steps {{ sh '{run}' }} }} }} }}",
        "main.tf": f'data "external" "a" {{\n  program = ["{run}"]\n}}\n',
        "a.html": "<script>alert(1)</script>",
        "report.html.j2": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "pyproject.toml": f'[build-system]\nbuild-backend = "evil"\n[tool.pytest.ini_options]\naddopts = "-p {run}"\n',
        ".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks:\n  - {{id: a, entry: {run}, language: system}}\n",
        ".envrc": run,
        "mlscan.egg-info/entry_points.txt": "[mlscan.detectors]\nevil = sitecustomize:x\n",
        "detectors/ml-code/evil.yaml": "id: evil\n",
    }


def test_files_that_other_tools_run_or_import_are_only_read(
    project: Repo, traps: Traps, scan: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(programs(traps))
    assert scan(project.path).json["stats"]["files"] > 20
    monkeypatch.chdir(project.path)
    script = Path(sys.executable).with_name("mlscan")
    command = [str(script)] if script.exists() else [sys.executable, "-I", "-m", "mlscan"]
    ran = subprocess.run([*command, "--format", "json"], capture_output=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert traps.sprung == ""


def test_rules_of_the_scanned_repository_are_not_loaded(project: Repo, scan: Scanner) -> None:
    before = scan(project.path).json
    project.write(
        {
            "rules/presence.yaml": "nonsense: [",
            "rules/kinds.yaml": "nonsense: [",
            "detectors/ml-code/broken.yaml": "id: [",
            "detectors/_lists/packages.yaml": "nonsense: [",
        }
    )
    after = scan(project.path).json
    for same in ("content_digest", "level", "kind", "model"):
        assert after[same] == before[same]


OPTIONS = ["--upload-pack=x", "--output=mark", "-x", "--exec=touch mark", "--help", "@{-1}", "$(touch mark)"]


@pytest.mark.parametrize("name", OPTIONS)
def test_a_revision_is_never_an_option(repo: Repo, tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-I", "-m", "mlscan", str(repo.path), f"--rev={name}"]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=tmp_path)
    # What could be an option is refused before git sees it.
    assert ran.returncode == (2 if name.startswith("-") else 3)
    assert ran.stdout == b""
    assert ran.stderr.count(b"\n") == 1
    assert not (tmp_path / "mark").exists()
    assert not (repo.path / "mark").exists()
