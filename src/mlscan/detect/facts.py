"""What one pass over the files leaves behind for questions that span files: imports, commands, CI, manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mlscan.detect.by_part import ByPart, name_of
from mlscan.detect.modules import ModuleIndex
from mlscan.types.evidence import Context
from mlscan.types.lists import Lists
from mlscan.types.source import Dockerfile, Manifest, Script, Tree, Workflow

DEPTH = 4
"""How many steps of imports or commands are followed."""


@dataclass(slots=True)
class Facts:
    """Facts of the whole repository; filled while files are read, then only looked at."""

    paths: tuple[str, ...]
    known: frozenset[str]
    contexts: Mapping[str, Context]
    """Of paths that are not the repository's own."""
    modules: ModuleIndex
    lists: Lists
    imports: dict[str, frozenset[str]] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    dockerfiles: dict[str, Dockerfile] = field(default_factory=dict)
    scripts: dict[str, tuple[str, Script]] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    """Trees that a question across files asked for."""
    unread: dict[str, str] = field(default_factory=dict)
    """Path -> reason, for files of which nothing was read."""
    read_words: dict[str, list[str]] = field(default_factory=dict)
    """Sibling groups' words -> files that mention them, each once."""
    by_name: ByPart = field(init=False)
    """Paths by the file's name."""
    entries: dict[str, str] = field(default_factory=dict)
    """Console script -> the module file behind it."""
    declaring: frozenset[str] = frozenset()
    """Folders with a manifest that is no lock."""
    roots: tuple[str, ...] = ()
    """Folders with a manifest, deepest first."""
    mentions: Callable[[Iterable[str]], Iterable[tuple[str, frozenset[str]]]] = lambda paths: ()  # noqa: ARG005
    """Files -> words in their strings that look like paths or module names."""
    sourced: dict[str, frozenset[str]] = field(default_factory=dict)
    """File -> words by which a program names the files that it runs."""
    edges: dict[str, frozenset[str]] = field(default_factory=dict)
    """File -> files that it imports, mentions in a string, or runs; filled when somebody asks."""
    _root_set: frozenset[str] = frozenset()
    targets: Callable[[str], Iterable[str]] = lambda path: ()  # noqa: ARG005  nothing is indexed yet
    """Files that the commands of a file run; set once commands are indexed."""

    def __post_init__(self) -> None:
        self.by_name = ByPart(self.paths, name_of)

    def context(self, path: str) -> Context:
        """The context of a path; own for what is no file (the whole repository)."""
        return self.contexts.get(path, Context.OWN)

    def declares(self, path: str) -> bool:
        """Whether a manifest says what its folder depends on: a lock does only where it is the only one there."""
        return not self.manifests[path].lock or path.rpartition("/")[0] not in self.declaring

    def root_of(self, path: str) -> str:
        """The deepest folder with a manifest that holds the path; "" is the repository's root."""
        if len(self._root_set) != len(self.roots):
            self._root_set = frozenset(self.roots)
        folder = path.rpartition("/")[0]
        while folder and folder not in self._root_set:
            folder = folder.rpartition("/")[0]
        return folder

    def add_entries(self, path: str, scripts: Mapping[str, str]) -> None:
        """Remembers the files behind the console scripts (`package.module:function`) of a manifest."""
        for name, value in scripts.items():
            module = value.partition(":")[0].strip()
            found = self.modules.resolve(module, path) if module and " " not in module else None
            if found is not None:
                self.entries.setdefault(name, found)

    def _find_edges(self, paths: Iterable[str]) -> None:
        asked = [path for path in paths if path not in self.edges]
        words = dict(self.mentions(path for path in asked if path in self.known))
        for path in asked:
            found = {self.modules.resolve(name, path) for name in self.imports.get(path, ())}
            named = words.get(path, frozenset()) | self.sourced.get(path, frozenset())
            found |= {self.mentioned(word, path) for word in named}
            found |= set(self.targets(path))
            self.edges[path] = frozenset(p for p in found if p and p != path)

    def mentioned(self, word: str, path: str) -> str | None:
        """The file that a word in a string of `path` names: relative to the file, to its folders above, or a module."""
        word = word.removeprefix("file:").removeprefix("./").strip("/")
        folder = path.rpartition("/")[0]
        while True:
            candidate = _normal(f"{folder}/{word}" if folder else word)
            if candidate in self.known:
                return candidate
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        if "/" not in word and "." in word and not word.endswith((".py", ".sh", ".ipynb", ".yaml", ".yml")):
            return self.modules.resolve(word, path)
        return self.entries.get(word) or self._elsewhere(word)

    def _elsewhere(self, word: str) -> str | None:
        """The file of a path inside a container or another checkout: `/opt/app/jobs/fit.py` is `jobs/fit.py`."""
        rest = word
        while "/" in rest:
            if rest in self.known:
                return rest
            rest = rest.partition("/")[2]
        named = self.by_name.get(rest)
        return named[0] if len(named) == 1 else None

    def reaches(self, start: Iterable[str], goal: frozenset[str], depth: int = DEPTH) -> str | None:
        """The first file of `goal` that is reached from `start` in at most `depth` steps, or None."""
        seen: set[str] = set()
        level = sorted(set(start)) if goal else []
        for _ in range(depth + 1):
            for path in level:
                if path in goal:
                    return path
            seen.update(level)
            self._find_edges(level)
            level = sorted({t for path in level for t in self.edges[path]} - seen)
            if not level:
                break
        return None


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
