"""What the readers of all CI systems share: a file with its lines, commands with their places, folders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest

from mlscan.read.shell import parse_commands
from mlscan.read.text import decode
from mlscan.read.tree import parse_tree
from mlscan.types.source import Command, Job, Node, Problem, Step, Workflow

Others = Callable[[str], bytes | None]
"""Gives the bytes of another file of the repository, or None."""

MAX_DEPTH = 5
"""Files that include files that are followed."""
MAX_VALUES = 500
"""Parameters of one file whose values are filled in."""
MAX_JOBS = 500
MAX_STEPS = 2_000

_SIGNS = ("$", "<<", "{{")
"""What begins an expression in one of the systems."""
_BLOCK = re.compile(r"(?:^|[:\-\s])([|>])[-+0-9]{0,3}\s*(?:#.*)?$")
_BARE_KEY = re.compile(r":\s*(?:#.*)?$")
_ROOTS = re.compile(
    r"^(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|PWD|WORKSPACE|TRAVIS_BUILD_DIR)\}?"
    r"|\$\((?:System\.DefaultWorkingDirectory|Build\.SourcesDirectory|Pipeline\.Workspace)\)|/workspace)(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class CiFile:
    """A CI file on its way to a workflow: its lines, its first document, and values for its template parameters."""

    path: str
    lines: tuple[str, ...]
    documents: tuple[Node, ...]
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    """Text that stands for something else in this file's scalars, such as `${{ parameters.x }}`."""
    at: int | None = None
    """Line that everything of this file is reported at: where another file takes it in."""

    @property
    def root(self) -> Node:
        """The first document that is a map, else the first; null for an empty file."""
        maps = [d for d in self.documents if d.map]
        return (maps or list(self.documents) or [Node(None, 1)])[0]

    def line(self, node: Node) -> int:
        """The line to report for a node."""
        return node.line if self.at is None else self.at

    def text(self, node: Node | None) -> str:
        """The scalar as text with the file's values filled in; "" for none, maps and lists."""
        return "" if node is None else self.filled(node.text)

    def filled(self, text: str) -> str:
        """A text with the file's values filled in."""
        if not any(sign in text for sign in _SIGNS):
            return text
        for old, new in self.values.items():
            text = text.replace(old, new)
        return text

    def with_values(self, values: Mapping[str, str]) -> CiFile:
        """The file with more values filled in."""
        several = {**self.values, **values}
        return replace(self, values=dict(islice(several.items(), MAX_VALUES))) if values else self

    def commands(self, node: Node | None) -> tuple[Command, ...]:
        """The shell commands of a scalar at their own lines, or of a list of scalars."""
        if node is None:
            return ()
        return with_folders(c for part in flat(node) for c in self._scalar(part))

    def _scalar(self, node: Node) -> Iterable[Command]:
        text = self.text(node)
        begin = self._begin(node.line)
        style = self._style(begin)
        if self.at is not None or not style:
            line = begin if self.at is None else self.at
            return (replace(c, line=line) for c in parse_commands(text, line))
        if style == ">":
            text = self.filled(self._folded(begin)) or text
        return parse_commands(text, begin + 1)

    def _begin(self, line: int) -> int:
        """The line in which the value of a key begins: its own, or the next one with anything in it."""
        if not (0 < line <= len(self.lines)) or not _BARE_KEY.search(self.lines[line - 1]):
            return line
        later = range(line, min(line + 20, len(self.lines)))
        return next((n + 1 for n in later if self.lines[n].strip() and self.lines[n].strip()[0] != "#"), line)

    def _style(self, line: int) -> str:
        """`|` or `>` where a block scalar begins in this line, else ""."""
        written = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        found = _BLOCK.search(written)
        return found[1] if found else ""

    def _folded(self, line: int) -> str:
        """A folded scalar as written, its foldings as continued lines, so that commands keep their lines."""
        indent = _indent(self.lines[line - 1])
        block: list[str] = []
        for written in self.lines[line:]:
            if written.strip() and _indent(written) <= indent:
                break
            block.append(written)
        depth = min((_indent(b) for b in block if b.strip()), default=0)
        block = [b[depth:] for b in block]
        parts = []
        for one, following in zip_longest(block, block[1:], fillvalue=""):
            joined = one.strip() and following.strip() and one[:1] != " " and following[:1] != " "
            parts.append(one + (" \\" if joined else ""))
        return "\n".join(parts).rstrip()


def open_ci(data: bytes, path: str) -> CiFile:
    """A YAML or JSON file as `CiFile`; what is broken is among its problems."""
    tree = parse_tree(data, path, "json" if path.lower().endswith(".json") else "yaml")
    return CiFile(path, tuple(decode(data).split("\n")), tree.documents, tree.problems)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def flat(node: Node, depth: int = 10) -> Iterator[Node]:
    """The scalars of a list of lists, in order; a scalar itself."""
    for item in node.items:
        if not isinstance(item.value, tuple):
            yield item
        elif depth:
            yield from flat(item, depth - 1)


