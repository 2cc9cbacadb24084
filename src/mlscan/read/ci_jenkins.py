"""Reads a Jenkinsfile, declarative or scripted: stages with the commands of their shell steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from mlscan.read.ci_jenkins_tokens import (
    Statement,
    Token,
    argument,
    called,
    calls_in,
    right_side,
    statements,
    strings_of,
    words_of,
)
from mlscan.read.ci_jenkins_when import DEFAULT, When, started
from mlscan.read.ci_parts import MAX_JOBS, MAX_STEPS, Others, join, limited, moved, with_folders
from mlscan.read.shell import parse_commands
from mlscan.read.text import decode
from mlscan.types.source import Delegation, Job, Step, Trigger, Workflow

MAX_BLOCKS = 500
MAX_ITEMS = 10_000
"""Statements of a stage, those of functions as often as they are called."""
MAX_CALLS = 6
"""Functions that call functions that are followed."""
_SHELLS = frozenset(("sh", "bat", "powershell", "pwsh"))
_TRIGGERS = {
    "cron": "schedule",
    "parameterizedCron": "schedule",
    "pollSCM": "push",
    "githubPush": "push",
    "bitbucketPush": "push",
    "gitlab": "push",
    "upstream": "workflow_run",
    "GenericTrigger": "dispatch",
    "githubPullRequests": "pull_request",
    "ghprbTrigger": "pull_request",
    "issueCommentTrigger": "other",
}
_WHEN = frozenset(("when", "anyOf", "allOf", "not", "expression"))
_KEEPING_TEXT = """
    echo print println error checkout git stash unstash archiveArtifacts archive junit cleanWs deleteDir sleep
    return def env params if else for while try catch finally throw import properties options parameters
    booleanParam string choice text password credentials disableConcurrentBuilds buildDiscarder timestamps
    timeout retry skipDefaultCheckout label ansiColor image args customWorkspace defaultContainer yaml yamlFile
    cloud values name defaultValue description writeFile readFile fileExists readJSON readYaml emailext mail
    slackSend office365ConnectorSend currentBuild lock publishHTML recordIssues milestone node stage input agent
    tools jdk maven gradle nodejs any none case parallel switch break continue new String List Map boolean int
    final private static public void script steps sh bat powershell pwsh
