"""Reads Dockerfiles into stages with their images and commands. Nothing is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from mlscan.read.shell import command_of, parse_commands
from mlscan.read.text import decode
from mlscan.types.source import Command, Dockerfile, DockerStage, Problem

MAX_CHARACTERS = 500_000
MAX_STAGES = 200
MAX_PROBLEMS = 20

_OTHER_FILES = (".md", ".rst", ".py", ".sh", ".yml", ".yaml", ".json", ".dockerignore", ".html", ".go", ".js", ".ts")
_INSTRUCTION = re.compile(r"\s*(?:ONBUILD\s+)?([A-Za-z]+)(?:\s+|$)", re.IGNORECASE)
_KNOWN = frozenset(
    [
        "add",
        "arg",
        "cmd",
        "copy",
        "entrypoint",
        "env",
        "expose",
        "from",
        "healthcheck",
        "label",
        "maintainer",
        "run",
        "shell",
        "stopsignal",
        "user",
        "volume",
        "workdir",
        "include",
        "import",
    ]
)
_FLAG = re.compile(r"--([\w-]+)(?:=(\"[^\"]*\"|\S*))?(?:\s|\\\n)*")
_HERE = re.compile(r"<<-?\s*([\"']?)([A-Za-z_]\w*)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?([-+])([^{}]*))?\}|(\w+))")
_FROM = re.compile(r"(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name: Dockerfile*, *.dockerfile, Containerfile*."""
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith(_OTHER_FILES):
        return False
    return name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".containerfile"))


def parse_dockerfile(data: bytes, path: str) -> Dockerfile:  # noqa: ARG001 - readers share one signature
    """The stages of a Dockerfile. Arguments with a default are filled in; a stage built on another one has its image.

    Where ENTRYPOINT and CMD are both in JSON form, they are one command, as when the container starts. Never raises.
    """
    reader = _Reader()
    for instruction in _instructions(decode(data)[:MAX_CHARACTERS]):
        reader.take(instruction)
    return reader.result()


@dataclass(frozen=True, slots=True)
class _Instruction:
    name: str
    text: str
    """What follows the name and its flags, continued lines still ending in a backslash."""
    line: int
    flags: dict[str, str]
    bodies: tuple[tuple[str, int], ...]
    """Here-documents with the line they begin at."""


@dataclass(slots=True)
class _Stage:
    image: str
    line: int
    name: str | None
    run: list[Command] = field(default_factory=list)
    entrypoint: _Instruction | None = None
    cmd: _Instruction | None = None
    copies: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self._stages: list[_Stage] = []
        self._values: dict[str, str] = {}
        self._problems: list[Problem] = []

    def take(self, instruction: _Instruction) -> None:
        """Read one instruction."""
        name = instruction.name
        if name == "from":
            self._from(instruction)
        elif name in ("arg", "env"):
            self._set(instruction)
        elif name not in _KNOWN:
            self._problem(instruction.line, "unknown instruction")
        elif not self._stages:
            self._problem(instruction.line, "instruction before FROM")
        elif name == "run":
            self._stages[-1].run += _run(instruction)
        elif name == "cmd":
            self._stages[-1].cmd = instruction
        elif name == "entrypoint":
            self._stages[-1].entrypoint = instruction
        elif name in ("copy", "add") and "from" not in instruction.flags:
            self._copy(instruction)

    def result(self) -> Dockerfile:
        """Everything read so far."""
        if not self._stages and not self._problems:
            self._problem(None, "no FROM")
        return Dockerfile(tuple(_finished(stage) for stage in self._stages), tuple(self._problems))

    def _problem(self, line: int | None, reason: str) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(line, reason))

    def _from(self, instruction: _Instruction) -> None:
        match = _FROM.match(_flat(instruction.text))
        if match is None:
            self._problem(instruction.line, "FROM without image")
        elif len(self._stages) >= MAX_STAGES:
            self._problem(instruction.line, "too many stages")
        else:
            image = self._filled(match[1])
            known = {stage.name.lower(): stage.image for stage in self._stages if stage.name}
            image = known.get(image.lower(), image)
            self._stages.append(_Stage(image, instruction.line, match[2]))

    def _set(self, instruction: _Instruction) -> None:
        for command in parse_commands("x " + instruction.text, instruction.line)[:1]:
            words = command.words[1:]
            if instruction.name == "env" and len(words) > 1 and "=" not in words[0]:
                words = (f"{words[0]}={words[1]}",)
            for name, sign, value in (word.partition("=") for word in words):
                if sign:
                    self._values[name] = self._filled(value)

    def _copy(self, instruction: _Instruction) -> None:
        words = _json_words(instruction.text) or tuple(_flat(instruction.text).split())
        for word in words[:-1]:
            if not word.startswith("<<") and "://" not in word:
                self._stages[-1].copies.append(self._filled(word.strip("\"'")))

    def _filled(self, text: str) -> str:
        """The text with the variables that have a known value; others stay as written."""
        return _VARIABLE.sub(self._value, text)[:1000]

    def _value(self, match: re.Match[str]) -> str:
        known = self._values.get(match[1] or match[4])
        if match[2] == "+":
            return match[3] if known else ""
        return known or (match[3] if match[2] else match[0])


