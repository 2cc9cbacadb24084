"""gitignore-like globs over relative `/` paths, all of them matched in one pass.

`*` and `?` stay inside one path part, `**` crosses them, `{a,b}` are alternatives, `[ab]` a set. A glob without `/`
matches a file name at any depth; one with `/` is anchored at the root unless it begins with `**/`; a trailing `/`
means everything below. Case-sensitive.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import re2

_PART = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]/]+\]|\{|\}|,|[^*?\[{},]+|\[", re.DOTALL)
_WILD = re.compile(r"[*?\[{]")
_FIXED = {"**/": "(?:[^/]+/)*", "/**": "/.+", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}


@lru_cache(maxsize=4096)
def glob_regex(glob: str) -> str:
    """The glob as an unanchored-free RE2 pattern over a whole path (without `^` and `$`)."""
    return _regex(whole_glob(glob))


def whole_glob(glob: str) -> str:
    """The glob over the whole path, its short forms written out."""
    anchored = glob.startswith("/")
    glob = glob.removeprefix("/")
    if glob.endswith("/"):
        glob += "**"
    return f"**/{glob}" if not anchored and "/" not in glob else glob


def _regex(glob: str) -> str:
    depth = 0
    out = []
    for part in _PART.findall(glob):
        depth += (part == "{") - (part == "}")
        if part == ",":
            out.append("|" if depth > 0 else ",")
        elif part.startswith("[") and part.endswith("]") and len(part) > 2:
            out.append("[" + part[1:-1].replace("!", "^", 1).replace("\\", "") + "]")
        else:
            out.append(_FIXED.get(part) or re.escape(part))
    return "".join(out)


def _split(glob: str) -> tuple[str, str] | None:
    """(glob of the folder, with its `/`, glob of the name), or None where alternatives or `**` reach across both."""
    head, slash, tail = glob.rpartition("/")
    if head.count("{") != head.count("}") or ("**" in tail and tail != "**"):
        return None
    return head + slash, tail


class _Regexes:
    """Patterns of which each belongs to several globs, matched together."""

    def __init__(self) -> None:
        self._owners: list[list[int]] = []
        self._numbers: dict[str, int] = {}
        self._set: re2.Set | None = None

    def add(self, regex: str, owner: int) -> None:
        """Adds a pattern over a whole text."""
        if regex not in self._numbers:
            self._numbers[regex] = len(self._owners)
            self._owners.append([])
        self._owners[self._numbers[regex]].append(owner)

    def match(self, text: str) -> list[int]:
        """Owners of the patterns that match the whole text."""
        if not self._numbers:
            return []
        if self._set is None:
            options = re2.Options()
            options.encoding = re2.Options.Encoding.LATIN1
            options.dot_nl = True
            options.max_mem = 8 << 20
            self._set = re2.Set.FullMatchSet(options)
            for regex in self._numbers:
                self._set.Add(regex.encode("latin-1", "replace"))
            self._set.Compile()
        found = self._set.Match(text.encode("utf-8", "surrogateescape")) or ()
        return [owner for number in found for owner in self._owners[number]]


KEPT = 50_000
"""Paths of which it is kept what they match."""
_ANY = "**/"
_END = re.compile(r"\.(\w+|\{\w+(?:,\w+)*\})$")


class GlobTable:
    """Every glob of the content, matched against a path in one go.

    Folders are matched once for all the files in them, and names only against globs that may have their suffix: one
    automaton for all globs over whole paths would have too many states to be kept.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._compiled = False
        self._folders = _Regexes()
        self._any_folder: set[int] = set()
        self._below: set[int] = set()
        """Globs that only ask for a folder."""
        self._names: dict[str, list[int]] = defaultdict(list)
        self._suffixes: dict[str, list[int]] = defaultdict(list)
        self._by_suffix: dict[str, _Regexes] = defaultdict(_Regexes)
        self._loose = _Regexes()
        self._across = _Regexes()
        self._in_folder: dict[str, tuple[frozenset[int], list[int]]] = {}
        self._found: dict[str, frozenset[int]] = {}
        self._same: dict[tuple[int, ...], frozenset[int]] = {}
        """One set for all paths that match the same globs."""

    def add(self, glob: str) -> int:
        """The id of a glob; the same glob has the same id."""
        return self._ids.setdefault(glob, len(self._ids))

    def select(self, holds: Callable[[str], bool]) -> frozenset[int]:
        """Ids of the globs of which something holds."""
        return frozenset(number for glob, number in self._ids.items() if holds(glob))

    def match(self, path: str) -> frozenset[int]:
        """Ids of the globs that match a path."""
        found = self._found.get(path)
        if found is None:
            if len(self._found) >= KEPT:
                self._found.clear()
            ids = tuple(sorted({*self._match(path)}))
            found = self._found[path] = self._same.setdefault(ids, frozenset(ids))
        return found

    def _match(self, path: str) -> list[int]:
        if not self._compiled:
            self._compile()
        cut = path.rfind("/") + 1
        folder, name = path[:cut], path[cut:]
        if folder not in self._in_folder:
            held = frozenset(self._folders.match(folder))
            self._in_folder[folder] = held, sorted(self._below & held)
        held, below = self._in_folder[folder]
        _, dot, suffix = name.rpartition(".")
        named = [*self._names.get(name, ()), *self._loose.match(name)]
        if dot:
            named += self._suffixes.get(suffix, ())
            named += self._by_suffix[suffix].match(name) if suffix in self._by_suffix else ()
        return [
            *below,
            *(number for number in named if number in held or number in self._any_folder),
            *self._across.match(path),
        ]

    def _compile(self) -> None:
        self._compiled = True
        for glob, number in self._ids.items():
            parts = _split(whole_glob(glob))
            if parts is None:
                self._across.add(glob_regex(glob), number)
            else:
                self._add_parts(*parts, number)

    def _add_parts(self, folder: str, name: str, number: int) -> None:
        below = name == "**"
        if folder == _ANY:
            self._any_folder.add(number)
        else:
            self._folders.add(_regex(folder + _ANY if below else folder), number)
        if below:
            self._below.add(number)
            if folder == _ANY:
                self._across.add(".+", number)
            return
        end = _END.search(name)
        suffixes = end.group(1).strip("{}").split(",") if end else []
        if not _WILD.search(name):
            self._names[name].append(number)
        elif end and name[: end.start()] == "*":
            for suffix in suffixes:
                self._suffixes[suffix].append(number)
        else:
            for suffix in suffixes:
                self._by_suffix[suffix].add(_regex(name), number)
            if not suffixes:
                self._loose.add(_regex(name), number)


@lru_cache(maxsize=1024)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{glob_regex(g)})" for g in globs), re.DOTALL)


def matches(path: str, globs: Sequence[str]) -> bool:
    """Whether a path matches one of a few globs; for many paths and globs use `GlobTable`."""
    return bool(globs) and _compiled(tuple(globs)).fullmatch(path) is not None


def select(paths: Iterable[str], globs: Sequence[str]) -> list[str]:
    """The paths that match one of the globs, in their order."""
    return [p for p in paths if matches(p, globs)]
