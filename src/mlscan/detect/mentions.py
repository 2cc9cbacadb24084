"""Words in the strings of a file that look like paths or module names: how files refer to others without an import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlscan.detect.memory import Memory
from mlscan.detect.parsed import ParsedFile, roles_of
from mlscan.types.snapshot import Snapshot

_MENTION = re.compile(
    r"(?<![\w./-])[\w./-]*[\w-]\.(?:py|sh|ipynb|R|r|jl|ya?ml|json|toml|sql|bash)\b|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
)
_PROGRAM = re.compile(r"[\s\"'\[-]*([A-Za-z]\w*(?:-\w+)+)(?=[\s\"',\]]|$)")
"""A word with a hyphen where a string begins: perhaps a console script."""
MENTIONS = 2_000
"""Words kept per file."""
_LONGEST = 2_000
"""Characters of a string above which it is not looked at."""


class Mentions:
    """Reads files for what they mention when somebody follows a way through them, each once."""

    def __init__(self, snapshot: Snapshot, memory: Memory | None = None) -> None:
        self._snapshot = snapshot
        self._memory = memory
        self._contents = {f.path: f.content for f in snapshot.files} if memory else {}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, paths: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """Each path with the words in it; none for files that cannot be read."""
        asked = list(paths)
        missing = [path for path in asked if path not in self._known and not self._is_remembered(path)]
        for path, data in self._snapshot.read_many(missing):
            file = ParsedFile(path, data, roles_of(path)) if isinstance(data, bytes) else None
            self._known[path] = _words(file) if file is not None else frozenset()
            content = self._contents.get(path)
            if self._memory is not None and content is not None and file is not None:
                self._memory.mentions.keep((path, content), self._known[path])
        for path in asked:
            yield path, self._known[path]

    def _is_remembered(self, path: str) -> bool:
        content = self._contents.get(path)
        if self._memory is None or content is None:
            return False
        found = self._memory.mentions.get((path, content))
        if found is not None:
            self._known[path] = found
        return found is not None


def _words(file: ParsedFile) -> frozenset[str]:
    texts: Iterable[str] = ()
    if file.roles.language or file.roles.notebook:
        texts = file.strings
    elif file.roles.tree is not None:
        texts = (line for line in file.lines if not line.lstrip().startswith("#"))
    found: set[str] = set()
    for text in texts:
        if len(text) < _LONGEST:
            # Most strings have neither sign, and a look for one takes no time.
            if "." in text:
                found.update(_MENTION.findall(text))
            program = _PROGRAM.match(text) if "-" in text else None
            found.update(program.groups() if program else ())
        if len(found) > MENTIONS:
            break
    return frozenset(found)
