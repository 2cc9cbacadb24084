"""From a command to the file that runs in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlscan.detect.follow import CommandIndex, Followed
from mlscan.read.make import parse_make
from mlscan.read.shell import parse_commands, parse_shell
from mlscan.read.tasks import parse_tasks

WRAPPERS = (
    ("poetry", "run"), ("uv", "run"), ("pdm", "run"), ("conda", "run"), ("sudo",), ("env",), ("coverage", "run"),
    ("accelerate", "launch"), ("docker", "compose", "run"),
)  # fmt: skip
PATHS = [
    "README.md", "train.py", "manage.py", "scripts/train.sh", "scripts/deploy", "tools/report.R", "notebooks/fit.ipynb",
    "src/shop/__init__.py", "src/shop/__main__.py", "src/shop/train.py", "src/shop/models/__init__.py",
    "services/api/main.py", "services/api/fit.py", "services/web/fit.py", "tests/test_a.py", "app.py", "a.jl",
]  # fmt: skip


def index(files: Mapping[str, str] | None = None) -> CommandIndex:
    found = CommandIndex()
    found.add_python_files([*PATHS, *(files or {})])
    for path, text in (files or {}).items():
        data = text.encode()
        if path.endswith(".sh"):
            found.add_script(path, parse_shell(data, path), "shell")
        elif "akefile" in path or path.endswith(".mk"):
            found.add_script(path, parse_make(data, path), "make")
        else:
            script = parse_tasks(data, path)
            assert script is not None
            found.add_script(path, script, "task")
    return found


def follow(
    text: str,
    files: Mapping[str, str] | None = None,
    cwd: str = "",
    wrappers: Sequence[Sequence[str]] = WRAPPERS,
) -> tuple[Followed, ...]:
    return index(files).follow(parse_commands(text)[0], cwd, wrappers)


def targets(text: str, files: Mapping[str, str] | None = None, cwd: str = "") -> list[str]:
    return [f.target for f in follow(text, files, cwd) if f.target]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("python train.py --epochs 3", "train.py"),
        ("python3.12 -u -W ignore ./train.py", "train.py"),
        ("python -m shop.train --x 1", "src/shop/train.py"),
        ("python -m shop", "src/shop/__main__.py"),
        ("python -m shop.models", "src/shop/models/__init__.py"),
        ("python -m src.shop.train", "src/shop/train.py"),
        ("python src/shop", "src/shop/__main__.py"),
        ("bash scripts/train.sh", "scripts/train.sh"),
        ("source scripts/train.sh", "scripts/train.sh"),
        ("bash scripts/deploy", "scripts/deploy"),
        ("./scripts/train.sh now", "scripts/train.sh"),
        ("scripts/deploy", "scripts/deploy"),
        ("pytest -q tests/test_a.py::test_one", "tests/test_a.py"),
        ("Rscript --vanilla tools/report.R", "tools/report.R"),
        ("julia --project=. a.jl", "a.jl"),
        ("jupyter nbconvert --to notebook --execute notebooks/fit.ipynb", "notebooks/fit.ipynb"),
        ("papermill notebooks/fit.ipynb out.ipynb", "notebooks/fit.ipynb"),
        ("torchrun --nproc_per_node 2 train.py", "train.py"),
        ("python -m torch.distributed.launch --nproc 2 train.py", "train.py"),
        ("python -m cProfile -o out train.py", "train.py"),
        ("python -m uvicorn services.api.main:app", "services/api/main.py"),
        ("pytest -m slow tests/test_a.py", "tests/test_a.py"),
        ("uvicorn services.api.main:app --port 80", "services/api/main.py"),
        ("streamlit run app.py", "app.py"),
        ("$PYTHON train.py", "train.py"),
        ("python $ROOT/src/shop/train.py", "src/shop/train.py"),
        ("python ${{ github.workspace }}/train.py", "train.py"),
        ("python /app/src/shop/train.py", "src/shop/train.py"),
        ("python $(System.ArtifactsDirectory)/code/services/api/main.py", "services/api/main.py"),
    ],
)
def test_the_file_that_runs(text: str, target: str) -> None:
    assert set(targets(text)) == {target}


@pytest.mark.parametrize(
    "text",
    [
        "cat train.py",
        "ruff check train.py",
        "git add train.py",
        "cp train.py x/train.py",
        "python -c 'import shop'",
        "python - train.py",
        "python gone.py",
        "python -m pytest",
        "python -m compileall train.py src",
        "python -m black train.py",
        "python services/fit.py",
        "jupyter nbconvert notebooks/fit.ipynb",
        "docker run train:latest",
        "bash -c 'x'",
        "$TOOLS/deploy",
        "make train",
        "tox",
        "",
    ],
)
def test_what_runs_no_file_of_the_repository(text: str) -> None:
    assert targets(text or "''") == []


def test_the_folder_decides_which_file_is_meant() -> None:
    assert targets("python fit.py") == []
    assert targets("python fit.py", cwd="services/api") == ["services/api/fit.py"]
    assert targets("python ../web/fit.py", cwd="services/api") == ["services/web/fit.py"]
    assert targets("python fit.py", cwd="services/web") == ["services/web/fit.py"]


def test_a_change_of_folder_before_the_command() -> None:
    commands = parse_commands("cd services/api && python fit.py")
    found = index({"run.sh": "cd services/api && python fit.py"}).follow(parse_commands("bash run.sh")[0], "", ())
    assert [f.target for f in found] == ["run.sh", None, "services/api/fit.py"]
    assert index().follow(commands[1], "services/web", ())[0].target == "services/web/fit.py"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("poetry run python train.py", ("python", "train.py")),
        ("uv run --frozen --with x python train.py", ("python", "train.py")),
        ("uv run train.py", ("python", "train.py")),
        ("sudo -E -u me uv run python train.py", ("python", "train.py")),
        ("env A=b python train.py", ("python", "train.py")),
        ("conda run -n ml --no-capture-output python train.py", ("python", "train.py")),
        ("docker compose -f dev.yml run --rm -e A=b api python train.py", ("python", "train.py")),
        ("coverage run --branch -m shop.train", ("python", "-m", "shop.train")),
        ("accelerate launch --num_processes 2 train.py", ("python", "train.py")),
        ("$RUN python train.py", ("python", "train.py")),
    ],
)
def test_wrappers_are_taken_off(text: str, words: tuple[str, ...]) -> None:
    found = follow(text)
    assert found[-1].command.words == words
    assert found[-1].target in ("train.py", "src/shop/train.py")
    assert all(f.way == (found[0].command.text,) for f in found)


def test_wrappers_are_data() -> None:
    assert [f.command.words for f in follow("poetry run python train.py", wrappers=())] == [
        ("poetry", "run", "python", "train.py")
    ]


MAKEFILE = "all: train\nprep:\n\tpython manage.py\ntrain: prep\n\tbash scripts/train.sh\nloop: loop\n\tmake loop\n"
TRAIN = "set -e\nfit() {\n  python -m shop.train\n}\nfit\n"


def test_from_make_through_a_script_to_the_module() -> None:
    found = follow("make train", {"Makefile": MAKEFILE, "scripts/train.sh": TRAIN})
    assert [(f.way, f.target) for f in found if f.target] == [
        (("make train", "python manage.py"), "manage.py"),
        (("make train", "bash scripts/train.sh"), "scripts/train.sh"),
        (("make train", "bash scripts/train.sh", "python -m shop.train"), "src/shop/train.py"),
    ]


def test_make_without_a_target_in_a_folder_and_with_a_file() -> None:
    files = {"Makefile": MAKEFILE, "services/api/Makefile": "x:\n\tpython fit.py\ny:\n\tcd ../web && python fit.py\n"}
    assert targets("make", files)[-1] == "scripts/train.sh"
    assert targets("make -C services/api", files) == ["services/api/fit.py"]
    assert targets("make y", files, "services/api") == ["services/web/fit.py"]
    assert targets("make -j 4 -f services/api/Makefile X=1 x", files) == []
    assert targets("make gone", files) == []


def test_cycles_end_and_depth_is_four() -> None:
    assert len(follow("make loop", {"Makefile": MAKEFILE})) < 5
    chain = {f"s{n}.sh": f"bash s{n + 1}.sh\n" for n in range(9)}
    assert max(len(f.way) for f in follow("bash s0.sh", chain)) == 5
    assert (
        len(follow("bash a.sh", {"a.sh": "bash b.sh\n" * 50, "b.sh": "bash c.sh\n" * 50, "c.sh": "ls\n" * 50})) <= 400
    )


TOX = "[testenv]\ncommands = pytest tests/test_a.py\n[testenv:train]\ncommands = python train.py\n"
NOX = "import nox\n@nox.session\ndef fit(session):\n    session.run('python', 'train.py')\n"
INVOKE = "from invoke import task\n@task\ndef fit_it(c):\n    c.run('python train.py')\n"
POE = "[tool.poe.tasks]\nfit = 'python -m shop.train'\n[tool.pdm.scripts]\nship = 'bash scripts/train.sh'\n"


@pytest.mark.parametrize(
    ("text", "files", "found"),
    [
        ("tox -e train", {"tox.ini": TOX}, ["train.py"]),
        ("tox -e py312", {"tox.ini": TOX}, ["tests/test_a.py"]),
        ("tox -epy312,train", {"tox.ini": TOX}, ["train.py"]),
        ("tox", {"tox.ini": TOX}, ["tests/test_a.py", "train.py"]),
        ("nox -s fit", {"noxfile.py": NOX}, ["train.py"]),
        ("just fit", {"justfile": "prep:\n  python manage.py\nfit: prep\n  python app.py\n"}, ["manage.py", "app.py"]),
        ("task fit", {"Taskfile.yml": "tasks: {fit: {cmds: [python train.py]}}"}, ["train.py"]),
        ("npm run fit", {"package.json": '{"scripts": {"fit": "python train.py"}}'}, ["train.py"]),
        ("poe fit", {"pyproject.toml": POE}, ["src/shop/train.py"]),
        ("uv run poe fit", {"pyproject.toml": POE}, ["src/shop/train.py"]),
        ("mise run fit", {".mise.toml": '[tasks.fit]\nrun = "python -m shop.train"\n'}, ["src/shop/train.py"]),
        ("pdm run ship", {"pyproject.toml": POE}, ["scripts/train.sh"]),
        ("inv fit-it", {"tasks.py": INVOKE}, ["train.py"]),
    ],
)  # fmt: skip
def test_task_runners(text: str, files: Mapping[str, str], found: list[str]) -> None:
    assert list(dict.fromkeys(targets(text, files))) == found


def test_console_scripts_and_named_command_lines() -> None:
    commands = index()
    commands.add_manifest(
        "pyproject.toml", {"shop-train": "shop.train:main", "go": "python train.py", "no": "gone.x:f"}
    )
    commands.add_manifest("services/api/pyproject.toml", {"serve": "main:run"})

    def run(text: str) -> list[str | None]:
        return [f.target for f in commands.follow(parse_commands(text)[0], "", WRAPPERS)]

    assert run("shop-train --fast") == ["src/shop/train.py"]
    assert run("uv run shop-train") == [None, "src/shop/train.py"]
    assert run("poetry run go") == [None, None, "train.py"]
    assert run("serve") == ["services/api/main.py"]
    assert run("no") == [None]
    assert run("go") == [None], "a task of a tool is no program"


WORDS = st.sampled_from(
    ["make", "-C", "-f", "poetry", "run", "python", "-m", "a", "train.py", "$X", "..", "/", "--", "-", ""]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=8), st.sampled_from(["", "a", "../..", "/"]))
def test_any_words(words: list[str], cwd: str) -> None:
    command = parse_commands("x")[0]
    shaped = type(command)(tuple(words), 1, " ".join(words))
    assert index({"Makefile": MAKEFILE}).follow(shaped, cwd, WRAPPERS)[0].command.words == tuple(words)
