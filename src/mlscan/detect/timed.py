"""Commands that files other than tables of times start at set times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import re2

from mlscan.detect.facts import Facts
from mlscan.detect.follow import CommandIndex
from mlscan.detect.follow_images import composed
from mlscan.detect.started import CommandSources, Started
from mlscan.types.evidence import Context
from mlscan.types.snapshot import Snapshot
from mlscan.types.source import Command

WORDS = (
    "cron",
    "Cron",
    "CRON",
    "schedule",
    "Schedule",
    "SCHEDULE",
    "schtasks",
    "SCHTASKS",
    "while true",
    "while :",
    "while [",
    "ObjectCreated",
    "s3:",
)
"""Words one of which every such file holds; the search of the files looks for them."""
MAX_FILES = 2_000
MAX_BYTES = 1_000_000

_SCRIPT = re.compile(
    r"(?i)(?:.*/)?(?:[^/]*\.(?:sh|bash|zsh|bat|cmd|ps1)|(?:[^/]*[.-])?dockerfile(?:[.-][^/]*)?|(?:gnu)?makefile|"
    r"[^/]*\.mk)"
)
_TREE = re.compile(r"(?i).*\.(?:ya?ml|json|toml)")
_KEY = re2.compile(rb"(?i)(?:(?:cron|schedule)[\w.-]*|\bs3|\bbucket)[\"']?\s*[:=]")
_TIME = re2.compile(
    rb"(?i)@(?:hourly|daily|midnight|weekly|monthly|yearly|annually|every)|\bevery\b|\b(?:rate|cron)\(|"
    rb"[0-9*][0-9*/,-]*(?:[ \t]+[0-9*/,?A-Z#-]+){4}|CronJob|CronWorkflow|handler|scriptfile|\.schedule\b"
)
"""What every tree with times holds, unless a loop makes them: a key or label that names them, and times, or what may
have its times elsewhere. Trees without are not parsed."""
_WORD = re.compile(r"[\w./-]{3,200}")
_TASKS = re2.compile(rb"(?m)^[ \t\"'{-]*(?:tasks|jobs|steps|stages|templates)[\"']?[ \t]*:")
_COMMAND = re2.compile(rb"(?:^|[ \t\"'{,-])(?:command|args)[\"']?[ \t]*:")
"""What every file of tasks holds that a program can be handed."""
MAX_TASK_FILES = 20
_TABLE_LINE = re.compile(r"(?im)^(?![ \t]*#).*cron.*$")


def command_sources(snapshot: Snapshot, facts: Facts, index: CommandIndex) -> CommandSources:
    """All commands of a repository, those at set times and those in containers that are built here among them."""
    sources = CommandSources(facts, index, Timed(snapshot, facts).started)
    sources.add_images(composed(snapshot, facts))
    return sources


class Timed:
    """Finds them in the files that hold a word of times; each file is read once more."""

    def __init__(self, snapshot: Snapshot, facts: Facts) -> None:
        self._snapshot = snapshot
        self._facts = facts

    def started(self) -> Iterator[Started]:
        """The commands, each in a unit of its own, in the order of paths and places."""
        handed: dict[str, None] = {}
        for started in self._directly():
            if started.command is not None:
                handed.update(dict.fromkeys(self._handed(started.command, started.path)))
            yield started
        for path, (kind, script) in self._facts.scripts.items():
            commands = (c for group in script.groups.values() for c in group) if kind == "cron" else ()
            handed.update(dict.fromkeys(found for c in commands for found in self._handed(c, path)))
        yield from self._read_tasks(sorted(handed)[:MAX_TASK_FILES])

    def _directly(self) -> Iterator[Started]:
        paths = dict.fromkeys(sorted(self._paths()))
        tables: dict[str, None] = {}
        for path, data in self._snapshot.read_many(islice(paths, MAX_FILES)):
            if not isinstance(data, bytes) or len(data) > MAX_BYTES:
                continue
            for number, commands in enumerate(self._groups(path, data)):
                yield from _started(path, number, commands)
            if _SCRIPT.fullmatch(path):
                tables.update(dict.fromkeys(self._tables(path, data)))
        yield from self._read_tables(sorted(tables))
        yield from self._terraform()

    def _handed(self, command: Command, path: str) -> Iterator[str]:
        """Trees that a command is given."""
        for word in command.words[1:20]:
            found = self._facts.mentioned(word, path) if _TREE.fullmatch(word) else None
            own = found is not None and self._facts.context(found) is Context.OWN
            if found is not None and own and found not in self._facts.workflows:
                yield found

    def _read_tasks(self, paths: Iterable[str]) -> Iterator[Started]:
        """What is run by the files of tasks that commands are given."""
        for path, data in self._snapshot.read_many(paths):
            if (
                not isinstance(data, bytes)
                or len(data) > MAX_BYTES
                or not (_TASKS.search(data) and _COMMAND.search(data))
            ):
                continue
            from mlscan.read.timed import tasks_in_tree
            from mlscan.read.tree import parse_tree

            for number, commands in enumerate(tasks_in_tree(parse_tree(data, path))):
                yield from _started(path, number, commands)

    def _paths(self) -> Iterator[str]:
        facts = self._facts
        for path in self._holding():
            own = facts.context(path) is Context.OWN and path not in facts.workflows
            if own and (_SCRIPT.fullmatch(path) or _TREE.fullmatch(path)):
                yield path
        for path in facts.paths:
            if path.endswith(".timer"):
                unit = f"{path[:-6]}.service"
                if unit in facts.known and facts.context(unit) is Context.OWN:
                    yield unit
            elif path.endswith(".plist") and facts.context(path) is Context.OWN:
                yield path

    def _holding(self) -> set[str]:
        """Files with one of the words."""
        return {path for word in WORDS for path in self._facts.read_words.get(word, ())}

    def _terraform(self) -> Iterator[Started]:
        """What the clocks of Terraform start, module by module."""
        from mlscan.read.timed_hcl import timed_in_folder

        wanted = {path for path in self._holding() if path.endswith(".tf")}
        folders = {path.rpartition("/")[0] for path in wanted if self._facts.context(path) is Context.OWN}
        modules: dict[str, dict[str, str]] = {folder: {} for folder in sorted(folders)}
        paths = (p for p in self._facts.paths if p.endswith(".tf") and p.rpartition("/")[0] in modules)
        for path, data in self._snapshot.read_many(islice(paths, MAX_FILES)):
            if isinstance(data, bytes) and len(data) <= MAX_BYTES:
                modules[path.rpartition("/")[0]][path] = data.decode("utf-8", "replace")
        for files in modules.values():
            for number, (path, commands) in enumerate(timed_in_folder(files)):
                yield from _started(path, number, commands)

    def _groups(self, path: str, data: bytes) -> Iterable[tuple[Command, ...]]:
        from mlscan.read.timed import timed_agent, timed_in_script, timed_in_tree, timed_unit

        if path.endswith(".service"):
            return [timed_unit(data)]
        if path.endswith(".plist"):
            return [timed_agent(data)]
        if _SCRIPT.fullmatch(path):
            return [(command,) for command in timed_in_script(data)]
        if not (_KEY.search(data) and _TIME.search(data)) and not (b"while" in data and b"sleep" in data):
            return []
        from mlscan.read.tree import parse_tree

        return timed_in_tree(parse_tree(data, path), path)

    def _tables(self, path: str, data: bytes) -> Iterator[str]:
        """Tables of times of any name that a script installs."""
        for row in _TABLE_LINE.findall(data.decode("utf-8", "replace")[:200_000])[:50]:
            for word in _WORD.findall(row):
                found = self._facts.mentioned(word, path)
                if found is not None and found not in self._facts.scripts and not _TREE.fullmatch(found):
                    yield found

    def _read_tables(self, paths: Iterable[str]) -> Iterator[Started]:
        from mlscan.read.batch import parse_crontab

        for path, data in self._snapshot.read_many(islice(paths, 50)):
            if isinstance(data, bytes) and len(data) <= MAX_BYTES and self._facts.context(path) is Context.OWN:
                for commands in parse_crontab(data).groups.values():
                    yield from _started(path, 0, commands)


def _started(path: str, number: int, commands: Iterable[Command]) -> Iterator[Started]:
    yield from (Started("cron", path, c.line, (f"job:{number}",), "", c) for c in commands)
