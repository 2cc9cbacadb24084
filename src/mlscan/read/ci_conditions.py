"""Conditions of CI systems, evaluated with three values: what only a run knows is unknown, not false."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from functools import reduce

MAX_TOKENS = 400
MAX_CHARACTERS = 4_000
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:''|[^'])*'|\"(?:\\.|[^\"\\])*\")"
    r"|(?P<pattern>(?<=~)\s*/(?:\\.|[^/\\\n])*/[a-z]*)"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<name>\$\{?\w+\}?|\$\([\w.-]+\)|[A-Za-z_][\w-]*(?:\.[\w*-]+|\[\s*(?:'[^']*'|\"[^\"]*\")\s*\])*)"
    r"|(?P<sign>&&|\|\||==|!=|=~|!~|<=|>=|[!()<>,]))"
)
_INDEX = re.compile(r"\[\s*['\"]([^'\"]*)['\"]\s*\]")
_FIXED = re.compile(r"[*?]")
_FILLED_LATER = re.compile(r"\$\{\{|\$\(|\$\[|<<|\{\{")
_ALTERNATIVES = re.compile(r"\^?\(?([\w/ -]+(?:\|[\w/ -]+)*)\)?\$?")
_RANK = {"||": 1, "&&": 2, "==": 3, "!=": 3, "=~": 3, "!~": 3, "<": 3, ">": 3, "<=": 3, ">=": 3, "!": 4}


class Only(Enum):
    """A value that only a run knows."""

    A_RUN_KNOWS = 0


UNKNOWN = Only.A_RUN_KNOWS


@dataclass(frozen=True, slots=True)
class Some:
    """A text that one of these patterns admits; `*` stands for anything, `?*` for anything that is not empty."""

    patterns: tuple[str, ...]

    def equals(self, text: str) -> bool | None:
        """Whether it is this text; None where that depends on the run."""
        if not any(fnmatchcase(text, pattern) for pattern in self.patterns):
            return False
        return True if self.patterns == (text,) else None

    def begins(self, text: str) -> bool | None:
        """Whether it begins with this text; None where that depends on the run."""
        found = {_begins(pattern, text) for pattern in self.patterns}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression as written, which is compared only where it is a list of plain words."""

    text: str


Value = str | bool | float | None | tuple[str, ...] | Some | Pattern | Only
Lookup = Callable[[str], Value]
"""Gives the value of a name such as `github.ref` or `$CI_COMMIT_TAG`."""

_WORDS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


def holds(condition: str, lookup: Lookup = lambda _: UNKNOWN) -> bool | None:
    """Whether a condition holds, None where that cannot be told; `&& || ! == != =~`, and functions as `eq(a, b)`.

    At most 4,000 characters and 400 tokens are understood. Never raises.
    """
    text = condition.strip()
    if text.startswith(("${{", "$[")) and text.count("${{") + text.count("$[") == 1:
        text = text.removeprefix("${{").removeprefix("$[").removesuffix("}}").removesuffix("]").strip()
    if not text or len(text) > MAX_CHARACTERS:
        return None
    machine = _Machine(lookup)
    for kind, token in _tokens(text):
        if not machine.take(kind, token):
            return None
    return truth(machine.result())


def never(condition: str) -> bool:
    """Whether a condition can never hold, whatever the run."""
    return condition.strip().lower() == "never" or holds(condition) is False


def truth(value: Value) -> bool | None:
    """A value as a condition."""
    if isinstance(value, Some):
        return True if all(pattern not in ("", "*") for pattern in value.patterns) else None
    return None if isinstance(value, (Pattern, Only)) else bool(value)


def equal(one: Value, other: Value) -> bool | None:
    """Whether two values are equal, upper and lower case alike; nothing equals empty, zero and false."""
    if isinstance(other, Some) and not isinstance(one, Some):
        one, other = other, one
    if isinstance(one, Some):
        if other is None:
            return False if truth(one) else None
        return one.equals(_text(other)) if isinstance(other, (str, bool, float, int)) else None
    if isinstance(one, (Only, Pattern, tuple)) or isinstance(other, (Only, Pattern, tuple, Some)):
        return None
    if one is None or other is None:
        return not one and not other
    return _text(one).casefold() == _text(other).casefold()