def texts(node: Node | None) -> tuple[str, ...]:
    """The texts of a list of scalars, or of one scalar."""
    return () if node is None else tuple(t for item in node.items if (t := item.text))


def as_list(node: Node | None) -> tuple[Node, ...]:
    """Members of a list; a map or a scalar is a list of one."""
    if node is None or node.value is None:
        return ()
    return node.value if isinstance(node.value, tuple) else (node,)


def named(node: Node | None, key: str = "name") -> str:
    """The text of a scalar, or of `key` in a map: `image: x` and `image: {name: x}`."""
    if node is None:
        return ""
    found = node.get(key) if node.map else node
    return found.text if found else ""


def mapping_texts(node: Node | None) -> dict[str, str]:
    """The scalars of a map as texts, with lists of scalars as lines."""
    if node is None:
        return {}
    return {key: child.text or "\n".join(texts(child)) for key, child in node.map.items() if not child.map}


def with_folders(commands: Iterable[Command]) -> tuple[Command, ...]:
    """The commands, each with the folder that changes of directory before it led to; a subshell keeps its own."""
    shells: list[tuple[tuple[int, ...], str, list[str]]] = [((), "", [])]
    found = []
    for command in commands:
        while command.subshell[: len(shells[-1][0])] != shells[-1][0]:
            shells.pop()
        if command.subshell != shells[-1][0]:
            shells.append((command.subshell, shells[-1][1], []))
        number, folder, pushed = shells[-1]
        found.append(replace(command, folder=folder) if folder else command)
        if command.program in ("cd", "pushd", "Set-Location"):
            pushed.append(folder)
            folder = _below(folder, next((w for w in command.words[1:] if not w.startswith("-")), ""))
        elif command.program == "popd" and pushed:
            folder = pushed.pop()
        shells[-1] = (number, folder, pushed)
    return tuple(found)


def without_variables(commands: Iterable[Command], text: str) -> tuple[Command, ...]:
    """The commands without those that are only a variable of the system, such as `$(Build.BuildId)`, in `text`."""
    return tuple(c for c in commands if len(c.words) != 1 or f"$({c.words[0]})" not in text)


def _below(folder: str, path: str) -> str:
    """A folder after a change of directory; `..` at its begin stays, what a variable hides is taken for the begin."""
    if path.startswith(("/", "~")) or "$" in path:
        return "" if not _ROOTS.match(path) else join("", path)
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts[:50])


def join(folder: str, path: str) -> str:
    """A folder below another one, relative to the repository's root; "" is the root, above it stays the root.

    What a variable hides is taken for the root where it is known to be it, else left as it is.
    """
    path = path.strip().replace("\\", "/")
    at_root = _ROOTS.match(path)
    if at_root:
        folder, path = "", path[at_root.end() :]
    parts = [p for p in folder.split("/") if p] if not path.startswith(("/", "~")) else []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", ".", "~"):
            parts.append(part)
    return "/".join(parts)


def moved(step: Step, line: int) -> Step:
    """A step of another file as it is reported at the line that takes it in."""
    return replace(step, line=line, commands=tuple(replace(c, line=line) for c in step.commands))


def file_command(path: str, arguments: str, line: int) -> tuple[Command, ...]:
    """The command that runs a script file, for tasks that name a file instead of a command."""
    if not path:
        return ()
    programs = {"py": "python", "ps1": "pwsh", "r": "Rscript", "bat": "cmd"}
    program = programs.get(path.rpartition(".")[2].lower(), "bash")
    words = (program, path, *(w for c in parse_commands(f"x {arguments}")[:1] for w in c.words[1:]))
    return (Command(words, line, " ".join(words)[:200]),)


def inactive(system: str, file: CiFile, why: str) -> Workflow:
    """A workflow that never runs."""
    return Workflow(system, file.path, active=False, why_inactive=why, problems=file.problems)


def unreadable(system: str, file: CiFile) -> Workflow | None:
    """The workflow of a file that is no map, or None where there is something to read."""
    if file.root.map:
        return None
    if any(d.value is not None for d in file.documents):
        problem = Problem(file.root.line, "a CI file that is no map")
        return inactive(system, replace(file, problems=(*file.problems, problem)), "no map")
    return inactive(system, file, "empty")


def limited(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """At most 500 jobs; of several with one id the later ones are numbered."""
    found: dict[str, Job] = {}
    seen: dict[str, int] = {}
    for job, _ in zip(jobs, range(MAX_JOBS), strict=False):
        seen[job.id] = number = seen.get(job.id, 0) + 1
        name = job.id if number == 1 else f"{job.id} ({number})"
        while name in found:
            name += "'"
        found[name] = job if number == 1 else replace(job, id=name)
    return tuple(found.values())
