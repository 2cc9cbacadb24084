"""What only looks like a practice is rejected, and the report says what it is."""

from __future__ import annotations

from functools import cache

import pytest

from mlscan.assess import assess
from mlscan.content import Content, load_content
from mlscan.detect.engine import Engine
from mlscan.detect.plan import Plan, compile_plan
from mlscan.snapshot.memory import MemorySnapshot

TRAIN = "from sklearn.svm import SVC\n\nSVC().fit([[1], [2]], [0, 1])\n"
CI = ".github/workflows/ci.yml"


def job(step: str, head: str = "", on: str = "push") -> str:
    return f"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n{head}    steps:\n      - run: {step}\n"


DAG = (
    "from airflow import DAG\nfrom airflow.operators.empty import EmptyOperator\n\n"
    "with DAG('train', schedule='@daily') as dag:\n    load = EmptyOperator(task_id='load')\n"
    "    train = EmptyOperator(task_id='train')\n    load >> train\n"
)
FOREIGN = "import numpy as np\n\n\ndef test_sum():\n    assert np.add(1, 1) == 2\n"
LOCK = '{"lockfileVersion": 3, "packages": {"node_modules/react": {"version": "18.0.0"}}}'
BOARD = '{"title": "Model", "panels": [{"title": "Latency", "type": "graph"}], "schemaVersion": 30}'
BUCKET = "[core]\n    remote = s\n['remote \"s\"']\n    url = s3://<your-bucket>/path\n"
WEB = {"web/package.json": '{"dependencies": {"react": "18.0.0"}}', "web/package-lock.json": LOCK}
CASES = {
    "a workflow outside the folder that is read": ("ci", {f"ops/{CI}": job("pytest")}, "outside the folder"),
    "an empty file": ("ci", {CI: ""}, "empty"),
    "a file that is commented out": ("ci", {".gitlab-ci.yml": "# test:\n#   script: pytest\n"}, "empty"),
    "a job that never runs": ("ci", {CI: job("pytest", "    if: false\n")}, "no job can run"),
    "a deployment that never runs": ("cd", {CI: job("kubectl apply -f k8s/", "    if: false\n")}, "never runs"),
    "started by hand only": ("ci", {CI: job("pytest", on="workflow_dispatch")}, "lacks a job that changes start"),
    "training by hand only": (
        "auto-retraining",
        {CI: job("python train.py", on="workflow_dispatch"), "train.py": TRAIN},
        "lacks a schedule",
    ),
    "a step that only speaks": ("ci", {CI: job("echo hello")}, "lacks a step that does something"),
    "a deployment that is only printed": ("cd", {CI: job("echo 'kubectl apply -f k8s'")}, "only printed"),
    "a DAG of dummies": ("ml-pipeline", {"dags/d.py": DAG}, "reaches no place with code that trains"),
    "a schedule of dummies": ("scheduled-runs", {"dags/d.py": DAG}, "reaches no place"),
    "tests of somebody else's code": (
        "tests",
        {"churn/__init__.py": "", "pyproject.toml": "[project]\nname='churn'\n", "tests/test_a.py": FOREIGN},
        "lacks an import of the repository's own code",
    ),
    "a name in the README": ("data-versioning", {"README.md": "Data are versioned with DVC.\n"}, "only named in prose"),
    "a name in a comment": ("experiment-tracking", {"train.py": "# import mlflow\n" + TRAIN}, "comments or strings"),
    "settings to fill in": ("experiment-tracking", {".env.example": "MLFLOW_TRACKING_URI=\n"}, "settings to fill in"),
    "a dependency that nothing imports": (
        "drift-monitoring",
        {"requirements.txt": "evidently==0.4\n", "train.py": TRAIN},
        "nothing imports it",
    ),
    "environments that nothing reads": (
        "environments",
        {"config/dev/settings.yaml": "db: a\n", "config/prod/settings.yaml": "db: b\n", "train.py": TRAIN},
        "lacks something that names one of them",
    ),
    "an address to fill in": ("data-versioning", {".dvc/config": BUCKET}, "lacks data that DVC tracks"),
    "a module that is missing": (
        "iac",
        {"infra/main.tf": 'module "live" {\n  source = "./modules/endpoint"\n}\n'},
        "lacks a resource or module behind it",
    ),
    "a dashboard without a source": ("monitoring", {"ops/dashboard.json": BOARD}, "lacks a panel that asks"),
    "a lock of the front end": (
        "lockfile",
        {**WEB, "requirements.txt": "scikit-learn\n", "train.py": TRAIN},
        "front end",
    ),
    "one epoch": ("ci-ml", {CI: job("python train.py --epochs 1"), "train.py": TRAIN}, "only a smoke test"),
    "a job called smoke test": (
        "ci-ml",
        {CI: job("python train.py").replace("  a:", "  smoke-test:"), "train.py": TRAIN},
        "a job that tests the code",
    ),
}


@cache
def everything() -> tuple[Content, Plan]:
    content = load_content(examples=False)
    return content, compile_plan(content.for_detect)


@pytest.mark.parametrize("name", CASES)
def test_it_is_rejected_and_the_report_says_why(name: str) -> None:
    practice, files, why = CASES[name]
    content, plan = everything()
    snapshot = MemorySnapshot(files)
    found = assess(Engine(snapshot, plan).run(), snapshot.info, content.assess("ml-process"), as_of="2024-05-06")
    assert next(p.present for p in found.practices if p.id == practice) is False
    reasons = [r.reason for r in found.rejections if r.practice == practice]
    assert any(why in reason for reason in reasons), reasons
