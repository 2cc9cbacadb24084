"""INI files to trees: sections of keys. Values stay text; nothing is interpolated."""

from __future__ import annotations

import re

from mlscan.types.source import Node, Problem, Tree

MAX_KEYS = 100_000

_SECTION = re.compile(r"\[([^\]]*+)\]\s*+(?:[#;].*+)?")
_ASSIGN = re.compile(r"[=:]")
_NAME = re.compile(r"[\w.-]+")


def parse_ini(text: str) -> Tree:
    """A map of sections, each a map of keys; keys before the first section stand at the root. Never raises.

    An indented line continues the value above it; a value of several lines keeps one line for each of the file.
    """
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        if not reader.take(number, line):
            break
    reader.flush()
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
        elif section := _SECTION.fullmatch(stripped):
            self.flush()
            name = section[1].strip().strip("'") or section[1]
            self._keys = self.sections.setdefault(name, ({}, number))[0]
        else:
            return self._entry(number, stripped)
        return True

    def _continues(self, stripped: str) -> bool:
        """Git-like files indent their keys, too: a key below a value that is complete is no continuation."""
        entry = _split(stripped)
        return entry is None or not self._values[0] or not _NAME.fullmatch(entry[0])

    def _entry(self, number: int, stripped: str) -> bool:
        self._count += 1
        if self._count > MAX_KEYS:
            self.problems.append(Problem(number, "too many values"))
            return False
        self.flush()
        entry = _split(stripped)
        if entry is None and not _NAME.fullmatch(stripped):
            self.problems.append(Problem(number, "broken INI"))
            return True
        self._key = entry[0] if entry else stripped
        self._values = [entry[1] if entry else ""]
        self._keys[self._key] = Node(self._values[0] if entry else None, number)
        return True

    def flush(self) -> None:
        """End the value that is being read."""
        if self._key is not None and any(self._values[1:]):
            text = "\n".join(self._values).rstrip("\n")
            self._keys[self._key] = Node(text, self._keys[self._key].line)
        self._key = None


def _split(line: str) -> tuple[str, str] | None:
    """Key and value of a line, or None where nothing is assigned."""
    sign = _ASSIGN.search(line)
    if sign is None or sign.start() == 0:
        return None
    return line[: sign.start()].rstrip(), line[sign.end() :].lstrip()
