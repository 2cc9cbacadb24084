"""Reads makefiles into targets with their commands. Simple variables are filled in; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mlscan.read.shell import parse_commands
from mlscan.read.text import decode
from mlscan.types.source import Command, Problem, Script

MAX_CHARACTERS = 500_000
MAX_TARGETS = 2_000
MAX_VALUE = 2_000
"""Characters of a variable's value."""
MAX_FILLED = 5_000_000
"""Characters that filling in variables may make in all."""

_ASSIGN = re.compile(r"(?:(?:export|override|private|unexport)\s+)*([\w.-]+)\s*(::?:?=|\?=|\+=|!=|=)\s*(.*)", re.DOTALL)
_RULE = re.compile(r"([^:=#\s][^:=#]*+)::?(?!=)(.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"(?:ifeq|ifneq|ifdef|ifndef|else|endif|include|-include|sinclude|vpath|export|unexport)\b")
_REFERENCE = re.compile(r"\$(?:\(([^()]*)\)|\{([^{}]*)\}|([@<^*?+$]))")
_NAME = re.compile(r"[\w.-]+")
_TARGET_VARIABLE = re.compile(r"\s*[\w.-]+\s*(?:[:?+]?=)")


def parse_make(data: bytes, path: str) -> Script:  # noqa: ARG001 - readers share one signature
    """The targets of a makefile as groups, their prerequisites as needs; the first target is the default.

    Both branches of a conditional are read. Unknown variables stay, as `${X}`. Never raises.
    """
    text = decode(data)
    reader = _Reader()
    for line, written in _logical(text[:MAX_CHARACTERS]):
        reader.take(line, written)
    return reader.result(len(text) > MAX_CHARACTERS)


@dataclass(slots=True)
class _Target:
    line: int
    needs: list[str] = field(default_factory=list)
    recipe: list[tuple[int, str]] = field(default_factory=list)


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
        self._open: list[_Target] = []
        self._in_define = False
        self._budget = MAX_FILLED
        self._default = ""

    def take(self, line: int, written: str) -> None:
        """Read one logical line."""
        stripped = written.strip()
        if self._in_define:
            self._in_define = stripped != "endef"
        elif written[:1] == "\t" and self._open:
            for target in self._open:
                target.recipe.append((line, written))
        elif not stripped or stripped[0] == "#" or _is_directive(stripped):
            pass
        elif stripped.startswith("define "):
            self._in_define = True
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
        return Script(groups, needs, lines, default, (Problem(None, "too long"),) if cut else ())

    def _assign(self, name: str, sign: str, value: str) -> None:
        value = value.replace("\\\n", " ").split(" #")[0].strip()[:MAX_VALUE]
        if sign == "!=":
            value = f"$(shell {value})"
        if sign == "+=" and name in self._values:
            value = f"{self._values[name]} {value}"[:MAX_VALUE]
        if sign != "?=" or name not in self._values:
            self._values[name] = value

    def _rule(self, line: int, names: str, rest: str) -> None:
        needs, semicolon, recipe = rest.partition(";")
        self._open = []
        if _TARGET_VARIABLE.match(rest):
            return
        words = self._fill(needs.split(" #")[0].replace("\\\n", " ").replace("|", " "), None).split()
        for name in self._fill(names.replace("\\\n", " "), None).split()[:100]:
            if (name[0] == "." and "/" not in name) or len(self._targets) >= MAX_TARGETS:
                continue
            target = self._targets.setdefault(name, _Target(line))
            target.needs += [word for word in words if word not in (":", name)]
            if semicolon:
                target.recipe.append((line, recipe))
            self._default = self._default or ("" if "%" in name else name)
            self._open.append(target)

    def _commands(self, name: str, target: _Target) -> Iterator[Command]:
        own = {"@": name, "<": target.needs[0] if target.needs else "", "^": " ".join(target.needs[:50])}
        for line, written in target.recipe:
            yield from parse_commands(self._fill(written.lstrip("\t @-+"), own), line)

    def _fill(self, text: str, own: dict[str, str] | None) -> str:
        """The text with simple variables replaced, up to five levels deep."""
        text = text.replace("$$", "\ue000")
        for _ in range(5 if "$" in text else 0):
            if self._budget <= 0:
                break
            filled = _REFERENCE.sub(lambda match: self._value(match, own or {}), text)
            self._budget -= len(filled)
            if filled == text or len(filled) > 10 * MAX_VALUE:
                break
            text = filled
        return text.replace("\ue000", "$").replace("\ue001", "$")

    def _value(self, match: re.Match[str], own: dict[str, str]) -> str:
        if match[3]:
            return own.get(match[3], "")
        inner = (match[1] if match[1] is not None else match[2]).strip()
        if _NAME.fullmatch(inner):
            return self._values.get(inner, f"\ue001{{{inner}}}")
        if inner.startswith("shell "):
            return f"\ue001({inner[6:]})"
        word = _NAME.match(inner)
        return f"\ue001{{{word[0] if word else ''}}}"
