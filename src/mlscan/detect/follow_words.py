"""Words of commands: what wraps what, options and their values, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_WRAPPERS = 6

PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:\.exe)?|py")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_STARTS = re.compile(
    r"(?:python|pypy)[\d.]*|py|pytest|(?:ba|z|da|k)?sh|pwsh|make|R|Rscript|julia|node|npm|npx|jupyter|papermill|perl|ruby"
)
"""Programs that begin a command even where they stand behind an option."""
_ALONE = re.compile(r"\$\w+|\$\{[^{}]{1,80}\}")
"""A variable that stands for what may come before a command."""
_FILE = re.compile(r"[\w./${}-]+\.(?:py|sh|bash|R|r|jl|ipynb|js|ts|ps1)")
_VARIABLE = re.compile(
    r"(?:\$\{\{[^}]{0,80}\}\}|\$\{[^}]{0,80}\}|\$\([^)]{0,80}\)|\$\w+|\{\{[^}]{0,80}\}\}|\{\w+\}|%\w+%|~)/"
)


def unwrapped(words: tuple[str, ...], wrappers: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The words as they are, then without each wrapper around them, from outside to inside."""
    yield words
    for _ in range(MAX_WRAPPERS):
        if words and _ALONE.fullmatch(words[0]):
            words = words[1:]
        else:
            size, service = max((_fits(words, w) for w in wrappers), default=(0, False))
            words = _behind(words[size:], service) if size else ()
        if not words:
            return
        yield words


def _fits(words: tuple[str, ...], wrapper: Sequence[str]) -> tuple[int, bool]:
    """(how many words a wrapper takes, whether a service's name follows, as with compose); 0 where it is another.

    Between the words of a wrapper there may be options. The first word is compared by its base name.
    """
    if not words or not wrapper or base_name(words[0]) != wrapper[0]:
        return 0, False
    position = 1
    for wanted in wrapper[1:]:
        while position < len(words) and words[position] != wanted and _between(words, position):
            position += 1
        if position >= len(words) or words[position] != wanted:
            return 0, False
        position += 1
    return (position, any("compose" in word for word in wrapper)) if position < len(words) else (0, False)


def _between(words: tuple[str, ...], position: int) -> bool:
    """Whether a word is an option, or may be the value of the one before it."""
    before = words[position - 1]
    return words[position].startswith("-") or (before.startswith("-") and "=" not in before)


def _behind(words: tuple[str, ...], service: bool) -> tuple[str, ...]:
    """The command behind a wrapper's own options; a module or a file alone becomes a command of its interpreter."""
    rest = words
    while rest and (rest[0].startswith("-") or _ASSIGNMENT.match(rest[0])):
        option, rest = rest[0], rest[1:]
        if option == "--":
            break
        if option == "-m" and rest:
            return ("python", "-m", *rest)
        if _takes_value(option, rest):
            rest = rest[1:]
    if service and len(rest) > 1:
        return _behind(rest[1:], False)
    if rest and rest[0].endswith(".py"):
        return ("python", *rest)
    return rest


def _takes_value(option: str, rest: tuple[str, ...]) -> bool:
    """Whether the word behind an option is taken for its value: when it could not begin a command, but more follows."""
    if not option.startswith("-") or "=" in option or len(rest) < 2 or rest[0].startswith("-"):
        return False
    if _STARTS.fullmatch(base_name(rest[0])) or _FILE.fullmatch(rest[0]):
        return False
    return len(option) == 2 or any(_STARTS.fullmatch(base_name(w)) or _FILE.fullmatch(w) for w in rest[1:])


def base_name(word: str) -> str:
    """The last part of a path."""
    return word.rpartition("/")[2]


def option_value(words: Sequence[str], *names: str) -> str:
    """The value of the first option of these names: `-C dir`, `-Cdir`, `--dir dir`, `--dir=dir`; "" without one."""
    for number, word in enumerate(words[1:], 1):
        for name in names:
            if word == name and number + 1 < len(words):
                return words[number + 1]
            if name.startswith("--") and word.startswith(name + "="):
                return word[len(name) + 1 :]
            if not name.startswith("--") and word.startswith(name) and len(word) > len(name):
                return word[len(name) :]
    return ""


def plain_path(word: str) -> str:
    """A path without a variable, a home folder or `./` at its begin."""
    for _ in range(3):
        found = _VARIABLE.match(word)
        if not found:
            break
        word = word[found.end() :]
    return word.removeprefix("./").replace("\\", "/")


def join(folder: str, path: str) -> str:
    """A path below a folder, normalised; absolute paths and those of variables count from the root."""
    plain = plain_path(path)
    parts = [] if plain != path.removeprefix("./") or plain.startswith("/") else [p for p in folder.split("/") if p]
    for part in plain.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
