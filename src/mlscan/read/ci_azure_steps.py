"""Reads steps of Azure Pipelines: scripts, and tasks with what they run."""

from __future__ import annotations

from mlscan.read.ci_azure_scope import Scope
from mlscan.read.ci_conditions import never
from mlscan.read.ci_parts import file_command, join, mapping_texts, without_variables
from mlscan.types.source import Command, Node, Step

_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_INLINE = ("inlineScript", "script", "Inline", "inline", "InlineScript", "Script", "commands")
_FILES = ("scriptPath", "filePath", "ScriptPath", "scriptFile")
_FOLDERS = ("workingDirectory", "workingFolder", "cwd", "WorkingDirectory")
_NO_SHELL = ("PythonScript@",)
"""Tasks whose inline script is no shell text."""


def step_of(scope: Scope, node: Node) -> Step:
    """One step: a script, a task with what it runs, or whatever else stands there without commands."""
    file = scope.file
    keys = {key.lower(): child for key, child in node.map.items()}
    inputs = node.get("inputs") or Node(None, node.line)
    lowered = {key.lower(): child for key, child in inputs.map.items()}
    script = next((keys[key] for key in _SCRIPTS if key in keys), None)
    uses = file.text(node.get("task")) or None
    commands = _commands(scope, script) if script is not None else _task(scope, uses or "", inputs)
    folder = next((n for key in _FOLDERS if (n := keys.get(key.lower()) or lowered.get(key.lower()))), None)
    condition = file.text(node.get("condition"))
    enabled = file.text(node.get("enabled")).lower() != "false"
    return Step(
        file.line(node),
        file.text(node.get("displayName")) or file.text(node.get("name")),
        commands,
        uses,
        {key: file.filled(text) for key, text in mapping_texts(inputs).items()},
        join("", file.text(folder)),
        condition,
        enabled and not never(condition),
    )


def _commands(scope: Scope, script: Node) -> tuple[Command, ...]:
    return without_variables(scope.file.commands(script), scope.text(script))


def _task(scope: Scope, task: str, inputs: Node) -> tuple[Command, ...]:
    keys = {key.lower(): child for key, child in inputs.map.items()}
    path = next((n for key in _FILES if (n := keys.get(key.lower())) is not None and n.text), None)
    inline = next((n for key in _INLINE if (n := keys.get(key.lower())) is not None and n.text), None)
    where = next((keys[k].text.lower() for k in ("scriptlocation", "targettype", "scriptsource") if k in keys), "")
    if path is not None and where not in ("inlinescript", "inline"):
        arguments = scope.text(keys.get("arguments") or keys.get("scriptarguments") or keys.get("args"))
        return file_command(join("", scope.text(path)), arguments, scope.line(path))
    if inline is None or task.startswith(_NO_SHELL):
        return ()
    return _commands(scope, inline)
