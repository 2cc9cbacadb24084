"""Reads the files of task runners into named groups of commands; which reader a script needs is told by its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal

from mlscan.read.ini_reader import parse_ini
from mlscan.read.json_reader import parse_json
from mlscan.read.shell import command_of, parse_commands
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Node, Problem, Script

MAX_CHARACTERS = 500_000
MAX_GROUPS = 2_000
MAX_PARSED = 2 * MAX_CHARACTERS
"""Characters of command lines of a file, whose parts may be used more than once."""

_SHELL = (".sh", ".bash", ".zsh", ".ksh", ".slurm", ".sbatch", ".pbs", ".bat", ".cmd")
_CRONTAB = re.compile(
    r"(?:[\w-]*crontab|my_?cron|cron_?jobs?)(?:[.-][\w-]+)?|[\w.-]+\.cron(?:tab)?|[\w-]*cron[\w-]*\.txt|"
    r"(?:[\w.-]+[-_.])?cron(?:[-_.][\w.-]+)?"
)
_NO_CRONTAB = (
    ".py", ".md", ".yml", ".yaml", ".json", ".js", ".ts", ".rb", ".go", ".php", ".service", ".timer", ".r", ".rmd",
    ".jl", ".ipynb", ".sql", ".toml", ".html", ".css", ".tf", ".xml", ".csv", ".rst", ".java", ".scala", ".cs", ".rs",
)  # fmt: skip
_TASK_NAMES = frozenset(
    (
        "tox.ini",
        "setup.cfg",
        "tox.toml",
        "pyproject.toml",
        "pixi.toml",
        "hatch.toml",
        "mise.toml",
        ".mise.toml",
        "noxfile.py",
        "tasks.py",
        "package.json",
    )
)


def script_kind(path: str) -> Literal["shell", "make", "task", "cron"] | None:
    """Which reader a file of commands needs, told from its path: shell (batch files too), make, task or cron.

    None for other files.
    """
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith(_SHELL):
        return "shell"
    if name in ("makefile", "gnumakefile") or name.endswith(".mk") or name.startswith("makefile."):
        return None if name.endswith((".am", ".in", ".py", ".md")) else "make"
    if "cron" in path and (_CRONTAB.fullmatch(name) or "/cron.d/" in f"/{path}") and not name.endswith(_NO_CRONTAB):
        return "cron"
    return "task" if name in _TASK_NAMES or _is_just(name) or _is_taskfile(name) else None


def parse_tasks(data: bytes, path: str) -> Script | None:
    """The tasks of a task runner's file as groups of commands; None where the file defines none. Never raises."""
    name = path.rsplit("/", 1)[-1].lower()
    text, cut = decode_head(data, MAX_CHARACTERS)
    tasks = Tasks(tuple(text.split("\n")))
    if cut:
        tasks.problem(None, "too long")
    else:
        _reader(name)(tasks, text)
    if not tasks.groups and not tasks.problems:
        return None
    needs = {group: tuple(dict.fromkeys(before)) for group, before in tasks.needs.items() if before}
    groups = {group: tuple(commands) for group, commands in tasks.groups.items()}
    return Script(groups, needs, tasks.lines, tasks.default, tuple(tasks.problems))


_BODY = re.compile(r"(?:(?:^|[=\[,{\s])(?P<quote>\"\"\"|''')\\?|[|>][-+0-9]{0,3}(?:\s+#.*)?)$")


@dataclass(slots=True)
class Tasks:
    """What is read so far."""

    rows: tuple[str, ...] = ()
    """The lines of the file."""
    groups: dict[str, list[Command]] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    default: str = ""
    problems: list[Problem] = field(default_factory=list)
    budget: int = MAX_PARSED

    def add(self, group: str, line: int, commands: Iterable[Command], needs: Iterable[str] = ()) -> None:
        """Add commands to a group, which begins at `line` when it is new."""
        if group in self.groups or len(self.groups) < MAX_GROUPS:
            self.groups.setdefault(group, []).extend(commands)
            self.lines.setdefault(group, line)
            self.needs.setdefault(group, []).extend(needs)

    def parse(self, text: str, line: int, *, apart: bool = False) -> tuple[Command, ...]:
        """The commands of a text like `parse_commands`; none once the file's texts together are too long."""
        self.budget -= len(text)
        if self.budget < 0:
            self.problem(None, "too long")
            return ()
        return parse_commands(text, line, apart=apart)

    def value(self, node: Node, text: str | None = None) -> tuple[Command, ...]:
        """The commands of a value, which has a shell of its own, at its lines; `text` where it is not as written."""
        return self.parse(node.text if text is None else text, self.begin(node.line), apart=True)

    def begin(self, line: int) -> int:
        """Where the text of a value at this line begins: the next line for blocks and texts over many lines."""
        written = self.rows[line - 1].rstrip() if 0 < line <= len(self.rows) else ""
        body = _BODY.search(written[-200:])
        opened = body is not None and (body["quote"] is None or written.count(body["quote"]) % 2 == 1)
        return line + 1 if opened else line

    def problem(self, line: int | None, reason: str) -> None:
        """Note something that could not be read."""
        found = Problem(line, reason)
        if len(self.problems) < 20 and found not in self.problems:
            self.problems.append(found)