def _text(value: str | bool | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _begins(pattern: str, text: str) -> bool | None:
    fixed = _FIXED.split(pattern, maxsplit=1)[0]
    if fixed.startswith(text):
        return True
    return None if fixed != pattern and text.startswith(fixed) else False


def negated(value: bool | None) -> bool | None:
    """The opposite; unknown stays unknown."""
    return None if value is None else not value


def both(one: bool | None, other: bool | None) -> bool | None:
    """Whether both hold."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: bool | None, other: bool | None) -> bool | None:
    """Whether one holds."""
    return negated(both(negated(one), negated(other)))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    for _ in range(MAX_TOKENS):
        match = _TOKEN.match(text, position)
        if match is None:
            if text[position:].strip():
                yield "broken", ""
            return
        yield match.lastgroup or "", match[0].strip()
        position = match.end()
    yield "broken", ""


@dataclass(slots=True)
class _Machine:
    """Works through tokens with a stack of values and one of operators."""

    lookup: Lookup
    values: list[Value] = field(default_factory=list)
    signs: list[tuple[str, str, int]] = field(default_factory=list)
    """(sign, name of the function before a bracket, number of values below it)."""
    name: str | None = None
    """A name that may be a function: what follows decides."""

    def take(self, kind: str, word: str) -> bool:
        """Take one token; False where the text makes no sense."""
        if self.name is not None and word != "(":
            self.values.append(_named(self.name, self.lookup))
            self.name = None
        if kind == "name":
            self.name = word
        elif kind == "text":
            self.values.append(_written(word, self.lookup))
        elif kind == "pattern":
            self.values.append(Pattern(word.strip("/")))
        elif kind == "number":
            self.values.append(float(word) if "." in word else int(word))
        else:
            return kind == "sign" and self._sign(word)
        return True

    def _sign(self, word: str) -> bool:
        if word == "(":
            self.signs.append(("(", self.name or "", len(self.values)))
            self.name = None
        elif word == ",":
            return self._reduce_to_bracket() and bool(self.signs)
        elif word == ")":
            return self._reduce_to_bracket() and self._close()
        else:
            rank = _RANK[word]
            while word != "!" and self.signs and _RANK.get(self.signs[-1][0], 0) >= rank:
                if not self._reduce():
                    return False
            self.signs.append((word, "", len(self.values)))
        return True

    def _close(self) -> bool:
        if not self.signs:
            return False
        _, function, base = self.signs.pop()
        if function:
            arguments = self.values[base:]
            del self.values[base:]
            self.values.append(_called(function, arguments))
        return True

    def _reduce_to_bracket(self) -> bool:
        while self.signs and self.signs[-1][0] != "(":
            if not self._reduce():
                return False
        return True

    def _reduce(self) -> bool:
        sign, _, base = self.signs.pop()
        if sign == "(" or len(self.values) < 1 + (sign != "!") or len(self.values) - 1 < base:
            return False
        right = self.values.pop()
        if sign == "!":
            self.values.append(_known(negated(truth(right))))
        else:
            self.values.append(_compared(sign, self.values.pop(), right))
        return True

    def result(self) -> Value:
        """The value of all tokens; unknown where they make no sense."""
        if self.name is not None:
            self.values.append(_named(self.name, self.lookup))
            self.name = None
        while self.signs:
            if not self._reduce():
                return UNKNOWN
        return self.values[0] if len(self.values) == 1 else UNKNOWN


def _named(name: str, lookup: Lookup) -> Value:
    if name.lower() in _WORDS:
        return _WORDS[name.lower()]
    return lookup(_INDEX.sub(r".\1", name))


def _written(token: str, lookup: Lookup) -> Value:
    text = token[1:-1].replace("''", "'") if token[0] == "'" else token[1:-1]
    if re.fullmatch(r"\$\([\w.-]+\)", text):
        return lookup(text)
    return UNKNOWN if _FILLED_LATER.search(text) else text


def _known(value: bool | None) -> Value:
    return UNKNOWN if value is None else value


def _compared(sign: str, left: Value, right: Value) -> Value:
    if sign in ("&&", "||"):
        # as in most languages the result is one of the two values, so that `a && 'x' || 'y'` is a choice
        first = truth(left)
        if first is None:
            join = both if sign == "&&" else either
            return _known(join(first, truth(right)))
        return right if first == (sign == "&&") else left
    if sign in ("==", "!="):
        found = equal(left, right)
    elif sign in ("=~", "!~"):
        found = _matched(left, right)
    else:
        return UNKNOWN
    return _known(found if sign in ("==", "=~") else negated(found))


def _matched(left: Value, right: Value) -> bool | None:
    if left is None or left == "":
        return False
    plain = _ALTERNATIVES.fullmatch(right.text) if isinstance(right, Pattern) else None
    if plain is None or not isinstance(right, Pattern):
        return None
    whole = right.text.startswith("^") and right.text.endswith("$")
    words = plain[1].split("|")
    if isinstance(left, str):
        return left in words if whole else any(word in left for word in words)
    if whole and isinstance(left, Some):
        return False if all(left.equals(word) is False for word in words) else None
    return None


# --- functions --------------------------------------------------------------------------------------------------------


def _called(function: str, given: list[Value]) -> Value:
    name = function.lower().rpartition(".")[2] if "." in function else function.lower()
    truths = [truth(value) for value in given]
    if name in ("and", "or") and truths:
        return _known(reduce(both if name == "and" else either, truths))
    if name == "not" and len(given) == 1:
        return _known(negated(truths[0]))
    if name == "always":
        return True
    if len(given) < 2:
        return _list(given[0]) if name == "fromjson" and given else UNKNOWN
    return _known(_two(name, given))


def _two(name: str, given: list[Value]) -> bool | None:
    first, second = given[0], given[1]
    if name in ("eq", "ne"):
        return equal(first, second) if name == "eq" else negated(equal(first, second))
    if name in ("in", "notin"):
        found = reduce(either, (equal(first, other) for other in given[1:]))
        return found if name == "in" else negated(found)
    if name == "contains":
        return _contains(first, second)
    if name == "startswith" and isinstance(second, str):
        if isinstance(first, Some):
            return first.begins(second)
        return _text_of(first).startswith(second.casefold()) if isinstance(first, str | None) else None
    if name == "endswith" and isinstance(second, str) and isinstance(first, str | None):
        return _text_of(first).endswith(second.casefold())
    return None


def _text_of(value: str | None) -> str:
    return (value or "").casefold()


def _contains(whole: Value, part: Value) -> bool | None:
    if isinstance(whole, tuple):
        answers: list[bool | None] = [equal(item, part) for item in whole]
        return reduce(either, answers) if answers else False
    if isinstance(whole, str) and isinstance(part, str):
        return part.casefold() in whole.casefold()
    return False if whole is None else None


def _list(value: Value) -> Value:
    found = re.fullmatch(r"\s*\[\s*((?:\"[^\"]*\"\s*,?\s*)*)\]\s*", value) if isinstance(value, str) else None
    return tuple(re.findall(r"\"([^\"]*)\"", found[1])) if found else UNKNOWN
