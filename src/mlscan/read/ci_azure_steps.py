"""Reads steps of Azure Pipelines and opens the templates that a pipeline takes in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mlscan.read.ci_conditions import never
from mlscan.read.ci_parts import CiFile, Others, file_command, join, mapping_texts, open_ci
from mlscan.types.source import Command, Delegation, Node, Step

_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_INLINE = ("inlineScript", "script", "Inline", "inline", "InlineScript", "Script")
_FILES = ("scriptPath", "filePath", "ScriptPath", "scriptFile")
_FOLDERS = ("workingDirectory", "workingFolder", "cwd", "WorkingDirectory")
_NO_SHELL = ("PythonScript@",)
"""Tasks whose inline script is no shell text."""


def step_of(file: CiFile, node: Node) -> Step:
    """One step: a script, a task with what it runs, or whatever else stands there without commands."""
    keys = {key.lower(): child for key, child in node.map.items()}
    inputs = node.get("inputs") or Node(None, node.line)
    lowered = {key.lower(): child for key, child in inputs.map.items()}
    script = next((keys[key] for key in _SCRIPTS if key in keys), None)
    uses = file.text(node.get("task")) or None
    commands = file.commands(script) if script is not None else _task(file, uses or "", inputs)
    folder = next((n for key in _FOLDERS if (n := keys.get(key.lower()) or lowered.get(key.lower()))), None)
    condition = file.text(node.get("condition"))
    enabled = file.text(node.get("enabled")).lower() != "false"
    with_ = {key: file.text(child) or text for key, text in mapping_texts(inputs).items() if (child := inputs.get(key))}
    return Step(
        file.line(node),
        file.text(node.get("displayName")) or file.text(node.get("name")),
        without_variables(commands),
        uses,
        with_,
        join("", file.text(folder)),
        condition,
        enabled and not never(condition),
    )


def without_variables(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """The commands without those that are only a variable such as `$(Build.SourceBranch)`."""
    texts = " ".join(c.text for c in commands if len(c.words) > 1)
    return tuple(c for c in commands if len(c.words) != 1 or f"$({c.words[0]})" not in texts)


def _task(file: CiFile, task: str, inputs: Node) -> tuple[Command, ...]:
    keys = {key.lower(): child for key, child in inputs.map.items()}
    path = next((n for key in _FILES if (n := keys.get(key.lower())) is not None and n.text), None)
    inline = next((n for key in _INLINE if (n := keys.get(key.lower())) is not None and n.text), None)
    where = next((keys[k].text.lower() for k in ("scriptlocation", "targettype", "scriptsource") if k in keys), "")
    if path is not None and where not in ("inlinescript", "inline"):
        arguments = file.text(keys.get("arguments") or keys.get("scriptarguments") or keys.get("args"))
        return file_command(join("", file.text(path)), arguments, file.line(path))
    if inline is None or task.startswith(_NO_SHELL):
        return ()
    return file.commands(inline)


@dataclass(slots=True)
class Templates:
    """Opens templates of the same repository; those of others become delegations."""

    others: Others
    delegations: list[Delegation] = field(default_factory=list)

    def named(self, file: CiFile, node: Node) -> tuple[str | None, bool]:
        """(the template that an entry names, by its path from the root, whether it lies in another repository)."""
        text = file.text(node.get("template"))
        path, _, repository = text.partition("@")
        if not path:
            return None, False
        if repository and repository != "self":
            delegation = Delegation(file.line(node), text)
            if delegation not in self.delegations:
                self.delegations.append(delegation)
            return text, True
        folder = "" if path.startswith("/") else file.path.rpartition("/")[0]
        return join(folder, path.lstrip("/")), False

    def open(self, file: CiFile, node: Node) -> CiFile | None:
        """The template with the entry's parameters filled in, reported at the entry's line; None for one elsewhere."""
        path, remote = self.named(file, node)
        data = self.others(path) if path and not remote else None
        if data is None or path is None:
            return None
        target = open_ci(data, path)
        values: dict[str, str] = {}
        given = mapping_texts(node.get("parameters"))
        for name, written in (_defaults(target.root) | given).items():
            text = file.text(Node(written, node.line))
            for form in ("${{{{ parameters.{} }}}}", "${{{{parameters.{}}}}}"):
                values[form.format(name)] = text
        return replace(target, values=values, at=file.line(node))


def _defaults(root: Node) -> dict[str, str]:
    parameters = root.get("parameters")
    if parameters is None or parameters.map:
        return mapping_texts(parameters)
    found = {}
    for node in parameters.items:
        name, default = node.get("name"), node.get("default")
        if name is not None and default is not None and default.text:
            found[name.text] = default.text
    return found
