"""Reads Dockerfiles into stages with their images and commands. Nothing is built."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from mlscan.read.shell import command_of, parse_commands, runs_in_shell
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Dockerfile, DockerStage, Problem

MAX_CHARACTERS = 500_000
MAX_STAGES = 200
MAX_PROBLEMS = 20
MAX_FLAGS = 50
MAX_HERE = 20
"""Here-documents of one instruction."""

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
_FLAG = re.compile(r"--([\w-]+)(?:=(\"[^\"]*\"|\S*))?(?:\s|\\\n)*+")
_HERE = re.compile(r"(?<!<)<<-?(?!<)([\"']?)([A-Za-z_]\w*+)\1")
_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?([-+])([^{}]*))?\}|(\w+))")
_FROM = re.compile(r"((?:\{\{[^{}]*\}\}|\S)++)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
MAX_VALUE = 1_000
"""Characters of a value, before and after its variables are filled in."""


def is_dockerfile(path: str) -> bool:
    """Whether a file is a Dockerfile by its name: Dockerfile*, *.dockerfile, Containerfile*."""
    name = path.rsplit("/", 1)[-1].lower()
    if name.endswith(_OTHER_FILES):
        return False
    return name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".containerfile"))


def parse_dockerfile(data: bytes, path: str) -> Dockerfile:  # noqa: ARG001 - readers share one signature
    """The stages of a Dockerfile. Arguments with a default are filled in; a stage built on another one has its image.

    Where ENTRYPOINT and CMD are both in JSON form, they are one command, as when the container starts; a stage that
    has neither starts what the stage it is built on starts. Never raises.
    """
    text, cut = decode_head(data, MAX_CHARACTERS)
    reader = _Reader()
    for instruction in _instructions(text):
        reader.take(instruction)
    return reader.result(cut)


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
    base: _Stage | None
    """The stage that it is built on."""
    values: dict[str, str] = field(default_factory=dict)
    run: list[Command] = field(default_factory=list)
    entrypoint: _Instruction | None = None
    cmd: _Instruction | None = None
    copies: list[str] = field(default_factory=list)

    def started(self) -> tuple[_Instruction | None, _Instruction | None]:
        """ENTRYPOINT and CMD, which a stage takes over from the one it is built on."""
        stage: _Stage | None = self
        cmd: _Instruction | None = None
        while stage is not None:
            cmd = cmd or stage.cmd
            if stage.entrypoint is not None:
                return stage.entrypoint, cmd
            stage = stage.base
        return None, cmd


class _Reader:
    def __init__(self) -> None:
        self._stages: list[_Stage] = []
        self._globals: dict[str, str] = {}
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

    def result(self, cut: bool) -> Dockerfile:
        """Everything read so far."""
        if not self._stages and not self._problems:
            self._problem(None, "no FROM")
        if cut:
            self._problem(None, "too long")
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
            image = _filled(match[1].strip("\"'"), self._globals)
            base = next((s for s in reversed(self._stages) if s.name and s.name.lower() == image.lower()), None)
            self._stages.append(_Stage(base.image if base else image, instruction.line, match[2], base))
            self._values = dict(base.values) if base else dict(self._globals)
            self._stages[-1].values = self._values

    def _set(self, instruction: _Instruction) -> None:
        values = self._values if self._stages else self._globals
        for command in parse_commands("x " + instruction.text, instruction.line)[:1]:
            words = command.words[1:]
            if instruction.name == "env" and len(words) > 1 and "=" not in words[0]:
                words = (f"{words[0]}={' '.join(words[1:])}",)
            for name, sign, value in (word.partition("=") for word in words):
                if sign:
                    values[name] = _filled(value, values)

    def _copy(self, instruction: _Instruction) -> None:
        words = _json_words(instruction.text) or tuple(_flat(instruction.text).split())
        for word in words[:-1]:
            if not word.startswith("<<") and "://" not in word:
                self._stages[-1].copies.append(_filled(word.strip("\"'"), self._values))


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the variables that have a known value; others stay as written."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match[1] or match[4])
        if match[2] == "+":
            return match[3] if known else ""
        return known or (match[3] if match[2] else match[0])

    return _VARIABLE.sub(value, text[:MAX_VALUE])[:MAX_VALUE]


def _instructions(text: str) -> Iterator[_Instruction]:
    lines = text.split("\n")
    escape = _escape(lines)
    ends = _HereEnds(lines)
    number = 0
    while number < len(lines):
        start = number
        written, number = _logical(lines, number, escape)
        match = _INSTRUCTION.match(written)
        if match is None:
            continue
        rest, flags = written[match.end() :], {}
        for _ in range(MAX_FLAGS if match[1].lower() in ("run", "copy", "add", "from") else 0):
            if not (flag := _FLAG.match(rest)):
                break
            flags[flag[1].lower()] = flag[2] or ""
            rest = rest[flag.end() :]
        line = start + 1 + written[: len(written) - len(rest)].count("\n")
        bodies: list[tuple[str, int]] = []
        if match[1].lower() in ("run", "copy", "add"):
            for here in islice(_HERE.finditer(rest), MAX_HERE):
                body, number = ends.body(number, here[2])
                bodies += body
        yield _Instruction(match[1].lower(), rest, line, flags, tuple(bodies))


def _escape(lines: list[str]) -> str:
    """The character that continues lines, which a comment at the very top may change."""
    for line in lines[:10]:
        directive = _DIRECTIVE.match(line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return "`" if directive[2] == "`" else "\\"
    return "\\"


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


class _HereEnds:
    """Finds the bodies of here-documents."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._places: dict[str, list[int]] | None = None

    def body(self, number: int, end: str) -> tuple[list[tuple[str, int]], int]:
        """The body that begins at a line (0-based) with that line (1-based), none where its end is missing.

        Then the line to go on at.
        """
        if self._places is None:
            self._places = {}
            for at, line in enumerate(self._lines):
                self._places.setdefault(line.strip(), []).append(at)
        places = self._places.get(end, [])
        at = bisect_left(places, number)
        if at == len(places):
            return [], number
        return [("\n".join(self._lines[number : places[at]]), number + 1)], places[at] + 1


def _run(instruction: _Instruction) -> tuple[Command, ...]:
    if words := _json_words(instruction.text):
        return command_of(words, instruction.line)
    if not instruction.bodies:
        return parse_commands(instruction.text, instruction.line)
    if _HERE.fullmatch(instruction.text.strip()):
        shells = (part for part in instruction.bodies if runs_in_shell(part[0]))
        return tuple(command for body, line in shells for command in parse_commands(body, line))
    ends = [here[2] for here in _HERE.finditer(instruction.text)]
    bodies = (f"{body}\n{end}" for (body, _), end in zip(instruction.bodies, ends, strict=False))
    return parse_commands("\n".join((instruction.text.rstrip("\n"), *bodies)), instruction.line)


def _finished(stage: _Stage) -> DockerStage:
    entry: tuple[Command, ...] = ()
    entrypoint, cmd = stage.started()
    first = _json_words(entrypoint.text) if entrypoint else ()
    then = _json_words(cmd.text) if cmd else ()
    if entrypoint and first and then:
        entry = command_of(first + then, entrypoint.line)
    else:
        entry = tuple(c for part in (entrypoint, cmd) if part for c in _run(part))
    own = entry if stage.entrypoint or stage.cmd else ()
    return DockerStage(stage.image, stage.line, stage.name, (*stage.run, *own), entry, tuple(stage.copies))


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
