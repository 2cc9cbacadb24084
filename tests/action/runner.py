"""Runs action.yml as a runner of GitHub does: step by step, with files for outputs and summary, and a log it obeys."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SHELL = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
"""What `shell: bash` stands for."""

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass
class Job:
    """What a job leaves behind."""

    code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    @property
    def obeyed(self) -> list[tuple[str, str]]:
        """Commands of the log that a runner obeys, with what they say."""
        return obeyed(self.log)

    def annotations(self, kind: str) -> list[str]:
        return [words for name, words in self.obeyed if name == kind]


def evaluate(text: str, contexts: Mapping[str, str]) -> str:
    """The text with its expressions: names with dots, and `||` between them."""

    def value(match: re.Match[str]) -> str:
        return next((x for name in match[1].split("||") if (x := contexts.get(name.strip(), ""))), "")

    return _EXPRESSION.sub(value, text)


def obeyed(log: str) -> list[tuple[str, str]]:
    """Commands of both spellings, as the runner's own parser finds them, unless they are stopped."""
    found: list[tuple[str, str]] = []
    stopped = ""
    for line in log.splitlines():
        command = re.match(r"\s*::([\w-]+)( [^:]*)?::(.*)", line) or re.search(r"##\[([\w-]+)( [^\]]*)?\](.*)", line)
        if command is None:
            continue
        if stopped:
            stopped = "" if command[1] == stopped else stopped
        elif command[1] == "stop-commands":
            stopped = command[3]
        else:
            found.append((command[1], command[3]))
    return found


def parse_outputs(text: str) -> dict[str, str]:
    """The file of outputs, in both of its spellings; ValueError where a runner would refuse it."""
    values: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, value = line.partition("=")
        if "<<" in name or not sign:
            name, sign, end = line.partition("<<")
            if not sign:
                raise ValueError(line)
            block = []
            for part in lines:
                if part == end:
                    break
                block.append(part)
            else:
                raise ValueError(f"{name}: no end")
            value = "\n".join(block)
        values[name] = value
    return values


class Runner:
    """One machine: a workspace, a temporary folder and a checkout of the action."""

    def __init__(self, workspace: Path, temporary: Path, action: Path = ROOT) -> None:
        self.workspace, self.temporary, self.action = workspace, temporary, action
        self.environment: dict[str, str] = {}

    def run(
        self, inputs: Mapping[str, str] | None = None, event: Mapping[str, str] | None = None, **steps: dict[str, str]
    ) -> Job:
        """The job with the action in it. `event` is by dotted name; `steps` are outputs of steps that do not run."""
        given = {name: str(x.get("default", "")) for name, x in ACTION["inputs"].items()} | dict(inputs or {})
        assert set(given) == set(ACTION["inputs"]), "an input that action.yml does not have"
        contexts = {f"inputs.{name}": value for name, value in given.items()}
        contexts |= {f"github.event.{name}": value for name, value in (event or {}).items()}
        job = Job()
        for step in ACTION["runs"]["steps"]:
            if step["id"] in steps:
                made = steps[step["id"]]
            elif job.code:
                continue
            else:
                made = self._step(step, contexts, job)
            contexts |= {f"steps.{step['id']}.outputs.{name}": value for name, value in made.items()}
        job.outputs = {name: evaluate(x["value"], contexts) for name, x in ACTION["outputs"].items()}
        return job

    def _step(self, step: dict[str, Any], contexts: Mapping[str, str], job: Job) -> dict[str, str]:
        assert step["shell"] == "bash"
        files = {name: self.temporary / f"_{step['id']}_{name}" for name in ("output", "summary", "env", "path")}
        for file in files.values():
            file.write_bytes(b"")
        script = self.temporary / f"_{step['id']}.sh"
        script.write_text(evaluate(step["run"], contexts), encoding="utf-8", newline="\n")
        own = {name: evaluate(text, contexts) for name, text in step.get("env", {}).items()}
        ran = subprocess.run(
            [shutil.which("bash") or "bash", *SHELL[1:], str(script)],
            cwd=self.workspace,
            env={**os.environ, **self._variables(files), **self.environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        job.code = ran.returncode
        job.log += ran.stdout.decode("utf-8", "replace")
        job.summary += files["summary"].read_text(encoding="utf-8")
        assert files["env"].read_bytes() == files["path"].read_bytes() == b""
        return parse_outputs(files["output"].read_text(encoding="utf-8"))

    def _variables(self, files: Mapping[str, Path]) -> dict[str, str]:
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_ENV": str(files["env"]),
            "GITHUB_PATH": str(files["path"]),
            "RUNNER_OS": {"nt": "Windows"}.get(os.name, "Linux"),
            "RUNNER_TEMP": str(self.temporary),
        }
