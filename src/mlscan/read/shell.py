"""Reads shell text into simple commands. Nothing is expanded and nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from mlscan.read.shell_words import Token, Words
from mlscan.read.text import decode_head
from mlscan.types.source import Command, Problem, Script

MAX_CHARACTERS = 500_000
MAX_COMMANDS = 20_000
MAX_WORDS = 2_000
MAX_NESTING = 6
"""Substitutions inside substitutions that are followed."""
MAX_SUBSHELLS = 20
"""Subshells inside subshells that are told apart."""
MAX_NESTED = 2 * MAX_CHARACTERS
"""Characters of all substitutions together."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")
_KEYWORDS = frozenset(("if", "then", "else", "elif", "fi", "while", "until", "do", "done", "!", "time", "coproc"))
_HEADS = frozenset(("for", "select", "case", "function"))
_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ash", "ksh"))
_DASH_C = re.compile(r"-[a-z]*c")
_EMPTY_PARENS = re.compile(r"\([ \t]*+\)")
_NUMBERS_A_LINE = 100_000
_LAUNCHERS: dict[str, tuple[str, ...]] = {
    "exec": ("-a",),
    "command": (),
    "builtin": (),
    "nohup": (),
    "time": ("-f", "-o"),
    "sudo": ("-u", "-g", "-h", "-p", "-C"),
    "nice": ("-n",),
    "env": ("-u", "-C"),
    "timeout": ("-s", "-k"),
}
"""Programs that only start another one, with their options that take a value."""


def parse_commands(text: str, line: int = 1, *, apart: bool = False) -> tuple[Command, ...]:
    """The simple commands of a shell text whose first line is `line`, in order, substitutions after their command.

    Assignments, redirections, keywords, comments and launchers such as `sudo` are left out of the words; variables
    stay as written. `apart` is for a text that has a shell of its own, such as a line of a recipe.
    At most 20,000 commands of the first 500,000 characters. Never raises.
    """
    outer = (line * _NUMBERS_A_LINE,) if apart else ()
    return tuple(command for _, command in _commands(text, line, outer))


def parse_shell(data: bytes, path: str) -> Script:
    """A shell script: its functions as groups, all else as group ""; `needs` names the functions a group calls.

    A batch file of Windows is one group.
    """
    if path.lower().endswith((".bat", ".cmd")):
        from mlscan.read.batch import parse_batch

        return parse_batch(data)
    text, cut = decode_head(data, MAX_CHARACTERS)
    groups: dict[str, list[Command]] = {"": []}
    for group, command in _commands(text, 1) if runs_in_shell(text) else ():
        groups.setdefault(group, []).append(command)
    needs = {
        group: called
        for group, commands in groups.items()
        if (called := tuple(dict.fromkeys(c.words[0] for c in commands if c.words[0] in groups.keys() - {"", group})))
    }
    lines = {group: commands[0].line for group, commands in groups.items() if commands}
    full = sum(map(len, groups.values())) >= MAX_COMMANDS
    problems = (Problem(None, "too long"),) if cut or full else ()
    return Script({group: tuple(commands) for group, commands in groups.items()}, needs, lines, "", problems)


def runs_in_shell(script: str) -> bool:
    """Whether a shell reads a script: it does unless its first line names another interpreter."""
    first = script.lstrip().partition("\n")[0]
    if not first.startswith("#!"):
        return True
    words = [word.rsplit("/", 1)[-1] for word in first[2:].split() if word[0] != "-" and "=" not in word]
    words = words[1:] if words[:1] == ["env"] else words
    return not words or words[0] in _SHELLS


def command_of(words: tuple[str, ...], line: int) -> tuple[Command, ...]:
    """The command that these ready words are, and what a `sh -c` among them runs."""
    text = " ".join(" ".join(words).split())[:200]
    inner = tuple(command for script in _dash_c(words) for command in parse_commands(script, line))
    return (Command(words, line, text), *inner) if words else ()


def _commands(text: str, line: int, outer: tuple[int, ...] = ()) -> Iterator[tuple[str, Command]]:
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n")
    numbers = count(line * _NUMBERS_A_LINE + 1)
    stack = [_Parser(text, line, _Place("", outer), numbers).parse()]
    found_commands, nested = 0, 0
    while stack and found_commands < MAX_COMMANDS:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            continue
        if found.command is not None:
            found_commands += 1
            yield found.place.group, found.command
        nested += sum(len(inner) for inner, _ in found.nested)
        if len(stack) <= MAX_NESTING and nested <= MAX_NESTED:
            stack.append(_inner(found, numbers))


def _inner(found: _Found, numbers: Iterator[int]) -> Iterator[_Found]:
    for text, line in found.nested:
        place = _Place(found.place.group, (*found.place.subshell, next(numbers)))
        yield from _Parser(text, line, place, numbers).parse()


def _dash_c(words: tuple[str, ...]) -> Iterator[str]:
    """The scripts that shells among the words are given with `-c`."""
    for number, word in enumerate(words[:-2]):
        if word.rsplit("/", 1)[-1] in _SHELLS and _DASH_C.fullmatch(words[number + 1]):
            yield words[number + 2]


