"""Reads the files of task runners into named groups of commands; which reader a script needs is told by its path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from mlscan.read.ini_reader import parse_ini
from mlscan.read.shell import command_of, parse_commands
from mlscan.read.text import decode
from mlscan.read.toml_reader import parse_toml
from mlscan.read.tree import parse_tree
from mlscan.types.source import Command, Node, Problem, Script

MAX_CHARACTERS = 500_000
MAX_GROUPS = 2_000

_SHELL = (".sh", ".bash", ".zsh", ".ksh", ".slurm", ".sbatch", ".pbs")
_TASK_NAMES = frozenset(
    ("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml", "pixi.toml", "noxfile.py", "tasks.py", "package.json")
)


def script_kind(path: str) -> Literal["shell", "make", "task"] | None:
    """Which reader a file of commands needs, told from its path: shell, make or task; None for other files."""
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith(_SHELL):
        return "shell"
    if name in ("makefile", "gnumakefile") or name.endswith(".mk") or name.startswith("makefile."):
        return None if name.endswith((".am", ".in", ".py", ".md")) else "make"
    return "task" if name in _TASK_NAMES or _is_just(name) or _is_taskfile(name) else None


def parse_tasks(data: bytes, path: str) -> Script | None:
    """The tasks of a task runner's file as groups of commands; None where the file defines none. Never raises."""
    name = path.rsplit("/", 1)[-1].lower()
    text = decode(data)
    tasks = Tasks()
    if len(text) > MAX_CHARACTERS:
        tasks.problems.append(Problem(None, "too long"))
    else:
        _reader(name)(tasks, text)
    if not tasks.groups and not tasks.problems:
        return None
    needs = {group: tuple(dict.fromkeys(before)) for group, before in tasks.needs.items() if before}
    groups = {group: tuple(commands) for group, commands in tasks.groups.items()}
    return Script(groups, needs, tasks.lines, tasks.default, tuple(tasks.problems))


@dataclass(slots=True)
class Tasks:
    """What is read so far."""

    groups: dict[str, list[Command]] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    default: str = ""
    problems: list[Problem] = field(default_factory=list)

    def add(self, group: str, line: int, commands: Iterable[Command], needs: Iterable[str] = ()) -> None:
        """Add commands to a group, which begins at `line` when it is new."""
        if group in self.groups or len(self.groups) < MAX_GROUPS:
            self.groups.setdefault(group, []).extend(commands)
            self.lines.setdefault(group, line)
            self.needs.setdefault(group, []).extend(needs)

    def problem(self, line: int | None, reason: str) -> None:
        """Note something that could not be read."""
        if len(self.problems) < 20:
            self.problems.append(Problem(line, reason))


def _reader(name: str) -> Callable[[Tasks, str], None]:
    if name.endswith(".py"):
        from mlscan.read.tasks_python import read_python_tasks

        return read_python_tasks
    if _is_just(name):
        from mlscan.read.tasks_just import read_just

        return read_just
    if name in ("tox.ini", "setup.cfg"):
        return _read_ini
    if name == "package.json":
        return _read_package
    return _read_taskfile if _is_taskfile(name) else _read_toml


def _is_just(name: str) -> bool:
    return name in ("justfile", ".justfile") or name.endswith(".just")


def _is_taskfile(name: str) -> bool:
    return name in ("taskfile.yml", "taskfile.yaml", "taskfile.dist.yml", "taskfile.dist.yaml")


# --- tox --------------------------------------------------------------------------------------------------------------


def _read_ini(tasks: Tasks, text: str, first: int = 1) -> None:
    tree = parse_ini(text)
    for document in tree.documents:
        for name, section in document.map.items():
            if not name.startswith(("testenv", "tox:testenv")):
                continue
            group = name.split("testenv", 1)[1].lstrip(":") or "testenv"
            for key in ("commands_pre", "commands", "commands_post"):
                node = section.get(key)
                if node is not None:
                    lines = "\n".join(_tox_line(line) for line in node.text.split("\n"))
                    tasks.add(group, section.line + first - 1, parse_commands(lines, node.line + first - 1))


