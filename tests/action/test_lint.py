"""What programs of others say of the action, the workflows, the templates and the examples in docs/ci.md."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from action.runner import ACTION, ROOT

HERE = Path(__file__).resolve().parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
FILLED = {
    "COMMIT": "0" * 40,
    "DIGEST": "0" * 64,
    "OWNER": "owner",
    "GROUP": "group",
    "VERSION": "1.0.0",
    "HOST": "example.org",
}
BROKEN = """\
on: pull_request
permissions: {}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: echo ${{ github.event.pull_request.title }}
"""


def examples(file: str) -> list[str]:
    """Blocks of docs/ci.md that begin with the name of a file, with what readers fill in."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.S | re.M)
    found = [block for block in blocks if re.match(rf"# {file}\n", block)]
    for word, value in FILLED.items():
        found = [re.sub(rf"\b{word}\b", value, block) for block in found]
    assert found
    return found


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our workflows, those of the page, and the steps of the action as a workflow."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / ".github", folder / ".github")
    shutil.copy(ROOT / "action.yml", folder)
    shutil.copy(ROOT / "ci" / "github" / "fleet.yml", folder / ".github" / "workflows")
    for number, text in enumerate(examples(r"\.github/workflows/[a-z]+\.yml")):
        (folder / ".github" / "workflows" / f"example-{number}.yml").write_text(text, encoding="utf-8")
    return folder


def action_as_workflow() -> str:
    """The steps of the action where actionlint looks at them: it reads workflows only."""
    inputs = {
        name: {"type": "string", "required": False, "default": x["default"], "description": x["description"]}
        for name, x in ACTION["inputs"].items()
    }
    job = {"runs-on": "ubuntu-24.04", "permissions": {"contents": "read"}, "steps": ACTION["runs"]["steps"]}
    job["outputs"] = {name: x["value"] for name, x in ACTION["outputs"].items()}
    return yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "permissions": {}, "jobs": {"action": job}})


def tool(name: str) -> str:
    """A program of the extra `lint`."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f'{name} is not installed: python -m pip install -e ".[lint]"')
    return found


def said(*command: str | Path, folder: Path | None = None) -> tuple[int, str]:
    ran = subprocess.run([str(x) for x in command], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def zizmor(folder: Path) -> tuple[int, str]:
    return said(tool("zizmor"), "--offline", "--no-progress", "--pedantic", "--strict-collection", folder)


@pytest.fixture(scope="module")
def actionlint() -> Callable[[Path], tuple[int, str]]:
    """actionlint on a pattern of files."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules").is_dir():
        pytest.skip(f"no node_modules: run npm ci --ignore-scripts in {HERE.relative_to(ROOT)}")
    program = HERE / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    return lambda pattern: said(node, program, pattern)


def test_zizmor_finds_nothing(workflows: Path) -> None:
    code, words = zizmor(workflows)
    assert code == 0, words


def test_actionlint_finds_nothing(workflows: Path, actionlint: Callable[[Path], tuple[int, str]]) -> None:
    (workflows / ".github" / "workflows" / "action.yml").write_text(action_as_workflow(), encoding="utf-8")
    code, words = actionlint(workflows / ".github" / "workflows" / "*.yml")
    (workflows / ".github" / "workflows" / "action.yml").unlink()
    assert code == 0, words
    assert "Checking 5 workflow file(s)" in words


def test_both_would_notice(tmp_path: Path, actionlint: Callable[[Path], tuple[int, str]]) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "broken.yml").write_text(BROKEN, encoding="utf-8")
    assert "template-injection" in zizmor(tmp_path)[1]
    assert actionlint(folder / "*.yml")[0] == 1
    (folder / "broken.yml").write_text(action_as_workflow().replace("inputs.base", "inputs.bass"), encoding="utf-8")
    assert "bass" in actionlint(folder / "*.yml")[1]


def schema_says(schema: str, text: str, folder: Path, *options: str) -> str:
    """What check-jsonschema says of a file by a schema that ships with it; "" for nothing."""
    file = folder / "file.yml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named" in ran.stderr:
        pytest.skip('check-jsonschema is not installed: python -m pip install -e ".[lint]"')
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_the_action_is_valid_by_its_schema(tmp_path: Path) -> None:
    assert schema_says("vendor.github-actions", (ROOT / "action.yml").read_text(encoding="utf-8"), tmp_path) == ""


def test_the_component_is_valid_by_the_schema_of_gitlab(tmp_path: Path) -> None:
    head, body = (ROOT / "templates" / "mlscan.yml").read_text(encoding="utf-8").split("\n---\n")
    assert schema_says("vendor.gitlab-ci", head, tmp_path) == ""
    assert schema_says("vendor.gitlab-ci", body, tmp_path) == ""
    assert schema_says("vendor.gitlab-ci", body.replace("interruptible: true", "interruptible: 7"), tmp_path) != ""
    for text in examples(r"\.gitlab-ci\.yml"):
        assert schema_says("vendor.gitlab-ci", text, tmp_path) == ""


