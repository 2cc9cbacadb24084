"""The files of a GitLab pipeline as one configuration: what is included, and what jobs extend or refer to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mlscan.read.ci_parts import CiFile, Others, as_list, join, open_ci
from mlscan.types.source import Delegation, Node

MAX_FILES = 50
MAX_EXTENDS = 11
_DEPTH = 8


@dataclass(slots=True)
class Config:
    """All files of a pipeline: top-level keys, later ones over earlier ones."""

    keys: dict[str, Node] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    """Key -> file that defines it last."""
    files: list[str] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    """Local files that are child pipelines."""

    def add(self, file: CiFile, others: Others, at: int | None = None) -> None:
        """Add a file after those that it includes; its lines become `at` where that is given."""
        if file.path in self.files or len(self.files) >= MAX_FILES:
            return
        self.files.append(file.path)
        keys = _keys(file)
        for node in as_list(keys.get("include")):
            line = node.line if at is None else at
            for path in self._local(node, line):
                data = others(path)
                if data is not None:
                    self.add(open_ci(data, path), others, line)
        for key, node in keys.items():
            placed = node if at is None else relocated(node, at)
            known = self.keys.get(key)
            self.keys[key] = merged(known, placed) if known is not None and key != "include" else placed
            self.origin[key] = file.path
            if node.map:
                self._child(node)

    def _local(self, node: Node, line: int) -> Iterator[str]:
        """Paths of local files that an `include` entry names; what lies elsewhere becomes a delegation."""
        entry = node.map or ({"remote" if "://" in node.text else "local": node} if node.text else {})
        if "local" in entry:
            yield from (join("", item.text) for item in entry["local"].items if "*" not in item.text)
        elif "project" in entry:
            files = [f.text for f in (entry["file"].items if "file" in entry else ())]
            self.delegations += [Delegation(line, f"{entry['project'].text}:{f}") for f in files or [""]]
        else:
            self.delegations += [Delegation(line, entry[k].text) for k in ("component", "remote") if k in entry]

    def _child(self, job: Node) -> None:
        includes = job.get("trigger", "include")
        for node in as_list(includes):
            local = node.get("local") if node.map else node
            if local is not None and local.text and "://" not in local.text:
                self.children.append(join("", local.text))

    def resolved(self, job: Node) -> Node:
        """A job with what it extends merged below it; cycles and unknown names are left out."""
        chain: list[Node] = []
        names = [n.text for n in as_list(job.get("extends"))]
        seen: set[str] = set()
        while names and len(chain) < MAX_EXTENDS:
            name = names.pop()
            base = self.keys.get(name)
            if name in seen or base is None:
                continue
            seen.add(name)
            chain.append(base)
            names += [n.text for n in as_list(base.get("extends"))]
        found: Node | None = None
        for node in (*reversed(chain), job):
            found = node if found is None else merged(found, node)
        return replace(found or job, line=job.line)

    def references(self, node: Node | None, depth: int = _DEPTH) -> Node | None:
        """A value with `!reference [job, key]` replaced by what it names."""
        if node is None or depth < 1:
            return node
        if node.tag == "!reference":
            path = [item.text for item in node.items]
            target = self.keys.get(path[0]) if path else None
            target = self.resolved(target) if target is not None else None
            return self.references(target.get(*path[1:]) if target is not None else None, depth - 1)
        if isinstance(node.value, tuple):
            items = [self.references(item, depth - 1) for item in node.value[:2_000]]
            return replace(node, value=tuple(item for item in items if item is not None))
        return node


def _keys(file: CiFile) -> Mapping[str, Node]:
    """The top-level keys of all documents (a component has its `spec` in one of its own)."""
    found: dict[str, Node] = {}
    for document in file.documents:
        found.update(document.map)
    return found


def merged(base: Node, over: Node, depth: int = _DEPTH) -> Node:
    """Two maps as one, `over` winning; lists and scalars are replaced."""
    if not base.map or not over.map or depth < 1:
        return over
    children = dict(base.map)
    for key, node in over.map.items():
        known = children.get(key)
        children[key] = node if known is None else merged(known, node, depth - 1)
    return Node(children, over.line, over.tag)


def relocated(node: Node, line: int, depth: int = _DEPTH) -> Node:
    """A value with all its lines set to `line`."""
    if depth < 1:
        return replace(node, line=line)
    if isinstance(node.value, tuple):
        return Node(tuple(relocated(item, line, depth - 1) for item in node.value), line, node.tag)
    if isinstance(node.value, Mapping):
        return Node({key: relocated(item, line, depth - 1) for key, item in node.value.items()}, line, node.tag)
    return replace(node, line=line)


def may_include(pattern: str, path: str) -> bool:
    """Whether an `include: local` with wildcards takes in a path."""
    return "*" in pattern and fnmatch.fnmatchcase(path, pattern.lstrip("/"))
