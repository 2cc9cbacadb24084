"""gitignore-like globs over relative `/` paths, all of them matched in one pass.

`*` and `?` stay inside one path part, `**` crosses them, `{a,b}` are alternatives, `[ab]` a set. A glob without `/`
matches a file name at any depth; one with `/` is anchored at the root unless it begins with `**/`; a trailing `/`
means everything below. Case-sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import re2

_PART = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]/]+\]|\{|\}|,|[^*?\[{},]+|\[", re.DOTALL)
_FIXED = {"**/": "(?:[^/]+/)*", "/**": "/.+", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}


@lru_cache(maxsize=4096)
def glob_regex(glob: str) -> str:
    """The glob as an unanchored-free RE2 pattern over a whole path (without `^` and `$`)."""
    anchored = glob.startswith("/")
    glob = glob.removeprefix("/")
    if glob.endswith("/"):
        glob += "**"
    if not anchored and "/" not in glob:
        glob = "**/" + glob
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


class GlobTable:
    """Every glob of the content, matched against a path in one go."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._set: re2.Set | None = None

    def add(self, glob: str) -> int:
        """The id of a glob; the same glob has the same id."""
        return self._ids.setdefault(glob, len(self._ids))

    def match(self, path: str) -> frozenset[int]:
        """Ids of the globs that match a path."""
        if self._set is None:
            options = re2.Options()
            options.encoding = re2.Options.Encoding.LATIN1
            options.dot_nl = True
            options.max_mem = 64 << 20
            self._set = re2.Set.FullMatchSet(options)
            for glob in self._ids:
                self._set.Add(glob_regex(glob).encode("latin-1", "replace"))
            self._set.Compile()
        return frozenset(self._set.Match(path.encode("utf-8", "surrogateescape")) or ())


@lru_cache(maxsize=1024)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{glob_regex(g)})" for g in globs), re.DOTALL)


def matches(path: str, globs: Sequence[str]) -> bool:
    """Whether a path matches one of a few globs; for many paths and globs use `GlobTable`."""
    return bool(globs) and _compiled(tuple(globs)).fullmatch(path) is not None


def select(paths: Iterable[str], globs: Sequence[str]) -> list[str]:
    """The paths that match one of the globs, in their order."""
    return [p for p in paths if matches(p, globs)]
