"""Evaluates `command` matchers: every command is followed once and found by its program and words, not by a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from mlscan.detect.facts import DEPTH, Facts
from mlscan.detect.follow import Followed
from mlscan.detect.globs import matches
from mlscan.detect.hits import Hit
from mlscan.detect.started import CommandSources, Started
from mlscan.detect.values import check_for, expand
from mlscan.detect.vocabulary import Vocabulary, vocabulary_of
from mlscan.types.content import CommandMatch, Value
from mlscan.types.evidence import Context
from mlscan.types.lists import CommandClass, CommandPattern, Lists
from mlscan.types.source import Command

Reject = Callable[[Hit, str], None]
PRINTING = "printing-programs"
"""List of programs that only print the words that they are given."""
Entry = tuple[int, Followed]
"""(number of what started it, the command that it leads to)."""


class CommandTable:
    """All commands that some things start, followed, by their programs and words."""

    def __init__(self, started: list[Started], sources: CommandSources, lists: Lists) -> None:
        self._lists = lists
        self.started = started
        self.entries: list[Entry] = []
        self.first: set[int] = set()
        """Entries that are the started commands themselves."""
        self._programs: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        self._vocabularies: dict[int, Vocabulary] = {}
        self._known: dict[tuple[int, int], tuple[Value, set[int]]] = {}
        """Entries by index and value; the value is kept so that its identity is not used again."""
        for number, one in enumerate(started):
            for place, followed in enumerate(sources.followed(one)):
                if not place:
                    self.first.add(len(self.entries))
                self._add(number, followed)

    def _add(self, number: int, followed: Followed) -> None:
        at = len(self.entries)
        self.entries.append((number, followed))
        self._programs[followed.command.program].append(at)
        for word in set(followed.command.words):
            self._words[word].append(at)

    def matching(self, program: Value | None, words: Iterable[Value], unwanted: Value | None) -> set[int]:
        """Entries with that program, each of these words, and none that is unwanted."""
        if not self.entries:
            return set()
        wanted = [self._with(self._programs, program)] if program is not None else []
        wanted += [self._with(self._words, word) for word in words]
        found = set.intersection(*wanted) if wanted else set(range(len(self.entries)))
        return found - self._with(self._words, unwanted) if unwanted is not None and found else found

    def _vocabulary(self, index: Mapping[str, list[int]]) -> Vocabulary:
        if id(index) not in self._vocabularies:
            self._vocabularies[id(index)] = vocabulary_of(frozenset(index))
        return self._vocabularies[id(index)]

    def _with(self, index: Mapping[str, list[int]], value: Value) -> set[int]:
        key = (id(index), id(value))
        if key not in self._known:
            holding = self._vocabulary(index).holding(value, self._lists)
            self._known[key] = value, {at for text in holding for at in index.get(text, ())}
        return self._known[key][1]


class CommandMatcher:
    """Tells which class a command is of, and evaluates `command` matchers."""

    def __init__(self, facts: Facts, sources: CommandSources, files_of: Callable[[str], frozenset[str]]) -> None:
        self._facts = facts
        self._sources = sources
        self._files_of = files_of
        self._tables: dict[str, CommandTable] = {}
        self._classes: dict[tuple[str, str], dict[int, Followed | None]] = {}
        self._rejected: dict[tuple[str, str], list[tuple[Hit, str]]] = {}
        self._idle: tuple[CommandTable, list[str]] | None = None
        self._reached: dict[tuple[str, str], bool] = {}

    def hits(self, spec: CommandMatch, reject: Reject) -> Iterator[Hit]:
        """Places that start a command of this description, kind by kind in their order."""
        for kind in spec.within:
            if kind not in self._tables:
                self._tables[kind] = CommandTable(list(self._sources.of((kind,))), self._sources, self._facts.lists)
            table = self._tables[kind]
            found = self._plain(spec, table) if spec.class_ is None else self._of_classes(spec, kind, reject)
            for number, followed in sorted(found.items()):
                yield self._within(table.started[number].hit(followed), followed)

    def _within(self, hit: Hit, followed: Followed | None) -> Hit:
        """The hit, with the context of the scripts that lead there where that is not the repository's own."""
        scripts = sorted(path for path, _ in followed.seen) if followed is not None else ()
        contexts = (self._facts.context(path) for path in scripts)
        found = next((context for context in contexts if context is not Context.OWN), None)
        return hit if found is None else replace(hit, context=found.value)

    def _plain(self, spec: CommandMatch, table: CommandTable) -> dict[int, Followed | None]:
        """Number of what is started -> the first command that it leads to and that holds."""
        if spec.program is None and not spec.words and spec.not_words is None:
            return dict.fromkeys(range(len(table.started)))
        ids = table.matching(spec.program, spec.words, spec.not_words)
        found: dict[int, Followed | None] = {}
        for at in sorted(ids if spec.follow else ids & table.first):
            number, followed = table.entries[at]
            found.setdefault(number, followed)
        return found

    def _of_classes(self, spec: CommandMatch, kind: str, reject: Reject) -> dict[int, Followed | None]:
        found: dict[int, Followed | None] = {}
        for name in [spec.class_] if isinstance(spec.class_, str) else spec.class_ or []:
            if (name, kind) not in self._classes:
                near: list[tuple[Hit, str]] = []
                self._classes[name, kind] = self._classify(name, self._tables[kind], near)
                self._rejected[name, kind] = [*near, *self._idling(name)] if kind == "ci" else near
            for hit, reason in self._rejected[name, kind]:
                reject(hit, reason)
            for number, followed in self._classes[name, kind].items():
                found.setdefault(number, followed)
        if spec.program is None and not spec.words and spec.not_words is None:
            return found
        plain = self._plain(spec, self._tables[kind])
        return {number: followed for number, followed in found.items() if number in plain}

    def _idling(self, name: str) -> Iterator[tuple[Hit, str]]:
        """What would be of the class, did it run: steps that never do, and commands that are only printed."""
        group = self._group(name)
        if group is None:
            return
        if self._idle is None:
            dead = self._sources.dead()
            printed = list(_printed(self._sources.of(("ci",)), self._facts.lists))
            reasons = [why for _, why in dead] + ["only printed"] * len(printed)
            started = [one for one, _ in dead] + printed
            self._idle = CommandTable(started, self._sources, self._facts.lists), reasons
        table, reasons = self._idle
        found: dict[int, Followed | None] = dict.fromkeys(self._actions(group, table))
        for at in sorted({at for pattern in group.any_of for at in self._holding(pattern, table)}):
            found.setdefault(table.entries[at][0], table.entries[at][1])
        for number, followed in sorted(found.items()):
            yield table.started[number].hit(followed), f"looks like {group.title}, but {_but(reasons[number])}"

    def _group(self, name: str) -> CommandClass | None:
        commands = self._facts.lists.commands
        return commands.classes.get(name) if commands else None

    def _classify(self, name: str, table: CommandTable, near: list[tuple[Hit, str]]) -> dict[int, Followed | None]:
        """What is started and of the class, with the first command that makes it so; None for an action."""
        group = self._group(name)
        if group is None:
            return {}
        found: dict[int, Followed | None] = dict.fromkeys(self._actions(group, table))
        for at in sorted({at for pattern in group.any_of for at in self._holding(pattern, table)}):
            number, followed = table.entries[at]
            if number in found:
                continue
            if self._excluded(group, table.started[number], followed):
                near.append((table.started[number].hit(followed), f"looks like {group.title}, but only a smoke test"))
            else:
                found[number] = followed
        return found

    def _actions(self, group: CommandClass, table: CommandTable) -> Iterator[int]:
        checks = [check_for(p.uses, self._facts.lists) for p in group.any_of if p.uses is not None]
        for number, started in enumerate(table.started):
            if started.command is None and any(check(started.uses or "") for check in checks):
                yield number

    def _excluded(self, group: CommandClass, started: Started, followed: Followed) -> bool:
        if group.not_words is None:
            return False
        check = check_for(group.not_words, self._facts.lists)
        own = started.command.words if started.command else ()
        return any(map(check, (*_options(followed.command.words), *_options(own))))

    def _holding(self, pattern: CommandPattern, table: CommandTable) -> Iterator[int]:
        """Entries of the table that have the shape of the pattern."""
        if pattern.uses is not None:
            return
        sequence = pattern.sequence
        for at in table.matching(pattern.program, [*pattern.words, *sequence], pattern.not_words):
            followed = table.entries[at][1]
            in_order = not sequence or self._in_order(sequence, followed.command.words)
            if in_order and self._runs_what_it_should(pattern, followed.target):
                yield at

    def _in_order(self, wanted: Iterable[Value], given: Iterable[str]) -> bool:
        words = iter(given)
        return all(any(map(check_for(value, self._facts.lists), words)) for value in wanted)

    def _runs_what_it_should(self, pattern: CommandPattern, target: str | None) -> bool:
        if pattern.target is not None:
            globs = [str(g) for g in expand(pattern.target, self._facts.lists)]
            if not target or not matches(target, globs):
                return False
        if pattern.runs is None:
            return True
        names = [pattern.runs] if isinstance(pattern.runs, str) else pattern.runs
        return bool(target) and any(self._runs(name, target or "") for name in names)

    def _runs(self, detector: str, target: str) -> bool:
        key = (detector, target)
        if key not in self._reached:
            self._reached[key] = self._facts.reaches([target], self._files_of(detector), DEPTH) is not None
        return self._reached[key]


def _options(words: Sequence[str]) -> list[str]:
    """The words, and each option together with the value that stands after it: `--epochs 1` as `--epochs=1`, too."""
    return [*words, *(f"{option}={value}" for option, value in pairwise(words) if option.startswith("-"))]


def _printed(started: Iterable[Started], lists: Lists) -> Iterator[Started]:
    """The commands that printing programs are given as text, at the place that prints them."""
    if PRINTING not in lists.plain:
        return
    prints = check_for(f"@{PRINTING}", lists)
    for one in started:
        command = one.command
        if command is not None and command.program and prints(command.program):
            words = tuple(" ".join(command.words[1:]).split())
            if words:
                yield replace(one, command=Command(words, command.line, command.text))


def _but(reason: str) -> str:
    return reason if reason.startswith(("only", "can")) else f"never runs: {reason}"