def _reader(name: str) -> Callable[[Tasks, str], None]:
    if name.endswith(".py"):
        from mlscan.read.tasks_python import read_python_tasks

        return read_python_tasks
    if _is_just(name):
        from mlscan.read.tasks_just import read_just

        return read_just
    if name in ("tox.ini", "setup.cfg"):
        return read_tox
    if name == "package.json":
        return _read_package
    if _is_taskfile(name):
        from mlscan.read.tasks_taskfile import read_taskfile

        return read_taskfile
    from mlscan.read.tasks_toml import read_toml

    return read_toml


def _is_just(name: str) -> bool:
    return name in ("justfile", ".justfile") or name.endswith(".just")


def _is_taskfile(name: str) -> bool:
    return name in ("taskfile.yml", "taskfile.yaml", "taskfile.dist.yml", "taskfile.dist.yaml")


def tree_problems(tasks: Tasks, problems: Iterable[Problem]) -> None:
    """Note what the reader of a data file could not make sense of."""
    for problem in problems:
        tasks.problem(problem.line, problem.reason)


# --- package.json -----------------------------------------------------------------------------------------------------


def _read_package(tasks: Tasks, text: str) -> None:
    tree = parse_json(text)
    tree_problems(tasks, tree.problems)
    for document in tree.documents:
        for name, script in (document.get("scripts") or Node({}, 1)).map.items():
            tasks.add(name, script.line, tasks.value(script))


# --- tox --------------------------------------------------------------------------------------------------------------

_CONDITION = re.compile(r"!?[\w{},.!-]+:[ \t]+(?=\S)")
_REFERENCE = re.compile(r"\{\[(?:testenv|tox:testenv)(?::([^\]]+))?\]commands\w*\}")
_BRACES = re.compile(r"\{([^{}]*)\}")
_MAX_NAMES = 50
"""Environments that the braces in one name stand for."""


def read_tox(tasks: Tasks, text: str, first: int = 1) -> None:
    """Add the environments of tox in an INI text whose first line is `first`."""
    tree = parse_ini(text)
    tree_problems(tasks, (Problem((p.line or 1) + first - 1, p.reason) for p in tree.problems))
    for document in tree.documents:
        for name, section in document.map.items():
            if name.startswith(("testenv", "tox:testenv")):
                written = name.split("testenv", 1)[1].lstrip(":") or "testenv"
                for group in _expanded(written):
                    _environment(tasks, group, section, first)


def _environment(tasks: Tasks, group: str, section: Node, first: int) -> None:
    tasks.add(group, section.line + first - 1, ())
    for key in ("commands_pre", "commands", "commands_post"):
        node = section.get(key)
        if node is None:
            continue
        needs = [name for found in _REFERENCE.findall(node.text) for name in _expanded(found or "testenv")]
        rows = _REFERENCE.sub("", node.text).split("\n")
        pairs = zip(["", *rows], rows, strict=False)
        lines = "\n".join(row if before.endswith("\\") else _tox_line(row) for before, row in pairs)
        tasks.add(group, node.line, tasks.parse(lines, node.line + first - 1), (n for n in needs if n != group))


def _tox_line(line: str) -> str:
    """A command line without the marks `-` and `!`, and without the condition on an environment before it."""
    condition = _CONDITION.match(line)
    line = line[condition.end() :] if condition else line
    return line.strip().removeprefix("-").removeprefix("!").strip()


def _expanded(name: str) -> list[str]:
    """The names that braces stand for: `{a,b}-x` is `a-x` and `b-x`."""
    parts = _BRACES.split(name)
    if len(parts) == 1 or len(parts) > 21:
        return [name]
    choices = [part.split(",") if number % 2 else [part] for number, part in enumerate(parts)]
    return list(
        dict.fromkeys("".join(word.strip() for word in words) for words in islice(product(*choices), _MAX_NAMES))
    )


def words_of(node: Node) -> Iterator[Command]:
    """The command that a list of ready words is."""
    yield from command_of(tuple(word.text for word in node.items if word.text), node.line)
