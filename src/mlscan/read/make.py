"""Reads makefiles into targets with their commands. Simple variables are filled in; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from mlscan.read.shell import parse_commands
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Problem, Script

MAX_CHARACTERS = 500_000
MAX_TARGETS = 2_000
MAX_NEEDS = 1_000
"""Prerequisites of one target."""
MAX_VALUE = 2_000
"""Characters of a variable's value."""
MAX_REFERENCES = 200
"""Variables of one line that are filled in."""
MAX_FILLED = 2_000_000
"""Characters of all names, prerequisites and recipes, after variables are filled in."""
COMMAND_COST = 100
"""Characters that one command counts for, beside its own."""

_WORDS = r"(?:(?:export|override|private|unexport)\s++)*+"
_ASSIGN = re.compile(_WORDS + r"([\w.-]++)\s*+(:{0,3}=|\?=|\+=|!=)\s*+(.*)", re.DOTALL)
_RULE = re.compile(r"([^:=#\s][^:=#]*+)::?(?!=)(.*)", re.DOTALL)
_DIRECTIVE = re.compile(
    r"(?:ifeq|ifneq|ifdef|ifndef|else|endif|-?include|sinclude|vpath|export|unexport|-?load)(?=[\s(]|\Z)"
)
_DEFINE = re.compile(_WORDS + r"define(?:\s|\Z)")
_REFERENCE = re.compile(r"\$(?:\(([^()]*+)\)|\{([^{}]*+)\}|([@<^*?+$]))")
_NAME = re.compile(r"[\w.-]+")
_NEEDS = re.compile(r"(?:[^;#\\]++|\\.|\\\Z)*+", re.DOTALL)
_TARGET_VARIABLE = re.compile(r"\s*+" + _WORDS + r"[\w.-]++\s*+(?::{0,3}|[?+!])=")


def parse_make(data: bytes, path: str) -> Script:  # noqa: ARG001 - readers share one signature
    """The targets of a makefile as groups, their prerequisites as needs; the first target is the default.

    Both branches of a conditional are read. Unknown variables stay, as `${X}`. Never raises.
    """
    text, cut = decode_head(data, MAX_CHARACTERS)
    reader = _Reader()
    for line, written in _logical(text):
        reader.take(line, written)
    return reader.result(cut)


@dataclass(slots=True)
class _Target:
    line: int
    needs: list[str] = field(default_factory=list)
    recipes: list[list[tuple[int, str]]] = field(default_factory=list)
    """Of each of its rules; targets of one rule share it."""


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those they continue on, still divided by backslash and line end."""
    parts: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not parts:
            first = number
        parts.append(line)
        if not line.endswith("\\"):
            yield first, "\n".join(parts)
            parts = []
    if parts:
        yield first, "\n".join(parts)


def _is_directive(line: str) -> bool:
    return _DIRECTIVE.match(line) is not None and _ASSIGN.match(line) is None


class _Reader:
    def __init__(self) -> None:
        self._targets: dict[str, _Target] = {}
        self._values: dict[str, str] = {"MAKE": "make"}
        self._recipe: list[tuple[int, str]] | None = None
        self._defines = 0
        self._budget = MAX_FILLED
        self._default = ""
        self._one_shell = False

    def take(self, line: int, written: str) -> None:
        """Read one logical line."""
        stripped = written.strip()
        if self._defines or _DEFINE.match(stripped):
            self._defines += (_DEFINE.match(stripped) is not None) - (stripped.split("#")[0].strip() == "endef")
        elif written.startswith(self._values.get(".RECIPEPREFIX", "\t")[:1] or "\t") and self._recipe is not None:
            self._recipe.append((line, written[1:]))
        elif not stripped or stripped[0] == "#" or _is_directive(stripped):
            pass
        elif assign := _ASSIGN.match(stripped):
            self._assign(assign[1], assign[2], assign[3])
        elif rule := _RULE.match(stripped):
            self._rule(line, rule[1].rstrip(" \t&"), rule[2])

    def result(self, cut: bool) -> Script:
        """All targets with their commands."""
        groups = {name: tuple(self._commands(name, target)) for name, target in self._targets.items()}
        needs = {name: tuple(dict.fromkeys(t.needs)) for name, t in self._targets.items() if t.needs}
        lines = {name: target.line for name, target in self._targets.items()}
        default = self._values.get(".DEFAULT_GOAL", self._default)
        problems = (Problem(None, "too long"),) if cut or self._budget <= 0 else ()
        return Script(groups, needs, lines, default, problems)

    def _assign(self, name: str, sign: str, value: str) -> None:
        value = value.replace("\\\n", " ").split(" #")[0].strip()[:MAX_VALUE]
        if sign == "!=":
            value = f"$(shell {value})"
        if sign == "+=" and name in self._values:
            value = f"{self._values[name]} {value}"[:MAX_VALUE]
        if sign != "?=" or name not in self._values:
            self._values[name] = value

    def _rule(self, line: int, names: str, rest: str) -> None:
        end = _NEEDS.match(rest)
        needs, recipe = (rest[: end.end()], rest[end.end() :]) if end else ("", "")
        self._recipe = None
        if _TARGET_VARIABLE.match(rest):
            return
        words = self._fill(needs.replace("\\\n", " "), None).rpartition(": ")[2].replace("|", " ")
        found = words.split()[:MAX_NEEDS]
        self._recipe = [(line, recipe[1:])] if recipe[:1] == ";" else []
        for name in self._fill(names.replace("\\\n", " "), None).split()[:100]:
            self._one_shell = self._one_shell or name == ".ONESHELL"
            if (name[0] == "." and "/" not in name) or len(self._targets) >= MAX_TARGETS:
                continue
            target = self._targets.setdefault(name, _Target(line))
            target.needs += [word for word in found[: MAX_NEEDS - len(target.needs)] if word != name]
            target.recipes.append(self._recipe)
            self._default = self._default or ("" if "%" in name else name)

    def _commands(self, name: str, target: _Target) -> Iterator[Command]:
        own = {"@": name, "<": target.needs[0] if target.needs else "", "^": " ".join(target.needs[:50])}
        for line, written in chain.from_iterable(target.recipes):
            if self._budget <= 0:
                return
            text = self._fill(written.lstrip("\t @-+"), own)
            commands = parse_commands(text, line, apart=not self._one_shell)
            self._budget -= COMMAND_COST * len(commands)
            yield from commands

    def _fill(self, text: str, own: dict[str, str] | None) -> str:
        """The text with simple variables replaced, up to five levels deep."""
        self._budget -= len(text)
        text = text.replace("$$", "\ue000")
        for _ in range(5 if "$" in text else 0):
            if self._budget <= 0:
                break
            filled = _REFERENCE.sub(lambda match: self._value(match, own or {}), text, count=MAX_REFERENCES)
            self._budget -= len(filled)
            if filled == text or len(filled) > 10 * MAX_VALUE:
                break
            text = filled
        return text.replace("\ue000", "$").replace("\ue001", "$")

    def _value(self, match: re.Match[str], own: dict[str, str]) -> str:
        if match[3]:
            return own.get(match[3], "")
        inner = (match[1] if match[1] is not None else match[2]).strip()
        if inner[:1] in own:
            return own[inner[0]]
        if _NAME.fullmatch(inner):
            return self._values.get(inner, f"\ue001{{{inner}}}")
        if inner.startswith("shell "):
            return f"\ue001({inner[6:]})"
        word = _NAME.match(inner)
        return f"\ue001{{{word[0] if word else ''}}}"
