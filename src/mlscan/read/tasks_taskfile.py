"""Reads Taskfile.yml: tasks with their commands and what they depend on."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mlscan.read.tasks import Tasks, tree_problems
from mlscan.read.yaml_reader import parse_yaml
from mlscan.types.source import Command, Node

_NOTHING = Node({}, 1)
_VARIABLE = re.compile(r"\{\{\s{0,9}\.([A-Za-z_]\w{0,99})\s{0,9}\}\}")
_MAX_FILLED = 20_000
"""Characters of a command line whose variables are filled in."""


def read_taskfile(tasks: Tasks, text: str) -> None:
    """Add every task of a Taskfile; the one called `default` is the default."""
    tree = parse_yaml(text)
    tree_problems(tasks, tree.problems)
    for document in tree.documents:
        values = {name: node.text for name, node in (document.get("vars") or _NOTHING).map.items() if node.text}
        for name, task in (document.get("tasks") or _NOTHING).map.items():
            own = {key: node.text for key, node in (task.get("vars") or _NOTHING).map.items() if node.text}
            _task(tasks, name, task, {**values, **own} if own else values)
    tasks.default = "default" if "default" in tasks.groups else ""


def _task(tasks: Tasks, name: str, task: Node, values: Mapping[str, str]) -> None:
    needs = [_name(node) for node in (task.get("deps") or Node(None, 1)).items]
    commands: list[Command] = []
    bodies = [task.get("cmds"), task.get("cmd")] if task.map else [task]
    for member in (member for body in bodies if body for member in (body.items or (body,))):
        called = member.get("task")
        line = member.get("cmd") or member
        if called is not None:
            needs.append(called.text)
        elif line.text:
            commands += tasks.value(line, _filled(line.text, values))
    tasks.add(name, task.line, commands, [need for need in needs if need])


def _name(node: Node) -> str:
    return (node.get("task") or node).text


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the file's own variables; others stay as written."""
    if len(text) > _MAX_FILLED:
        return text
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0])[:1_000], text)
