"""Reads justfiles: recipes with their commands and what they depend on."""

from __future__ import annotations

import re

from mlscan.read.shell import parse_commands
from mlscan.read.tasks import Tasks

_RECIPE = re.compile(r"@?([A-Za-z_][\w-]*)((?:\s+[^:]*)?):(?!=)(.*)")
_VALUE = re.compile(r"""(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*["']([^"']*)["']\s*$""")
_SIMPLE = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}")
_NEED = re.compile(r"[A-Za-z_][\w-]*")


def read_just(tasks: Tasks, text: str) -> None:
    """Add every recipe of a justfile to the tasks; the first one is the default."""
    values: dict[str, str] = {}
    name, start = "", 0
    body: list[str] = []
    for number, line in enumerate([*text.split("\n"), "end"], 1):
        if name and (line[:1] in (" ", "\t") or not line.strip()):
            body.append(line)
            continue
        if name:
            _add(tasks, name, start, body, values)
            name, body = "", []
        if value := _VALUE.match(line):
            values[value[1]] = value[2]
        elif recipe := _RECIPE.match(line):
            name, start = recipe[1], number
            tasks.add(name, number, (), _NEED.findall(recipe[3].split("#")[0]))
            tasks.default = tasks.default or name


def _add(tasks: Tasks, name: str, line: int, body: list[str], values: dict[str, str]) -> None:
    first = next((row.strip() for row in body if row.strip()), "")
    if first.startswith("#!") and "sh" not in first.rsplit("/", 1)[-1]:
        return
    script = "\n".join(row.strip().lstrip("@-") for row in body)
    script = _SIMPLE.sub(lambda match: values.get(match[1], match[0]), script)
    tasks.add(name, line, parse_commands(script, line + 1))
