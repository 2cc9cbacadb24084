"""What runs at set times, and what runs inside containers, as `command` sees it."""

from __future__ import annotations

import pytest

from detect.build import places

FIT = "print('fit')\n"
ANY = {"command": {"program": ["python", "python3"], "words": ["*fit.py"], "within": ["cron"]}}
IN_CI = {"command": {"program": "python", "words": ["*fit.py"], "within": ["ci"]}}


TASKS = {
    "ops/tasks.yml": "tasks:\n  in:\n    - id: fit\n      payload: {command: [python, fit.py]}\n",
    "ops/others.yml": "model:\n  command: [python, fit.py]\n",
}


def workflow(run: str) -> str:
    return f"on: push\njobs:\n  go:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          {run}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"setup.sh": "echo '0 3 * * * python fit.py' | crontab -\n"}, ["setup.sh:1"]),
        ({"a.service": "[Service]\nExecStart=python3 fit.py\n", "a.timer": "[Timer]\n"}, ["a.service:2"]),
        ({"a.service": "[Service]\nExecStart=python3 fit.py\n"}, []),
        ({"values.yaml": "cron: {schedule: '0 3 * * *', command: [python, fit.py]}\n"}, ["values.yaml:1"]),
        ({"docs/values.yaml": "cron: {schedule: '0 3 * * *', command: [python, fit.py]}\n"}, []),
        ({"Dockerfile": "FROM a\nCOPY times /etc/cron.d/x\n", "times": "0 3 * * * python fit.py\n"}, ["times:1"]),
        ({"Dockerfile": "FROM a\nCOPY times /etc/x\n", "times": "0 3 * * * python fit.py\n"}, []),
        ({"crontab": "0 3 * * * python start.py ops/tasks.yml\n", **TASKS}, ["ops/tasks.yml:4"]),
        (
            {"ops/hook.yml": '{"schedule": ["0 3 * * *"], "task": {"command": ["s", "/a/tasks.yml"]}}', **TASKS},
            ["ops/tasks.yml:4"],
        ),
        ({"crontab": "0 3 * * * python start.py ops/others.yml\n", **TASKS}, []),
        ({"crontab": "0 3 * * * yamllint .taskcluster.yml\n", ".taskcluster.yml": TASKS["ops/tasks.yml"]}, []),
        ({"ops/hook.yml": '{"schedule": [], "task": {"command": ["s", "/a/tasks.yml"]}}', **TASKS}, []),
    ],
)
def test_commands_at_set_times(files: dict[str, str], found: list[str]) -> None:
    assert places({"fit.py": FIT, **files}, ANY) == found


IMAGE = {"Dockerfile": 'FROM python\nCOPY . .\nENTRYPOINT ["python"]\nCMD ["fit.py"]\n'}
COMPOSED = {
    "compose.yaml": "services:\n  fit: {build: .}\n  web: {build: ., ports: ['80:80']}\n  db: {image: postgres}\n",
    **IMAGE,
}


@pytest.mark.parametrize(
    ("files", "run", "found"),
    [
        (IMAGE, "docker build -t app . && docker run --rm -e A=1 app:latest", True),
        (IMAGE, "docker buildx build --tag app:1 -f Dockerfile . && sudo docker run -v a:b app:1", True),
        (IMAGE, "docker run $REGISTRY/app", True),
        (IMAGE, "docker build -t app . && docker run -d -p 80:80 app", False),
        (IMAGE, "docker build -t app . && docker run --rm -p 80:80 app", False),
        (IMAGE, "docker build -t app . && docker run postgres", False),
        (IMAGE, "docker build -t app .", False),
        (COMPOSED, "docker compose up --abort-on-container-exit", True),
        (COMPOSED, "docker-compose run --rm fit", True),
        (COMPOSED, "docker compose up web", False),
        (COMPOSED, "docker compose up -d", False),
        (COMPOSED, "docker compose run db", False),
    ],
)
def test_what_a_container_runs(files: dict[str, str], run: str, found: bool) -> None:
    place = [".github/workflows/a.yml:7"] if found else []
    assert places({"fit.py": FIT, ".github/workflows/a.yml": workflow(run), **files}, IN_CI) == place


def test_a_line_of_python_that_imports() -> None:
    files = {"jobs/__init__.py": "", "jobs/fit.py": "import sklearn\n"}
    find = {
        "refers": {
            "from": {"ci": {"trigger": "push", "commands": True}},
            "to": {"name": "a fit", "in": ["**/*.py"], "imports": "sklearn"},
        }
    }
    for run, found in (
        ("from jobs.fit import main; main()", True),
        ("from json import loads; loads('1')", False),
        ("from jobs.fit import main", False),
    ):
        text = workflow(f'python -c "{run}"')
        assert bool(places({".github/workflows/a.yml": text, **files}, find)) is found
