"""Batch files of Windows and tables of times (crontab), as groups of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscan.read.shell import parse_commands
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Problem, Script

MAX_CHARACTERS = 500_000

_REMARK = re.compile(r"\s*@?(?:rem\b|::)", re.I)
_SKIP = re.compile(r"\s*@?(?:echo\b|set\b|setlocal|endlocal|pause\b|goto\b|exit\b|title\b|chcp\b|:\w|\))", re.I)
_HEAD = re.compile(r"\s*@?(?:call\s+|start\s+(?:\"[^\"\n]{0,200}\"\s+)?(?:/\w+\s+){0,9})?", re.I)
_CONDITION = re.compile(r"\s*if\s+(?:/i\s+)?(?:not\s+)?(?:exist\s+\S+|errorlevel\s+\d+|\S+\s*==\s*\S+)\s+", re.I)
_PROGRAM = re.compile(r"\A(\"[^\"\n]{1,300}\"|\S+)")
_TIMES = re.compile(
    r"[ \t]*(?:@(?:hourly|daily|midnight|weekly|monthly|yearly|annually)|"
    r"(?:[0-9*/,-]{1,60}[ \t]+){3}(?:[0-9*/,A-Za-z-]{1,60}[ \t]+)[0-9*/,A-Za-z#-]{1,60})"
    r"[ \t]+(?P<command>\S.*)"
)
_USER = re.compile(
    r"[a-z_][a-z0-9_-]{0,31}[ \t]+(?=(?:[./$][\w./${}-]*/)?(?:python|Rscript|sh|bash|cd|docker|sas|matlab)[\w.]*[ \t])"
)
"""A system's table names a user before the command."""


def parse_batch(data: bytes) -> Script:
    """The commands of a `.bat` or `.cmd` file as one group, with `/` in paths and without `.exe`. Never raises."""
    text, cut = decode_head(data, MAX_CHARACTERS)
    commands: list[Command] = []
    for line, row in _joined(text):
        if _REMARK.match(row) or _SKIP.match(row):
            continue
        commands += parse_commands(_plain(row), line)
    return _script(commands, cut)


def parse_crontab(data: bytes) -> Script:
    """The commands that a crontab starts, as one group; lines without times are none. Never raises."""
    text, cut = decode_head(data, MAX_CHARACTERS)
    commands: list[Command] = []
    for line, row in enumerate(text.split("\n"), 1):
        match = _TIMES.fullmatch(row.rstrip("\r"))
        if match is not None:
            command = match["command"]
            user = _USER.match(command)
            commands += parse_commands(command[user.end() :] if user else command, line)
    return _script(commands, cut)


def _script(commands: list[Command], cut: bool) -> Script:
    problems = (Problem(None, "too long"),) if cut else ()
    lines = {"": commands[0].line} if commands else {}
    return Script({"": tuple(commands)}, {}, lines, "", problems)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Rows with the line on which they begin; `^` at the end of a line goes on below."""
    pending, start = "", 0
    for line, raw in enumerate(text.split("\n"), 1):
        row = raw.rstrip("\r")
        start = start or line
        if row.endswith("^"):
            pending += row[:-1] + " "
            continue
        yield start, pending + row
        pending, start = "", 0
    if pending:
        yield start, pending


def _plain(row: str) -> str:
    """The row as a shell would be given it."""
    row = _CONDITION.sub("", row, count=1)
    head = _HEAD.match(row)
    rest = row[head.end() :] if head else row
    rest = rest.replace("\\", "/").replace("%~dp0", "").lstrip("(")
    program = _PROGRAM.match(rest)
    if program is None:
        return rest
    name = program.group().strip('"')
    name = name[:-4] if name.lower().endswith(".exe") else name
    return f"'{name}'{rest[program.end() :]}" if " " in name else name + rest[program.end() :]
