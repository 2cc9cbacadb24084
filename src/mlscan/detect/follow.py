"""Follows commands through wrappers, makefiles, task runners, scripts and console scripts to the file that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mlscan.detect.follow_files import Files
from mlscan.detect.follow_images import Images
from mlscan.detect.follow_scripts import Group, Scripts
from mlscan.detect.follow_words import join, unwrapped
from mlscan.types.source import Command, Script

DEPTH = 4
"""Files and groups that lead from a command to the one that runs in the end."""
MAX_FOLLOWED = 400


@dataclass(frozen=True, slots=True)
class Followed:
    """A command that runs in the end, or on the way there."""

    command: Command
    target: str | None
    """The repository file that it runs, or None."""
    way: tuple[str, ...]
    """How it was reached, from the first command to this one: `("make train", "python -m pkg.train")`."""
    seen: frozenset[tuple[str, str]] = frozenset()
    """(file, group) of the scripts on the way."""


@dataclass(frozen=True, slots=True)
class _Task:
    command: Command
    cwd: str
    way: tuple[str, ...]
    seen: frozenset[tuple[str, str]]


class CommandIndex:
    """What commands of a repository may start; filled while files are read, then asked with `follow`."""

    def __init__(self) -> None:
        self._files = Files()
        self._scripts = Scripts()
        self.images = Images()
        """What containers run."""

    def add_python_files(self, paths: Iterable[str]) -> None:
        """Name the files of the repository; modules are found among those in Python, scripts among all."""
        self._files.add(paths)

    def add_script(self, path: str, script: Script, kind: str) -> None:
        """Add a file of commands; `kind` is make, shell or task."""
        self._files.add((path,))
        self._scripts.add(path, script, kind)

    def add_manifest(self, path: str, scripts: Mapping[str, str]) -> None:
        """Add the scripts of a manifest: `package.module:function`, or a command line by the name of a task."""
        self._scripts.add_entries(path, scripts)

    def follow(self, command: Command, cwd: str, wrappers: Sequence[Sequence[str]]) -> tuple[Followed, ...]:
        """The command and all that it leads to, in the order in which they run, each with the file that it runs.

        `cwd` is the folder it starts in, relative to the root. `wrappers` are words that only start another command,
        such as `("poetry", "run")`. At most 4 files deep and 400 commands long; what runs itself is followed once.
        """
        found: list[Followed] = []
        stack = [_Task(command, _folder(cwd, command), (command.text,), frozenset())]
        while stack and len(found) < MAX_FOLLOWED:
            task = stack.pop()
            reached: list[_Task] = []
            for number, words in enumerate(unwrapped(task.command.words, wrappers)):
                plain = Command(words, task.command.line, task.command.text, folder=task.command.folder)
                target = self._files.target(words, task.cwd) or self._scripts.entry_file(words, task.cwd, self._files)
                found.append(Followed(plain, target, task.way, task.seen))
                reached += islice(
                    self._next(task, self._groups(words, task.cwd, target, wrapped=number > 0)), MAX_FOLLOWED
                )
            stack += reversed(reached)
        return tuple(found[:MAX_FOLLOWED])

    def _next(self, task: _Task, groups: Iterable[Group]) -> Iterator[_Task]:
        """The commands of groups that are not on the way already."""
        if len(task.way) > DEPTH:
            return
        for group in groups:
            key = (group.path, group.name)
            if key not in task.seen:
                for command in group.commands:
                    way = (*task.way, command.text)
                    yield _Task(command, _folder(group.cwd, command), way, task.seen | {key})

    def _groups(self, words: tuple[str, ...], cwd: str, target: str | None, *, wrapped: bool) -> Iterable[Group]:
        """The groups of commands of the repository that a command starts."""
        if target is not None and self._scripts.is_shell(target):
            return self._scripts.shell(target, cwd)
        found = self._scripts.groups(words, cwd) or self.images.groups(words, cwd)
        return found or (self._scripts.wrapped(words, cwd) if wrapped else ())


def _folder(cwd: str, command: Command) -> str:
    return join(cwd, command.folder) if command.folder else cwd
