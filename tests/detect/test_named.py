"""Tools that are named and not used are told with what they are: declared, praised, commented out, to be filled in."""

from __future__ import annotations

from mlscan.content.plugins import find_plugin
from mlscan.detect.engine import Engine
from mlscan.detect.plan import compile_plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.lists import DetectContent

from .build import LISTS, detector

RUNS = detector({"in": ["**/*.py"], "calls": "mlflow.start_run"}, name="runs", practice="experiment-tracking")


def told(**files: str) -> dict[str, str]:
    """Place -> reason."""
    names = {name.replace("_dot_", "."): text for name, text in files.items()}
    plan = compile_plan(DetectContent((RUNS,), LISTS, find_plugin))
    found = Engine(MemorySnapshot(names), plan).run()
    return {f"{r.where.path}:{r.where.line}": r.reason for r in found.rejections if r.detector == r.practice}


def test_a_dependency_that_nothing_imports() -> None:
    assert told(requirements_dot_txt="numpy\nmlflow==2.9\n") == {
        "requirements.txt:2": "mlflow: declared, but nothing imports it"
    }
    assert told(requirements_dot_txt="mlflow==2.9\n", a_dot_py="import mlflow\n") == {}


def test_prose_and_settings_to_fill_in() -> None:
    readme = "# Churn\n\nRuns go to MLflow.\nFeatures go to Feast.\n"
    env = "DEBUG=1\nWANDB_API_KEY=\n"
    assert told(README_dot_md=readme, _dot_env_dot_example=env, notes_dot_md="clearml\n") == {
        "README.md:3": "mlflow: only named in prose",
        "README.md:4": "feast: only named in prose",
        ".env.example:2": "wandb: only in settings to fill in, which nothing reads",
    }


def test_comments_and_strings() -> None:
    text = "import json\n\n# import mlflow\n# mlflow.start_run()\nTEXT = 'wandb.init'\n"
    assert told(a_dot_py=text) == {
        "a.py:3": "mlflow: only named in comments or strings",
        "a.py:5": "wandb: only named in comments or strings",
    }


def test_what_is_imported_or_used_is_not_told() -> None:
    assert told(a_dot_py="# mlflow is good\n", b_dot_py="from mlflow import log_metric\n") == {}
    used = "import mlflow\n\nmlflow.start_run()\n"
    assert told(a_dot_py=used, README_dot_md="MLflow and wandb\n", requirements_dot_txt="wandb\n") == {}


def test_shipped_lists_are_of_practices() -> None:
    from mlscan.content import load_content

    practices = load_content().presence.practices
    named = {name.removeprefix("names-of-") for name in LISTS.plain if name.startswith("names-of-")}
    assert named <= set(practices)
    assert len(named) == 8
