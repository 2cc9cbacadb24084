"""Reads justfiles: recipes with their commands and what they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscan.read.shell import runs_in_shell
from mlscan.read.tasks import Tasks
from mlscan.types.source import Command

_TEXT = r"\"[^\"]*+\"|'[^']*+'"
_RECIPE = re.compile(rf"@?([A-Za-z_][\w-]*+)((?:\s(?:[^:\"'=]++|=|{_TEXT})*+)?+):(?!=)(.*)")
_VALUE = re.compile(r"""(?:export\s+)?([A-Za-z_][\w-]*+)\s*+:=\s*+(?:"([^"]*+)"|'([^']*+)')\s*+(?:\#.*)?""")
_SIMPLE = re.compile(r"\{\{\s{0,9}([A-Za-z_][\w-]{0,99})\s{0,9}\}\}")
_NEED = re.compile(r"[A-Za-z_][\w-]*+")
_TEXTS = re.compile(_TEXT)
_MAX_FILLED = 20_000
"""Characters of a recipe whose variables are filled in."""


def read_just(tasks: Tasks, text: str) -> None:  # noqa: ARG001 - readers share one signature
    """Add every recipe of a justfile to the tasks; the first one is the default."""
    values: dict[str, str] = {}
    name, start = "", 0
    body: list[str] = []
    for number, line in enumerate((*tasks.rows, "end"), 1):
        if name and (line[:1] in (" ", "\t") or not line.strip()):
            body.append(line)
            continue
        if name:
            tasks.add(name, start, _commands(tasks, body, start + 1, values))
            name, body = "", []
        if value := _VALUE.fullmatch(line):
            values[value[1]] = (value[2] or value[3] or "")[:1_000]
        elif recipe := _RECIPE.match(line):
            name, start = recipe[1], number
            tasks.add(name, number, (), _NEED.findall(_TEXTS.sub("", recipe[3]).split("#")[0]))
            tasks.default = tasks.default or name


def _commands(tasks: Tasks, body: list[str], line: int, values: dict[str, str]) -> Iterator[Command]:
    """The commands of a recipe: each line has a shell of its own, unless the first one names an interpreter."""
    first = next((row.strip() for row in body if row.strip()), "")
    if first.startswith("#!"):
        script = "\n".join(row.strip() for row in body)
        if runs_in_shell(first):
            yield from tasks.parse(_filled(script, values), line, apart=True)
        return
    number = 0
    while number < len(body):
        begin = number
        while body[number].endswith("\\") and number + 1 < len(body):
            number += 1
        number += 1
        written = "\n".join(row.strip() for row in body[begin:number]).lstrip("@-")
        yield from tasks.parse(_filled(written, values), line + begin, apart=True)


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with the file's own variables; others stay as written."""
    if len(text) > _MAX_FILLED or not values:
        return text
    return _SIMPLE.sub(lambda match: values.get(match[1], match[0]), text)
