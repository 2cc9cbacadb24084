"""Reads tasks in pyproject.toml, tox.toml, pixi.toml, hatch.toml and mise.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlscan.read.tasks import Tasks, read_tox, tree_problems, words_of
from mlscan.read.toml_reader import parse_toml
from mlscan.types.source import Command, Node

_NOTHING = Node({}, 1)
_LINES = ("cmd", "run", "shell", "interpreter")
_FUNCTIONS = ("script", "call")
_SEQUENCES = ("composite", "sequence", "chain")
_NEEDS = ("deps", "depends", "depends_on", "depends-on")
_FUNCTION = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_]\w*)(?:\(.*\))?", re.DOTALL)


def read_toml(tasks: Tasks, text: str) -> None:
    """Add the tasks of every task runner that keeps them in a TOML file."""
    tree = parse_toml(text)
    tree_problems(tasks, tree.problems)
    for document in tree.documents:
        tool = document.get("tool") or _NOTHING
        for table in (tool.get("tox"), document):
            if table is not None:
                _tox_environments(tasks, table)
        legacy = tool.get("tox", "legacy_tox_ini")
        if legacy is not None:
            read_tox(tasks, legacy.text, tasks.begin(legacy.line))
        for place in _tables(document, tool):
            for name, task in place.map.items():
                _task(tasks, name, task, place.map)


def _tables(document: Node, tool: Node) -> Iterator[Node]:
    """The tables whose keys are tasks."""
    pixi, rye = tool.get("pixi"), tool.get("rye", "scripts")
    places = [tool.get("poe", "tasks"), tool.get("taskipy", "tasks"), tool.get("pdm", "scripts"), rye]
    for root in (pixi, document):
        if root is not None:
            features = [root, *(root.get("feature") or _NOTHING).map.values()]
            targets = [target for one in features for target in (one.get("target") or _NOTHING).map.values()]
            places += [one.get("tasks") for one in (*features, *targets)]
    for environments in (tool.get("hatch", "envs"), document.get("envs")):
        places += [one.get("scripts") for one in (environments or _NOTHING).map.values()]
    yield from (place for place in places if place is not None)


def _tox_environments(tasks: Tasks, table: Node) -> None:
    environments = dict((table.get("env") or _NOTHING).map)
    run = table.get("env_run_base")
    if run is not None:
        environments = {"testenv": run, **environments}
    for name, environment in environments.items():
        for key in ("commands_pre", "commands", "commands_post"):
            for member in (environment.get(key) or Node((), 1)).items:
                tasks.add(name, environment.line, words_of(member))


def _task(tasks: Tasks, name: str, task: Node, names: Mapping[str, Node]) -> None:
    """A task is a command line, a list of those, or a table that has it under one of several names."""
    if task.map:
        members = [(key, member) for key in (*_LINES, *_FUNCTIONS, *_SEQUENCES) for member in _members(task.get(key))]
    elif isinstance(task.value, (str, tuple)):
        members = [("sequence" if isinstance(task.value, tuple) else "cmd", member) for member in task.items]
    else:
        return
    needs = [(node.get("task") or node).text for key in _NEEDS for node in _members(task.get(key))]
    commands: list[Command] = []
    for key, member in members:
        text = (member.get("cmd") or member.get("shell") or member).text or _named(member)
        function = next((member.get(name) for name in _FUNCTIONS if member.get(name)), member)
        if key in _FUNCTIONS or function is not member:
            commands += _function(function)
        elif key in _SEQUENCES and text.split()[:1] != [name] and (text.split() or [""])[0] in names:
            needs.append(text.split()[0])
        else:
            commands += tasks.value(member, text)
    tasks.add(name, task.line, commands, [need for need in needs if need])


def _members(node: Node | None) -> tuple[Node, ...]:
    """What a key holds: the members of a list, or the value itself."""
    if node is None:
        return ()
    return (node,) if node.map else node.items


def _named(member: Node) -> str:
    """The task that a member of a sequence refers to."""
    reference = member.get("ref") or member.get("task")
    return reference.text if reference else ""


def _function(node: Node | None) -> tuple[Command, ...]:
    """A function that is called counts as its module being run."""
    text = node.text.strip() if node else ""
    found = _FUNCTION.fullmatch(text)
    return (Command(("python", "-m", found[1]), node.line, text[:200]),) if node and found else ()
