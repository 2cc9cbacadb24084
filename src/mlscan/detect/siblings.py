"""Files of one shape that differ in one word, such as an environment's name, and whether something reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import re2

from mlscan.detect.facts import Facts
from mlscan.detect.globs import KEPT, glob_regex
from mlscan.detect.hits import Hit
from mlscan.detect.values import expand
from mlscan.types.content import SiblingsMatch
from mlscan.types.lists import Lists
from mlscan.types.source import Node

_MEMORY = 256 << 20
"""Bytes that the automaton of all patterns may take; with too few it finds nothing."""
GROUPS = 200
"""Sibling groups of one matcher that are looked at."""
_MARK = "ENVWORD"
_NAMED = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Group:
    """Members of one sibling group: word -> path of its first file."""

    before: str
    after: str
    members: Mapping[str, str]

    @property
    def words(self) -> tuple[str, ...]:
        """Texts by which something else may refer to the members: names with the word filled in, or the folder."""
        found = []
        for path in self.members.values():
            found.append(path.rsplit("/", 1)[-1])
        folder = self.before.rstrip("/").rsplit("/", 1)[-1] if self.before.endswith("/") else ""
        if len(folder) > 2:
            found.append(folder)
        stem = self.before.rsplit("/", 1)[-1]
        if len(stem) > 3:
            found.append(stem)
        return tuple(dict.fromkeys(w for w in found if len(w) > 3))


class SiblingSearch:
    """Finds the groups of several matchers; each path is looked at once for all of them."""

    def __init__(self, specs: Sequence[SiblingsMatch], lists: Lists) -> None:
        self._specs = specs
        self._lists = lists
        self._known: dict[str, tuple[int, ...]] = {}
        self._regexes = [_regex(spec.of, [str(w) for w in expand(spec.vary, lists)]) for spec in specs]
        options = re2.Options()
        options.dot_nl = True
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.FullMatchSet(options)
        for regex in self._regexes:
            self._set.Add(_NAMED.sub("(?:", regex).encode("utf-8"))
        if specs:
            self._set.Compile()

    def candidates(self, paths: Iterable[str]) -> list[list[str]]:
        """For each matcher the paths that have its shape, in their order."""
        found: list[list[str]] = [[] for _ in self._specs]
        for path in paths if self._specs else ():
            for number in self._shapes(path):
                found[number].append(path)
        return found

    def _shapes(self, path: str) -> tuple[int, ...]:
        """The matchers that a path has the shape of."""
        known = self._known.get(path)
        if known is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            known = self._known[path] = tuple(self._set.Match(path.encode("utf-8", "replace")) or ())
        return known

    def groups(self, number: int, paths: Iterable[str]) -> list[Group]:
        """Groups of one matcher with a production-like member and enough others, sorted by path."""
        spec = self._specs[number]
        paths = list(paths)
        if len(paths) <= spec.others:
            return []
        production = {str(w).lower() for w in expand(spec.production_like, self._lists)}
        pattern = re.compile(self._regexes[number], re.DOTALL)
        groups: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for path in paths:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            start, end = next(found.span(k) for k, v in found.groupdict().items() if v is not None)
            groups[path[:start], path[end:]].setdefault(path[start:end].lower(), path)
        kept = []
        for (before, after), members in sorted(groups.items()):
            others = [w for w in members if w not in production]
            if len(others) >= spec.others and len(others) < len(members):
                kept.append(Group(before, after, dict(sorted(members.items()))))
        return kept[:GROUPS]


def _regex(globs: Sequence[str], words: Sequence[str]) -> str:
    choice = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    parts = []
    for number, glob in enumerate(globs):
        regex = glob_regex(glob.replace("{env}", _MARK))
        parts.append(regex.replace(_MARK, f"(?P<env{number}>(?i:{choice}))"))
    return "|".join(f"(?:{p})" for p in parts)


def sibling_hits(spec: SiblingsMatch, groups: Sequence[Group], facts: Facts, reject: object) -> Iterator[Hit]:
    """The production-like member of every group that holds."""
    production = {str(w).lower() for w in expand(spec.production_like, facts.lists)}
    for group in groups:
        path = next(p for w, p in group.members.items() if w in production)
        names = ", ".join(group.members)
        hit = Hit(path, None, f"one of {names}", captures=(("members", names),))
        failed = _why_not(spec, group, facts)
        if failed is None:
            yield hit
        elif callable(reject):
            reject(hit, failed)


def _why_not(spec: SiblingsMatch, group: Group, facts: Facts) -> str | None:
    trees = [_leaves(facts, path) for path in group.members.values()]
    known = [t for t in trees if t]
    if spec.same_keys and len(known) == len(trees):
        shared = set.intersection(*(set(t) for t in known))
        every = set.union(*(set(t) for t in known))
        if len(shared) < spec.same_keys * len(every):
            return "the files have few keys in common"
    if spec.differing_values and len(known) == len(trees) and all(t == known[0] for t in known):
        return "the files are alike, no value differs"
    if spec.read_by and not _is_read(spec, group, facts):
        return "nothing reads them"
    return None


def _leaves(facts: Facts, path: str) -> dict[str, str]:
    tree = facts.trees.get(path)
    found: dict[str, str] = {}
    stack: list[tuple[str, Node]] = [("", d) for d in tree.documents] if tree else []
    while stack and len(found) < 2_000:
        name, node = stack.pop()
        if node.map:
            stack += [(f"{name}.{key}", child) for key, child in node.map.items()]
            continue
        nested = [n for n in node.items if n is not node and n.text == ""]
        stack += [(f"{name}[]", child) for child in reversed(nested)]
        text = "\n".join(n.text for n in node.items)
        found[name] = f"{found[name]}\n{text}" if name in found else text
    return found


def _is_read(spec: SiblingsMatch, group: Group, facts: Facts) -> bool:
    members = set(group.members.values())
    readers = {path for word in group.words for path in facts.read_words.get(word, ())} - members
    return any(_kind(path, facts) in spec.read_by for path in sorted(readers))


def _kind(path: str, facts: Facts) -> str:
    if path in facts.workflows:
        return "ci"
    if path in facts.imports:
        return "code"
    if path in facts.scripts or path in facts.dockerfiles:
        return "command"
    return "file"
