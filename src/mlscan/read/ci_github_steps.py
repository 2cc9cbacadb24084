"""Reads the steps of a GitHub Actions job, with those of actions that the repository itself holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlscan.read.ci_parts import MAX_DEPTH, MAX_STEPS, CiFile, Others, join, mapping_texts, moved, never, open_ci
from mlscan.types.source import Node, Step

_SHELLS = ("", "bash", "sh", "pwsh", "powershell", "cmd", "zsh")


@dataclass(frozen=True, slots=True)
class Runs:
    """Defaults of `run` steps: the folder they run in and their shell."""

    folder: str = ""
    shell: str = ""


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
            yield from (moved(s, step.line) for s in _action(join("", step.uses), runs, others, way))


def _action(folder: str, runs: Runs, others: Others, way: tuple[str, ...]) -> Iterator[Step]:
    if folder in way:
        return
    for name in ("action.yml", "action.yaml"):
        path = join(folder, name)
        data = others(path)
        if data is not None:
            file = replace(open_ci(data, path), values=dict.fromkeys(_ACTION_PATHS, folder))
            inner = Runs("", runs.shell)
            yield from _steps(file, file.root.get("runs", "steps"), inner, others, (*way, folder))
            return


_ACTION_PATHS = ("${{ github.action_path }}", "${{github.action_path}}", "$GITHUB_ACTION_PATH", "${GITHUB_ACTION_PATH}")


def _step(file: CiFile, node: Node, runs: Runs) -> Step:
    folder = node.get("working-directory")
    condition = file.text(node.get("if"))
    shell = (file.text(node.get("shell")) or runs.shell).split(" ")[0]
    run = node.get("run")
    return Step(
        node.line,
        file.text(node.get("name")),
        file.commands(run) if shell in _SHELLS else (),
        file.text(node.get("uses")) or None,
        mapping_texts(node.get("with")),
        runs.folder if folder is None else join("", file.text(folder)),
        condition,
        not never(condition),
    )