def _instructions(text: str) -> Iterator[_Instruction]:
    lines = text.split("\n")
    escape = "`" if re.match(r"#\s*escape\s*=\s*`", text) else "\\"
    number = 0
    while number < len(lines):
        start = number
        written, number = _logical(lines, number, escape)
        match = _INSTRUCTION.match(written)
        if match is None:
            continue
        rest, flags = written[match.end() :], {}
        while match[1].lower() in ("run", "copy", "add", "from") and (flag := _FLAG.match(rest)):
            flags[flag[1].lower()] = flag[2] or ""
            rest = rest[flag.end() :]
        line = start + 1 + written[: len(written) - len(rest)].count("\n")
        bodies: list[tuple[str, int]] = []
        if match[1].lower() in ("run", "copy", "add"):
            for here in _HERE.finditer(rest):
                body, number = _here_document(lines, number, here[2])
                bodies.append(body)
        yield _Instruction(match[1].lower(), rest, line, flags, tuple(bodies))


def _logical(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """An instruction with its continued lines, each ending in a backslash, and the number of the line after it."""
    parts: list[str] = []
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        skipped = not line.strip() or line.lstrip().startswith("#")
        if skipped and not parts:
            return "", number
        if skipped:
            parts.append("")
        elif line.endswith(escape):
            parts.append(line[:-1])
        else:
            parts.append(line)
            break
    return "\\\n".join(parts), number


def _here_document(lines: list[str], number: int, end: str) -> tuple[tuple[str, int], int]:
    for last in range(number, len(lines)):
        if lines[last].strip() == end:
            return ("\n".join(lines[number:last]), number + 1), last + 1
    return ("\n".join(lines[number:]), number + 1), len(lines)


def _run(instruction: _Instruction) -> tuple[Command, ...]:
    if words := _json_words(instruction.text):
        return command_of(words, instruction.line)
    if instruction.bodies and _HERE.fullmatch(instruction.text.strip()):
        return tuple(command for body, line in instruction.bodies for command in parse_commands(body, line))
    return parse_commands(instruction.text, instruction.line)


def _finished(stage: _Stage) -> DockerStage:
    entry: tuple[Command, ...] = ()
    first = _json_words(stage.entrypoint.text) if stage.entrypoint else ()
    then = _json_words(stage.cmd.text) if stage.cmd else ()
    if stage.entrypoint and first and then:
        entry = command_of(first + then, stage.entrypoint.line)
    else:
        entry = tuple(c for part in (stage.entrypoint, stage.cmd) if part for c in _run(part))
    return DockerStage(stage.image, stage.line, stage.name, (*stage.run, *entry), entry, tuple(stage.copies))


def _json_words(text: str) -> tuple[str, ...]:
    flat = _flat(text)
    if not flat.startswith("["):
        return ()
    try:
        return msgspec.json.decode(flat.encode("utf-8", "replace"), type=tuple[str, ...])
    except (msgspec.DecodeError, UnicodeError):
        return ()


def _flat(text: str) -> str:
    return text.replace("\\\n", " ").strip()
