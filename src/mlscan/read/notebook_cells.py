"""Cells as they stand in a notebook, and IPython's own syntax in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mlscan.types.source import Problem


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell with the line of the file (1-based) on which each of its lines stands."""

    kind: Literal["code", "markdown", "raw"]
    lines: list[tuple[int, str]]
    tags: tuple[str, ...] = ()
    has_output: bool = False
    language: str = ""
    """Its own language where it says so; "" means the notebook's."""

    @property
    def text(self) -> str:
        """The source of the cell."""
        return "\n".join(text for _, text in self.lines)


@dataclass(frozen=True, slots=True)
class RawNotebook:
    """What stands in a notebook file, before its code is read."""

    cells: list[RawCell]
    language: str
    problems: tuple[Problem, ...] = ()


_CELL_MAGIC = re.compile(r"\s*%%(\w[\w.]*)")
_OF_PYTHON = frozenset(
    ["time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy", "local", "spark", "pyspark"]
)
_LINE_MAGIC = re.compile(r"(\s*)%{1,2}(\w[\w.]*)(?!\S)(.*)", re.DOTALL)
_BARE_MAGIC = re.compile(r"(\s*)((?:pip3?|conda) install\s.*)", re.DOTALL)
"""What IPython takes for a magic without its sign."""
_WRAPPING = frozenset(["time", "timeit", "prun", "memit"])
_OTHER_LANGUAGE = re.compile(r"\s*%(?:md(?:-sandbox)?\b|(?:sql|r|R|scala|sh|fs|bash)[ \t\r]*$)")
_SHELL = re.compile(r"(\s*)!+\s*(.*)", re.DOTALL)
_SHELL_MAGIC = frozenset(["pip", "conda", "mamba", "uv", "sh", "bash", "system", "sx", "run"])
_ASSIGNED = re.compile(r"(\s*+[\w, ]{1,100}=\s*+)[!%]([\w./~$\"'{-].*)", re.DOTALL)
_HELP = re.compile(r"\s*(?:\?{1,2}\s*[%\w.*]+|[%\w.*]+(?:\[[^\]\n]{0,40}\])?\?{1,2})\s*")

Shell = list[tuple[int, str]]
"""Rows of a cell (0-based) with the shell command on them."""


def python_cell(lines: list[str]) -> tuple[list[str], Shell]:
    """The cell's lines with everything blanked that is not Python, as many as before, and its shell commands."""
    first = next((row for row, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return lines, []
    magic = _CELL_MAGIC.match(lines[first])
    if magic and magic.group(1) not in _OF_PYTHON:
        body = list(enumerate(lines))[first + 1 :] if magic.group(1) in ("bash", "sh", "script", "system") else []
        return [""] * len(lines), [(row, line.strip()) for row, line in body if line.strip()]
    if _OTHER_LANGUAGE.match(lines[first]):
        return [""] * len(lines), []
    lines = _dedented(lines, first)
    if magic:
        lines = [*lines[:first], "", *lines[first + 1 :]]
    return _line_magics(lines)


def _dedented(lines: list[str], first: int) -> list[str]:
    """The lines without the indentation of the first one, which IPython allows."""
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines] if indent else lines


def _line_magics(lines: list[str]) -> tuple[list[str], Shell]:
    out: list[str] = []
    shell: Shell = []
    continued = False
    for row, line in enumerate(lines):
        text, command = ("", line.strip()) if continued else _plain(line)
        if command:
            shell.append((row, command))
        continued = text != line and (continued or bool(command)) and line.rstrip().endswith("\\")
        out.append(text)
    return out, shell


def _plain(line: str) -> tuple[str, str]:
    """The line as Python, and the shell command that it holds or ""."""
    if found := _BARE_MAGIC.fullmatch(line):
        return found.group(1) + "pass", found.group(2).strip()
    if "%" not in line and "!" not in line and "?" not in line:
        return line, ""
    if found := _SHELL.fullmatch(line):
        return found.group(1) + "pass", found.group(2).strip()
    if found := _LINE_MAGIC.fullmatch(line):
        return _magic(found.group(1), found.group(2), found.group(3))
    if found := _ASSIGNED.fullmatch(line):
        return found.group(1) + "None", found.group(2).strip() if "!" in line[found.end(1) : found.start(2)] else ""
    return ("", "") if _HELP.fullmatch(line) else (line, "")


def _magic(indent: str, name: str, rest: str) -> tuple[str, str]:
    if name in _WRAPPING:
        return indent + re.sub(r"^(?:\s+-\w+(?:\s*\d+)?)*\s*", "", rest), ""
    return indent + "pass", f"{name} {rest.strip()}" if name in _SHELL_MAGIC else ""