@pytest.mark.parametrize("name", ["mlscan.yml", "azure-pipelines.yml"])
def test_the_steps_for_azure_are_valid_by_its_schema(tmp_path: Path, name: str) -> None:
    options = ("--data-transform", "azure-pipelines", "--regex-variant", "nonunicode")
    text = (ROOT / "ci" / "azure" / name).read_text(encoding="utf-8")
    assert schema_says("vendor.azure-pipelines", text, tmp_path, *options) == ""
    assert schema_says("vendor.azure-pipelines", text.replace("steps:", "stepz:"), tmp_path, *options) != ""


def test_examples_give_only_inputs_that_exist() -> None:
    for text in examples(r"\.github/workflows/[a-z]+\.yml"):
        steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
        (use,) = [step for step in steps if step.get("uses", "").startswith("owner/mlscan@")]
        assert set(use.get("with", {})) <= set(ACTION["inputs"])
        outputs = set(re.findall(r"steps\.mlscan\.outputs\.([\w-]+)", text))
        assert outputs <= set(ACTION["outputs"])
    component = next(yaml.safe_load_all((ROOT / "templates" / "mlscan.yml").read_text(encoding="utf-8")))
    for text in examples(r"\.gitlab-ci\.yml"):
        assert set(yaml.safe_load(text)["include"][0]["inputs"]) <= set(component["spec"]["inputs"])


def scripts() -> dict[str, tuple[str, str]]:
    """Name -> shell and text of every script in a YAML file of ours."""
    _, jobs = yaml.safe_load_all((ROOT / "templates" / "mlscan.yml").read_text(encoding="utf-8"))
    azure: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "azure" / "mlscan.yml").read_text(encoding="utf-8"))
    found = {f"action {step['id']}": ("bash", step["run"]) for step in ACTION["runs"]["steps"]}
    found |= {f"gitlab {name}": ("sh", "\n".join(job["script"])) for name, job in jobs.items()}
    found |= {f"azure {n}": ("bash", step["bash"]) for n, step in enumerate(azure["steps"]) if "bash" in step}
    fleet = yaml.safe_load((ROOT / "ci" / "github" / "fleet.yml").read_text(encoding="utf-8"))["jobs"]["fleet"]
    found |= {f"fleet {step['name']}": ("bash", step["run"]) for step in fleet["steps"] if "run" in step}
    found["ci"] = ("bash", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", scripts())
def test_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    shell, text = scripts()[name]
    file = tmp_path / "script"
    file.write_text(text, encoding="utf-8")
    code, words = said(tool("shellcheck"), f"--shell={shell}", "--enable=quote-safe-variables", file)
    assert code == 0, words


HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_hooks_look_at_the_whole_repository_and_run_what_exists() -> None:
    for hook in HOOKS:
        assert (hook["always_run"], hook["pass_filenames"], hook["language"]) == (True, False, "python")
        command = [sys.executable, "-m", "mlscan", *hook["entry"].split()[1:], "--help"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    known = {hook["id"] for hook in HOOKS}
    (text,) = examples(r"\.pre-commit-config\.yaml")
    assert {hook["id"] for hook in yaml.safe_load(text)["repos"][0]["hooks"]} == known


def test_the_image_is_pinned_and_its_user_has_no_rights() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.M)
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+-slim@sha256:[0-9a-f]{64}", bases[0])
    assert set(bases[1:]) == {"base"}
    last = text.rpartition("FROM base")[2]
    assert re.search(r"^USER 10001:10001$", last, re.M)
    assert json.loads(re.findall(r"^ENTRYPOINT (.*)$", last, re.M)[-1]) == ["mlscan"]
    component = (ROOT / "templates" / "mlscan.yml").read_text(encoding="utf-8")
    assert bases[0] in component


def test_all_that_the_image_copies_is_in_its_context() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", text, re.M) for word in line.split()}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[0] == "!"}
    assert copied == allowed
    assert [word for word in copied if not (ROOT / word).exists()] == []


def test_actions_are_pinned_by_commit() -> None:
    files = [*(ROOT / ".github" / "workflows").glob("*.yml"), ROOT / "docs" / "ci.md"]
    uses = [name for file in files for name in re.findall(r"uses: (\S+)", file.read_text(encoding="utf-8"))]
    assert len(uses) > 6
    assert [x for x in uses if not re.fullmatch(r"\./|OWNER/mlscan@COMMIT|[\w./-]+@[0-9a-f]{40}", x)] == []
