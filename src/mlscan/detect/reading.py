"""The one pass over the files: each is read once, searched once for the words of all matchers, parsed only on a hit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import re2

from mlscan.detect.facts import Facts
from mlscan.detect.gates import is_open
from mlscan.detect.hits import Hit
from mlscan.detect.infra import image_hits, resource_hits
from mlscan.detect.local import LocalMatchers
from mlscan.detect.parsed import ParsedFile, Roles, roles_of
from mlscan.detect.plan import Leaf, Plan
from mlscan.detect.prefilter import Prefilter
from mlscan.detect.sourced import SOURCING, sourced
from mlscan.read.notebook_head import is_python_notebook
from mlscan.types.content import ImageMatch, PathMatch, ResourceMatch
from mlscan.types.evidence import Context, Gap
from mlscan.types.snapshot import Snapshot

_CODE_KINDS = frozenset({"imports", "calls", "classes", "defines"})
LOCAL = _CODE_KINDS | {"key", "document", "dependency", "text", "image", "resource"}
_RESOURCE_SUFFIX = {
    "terraform": (".tf",),
    "bicep": (".bicep",),
    "cloudformation": (".yml", ".yaml", ".json", ".template"),
    "kubernetes": (".yml", ".yaml"),
    "compose": (".yml", ".yaml"),
}
_MENTION = re.compile(
    r"[\w./-]*[\w-]\.(?:py|sh|ipynb|R|r|jl|ya?ml|json|toml|sql|bash)\b|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
)
_PROGRAM = re.compile(r"[\s\"'\[-]*([A-Za-z]\w*(?:-\w+)+)(?=[\s\"',\]]|$)")
"""A word with a hyphen where a string begins: perhaps a console script."""
MENTIONS = 2_000
"""Words kept per file."""


@dataclass(slots=True)
class Candidates:
    """Matchers that may hold in a file, told from its path alone."""

    filtered: dict[int, Leaf]
    """Those that the search of the file can rule out, by index, cheap ones first."""
    always: list[Leaf]
    by_path: list[Leaf]
    """Those that look at the path only."""


class Reading:
    """Runs the one-file matchers over a snapshot and fills the facts."""

    def __init__(self, snapshot: Snapshot, plan: Plan, facts: Facts, reject: Callable[[Leaf, Hit, str], None]) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._facts = facts
        self._matchers = LocalMatchers(facts, reject)
        self.hits: dict[int, list[Hit]] = defaultdict(list)
        self.unknown: dict[int, set[str]] = defaultdict(set)
        self.gaps: set[Gap] = set()
        self.bytes_read = 0
        self.ci_bytes: dict[str, bytes] = {}
        self._shared: dict[tuple[frozenset[int], Context, Roles, str], Candidates] = {}
        self._sizes = {f.path: f.size for f in snapshot.files}
        self.tree_paths: frozenset[str] = frozenset()
        """Files whose trees the sibling matchers want."""

    def run(self, words: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """Reads every file that a matcher or the index wants; `words` are searched for in all of them."""
        leaves = self._plan.leaves
        prefilter = Prefilter([x for x in leaves if x.kind in LOCAL], words)
        wanted: dict[str, tuple[Roles, Candidates]] = {}
        for path in self._facts.paths:
            roles = roles_of(path)
            candidates = self._candidates(path, roles)
            if roles.indexed or candidates.filtered or candidates.always or path in self.tree_paths:
                wanted[path] = (roles, candidates)
        for number, (path, data) in enumerate(self._snapshot.read_many(wanted)):
            roles, candidates = wanted[path]
            if isinstance(data, Gap):
                self.gaps.add(data)
                self._facts.unread[path] = data.reason
                for leaf in (*candidates.filtered.values(), *candidates.always):
                    self.unknown[leaf.index].add(path)
            else:
                self.bytes_read += len(data)
                self._visit(ParsedFile(path, data, roles), candidates, prefilter)
            if progress and number % 200 == 0:
                progress(number, len(wanted))

    def _candidates(self, path: str, roles: Roles) -> Candidates:
        """Leaves that may hold in a file; path matchers are evaluated on the way. Most paths share their answer."""
        globs = self._plan.globs.match(path)
        context = self._facts.context(path)
        key = (globs, context, roles, path[path.rfind(".") :])
        if key not in self._shared:
            able = [x for x in self._plan.leaves if _admits(x, globs, context)]
            local = sorted((x for x in able if x.kind in LOCAL and _may(x, path, roles)), key=_cost)
            self._shared[key] = Candidates(
                filtered={x.index: x for x in local if x.filtered},
                always=[x for x in local if not x.filtered],
                by_path=[x for x in able if x.kind == "path"],
            )
        found = self._shared[key]
        for leaf in found.by_path:
            self._path(leaf, path)
        return found

    def _path(self, leaf: Leaf, path: str) -> None:
        assert isinstance(leaf.spec, PathMatch)
        verdict = _path_holds(leaf.spec, path, self._snapshot, self._sizes)
        if verdict is None:
            self.unknown[leaf.index].add(path)
        elif verdict:
            self.hits[leaf.index].append(Hit(path, None, path))

    def _visit(self, file: ParsedFile, candidates: Candidates, prefilter: Prefilter) -> None:
        self._index(file)
        possible, words = prefilter.search(file.searched, self._modules(file))
        for word in words:
            self._facts.read_words.setdefault(word, set()).add(file.path)
        hit = False
        asked = self._worth_asking(file, candidates, possible)
        file.wanted = self._matchers.wanted(asked)
        for leaf in asked:
            if not is_open(leaf, possible):
                continue
            found = self._evaluate(leaf, file)
            hit = hit or bool(found)
            self.hits[leaf.index] += found
            unsure = (leaf.index, file.path) in self._matchers.unsure
            if not found and (unsure or (file.problems and leaf.filtered)):
                self.unknown[leaf.index].add(file.path)
            elif not found:
                possible.discard(leaf.index)
        if hit or file.path in self._facts.workflows:
            self._mentions(file)
        self.gaps |= {Gap(file.path, p.reason, partial=True) for p in file.problems}

    def _worth_asking(self, file: ParsedFile, candidates: Candidates, possible: set[int]) -> list[Leaf]:
        """Candidates that may hold, cheap ones first; what bytes and import lines rule out leaves `possible`, too."""
        able = [candidates.filtered[index] for index in candidates.filtered.keys() & possible]
        able.sort(key=_cost)
        for leaf in able:
            if is_open(leaf, possible) and not self._matchers.may_hold(leaf, file):
                possible.discard(leaf.index)
        return [*(leaf for leaf in able if leaf.index in possible), *candidates.always]

    def _modules(self, file: ParsedFile) -> frozenset[str] | None:
        """Top-level modules of a Python file; names of the repository's own modules stand for themselves."""
        if file.path not in self._facts.imports:
            return None
        return frozenset(name.split(".", 1)[0] for name in self._facts.imports[file.path])

    def _evaluate(self, leaf: Leaf, file: ParsedFile) -> list[Hit]:
        if isinstance(leaf.spec, ImageMatch):
            return list(image_hits(leaf.spec, self._matchers.check(leaf, "name", leaf.spec.name), file))
        if isinstance(leaf.spec, ResourceMatch):
            kind = self._matchers.check(leaf, "type", leaf.spec.type)
            name = self._matchers.check(leaf, "name", leaf.spec.name)
            return list(resource_hits(leaf.spec, kind, name, file))
        return self._matchers.hits(leaf, file)

    def _index(self, file: ParsedFile) -> None:
        """What other files may ask for later."""
        facts, path, roles = self._facts, file.path, file.roles
        if roles.language == "python" or (roles.notebook and is_python_notebook(file.data)):
            from mlscan.read.python import scan_imports

            facts.imports[path] = scan_imports(file.data)
        elif roles.language in SOURCING:
            named = sourced(file.data, path, roles.language, facts)
            if named:
                facts.mentions[path] = named
        if roles.manifest and file.manifest is not None:
            facts.manifests[path] = file.manifest
        if roles.docker and file.dockerfile is not None:
            facts.dockerfiles[path] = file.dockerfile
        if roles.script and file.script is not None:
            facts.scripts[path] = (roles.script, file.script)
        if roles.ci or path.endswith(("action.yml", "action.yaml")):
            self.ci_bytes[path] = file.data
        if path in self.tree_paths and file.tree is not None:
            facts.trees[path] = file.tree

    def _mentions(self, file: ParsedFile) -> None:
        texts: Iterable[str] = ()
        if file.roles.language or file.roles.notebook:
            texts = file.strings
        elif file.tree is not None:
            texts = (line for line in file.lines if not line.lstrip().startswith("#"))
        found: set[str] = set()
        for text in texts:
            if len(text) < 2_000:
                found.update(m.group(0) for m in _MENTION.finditer(text))
                program = _PROGRAM.match(text)
                found.update(program.groups() if program else ())
            if len(found) > MENTIONS:
                break
        if found:
            self._facts.mentions[file.path] = self._facts.mentions.get(file.path, frozenset()) | found


