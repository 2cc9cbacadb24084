"""Reads the steps of a GitHub Actions job, with those of actions that the repository itself holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlscan.read.ci_conditions import never
from mlscan.read.ci_parts import MAX_DEPTH, MAX_STEPS, CiFile, Others, join, mapping_texts, moved, open_ci
from mlscan.read.ci_values import Lookup, variants
from mlscan.types.source import Command, Node, Step

_INTERPRETERS = {
    "Rscript": ("Rscript", "-e"),
    "R": ("R", "-e"),
    "julia": ("julia", "-e"),
}
"""Shells of steps that are no shells, and how a line would be run with them."""
_CODE_LINES = 200
_SHELLS = ("", "bash", "sh", "pwsh", "powershell", "cmd", "zsh")
_SCRIPTS = ("inlinescript", "run", "script", "command", "commands", "cmd")
"""Inputs, lower case, in which actions are given shell text."""
MAX_RUNS = 8
"""Values of a matrix with which the script of one step is read."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the steps of a job have in common: the folder they run in, their shell, what expressions stand for."""

    folder: str = ""
    shell: str = ""
    lookups: tuple[Lookup, ...] = ()
    """One for each combination of a matrix."""


def steps_of(file: CiFile, steps: Node | None, runs: Runs, others: Others) -> tuple[Step, ...]:
    """The steps in order; a local composite action is followed by its own steps, at the line that uses it."""
    found = _steps(file, steps, runs, others, ())
    return tuple(step for step, _ in zip(found, range(MAX_STEPS), strict=False))


def _steps(file: CiFile, steps: Node | None, runs: Runs, others: Others, way: tuple[str, ...]) -> Iterator[Step]:
    for node in steps.items if steps else ():
        if not node.map:
            continue
        step = _step(file, node, runs)
        yield step
        if step.uses and step.uses.startswith("./") and step.active and len(way) < MAX_DEPTH:
            inner = replace(runs, folder="")
            given = _Given(step.uses, step.with_)
            yield from (moved(s, step.line) for s in _action(given, inner, others, way))


@dataclass(frozen=True, slots=True)
class _Given:
    """A local action and what it is given."""

    uses: str
    with_: Mapping[str, str]


def _action(given: _Given, runs: Runs, others: Others, way: tuple[str, ...]) -> Iterator[Step]:
    folder = join("", given.uses)
    if folder in way:
        return
    for name in ("action.yml", "action.yaml"):
        path = join(folder, name)
        data = others(path)
        if data is None:
            continue
        file = open_ci(data, path)
        values = {**dict.fromkeys(_ACTION_PATHS, folder), **_inputs(file.root.get("inputs"), given.with_)}
        steps = file.root.get("runs", "steps")
        yield from _steps(replace(file, values=values), steps, runs, others, (*way, folder))
        return


_ACTION_PATHS = ("${{ github.action_path }}", "${{github.action_path}}", "$GITHUB_ACTION_PATH", "${GITHUB_ACTION_PATH}")


def _inputs(declared: Node | None, given: Mapping[str, str]) -> dict[str, str]:
    """The inputs of an action as they are written in it, with their values."""
    found: dict[str, str] = {}
    for name, node in (declared.map if declared else {}).items():
        default = node.get("default")
        value = given.get(name, default.text if default is not None else "")
        if value:
            found[f"${{{{ inputs.{name} }}}}"] = found[f"${{{{inputs.{name}}}}}"] = value
    return found


def _step(file: CiFile, node: Node, runs: Runs) -> Step:
    folder = node.get("working-directory")
    condition = file.text(node.get("if"))
    uses = file.text(node.get("uses")) or None
    given = mapping_texts(node.get("with"))
    return Step(
        node.line,
        file.text(node.get("name")),
        _run(file, node, runs) if uses is None else tuple(_given_scripts(file, uses, node.get("with"))),
        uses,
        {key: file.filled(text) for key, text in given.items()},
        runs.folder if folder is None else join("", file.text(folder)),
        condition,
        not never(condition),
    )


def _run(file: CiFile, node: Node, runs: Runs) -> tuple[Command, ...]:
    """The commands of a `run`, once for each value of a matrix that they speak of."""
    run = node.get("run")
    shell = (file.text(node.get("shell")) or runs.shell).split(" ")[0]
    if run is not None and shell in _INTERPRETERS:
        return tuple(_lines_of_code(file, run, _INTERPRETERS[shell]))
    if run is None or shell not in _SHELLS:
        return ()
    several = variants(file.text(run), runs.lookups, MAX_RUNS)
    found = [file.with_values(values).commands(run) for values in several]
    return tuple(dict.fromkeys(command for commands in found for command in commands))


def _lines_of_code(file: CiFile, run: Node, start: tuple[str, str]) -> Iterator[Command]:
    """The lines of a script in R or Julia, each as the command that would run it alone."""
    text = file.text(run)
    first = run.line + ("\n" in text.strip() or "\n" in text)
    for number, row in enumerate(text.split("\n")[:_CODE_LINES]):
        line = row.strip()
        if line and not line.startswith("#"):
            yield Command((*start, line), first + number, " ".join((*start, line))[:200])


def _given_scripts(file: CiFile, uses: str, given: Node | None) -> Iterator[Command]:
    """Commands that an action is told to run; not those of actions that are called a script: theirs is no shell."""
    if "script" in uses.partition("@")[0].lower():
        return
    for key, node in (given.map if given is not None else {}).items():
        if key.lower() in _SCRIPTS and " " in node.text.strip():
            yield from file.commands(node)