def _tox_line(line: str) -> str:
    """A command line without the marks `-` and `!`, and without the condition on an environment before it."""
    head, colon, rest = line.partition(": ")
    if colon and head and all(part.replace("-", "").isalnum() for part in head.strip("!").split(",")):
        line = rest
    return line.strip().removeprefix("-").removeprefix("!").strip()


# --- pyproject.toml, tox.toml, pixi.toml ------------------------------------------------------------------------------


def _read_toml(tasks: Tasks, text: str) -> None:
    for document in parse_toml(text).documents:
        tool = document.get("tool") or Node({}, 1)
        for table in (tool.get("tox"), document):
            if table is not None:
                _tox_environments(tasks, table)
        legacy = tool.get("tox", "legacy_tox_ini")
        if legacy is not None:
            _read_ini(tasks, legacy.text, legacy.line)
        places = [
            *(
                tool.get(*keys)
                for keys in (("poe", "tasks"), ("taskipy", "tasks"), ("pdm", "scripts"), ("pixi", "tasks"))
            ),
            tool.get("rye", "scripts"),
            document.get("tasks"),
            *(environment.get("scripts") for environment in _environments(tool)),
            *(feature.get("tasks") for feature in (tool.get("pixi", "feature") or Node({}, 1)).map.values()),
        ]
        for place in places:
            for name, task in (place.map if place else {}).items():
                _task(tasks, name, task)


def _environments(tool: Node) -> Iterable[Node]:
    environments = tool.get("hatch", "envs")
    return environments.map.values() if environments else ()


def _tox_environments(tasks: Tasks, table: Node) -> None:
    run = table.get("env_run_base")
    environments = dict((table.get("env") or Node({}, 1)).map)
    if run is not None:
        environments = {"testenv": run, **environments}
    for name, environment in environments.items():
        commands = environment.get("commands")
        for member in commands.items if commands else ():
            words = tuple(word.text for word in member.items if word.text)
            tasks.add(name, environment.line, command_of(words, member.line))


def _task(tasks: Tasks, name: str, task: Node) -> None:
    """A task is a command line, a list of those, or a table that has it under one of several names."""
    if isinstance(task.value, (str, tuple)):
        tasks.add(name, task.line, _lines(task))
        return
    keys = ("cmd", "shell", "script", "interpreter", "composite", "sequence", "chain")
    commands = [command for key in keys if (node := task.get(key)) is not None for command in _lines(node)]
    needs = [
        node.text or (node.get("task") or node).text
        for key in ("deps", "depends", "depends_on", "depends-on")
        for node in (task.get(key) or Node(None, 1)).items
    ]
    if task.map:
        tasks.add(name, task.line, commands, [need for need in needs if need])


def _lines(node: Node) -> list[Command]:
    found: list[Command] = []
    for member in node.items:
        text = member.text or (member.get("cmd") or member).text
        found += parse_commands(text, member.line)
    return found


# --- package.json, Taskfile -------------------------------------------------------------------------------------------


def _read_package(tasks: Tasks, text: str) -> None:
    for document in parse_tree(text.encode("utf-8", "replace"), "package.json").documents:
        for name, script in (document.get("scripts") or Node({}, 1)).map.items():
            tasks.add(name, script.line, parse_commands(script.text, script.line))


def _read_taskfile(tasks: Tasks, text: str) -> None:
    for document in parse_tree(text.encode("utf-8", "replace"), "taskfile.yml").documents:
        for name, task in (document.get("tasks") or Node({}, 1)).map.items():
            bodies = (task.get("cmds"), task.get("cmd")) if task.map else (task,)
            tasks.add(
                name,
                task.line,
                (),
                [(dep.get("task") or dep).text for dep in (task.get("deps") or Node(None, 1)).items],
            )
            for member in (member for body in bodies if body for member in (body.items or (body,))):
                called = member.get("task")
                line = (member.get("cmd") or member).text
                needs = [called.text] if called else []
                tasks.add(name, task.line, parse_commands(line, member.line), needs)
        tasks.default = "default" if "default" in tasks.groups else ""