"""
_KEEPING = frozenset(_KEEPING_TEXT.split())
"""Statements that keep order, say something or belong to the language: no work of a stage."""
_CRON = re.compile(r"@\w+|(?:\S+\s+){4,}\S+")


@dataclass(frozen=True, slots=True)
class _Call:
    """A function of the file that may be called here."""

    names: tuple[str, ...]
    otherwise: Step | None
    """The step that this is where no function has such a name."""


@dataclass(slots=True)
class _Stage:
    """A stage, or a function, that is being read."""

    name: str
    line: int
    items: list[Step | _Call] = field(default_factory=list)
    condition: str = ""
    image: str | None = None
    manual: bool = False


@dataclass(slots=True)
class _Block:
    """A block that is still open."""

    name: str
    job: _Stage | None = None
    folder: str = ""
    when: When | None = None


def parse_jenkins(data: bytes, path: str, others: Others = lambda _: None) -> Workflow:
    """The workflow of a Jenkinsfile: a job for each stage that does something, what functions do where they are called.

    Without triggers of its own every change starts it, as where all branches are built.
    """
    reader = _Reader(others)
    reader.read(decode(data))
    if not reader.seen:
        return Workflow("jenkins", path, active=False, why_inactive="empty")
    triggers = tuple(reader.triggers)
    if triggers and all(t.kind == "other" for t in triggers):
        triggers = (DEFAULT, *triggers)
    jobs = limited(started(job, triggers) for job in reader.jobs())
    return Workflow("jenkins", path, "", triggers or (DEFAULT,), jobs, tuple(reader.delegations))


class _Reader:
    """Takes statement after statement."""

    def __init__(self, others: Others) -> None:
        self.triggers: list[Trigger] = []
        self.delegations: list[Delegation] = []
        self.seen = False
        self._others = others
        self._stages = [_Stage("pipeline", 1)]
        self._functions: dict[str, _Stage] = {}
        self._blocks: list[_Block] = []
        self._asked = False
        self._loaded: set[str] = set()
        self._of_others: set[str] = set()

    def read(self, text: str) -> None:
        """Read one file."""
        for statement in statements(text):
            self.seen = True
            last = statement[-1]
            if last.is_sign("}"):
                self._close()
            elif last.is_sign("{"):
                self._open(statement)
            else:
                self._step(statement)

    def jobs(self) -> Iterator[Job]:
        """A job for each stage that does something, and for each function that no stage calls."""
        used: set[str] = set()
        found = [(stage, tuple(self._steps(stage, used))) for stage in self._stages]
        alone = [f for name, f in self._functions.items() if name not in used and name not in self._of_others]
        found += [(f, tuple(self._steps(f, used))) for f in alone]
        for stage, steps in found[: 2 * MAX_JOBS]:
            if steps or stage.manual:
                image = stage.image or self._stages[0].image
                yield Job(
                    stage.name, stage.line, steps, image=image, condition=stage.condition[:500], manual=stage.manual
                )

    def _steps(self, stage: _Stage, used: set[str]) -> list[Step]:
        """The steps of a stage with those of the functions that it calls."""
        found: list[Step] = []
        stack: list[tuple[Step | _Call, tuple[str, ...]]] = [(item, ()) for item in reversed(stage.items)]
        for _ in range(MAX_ITEMS):
            if not stack or len(found) >= MAX_STEPS:
                break
            item, way = stack.pop()
            if isinstance(item, Step):
                found.append(item)
                continue
            names = [n for n in item.names if n in self._functions and n not in way and len(way) < MAX_CALLS]
            used.update(names)
            for name in reversed(names):
                stack += [(inner, (*way, name)) for inner in reversed(self._functions[name].items)]
            if not names and item.otherwise is not None:
                found.append(item.otherwise)
        return found

    # --- blocks ------------------------------------------------------------------------------------------------------

    def _open(self, statement: Statement) -> None:
        words, strings = words_of(statement), strings_of(statement)
        text = strings[0].text if strings else ""
        # a label such as `stage('a'): {` or an assignment still ends in the block's own name
        name = "stage" if "stage" in words else words[0] if words else ""
        block = _Block(name)
        if name == "stage":
            block.job = _Stage(text or "stage", statement[0].line, manual=self._asked)
            self._stages.append(block.job)
        elif name in _WHEN and (name == "when" or self._when() is not None):
            block.when = When(name)
        elif name == "input" or _asks(statement):
            self._ask()
        elif name == "dir":
            block.folder = text
        elif text and {"image", "inside"} <= set(words):
            self._image(text)
        elif name in _SHELLS:
            self._shell(statement)
        elif (function := _function(statement)) and not any(b.job for b in self._blocks):
            block.job = self._functions.setdefault(function, _Stage(function, statement[0].line))
        else:
            self._calls(statement)
        if len(self._blocks) < MAX_BLOCKS:
            self._blocks.append(block)

    def _close(self) -> None:
        if not self._blocks:
            return
        when = self._blocks.pop().when
        if when is None:
            return
        outer = self._when()
        if outer is not None:
            outer.parts.append(when.condition)
        else:
            self._stage().condition = when.condition

    def _when(self) -> When | None:
        return self._blocks[-1].when if self._blocks else None

    def _stage(self) -> _Stage:
        return next((b.job for b in reversed(self._blocks) if b.job is not None), self._stages[0])

    def _image(self, image: str, *, everywhere: bool = False) -> None:
        """The image that a stage, or with `everywhere` each of them, runs in."""
        stage = self._stage()
        if everywhere or stage is not self._stages[0]:
            stage.image = image

    def _ask(self) -> None:
        """Somebody is asked in this stage, so that those behind it wait for the answer."""
        self._stage().manual = True
        self._asked = self._asked or any(b.job is not None and b.name == "stage" for b in self._blocks)

    # --- steps -------------------------------------------------------------------------------------------------------

    def _step(self, statement: Statement) -> None:
        words, strings = words_of(statement), strings_of(statement)
        first = words[0] if words else ""
        inside = self._blocks[-1].name if self._blocks else ""
        when = self._when()
        if when is not None:
            when.take(statement)
            return
        self._trigger(statement)
        if (first in ("@Library", "library") or inside == "libraries") and strings:
            self.delegations += [Delegation(s.line, s.text) for s in strings]
        elif inside == "axis" or inside in ("environment", "parameters", "options", "triggers"):
            return
        elif _SHELLS.intersection(words) and strings:
            self._shell(statement)
        elif _asks(statement):
            self._ask()
        elif inside in ("docker", "kubernetes", "agent") and first in ("image", "docker") and strings:
            self._image(strings[0].text, everywhere=True)
        elif "load" in words and strings:
            self._load(strings[0])
        else:
            self._calls(statement)

    def _calls(self, statement: Statement) -> None:
        """Functions that a statement calls; else the plug-in whose step it is."""
        name, is_call = called(right_side(statement))
        names = tuple(dict.fromkeys((*calls_in(statement), name.rpartition(".")[2])))
        work = bool(name) and is_call and _is_step(name) and not statement[-1].is_sign("{")
        step = Step(statement[0].line, name, uses=_uses(statement, name)) if work else None
        self._stage().items.append(_Call(names, step))

    def _trigger(self, statement: Statement) -> None:
        words = set(words_of(statement))
        if "pipelineTriggers" not in words and not any(b.name == "triggers" for b in self._blocks[-2:]):
            return
        for number, token in enumerate(statement):
            kind = _TRIGGERS.get(token.text) if token.kind == "word" else None
            if kind:
                texts = [t.text for t in strings_of(statement[number:])]
                detail = next((t for t in texts if kind != "schedule" or _CRON.search(t)), token.text)
                lines = [part.strip() for part in detail.splitlines() if part.strip()] or [detail]
                self.triggers += [Trigger(kind, token.line, one) for one in lines[:20]]

    def _shell(self, statement: Statement) -> None:
        strings = strings_of(statement)
        if not strings:
            return
        shell = next((n for n, t in enumerate(statement) if t.text in _SHELLS and t.kind == "word"), 0)
        script = argument(statement, "script") or next(iter(strings_of(statement[shell:])), strings[0])
        folder = ""
        for block in self._blocks:
            folder = join(folder, block.folder)
        commands = with_folders(parse_commands(script.text, script.line))
        if commands:
            self._stage().items.append(Step(statement[0].line, commands=commands, working_directory=folder))

    def _load(self, path: Token) -> None:
        """The functions of another Groovy file of the repository."""
        data = self._others(join("", path.text)) if path.text not in self._loaded else None
        self._loaded.add(path.text)
        if data is None or len(self._loaded) > MAX_CALLS:
            return
        inner = _Reader(self._others)
        inner._loaded = self._loaded
        inner.read(decode(data))
        for name, function in inner._functions.items():
            placed = [_at(item, path.line) for item in function.items]
            self._functions.setdefault(name, _Stage(name, path.line, placed))
            self._of_others.add(name)


def _at(item: Step | _Call, line: int) -> Step | _Call:
    return moved(item, line) if isinstance(item, Step) else replace(item, otherwise=None)


def _function(statement: Statement) -> str:
    """The name of the function or closure that a statement opens, "" for other blocks."""
    names = list(takewhile(lambda token: token.kind == "word", statement))
    after = statement[len(names)].text if len(names) < len(statement) else ""
    if len(names) < 2 or names[0].text in ("if", "else", "for", "while", "switch", "catch", "new", "return", "class"):
        return ""
    return names[-1].text if after in ("(", "=") else ""


def _asks(statement: Statement) -> bool:
    """Whether somebody is asked for input."""
    for number, token in enumerate(statement[:-1]):
        if token.kind == "word" and token.text == "input":
            after = statement[number + 1]
            before = statement[number - 1].text if number else ""
            named = number + 2 < len(statement) and statement[number + 2].is_sign(":")
            if before != "." and (after.is_sign("(") or after.kind == "string" or (after.kind == "word" and named)):
                return True
    return False


def _is_step(name: str) -> bool:
    """Whether a name is that of a plug-in's step, not of a method or of what only keeps order."""
    first, _, rest = name.partition(".")
    return first == "docker" or rest == "push" if rest else first not in _KEEPING


def _uses(statement: Statement, name: str) -> str:
    """What a step is called; of `build` the job that it starts."""
    strings = strings_of(statement)
    return strings[0].text if name == "build" and strings else name
