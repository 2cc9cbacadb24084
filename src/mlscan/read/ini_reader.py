"""INI files to trees: sections of keys. Values stay text; nothing is interpolated."""

from __future__ import annotations

import re

from mlscan.types.source import Node, Problem, Tree

MAX_KEYS = 100_000

_SECTION = re.compile(r"\[(.*)\]\s*(?:[#;].*)?")
_ENTRY = re.compile(r"([^\s=:][^=:]*?)\s*[=:]\s*(.*)")


def parse_ini(text: str) -> Tree:
    """A map of sections, each a map of keys; keys before the first section stand at the root. Never raises.

    An indented line continues the value above it; a value of several lines keeps one line for each of the file.
    """
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        if not reader.take(number, line):
            break
    sections = {name: Node(keys, line) for name, (keys, line) in reader.sections.items()}
    document = Node({**reader.root, **sections}, 1)
    return Tree("ini", (document,), problems=tuple(reader.problems[:20]))


class _Reader:
    def __init__(self) -> None:
        self.root: dict[str, Node] = {}
        self.sections: dict[str, tuple[dict[str, Node], int]] = {}
        self.problems: list[Problem] = []
        self._keys = self.root
        self._key: str | None = None
        self._values: list[str] = []
        self._count = 0

    def take(self, number: int, line: str) -> bool:
        """Read one line; False when there are too many keys."""
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            self._values.append("")
        elif self._key is not None and line[0] in " \t" and self._continues(stripped):
            self._values.append(stripped)
            self._store()
        elif section := _SECTION.fullmatch(stripped):
            name = section[1].strip().strip("'") or section[1]
            self._keys = self.sections.setdefault(name, ({}, number))[0]
            self._key = None
        else:
            return self._entry(number, stripped)
        return True

    def _continues(self, stripped: str) -> bool:
        """Git-like files indent their keys, too: a key below a value that is complete is no continuation."""
        entry = _ENTRY.fullmatch(stripped)
        return entry is None or not self._values[0] or not re.fullmatch(r"[\w.-]+", entry[1])

    def _entry(self, number: int, stripped: str) -> bool:
        self._count += 1
        if self._count > MAX_KEYS:
            self.problems.append(Problem(number, "too many values"))
            return False
        entry = _ENTRY.fullmatch(stripped)
        if entry is None and not re.fullmatch(r"[\w.-]+", stripped):
            self.problems.append(Problem(number, "broken INI"))
            self._key = None
            return True
        self._key = entry[1] if entry else stripped
        self._values = [entry[2] if entry else ""]
        self._keys[self._key] = Node(self._values[0] if entry else None, number)
        return True

    def _store(self) -> None:
        assert self._key is not None
        self._keys[self._key] = Node("\n".join(self._values), self._keys[self._key].line)
