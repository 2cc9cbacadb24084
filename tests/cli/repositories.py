"""Small real repositories for the commands that compare or explain."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TRAIN = "from sklearn.svm import SVC\n\nmodel = SVC()\nmodel.fit([[0], [1]], [0, 1])\n"
TRACKED = "import mlflow\n" + TRAIN + "with mlflow.start_run():\n    mlflow.log_metric('f1', 1.0)\n"
CI = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python -m pytest\n"
LOCKED = "scikit-learn==1.5.2\nnumpy==2.1.3\nmlflow==2.17.0\n"


def git(folder: Path, *words: str) -> str:
    """What git prints, with an author, a day and settings of ours."""
    who = {"NAME": "Somebody", "EMAIL": "somebody@example.org", "DATE": "2024-05-01T12:00:00Z"}
    given = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "commit.gpgsign=false", *words]
    ran = subprocess.run(command, cwd=folder, env={**os.environ, **given, **nowhere}, check=True, capture_output=True)
    return ran.stdout.decode()


def commit(folder: Path, message: str, **files: str | None) -> None:
    """One commit that writes files (or removes those that are None); `__` in a name is a slash, `_dot_` a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8", newline="")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def project(folder: Path) -> Path:
    """A repository with a branch `main` that trains and has CI, and a branch `feature` that tracks and has none."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    workflow = {"_dot_github__workflows__ci_dot_yml": CI}
    commit(folder, "start", train_dot_py=TRAIN, requirements_dot_txt="scikit-learn\n", **workflow)
    git(folder, "checkout", "--quiet", "-b", "feature")
    gone = {"_dot_github__workflows__ci_dot_yml": None}
    commit(folder, "track", train_dot_py=TRACKED, requirements_dot_txt=LOCKED, **gone)
    git(folder, "checkout", "--quiet", "main")
    commit(folder, "own way", Dockerfile='FROM python:3.12\nCOPY . .\nCMD ["python", "train.py"]\n')
    git(folder, "checkout", "--quiet", "feature")
    return folder