class _Place(NamedTuple):
    """The function and the subshells that a command is in."""

    group: str
    subshell: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    place: _Place
    command: Command | None
    nested: tuple[tuple[str, int], ...]


class _Parser:
    """Turns the tokens of one text into commands with the function they are in."""

    def __init__(self, text: str, line: int, place: _Place, numbers: Iterator[int]) -> None:
        self._text = text
        self._numbers = numbers
        self._tokens = Words(text, line).read()
        self._words: list[Token] = []
        self._nested: list[tuple[str, int]] = []
        self._scopes: list[tuple[str, _Place]] = [("", place)]
        self._function: str | None = None
        self._head = ""
        self._cases = 0
        self._in_pattern = False
        self._in_signature = False
        self._skip_word = False

    def parse(self) -> Iterator[_Found]:
        """The commands in order; a command is None where only substitutions were seen."""
        for token in self._tokens:
            if token.kind == "word":
                self._word(token)
                continue
            self._skip_word = token.kind == "redirect"
            if not self._skip_word and not self._is_bracket(token):
                yield from self._end(token)
        yield from self._end(None)

    def _word(self, token: Token) -> None:
        self._nested += token.nested
        raw = self._text[token.start : token.end]
        if self._skip_word:
            self._skip_word = False
        elif self._in_pattern:
            if raw == "esac":
                self._close_case()
        elif self._head:
            self._head_word(raw, token.value)
        elif (self._words or not self._is_grammar(raw)) and len(self._words) < MAX_WORDS:
            self._words.append(token)

    def _head_word(self, raw: str, value: str) -> None:
        if self._head == "function":
            self._head, self._function = "", value
        elif self._head == "case" and raw == "in":
            self._head, self._in_pattern = "", True
            self._cases += 1

    def _is_grammar(self, raw: str) -> bool:
        """Whether a first word only shapes what follows."""
        if raw in _HEADS:
            self._head = raw
        elif raw == "{":
            self._push("{")
        elif raw == "}":
            self._pop("{")
        elif raw == "esac" and self._cases:
            self._close_case()
        elif raw not in _KEYWORDS and not _ASSIGNMENT.match(raw):
            self._function = None
            return False
        return True

    def _is_bracket(self, token: Token) -> bool:
        """Whether an operator is a bracket that ends no command."""
        if token.value == "(":
            empty = _EMPTY_PARENS.match(self._text, token.start) is not None and not self._in_pattern
            if empty and len(self._words) == 1:
                self._function, self._in_signature = self._words[0].value, True
                self._words.clear()
            elif empty and self._function is not None and not self._words:
                self._in_signature = True
            return self._in_pattern or self._in_signature
        if token.value == ")" and (self._in_pattern or self._in_signature):
            self._in_pattern = self._in_signature = False
            return True
        return token.value == "|" and self._in_pattern

    def _end(self, token: Token | None) -> Iterator[_Found]:
        operator = token.value if token else ""
        place = self._scopes[-1][1]
        command = _command(self._text, self._words, operator == "&", place.subshell) if self._words else None
        if command is not None:
            self._nested += ((script, command.line) for script in _dash_c(command.words))
            if token and token.nested and (command.program in _SHELLS or command.program == "ssh"):
                self._nested += token.nested
        if command is not None or self._nested:
            yield _Found(place, command, tuple(self._nested))
        self._words, self._nested, self._head = [], [], ""
        if operator == "(":
            self._push("(")
        elif operator == ")":
            self._pop("(")
        elif operator in (";;", ";&", ";;&") and self._cases:
            self._in_pattern = True

    def _push(self, kind: str) -> None:
        group, subshell = self._scopes[-1][1]
        if kind == "(" and len(subshell) < MAX_SUBSHELLS:
            subshell = (*subshell, next(self._numbers))
        self._scopes.append((kind, _Place(group if self._function is None else self._function, subshell)))
        self._function = None

    def _pop(self, kind: str) -> None:
        if self._scopes[-1][0] == kind:
            self._scopes.pop()

    def _close_case(self) -> None:
        self._cases -= 1
        self._in_pattern = False


def _command(text: str, tokens: list[Token], background: bool, subshell: tuple[int, ...]) -> Command:
    written = text[tokens[0].start : tokens[-1].end][:1000]
    one_line = " ".join(written.replace("\\\n", " ").split())[:200]
    words = _without_launchers([token.value for token in tokens])
    return Command(tuple(words), tokens[0].line, one_line, background, subshell=subshell)


def _without_launchers(words: list[str]) -> list[str]:
    """The words from the program on that a launcher starts; all of them where a launcher stands alone."""
    rest = words
    while rest and (program := rest[0].rsplit("/", 1)[-1]) in _LAUNCHERS:
        start = 1
        while start < len(rest) and (rest[start][:1] == "-" or _ASSIGNMENT.match(rest[start])):
            if program == "command":
                return words
            start += 2 if rest[start] in _LAUNCHERS[program] else 1
        rest = rest[start + (program == "timeout") :]
    return rest or words
