"""What the GitHub action does once mlscan is installed: scan, badge, comparison, summary, outputs, exit code.

Inputs come from environment variables and go to mlscan as single arguments, so none of them is ever part of a command.
What mlscan prints holds words of the scanned repository: while it is shown, the runner is told to obey nothing.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = {
    "json": "json",
    "markdown": "md",
    "html": "html",
    "sarif": "sarif",
    "svg": "badge.svg",
    "gitlab": "codequality.json",
    "terminal": "txt",
}
SUMMARY_BYTES = 1_000_000
"""GitHub shows at most 1 MiB a step."""
ANNOTATIONS = 10
"""GitHub shows as many of a kind a step."""
NOTHING_THERE = 3
"""Exit code of mlscan where a revision does not exist."""
WRONG_USAGE = 2


class WrongInput(Exception):
    """An input that no run can make sense of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of action.yml."""

    path: str
    model: str
    fail_under: str
    require: list[str]
    formats: list[str]
    badges: list[str]
    base: str
    no_regress: bool
    summary: bool
    config: str
    repo_config: bool
    policy: str
    count_attested: bool


@dataclass(frozen=True, slots=True)
class Ran:
    """How one run of mlscan ended."""

    code: int
    messages: list[str]


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """The inputs. Raises WrongInput."""

    def given(name: str) -> str:
        return environment.get(f"INPUT_{name}", "").strip()

    def flag(name: str) -> bool:
        words = given(name).lower()
        if words not in ("true", "false", ""):
            raise WrongInput(f"{name.lower().replace('_', '-')}: give true or false")
        return words == "true"

    formats = list(dict.fromkeys(["json", *_words(given("FORMATS"))]))
    for name in formats:
        if name not in SUFFIXES:
            raise WrongInput(f"formats: there is no {name!r}; there are {', '.join(SUFFIXES)}")
    base = given("BASE")
    return Inputs(
        path=os.path.join(".", environment.get("INPUT_PATH") or "."),  # noqa: PTH118 - a Path would drop the "./"
        model=given("MODEL"),
        fail_under=given("FAIL_UNDER"),
        require=_words(given("REQUIRE")),
        formats=formats,
        badges=[line.strip() for line in given("BADGE").splitlines() if line.strip()],
        base="" if re.fullmatch("0+", base) else base,
        no_regress=flag("NO_REGRESS"),
        summary=flag("SUMMARY"),
        config=given("CONFIG"),
        repo_config=flag("REPO_CONFIG") or not given("REPO_CONFIG"),
        policy=given("POLICY"),
        count_attested=flag("COUNT_ATTESTED"),
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", text) if word]


def mlscan(title: str, words: Sequence[str]) -> Ran:
    """Runs mlscan and shows what it says in a group of the log."""
    command = [sys.executable, "-I", "-X", "utf8", "-m", "mlscan", *words]
    environment = {**os.environ, "COLUMNS": "110"}
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
    token = secrets.token_hex(16)
    log(f"::group::{title}", f"::stop-commands::{token}")
    sys.stdout.buffer.write(ran.stdout + b"\n" + ran.stderr)
    log("", f"::{token}::", "::endgroup::")
    return Ran(ran.returncode, [line for line in ran.stderr.decode("utf-8", "replace").splitlines() if line.strip()])


def log(*lines: str) -> None:
    """Lines for the runner."""
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def annotate(kind: str, messages: Sequence[str]) -> None:
    """Shows messages at the top of the run's page; `kind` is error, warning or notice."""
    for message in messages[:ANNOTATIONS]:
        escaped = message.removeprefix("mlscan: ").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        log(f"::{kind} title=mlscan::{escaped}")


def common(inputs: Inputs) -> list[str]:
    """Options that every command takes."""
    words = [f"--model={inputs.model}"] if inputs.model else []
    words += [f"--config={inputs.config}"] if inputs.config else []
    words += [f"--policy={inputs.policy}"] if inputs.policy else []
    return words if inputs.repo_config else [*words, "--no-repo-config"]


