"""Which group of commands of makefiles, task runners, scripts and manifests a command starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlscan.detect.follow_files import Files
from mlscan.detect.follow_words import base_name, join, option_value
from mlscan.read.ci_parts import with_folders
from mlscan.types.source import Command, Script

MAX_GROUPS = 50
"""Groups that one command starts, prerequisites included."""

_MAKE = frozenset(("make", "gmake", "mingw32-make"))
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_TOML = "pyproject.toml"
_RUNNERS: dict[str, tuple[str, ...]] = {
    "tox": ("tox.ini", "tox.toml", "setup.cfg", _TOML),
    "nox": ("noxfile.py",),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml"),
    "go-task": ("Taskfile.yml", "Taskfile.yaml"),
    "npm": ("package.json",),
    "yarn": ("package.json",),
    "pnpm": ("package.json",),
    "bun": ("package.json",),
    "poe": (_TOML,),
    "pdm": (_TOML,),
    "hatch": (_TOML, "hatch.toml"),
    "rye": (_TOML,),
    "pixi": ("pixi.toml", _TOML),
    "mise": ("mise.toml", ".mise.toml"),
    "invoke": ("tasks.py",),
    "inv": ("tasks.py",),
}
"""Task runners, known by the files that they read, in the order in which they look for them."""
_ALL = frozenset(("tox", "nox"))
"""Runners that without a name run everything."""
_ENTRY = re.compile(r"[\w.]+:[\w.]+(?:\s*\[.*\])?")
_WITH_VALUE = frozenset(("-f", "-C", "-o", "-l", "-I", "-W", "--directory", "--file", "--makefile"))


@dataclass(frozen=True, slots=True)
class Group:
    """Commands that run together, with the file they stand in and the folder they start in."""

    path: str
    name: str
    commands: tuple[Command, ...]
    cwd: str


class Scripts:
    """All files of commands by their paths."""

    def __init__(self) -> None:
        self._scripts: dict[str, tuple[Script, str]] = {}
        self._entries: dict[str, list[tuple[str, str]]] = {}

    def add(self, path: str, script: Script, kind: str) -> None:
        """Add a file of commands of a kind: make, shell or task."""
        self._scripts[path] = (script, kind)

    def add_entries(self, path: str, scripts: Mapping[str, str]) -> None:
        """Add scripts by name as a manifest gives them."""
        for name, value in scripts.items():
            self._entries.setdefault(name, []).append((path, value))

    def is_shell(self, path: str) -> bool:
        """Whether the file is a shell script."""
        return path in self._scripts and self._scripts[path][1] == "shell"

    def entry_file(self, words: tuple[str, ...], cwd: str, files: Files) -> str | None:
        """The module file behind a console script."""
        for path, value in self._nearest(base_name(words[0]) if words else "", cwd):
            if _ENTRY.fullmatch(value.strip()):
                found = files.module(value.partition(":")[0].strip(), _parent(path))
                if found is not None:
                    return found
        return None

    def shell(self, path: str, cwd: str) -> tuple[Group, ...]:
        """What a shell script runs: its own commands, then those of functions that it calls."""
        script = self._scripts[path][0]
        names = list(_with_needs(script, [script.default], before=False))
        commands = with_folders(c for name in names for c in script.groups.get(name, ()))
        return (Group(path, "", commands, cwd),)

    def groups(self, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        """The groups that a command starts: make targets, tasks, task lines of a manifest; none for other commands."""
        program = base_name(words[0]) if words else ""
        if program in _MAKE:
            return self._make(words, cwd)
        if program in _RUNNERS:
            return self._tasks(program, words, cwd)
        return ()

    def wrapped(self, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        """The task that a word behind a wrapper names, as in `pdm run NAME`."""
        name = words[0] if words else ""
        for path in self._upward((_TOML, "pixi.toml"), cwd):
            script = self._scripts[path][0]
            if name in script.groups:
                return self._chosen(path, [name])
        for path, value in self._nearest(name, cwd)[:1]:
            if not _ENTRY.fullmatch(value.strip()):
                command = Command(tuple(value.split()), 1, value[:200])
                return (Group(path, name, (command,), _parent(path)),)
        return ()

    # --- make and task runners ------------------------------------------------------------------------------------

    def _make(self, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        folder = (
            join(cwd, option_value(words, "-C", "--directory")) if option_value(words, "-C", "--directory") else cwd
        )
        named = option_value(words, "-f", "--file", "--makefile")
        names = [w for w in _arguments(words) if "=" not in w]
        paths = [join(folder, named)] if named else [join(folder, name) for name in _MAKEFILES]
        path = next((p for p in paths if p in self._scripts), None)
        if path is None:
            return ()
        script = self._scripts[path][0]
        wanted = [name for name in names if name in script.groups]
        missing = [name for name in names if name not in script.groups]
        found = self._chosen(path, wanted or ([] if names else [script.default]), folder)
        return (*found, *(g for name in missing for g in self._included(name, folder)))

    def _included(self, name: str, folder: str) -> tuple[Group, ...]:
        """The target in the one other makefile that has it, which the first one is taken to include."""
        having = [
            p for p, (s, kind) in self._scripts.items() if kind == "make" and name in s.groups and p.endswith(".mk")
        ]
        return self._chosen(having[0], [name], folder) if len(having) == 1 else ()

    def _tasks(self, program: str, words: tuple[str, ...], cwd: str) -> tuple[Group, ...]:
        rest = [part for word in words[1:] for part in word.removeprefix("-e").removeprefix("-s").split(",") if part]
        for path in self._upward(_RUNNERS[program], cwd):
            script = self._scripts[path][0]
            wanted = list(dict.fromkeys(name for word in rest if (name := _known(word, script))))
            if wanted:
                return self._chosen(path, wanted)
            if program in _ALL:
                asked = bool(option_value(words, "-e", "-s", "--session", "--sessions"))
                fallback = ["testenv"] if asked and "testenv" in script.groups else []
                return self._chosen(path, fallback if asked else list(script.groups))
            if len(words) == 1 and script.default:
                return self._chosen(path, [script.default])
        return ()

    def _chosen(self, path: str, names: list[str], cwd: str | None = None) -> tuple[Group, ...]:
        script = self._scripts[path][0]
        folder = _parent(path) if cwd is None else cwd
        found = []
        for name in _with_needs(script, names, before=True):
            found.append(Group(path, name, with_folders(script.groups.get(name, ())), folder))
        return tuple(found)

    def _upward(self, names: tuple[str, ...], cwd: str) -> Iterator[str]:
        """Files of these names in the folder, else in those above it."""
        folder = cwd
        while True:
            for name in names:
                path = f"{folder}/{name}" if folder else name
                if path in self._scripts:
                    yield path
            if not folder:
                return
            folder = _parent(folder)

    def _nearest(self, name: str, cwd: str) -> list[tuple[str, str]]:
        """Entries of a name, those of the folder or of folders above it first."""
        entries = self._entries.get(name, [])

        def distance(entry: tuple[str, str]) -> tuple[bool, int, str]:
            folder = _parent(entry[0])
            above = not folder or cwd == folder or cwd.startswith(folder + "/")
            return (not above, -len(folder) if above else len(folder), entry[0])

        return sorted(entries, key=distance)


def _known(word: str, script: Script) -> str:
    """The group that a word names: as it is, behind an environment's name, or with `_` for `-`; "" for none."""
    forms = (word, word.partition(":")[2], word.replace("-", "_"), word.replace("_", "-"))
    return next((form for form in forms if form and form in script.groups), "")


def _with_needs(script: Script, names: list[str], before: bool) -> Iterator[str]:
    """Groups with all that they need, each once; what is needed comes `before` or after."""
    seen: set[str] = set()
    stack = [(name, False) for name in reversed(names)]
    while stack and len(seen) < MAX_GROUPS:
        name, expanded = stack.pop()
        if expanded:
            yield name
            continue
        if name in seen:
            continue
        seen.add(name)
        needs = [(need, False) for need in reversed(script.needs.get(name, ()))]
        stack += [(name, True), *needs] if before else [*needs, (name, True)]


def _arguments(words: tuple[str, ...]) -> Iterator[str]:
    """Words that are neither options nor values of options that take one."""
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _WITH_VALUE
        else:
            yield word


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
