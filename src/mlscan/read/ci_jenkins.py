"""Reads a Jenkinsfile as tokens: stages with the commands of their shell steps. Groovy is not evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlscan.read.ci_parts import MAX_JOBS, join, with_folders
from mlscan.read.shell import parse_commands
from mlscan.read.text import decode
from mlscan.types.source import Delegation, Job, Step, Trigger, Workflow

MAX_TOKENS = 100_000
MAX_BLOCKS = 500

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|\A#![^\n]*)"
    r"|(?P<long>'''(?:\\.|[^\\])*?(?:'''|\Z)|\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z))"
    r"|(?P<string>'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
    r"|(?P<word>@?[A-Za-z_]\w*)"
    r"|(?P<sign>[{}();\n:\[\],])"
    r"|(?P<other>[^\s'\"{}();:\[\],\w/]+|\S)",
    re.DOTALL,
)
_SHELLS = frozenset(("sh", "bat", "powershell", "pwsh"))
_TRIGGERS = {
    "cron": "schedule",
    "parameterizedCron": "schedule",
    "pollSCM": "push",
    "githubPush": "push",
    "gitlab": "push",
    "upstream": "workflow_run",
}
_ESCAPE = re.compile(r"\\([\\'\"$nt]|\n)")
_ESCAPED = {"n": "\n", "t": "\t", "\n": "\\\n"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    value_line: int = 0


@dataclass(slots=True)
class _Block:
    """A block that is still open."""

    name: str
    text: str = ""
    job: _Stage | None = None
    folder: str = ""


@dataclass(slots=True)
class _Stage:
    """A stage that is being read."""

    name: str
    line: int
    steps: list[Step] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    image: str | None = None
    manual: bool = False

    def job(self) -> Job:
        return Job(
            self.name,
            self.line,
            tuple(self.steps),
            image=self.image,
            condition=" && ".join(self.conditions)[:500],
            active="expression false" not in self.conditions,
            manual=self.manual,
        )


def parse_jenkins(data: bytes, path: str) -> Workflow:
    """The workflow of a Jenkinsfile, declarative or scripted: a job for each stage that does something."""
    reader = _Reader()
    for statement in _statements(decode(data)):
        reader.take(statement)
    if not reader.seen:
        return Workflow("jenkins", path, active=False, why_inactive="empty")
    jobs = tuple(stage.job() for stage in reader.stages[:MAX_JOBS] if stage.steps or stage.manual)
    triggers = tuple(reader.triggers) or (Trigger("push", 1, "default"),)
    return Workflow("jenkins", path, "", triggers, jobs, tuple(reader.delegations))


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    position = 0
    for _ in range(MAX_TOKENS):
        match = _TOKEN.search(text, position)
        if match is None:
            return
        line += text.count("\n", position, match.start())
        kind, found = match.lastgroup or "", match[0]
        if kind in ("long", "string"):
            width = 3 if kind == "long" else 1
            inner = _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), found[width:-width])
            yield _Token("string", inner, line)
        elif kind != "comment":
            yield _Token(kind, found, line)
        line += found.count("\n")
        position = match.end()
        if text[position : position + 1] == "\n":
            yield _Token("sign", "\n", line)
            position += 1
            line += 1


def _statements(text: str) -> Iterator[list[_Token]]:
    """Runs of tokens that end at a line, a semicolon or a brace; the brace is their last token."""
    found: list[_Token] = []
    depth = 0
    for token in _tokens(text):
        if token.text in ("(", "[") and token.kind == "sign":
            depth += 1
        elif token.text in (")", "]") and token.kind == "sign":
            depth = max(0, depth - 1)
        ends = token.kind == "sign" and (token.text in "{};" or (token.text == "\n" and not depth))
        if token.text in ("{", "}") and token.kind == "sign":
            depth = 0
        if token.text == "\n" and found and found[-1].text in (",", ":"):
            continue
        if not ends:
            found += [token] if token.text != "\n" or token.kind == "string" else []
            continue
        if token.text in "{}":
            if token.text == "}" and found:
                yield found
                found = []
            yield [*found, token]
        elif found:
            yield found
        found = []
    if found:
        yield found


class _Reader:
    """Takes statement after statement."""

    def __init__(self) -> None:
        self.stages = [_Stage("pipeline", 1)]
        self.triggers: list[Trigger] = []
        self.delegations: list[Delegation] = []
        self.seen = False
        self._blocks: list[_Block] = []

    def take(self, statement: list[_Token]) -> None:
        """Read one statement: an opening, a closing or a step."""
        self.seen = True
        last = statement[-1]
        if last.kind == "sign" and last.text == "}":
            if self._blocks:
                self._blocks.pop()
        elif last.kind == "sign" and last.text == "{":
            self._open(statement)
        else:
            self._step(statement)

    def _open(self, statement: list[_Token]) -> None:
        words = [t.text for t in statement if t.kind == "word"]
        text = next((t.text for t in statement if t.kind == "string"), "")
        # a label such as `stage('a'): {` or an assignment still ends in the block's own name
        name = "stage" if "stage" in words else words[0] if words else ""
        block = _Block(name, text)
        if name == "stage":
            block.job = _Stage(text or "stage", statement[0].line)
            self.stages.append(block.job)
        elif name == "input":
            self._stage().manual = True
        elif name == "dir":
            block.folder = text
        elif name in _SHELLS:
            self._shell(statement)
        if len(self._blocks) < MAX_BLOCKS:
            self._blocks.append(block)

    def _step(self, statement: list[_Token]) -> None:
        words = [t.text for t in statement if t.kind == "word"]
        strings = [t for t in statement if t.kind == "string"]
        first = words[0] if words else ""
        inside = self._blocks[-1].name if self._blocks else ""
        self._trigger(statement)
        if first in ("@Library", "library") and strings:
            self.delegations += [Delegation(s.line, s.text) for s in strings]
        elif _SHELLS.intersection(words) and strings:
            self._shell(statement)
        elif first == "build" and strings:
            self._stage().steps.append(Step(statement[0].line, "build", uses=strings[0].text))
        elif first == "input":
            self._stage().manual = True
        elif inside in ("docker", "kubernetes", "agent") and first in ("image", "docker") and strings:
            self._stage().image = strings[0].text
        elif any(b.name == "when" for b in self._blocks[-3:]) and words:
            self._stage().conditions.append(_condition(inside, words, strings))

    def _trigger(self, statement: list[_Token]) -> None:
        words = {t.text for t in statement if t.kind == "word"}
        if not (words & {"pipelineTriggers"} or any(b.name == "triggers" for b in self._blocks[-2:])):
            return
        for token, following in zip(statement, [*statement[1:], statement[-1]], strict=True):
            kind = _TRIGGERS.get(token.text) if token.kind == "word" else None
            if kind:
                near = statement[statement.index(following) :]
                detail = next((t.text for t in near if t.kind == "string"), token.text)
                lines = [part.strip() for part in detail.splitlines() if part.strip()] or [detail]
                self.triggers += [Trigger(kind, token.line, one) for one in lines[:20]]

    def _shell(self, statement: list[_Token]) -> None:
        strings = [t for t in statement if t.kind == "string"]
        after = [
            statement[i + 2]
            for i, t in enumerate(statement[:-2])
            if t.text == "script" and statement[i + 1].text == ":" and statement[i + 2].kind == "string"
        ]
        if not strings:
            return
        script = (after or strings)[0]
        folder = ""
        for block in self._blocks:
            folder = join(folder, block.folder)
        commands = with_folders(parse_commands(script.text, script.line))
        self._stage().steps.append(Step(statement[0].line, commands=commands, working_directory=folder))

    def _stage(self) -> _Stage:
        return next((b.job for b in reversed(self._blocks) if b.job is not None), self.stages[0])


def _condition(inside: str, words: list[str], strings: list[_Token]) -> str:
    if inside == "expression" and words[-1] == "false" and len(words) <= 2:
        return "expression false"
    return " ".join([*words, *(s.text for s in strings)])[:200]