def scan(inputs: Inputs, folder: Path) -> int:
    """Writes the reports and asks the gates. Returns the exit code."""
    words = [f"--report={name}={folder / f'mlscan.{SUFFIXES[name]}'}" for name in _written(inputs)]
    words += [f"--fail-under={inputs.fail_under}"] if inputs.fail_under else []
    words += [f"--require={practice}" for practice in inputs.require]
    words += ["--count-attested"] if inputs.count_attested else []
    ran = mlscan("mlscan", [*words, *common(inputs), "--", inputs.path])
    annotate("error" if ran.code else "notice", ran.messages)
    return ran.code


def _written(inputs: Inputs) -> list[str]:
    needed = ["markdown"] if inputs.summary and "markdown" not in inputs.formats else []
    return [*inputs.formats, *needed]


def badges(inputs: Inputs) -> int:
    """Writes the badges. Returns the exit code."""
    if not inputs.badges:
        return 0
    files = [f"--output={file}" for file in inputs.badges]
    ran = mlscan("mlscan badge", ["badge", *files, *common(inputs), "--", inputs.path])
    annotate("error" if ran.code else "notice", ran.messages)
    return ran.code


def compare(inputs: Inputs, file: Path) -> int:
    """Writes what differs from the base. Returns the exit code.

    A base that is not in the clone is a notice; only where a gate needs it, it is an error.
    """
    if not inputs.base:
        return 0
    words = ["diff", f"--path={inputs.path}", "--format=markdown", f"--output={file}", *common(inputs)]
    words += ["--no-regress"] if inputs.no_regress else []
    ran = mlscan("mlscan diff", [*words, "--", inputs.base, "HEAD"])
    if ran.code != NOTHING_THERE:
        annotate("error" if ran.code else "notice", ran.messages)
        return ran.code
    why = "Nothing was compared: the base is not in this clone. Give actions/checkout `fetch-depth: 0`."
    annotate("error" if inputs.no_regress else "notice", [why])
    return WRONG_USAGE if inputs.no_regress else 0


def summarize(file: Path, parts: Sequence[Path]) -> None:
    """Adds the parts to the summary of the job, as long as there is room."""
    room = SUMMARY_BYTES
    with file.open("ab") as summary:
        for part in parts:
            data = part.read_bytes() if part.exists() else b""
            if len(data) > room:
                data = f"{part.name} is too long for a summary; it is among the reports.\n".encode()
            summary.write(data + b"\n" if data else b"")
            room -= len(data)


def outputs(inputs: Inputs, folder: Path) -> dict[str, str]:
    """The outputs of action.yml."""
    found = json.loads((folder / "mlscan.json").read_text(encoding="utf-8"))
    files = {name: folder / f"mlscan.{SUFFIXES[name]}" for name in inputs.formats}
    files["diff"] = folder / "diff.md"
    return {
        "level": str(found["level"]),
        "level-name": str(found["level_name"]),
        "could-be": str(found["could_be"]),
        "applicable": "true" if found["applicable"] else "false",
        "kind": str(found["kind"]),
        "reports": str(folder),
        **{name: str(file) for name, file in files.items() if file.exists()},
    }


def write_outputs(file: Path, values: Mapping[str, str]) -> None:
    """Adds outputs; no value can end its own text or start another one."""
    with file.open("a", encoding="utf-8", newline="\n") as stream:
        for name, value in values.items():
            end = secrets.token_hex(16)
            stream.write(f"{name}<<{end}\n{value}\n{end}\n")


def main() -> int:
    """The whole step. Returns its exit code: the highest of its parts."""
    try:
        inputs = read_inputs(os.environ)
    except WrongInput as wrong:
        annotate("error", [str(wrong)])
        return WRONG_USAGE
    folder = Path(tempfile.mkdtemp(prefix="mlscan-reports-", dir=os.environ["RUNNER_TEMP"]))
    code = scan(inputs, folder)
    if not (folder / "mlscan.json").exists():
        return code
    code = max(code, badges(inputs), compare(inputs, folder / "diff.md"))
    write_outputs(Path(os.environ["GITHUB_OUTPUT"]), outputs(inputs, folder))
    if inputs.summary:
        summarize(Path(os.environ["GITHUB_STEP_SUMMARY"]), [folder / "diff.md", folder / "mlscan.md"])
    return code


if __name__ == "__main__":
    sys.exit(main())
