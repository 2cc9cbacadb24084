"""What a job of CI works on, where the repository holds several projects."""

from __future__ import annotations

import pytest

from .build import detector, run

TWO = {"churn/requirements.txt": "numpy\n", "pricing/requirements.txt": "numpy\n"}
CODE = {"churn/fit.py": "", "pricing/fit.py": "", "Makefile": "fit:\n\tpython churn/fit.py\n"}
JOB = detector({"ci": {"commands": True}})
TRIGGER = detector({"ci": {"trigger": "push"}}, name="trigger")


def concerns(workflow: str, files: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """What each place concerns: jobs by their excerpt, and the trigger."""
    found = run({**(TWO if files is None else files), **CODE, ".github/workflows/a.yml": workflow}, JOB, TRIGGER)
    return {e.excerpt: e.concerns for e in found.evidence}


def one_job(step: str, on: str = "push") -> tuple[str, ...]:
    text = f"on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n"
    return concerns(text)["job a"]


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("{run: make lint, working-directory: churn}", ("churn",)),
        ("{run: make lint, working-directory: ./churn/}", ("churn",)),
        ("run: pip install -r churn/requirements.txt", ("churn/requirements.txt",)),
        ("run: cd churn && python fit.py", ("churn", "churn/fit.py")),
        ("run: make fit", ("churn/fit.py",)),
        ("run: ruff check churn pricing/fit.py", ("churn", "pricing/fit.py")),
        ("run: dvc repro --cwd=pricing", ("pricing",)),
        ("run: pytest", ()),
        ("run: pytest tests/churn", ()),
    ],
)
def test_commands_and_working_folders(step: str, wanted: tuple[str, ...]) -> None:
    assert one_job(step) == wanted


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        ("{push: {paths: ['churn/**']}}", ("churn",)),
        ("{push: {paths: ['churn/*.py', '!churn/docs/**']}}", ("churn",)),
        ("{push: {paths: ['churn/**']}, pull_request: {}}", ()),
        ("{push: {paths: ['churn/**']}, pull_request: {paths: ['pricing/**']}}", ("churn", "pricing")),
        ("{push: {paths: ['churn/**']}, schedule: [{cron: '0 3 * * *'}]}", ("churn",)),
    ],
)
def test_path_filters(on: str, wanted: tuple[str, ...]) -> None:
    assert one_job("run: pytest", on) == wanted


def test_each_job_has_its_own_and_the_trigger_all() -> None:
    job = "  {0}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n        working-directory: {0}\n"
    found = concerns("on: push\njobs:\n" + job.format("churn") + job.format("pricing"))
    assert found == {"job churn": ("churn",), "job pricing": ("pricing",), "push: push": ("churn", "pricing")}


def test_a_repository_with_one_manifest_has_no_concerns() -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {run: make, working-directory: churn}\n"
    assert set(concerns(text, {"churn/requirements.txt": "numpy\n"}).values()) == {()}


def test_folders_with_a_manifest_are_roots() -> None:
    found = run(
        {
            **TWO,
            "shop/package.json": '{"dependencies": {"react": "18.0.0"}}',
            "tests/requirements.txt": "x\n",
            "docs/a.md": "",
        }
    )
    assert set(found.roots) == {"churn", "pricing", "shop"}


def test_a_job_that_names_very_many_places_concerns_all() -> None:
    files = {f"churn/f{n}.py": "" for n in range(60)}
    text = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ruff check {' '.join(files)}\n"
    assert concerns(text, {**TWO, **files})["job a"] == ()
