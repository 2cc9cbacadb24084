"""Words in the strings of a file that look like paths or module names: how files refer to others without an import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlscan.detect.parsed import ParsedFile, roles_of
from mlscan.types.snapshot import Snapshot

_MENTION = re.compile(
    r"[\w./-]*[\w-]\.(?:py|sh|ipynb|R|r|jl|ya?ml|json|toml|sql|bash)\b|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
)
_PROGRAM = re.compile(r"[\s\"'\[-]*([A-Za-z]\w*(?:-\w+)+)(?=[\s\"',\]]|$)")
"""A word with a hyphen where a string begins: perhaps a console script."""
MENTIONS = 2_000
"""Words kept per file."""
_LONGEST = 2_000
"""Characters of a string above which it is not looked at."""


class Mentions:
    """Reads files for what they mention when somebody follows a way through them, each once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[str, frozenset[str]] = {}

    def of(self, paths: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """Each path with the words in it; none for files that cannot be read."""
        asked = list(paths)
        missing = [path for path in asked if path not in self._known]
        for path, data in self._snapshot.read_many(missing):
            file = ParsedFile(path, data, roles_of(path)) if isinstance(data, bytes) else None
            self._known[path] = _words(file) if file is not None else frozenset()
        for path in asked:
            yield path, self._known[path]


def _words(file: ParsedFile) -> frozenset[str]:
    texts: Iterable[str] = ()
    if file.roles.language or file.roles.notebook:
        texts = file.strings
    elif file.roles.tree is not None:
        texts = (line for line in file.lines if not line.lstrip().startswith("#"))
    found: set[str] = set()
    for text in texts:
        if len(text) < _LONGEST:
            found.update(m.group(0) for m in _MENTION.finditer(text))
            program = _PROGRAM.match(text)
            found.update(program.groups() if program else ())
        if len(found) > MENTIONS:
            break
    return frozenset(found)
