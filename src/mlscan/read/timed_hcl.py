"""Commands that a clock of Terraform starts: from the resource with the times to those that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlscan.read.shell import command_of
from mlscan.types.source import Command

MAX_RESOURCES = 2_000
REACH = 3
"""Resources from a clock to the one that holds the command."""

_OPEN = re.compile(r"\s*resource\s+\"(\w+)\"\s+\"([\w-]+)\"\s*\{")
_CLOCK = re.compile(r"^\s*(?:schedule_expression|schedule|cron_expression)\s*=\s*(?:\"[^\"]+\"|[a-z])", re.M)
_OFF = re.compile(r"^\s*(?:paused|suspend)\s*=\s*true\b|^\s*(?:is_)?enabled\s*=\s*false\b|=\s*\"DISABLED\"", re.M)
_NAMED = re.compile(r"\b([a-z][a-z0-9]*_\w+)\.([\w-]+)")
_WORDS = re.compile(r"\"?\b(?P<key>command|args|entry_?point)\"?\s*[=:]\s*\[(?P<list>[^\][]{1,2000})\]", re.I)
_TEXT = re.compile(r"\"((?:[^\"\\]|\\.){1,500})\"")
_HANDLER = re.compile(r"^\s*handler\s*=\s*\"([\w./-]+)\.\w+\"", re.M)
_IMAGE = re.compile(r"\"?\bimage(?:_uri)?\"?\s*[=:]\s*(?:\"([^\"\n]{1,300})\"|[a-z])")


@dataclass(frozen=True, slots=True)
class _Resource:
    path: str
    line: int
    text: str


def timed_in_folder(files: Mapping[str, str]) -> Iterator[tuple[str, tuple[Command, ...]]]:
    """For each clock of a module of Terraform: the file and the commands of what it starts, directly or in three steps.

    files: the texts of the module's files by path. Never raises.
    """
    resources = dict(_resources(files))
    naming: dict[str, list[str]] = {}
    for name, one in resources.items():
        for other in _names(one):
            naming.setdefault(other, []).append(name)
    for name, clock in resources.items():
        if _CLOCK.search(clock.text) and not _OFF.search(clock.text):
            for path, commands in _started(_near(name, resources, naming.get(name, [])), resources).items():
                yield path, tuple(commands)


def _started(names: list[str], resources: Mapping[str, _Resource]) -> dict[str, list[Command]]:
    found: dict[str, list[Command]] = {}
    for name in names:
        found.setdefault(resources[name].path, []).extend(_commands(resources[name]))
    return {path: commands for path, commands in found.items() if commands}


def _near(clock: str, resources: Mapping[str, _Resource], targets: list[str]) -> list[str]:
    """The clock, what names it, and what these name in their turn."""
    found = dict.fromkeys((clock, *targets))
    level = list(found)
    for _ in range(REACH):
        level = [n for name in level for n in _names(resources[name]) if n in resources and n not in found]
        found.update(dict.fromkeys(level))
    return list(found)


def _names(resource: _Resource) -> list[str]:
    return [f"{kind}.{name}" for kind, name in _NAMED.findall(resource.text)[:500]]


def _resources(files: Mapping[str, str]) -> Iterator[tuple[str, _Resource]]:
    count = 0
    for path, text in files.items():
        rows = text.split("\n")
        for number, row in enumerate(rows):
            match = _OPEN.match(row)
            if match is None or count >= MAX_RESOURCES:
                continue
            count += 1
            end = next((n for n in range(number + 1, len(rows)) if rows[n].startswith("}")), len(rows))
            body = "\n".join(r for r in rows[number:end] if not r.lstrip().startswith(("#", "//")))
            yield f"{match[1]}.{match[2]}", _Resource(path, number + 1, body[:50_000])


def _commands(resource: _Resource) -> Iterator[Command]:
    """The command in a resource, the file of its handler, or the start of its image."""
    words: dict[str, tuple[str, ...]] = {}
    for match in _WORDS.finditer(resource.text):
        words.setdefault(match["key"].lower().replace("_", ""), tuple(_TEXT.findall(match["list"])))
    listed = (*words.get("entrypoint", ()), *words.get("command", ()), *words.get("args", ()))
    handler, image = _HANDLER.search(resource.text), _IMAGE.search(resource.text)
    if listed:
        yield from command_of(listed, resource.line)
    elif handler is not None:
        place = handler[1] if "/" in handler[1] else handler[1].replace(".", "/")
        yield Command(("python", f"{place}.py"), resource.line, handler[0].strip())
    elif image is not None:
        yield from command_of(("docker", "run", image[1] or "$IMAGE"), resource.line)