def _cost(leaf: Leaf) -> tuple[int, int]:
    """Texts are looked for in bytes, imports and definitions in lines; everything else needs a parse."""
    return {"text": 0, "imports": 1, "defines": 1}.get(leaf.kind, 2), leaf.index


def _admits(leaf: Leaf, globs: frozenset[int], context: Context) -> bool:
    if (leaf.in_ is not None and not leaf.in_ & globs) or leaf.not_in & globs:
        return False
    return leaf.contexts is None or context in leaf.contexts


def _may(leaf: Leaf, path: str, roles: Roles) -> bool:
    """Whether a matcher of this kind can hold in a file of these roles."""
    if leaf.kind in _CODE_KINDS:
        return bool(roles.language or roles.notebook)
    if leaf.kind == "dependency":
        return roles.manifest is not None
    if leaf.kind == "image":
        return roles.docker or path.endswith((".yml", ".yaml"))
    if isinstance(leaf.spec, ResourceMatch):
        return path.endswith(_RESOURCE_SUFFIX[leaf.spec.system])
    if leaf.kind in ("key", "document"):
        return roles.tree is not None and leaf.in_ is not None
    return leaf.in_ is not None


def _path_holds(spec: PathMatch, path: str, snapshot: Snapshot, sizes: dict[str, int | None]) -> bool | None:
    """Whether a path holds; None where its content would be needed and cannot be had."""
    head: bytes | None = None
    if spec.magic or spec.first_line or spec.lfs is not None:
        found = snapshot.head(path, 512)
        if isinstance(found, Gap):
            return None
        head = found
    if head is not None:
        if spec.magic and not head.startswith(bytes.fromhex(spec.magic)):
            return False
        if spec.first_line and not re2.search(spec.first_line, head.split(b"\n", 1)[0].decode("utf-8", "replace")):
            return False
        if spec.lfs is not None and spec.lfs != head.startswith(b"version https://git-lfs.github.com/spec/v1"):
            return False
    return _size_holds(spec, sizes.get(path))


def _size_holds(spec: PathMatch, size: int | None) -> bool:
    if size is None:
        return True
    if spec.empty is not None and spec.empty != (size == 0):
        return False
    return (spec.min_bytes is None or size >= spec.min_bytes) and (spec.max_bytes is None or size <= spec.max_bytes)
