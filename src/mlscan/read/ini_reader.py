"""INI files to trees: sections of keys. Values stay text; nothing is interpolated."""

from __future__ import annotations

import re

from mlscan.types.source import Node, Problem, Tree

MAX_CHARACTERS = 2_000_000
MAX_KEYS = 100_000
"""Sections and keys."""
MAX_PROBLEMS = 20

_SECTION = re.compile(r"\[([^\]]*+)\]\s*+(?:[#;].*+)?")
_ASSIGN = re.compile(r"[=:]")
_NAME = re.compile(r"[\w.-]+")


def parse_ini(text: str) -> Tree:
    """A map of sections, each a map of keys; keys before the first section stand at the root. Never raises.

    A line that is indented deeper than a key continues its value; a value of several lines keeps one line for each
    of the file.
    """
    if len(text) > MAX_CHARACTERS:
        return Tree("ini", (), problems=(Problem(None, "too large"),))
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        if not reader.take(number, line):
            reader.problem(number, "too many values")
            break
    reader.flush()
    sections = {name: Node(keys, line) for name, (keys, line) in reader.sections.items()}
    document = Node({**reader.root, **sections}, 1)
    return Tree("ini", (document,), problems=tuple(reader.problems))


class _Reader:
    def __init__(self) -> None:
        self.root: dict[str, Node] = {}
        self.sections: dict[str, tuple[dict[str, Node], int]] = {}
        self.problems: list[Problem] = []
        self._keys = self.root
        self._key: str | None = None
        self._indent = 0
        self._values: list[str] = []
        self._count = 0

    def take(self, number: int, line: str) -> bool:
        """Read one line; False when there are too many sections and keys."""
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if not stripped or stripped[0] in "#;":
            if self._key is not None:
                self._values.append("")
        elif self._key is not None and indent > self._indent:
            self._values.append(stripped)
        elif self._count >= MAX_KEYS:
            return False
        else:
            self.flush()
            self._count += 1
            self._indent = indent
            if section := _SECTION.fullmatch(stripped):
                name = section[1].strip().strip("'") or section[1]
                self._keys = self.sections.setdefault(name, ({}, number))[0]
            else:
                self._entry(number, stripped)
        return True

    def problem(self, number: int, reason: str) -> None:
        """Note something that is wrong; what comes after many others is left out."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(number, reason))

    def _entry(self, number: int, stripped: str) -> None:
        entry = _split(stripped)
        if entry is None and not _NAME.fullmatch(stripped):
            self.problem(number, "broken INI")
            return
        self._key = entry[0] if entry else stripped
        self._values = [entry[1] if entry else ""]
        self._keys[self._key] = Node(self._values[0] if entry else None, number)

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
