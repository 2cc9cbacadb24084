"""The files of a GitLab pipeline as one configuration: what is included, and what jobs extend or refer to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mlscan.read.ci_parts import CiFile, Others, as_list, join, mapping_texts, named, open_ci, texts
from mlscan.types.source import Delegation, Node

MAX_FILES = 50
MAX_EXTENDS = 11
MAX_LOOKED = 100_000
"""Values in which references are looked for, in one pipeline."""
_DEPTH = 8


@dataclass(slots=True)
class Config:
    """All files of a pipeline: top-level keys, later ones over earlier ones."""

    keys: dict[str, Node] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    """Key -> file that defines it last."""
    files: list[str] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    looked: int = 0
    children: dict[str, list[Node]] = field(default_factory=dict)
    """Local files that are child pipelines, with the jobs that start them."""

    def add(self, file: CiFile, others: Others, at: int | None = None) -> None:
        """Add a file after those that it includes; its lines become `at` where that is given."""
        if file.path in self.files or len(self.files) >= MAX_FILES:
            return
        self.files.append(file.path)
        keys = _keys(file)
        for node in as_list(keys.get("include")):
            line = node.line if at is None else at
            given = {f"$[[ inputs.{name} ]]": text for name, text in mapping_texts(node.get("inputs")).items()}
            for path in self._local(node, line):
                data = others(path)
                if data is not None:
                    self.add(open_ci(data, path).with_values(given), others, line)
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

    @property
    def variables(self) -> dict[str, str]:
        """Variables of the whole pipeline with the values that the files give them."""
        node = self.keys.get("variables")
        return {name: named(child, "value") for name, child in (node.map if node is not None else {}).items()}

    def default(self, key: str, job: Node) -> Node | None:
        """What `default`, or the top of the file, says for jobs that do not say it; a job may refuse to inherit."""
        inherit = job.get("inherit", "default")
        if inherit is not None and (inherit.text == "false" or (inherit.items and key not in texts(inherit))):
            return None
        default = self.keys.get("default")
        return (default.get(key) if default is not None else None) or self.keys.get(key)

    def _child(self, job: Node) -> None:
        includes = job.get("trigger", "include")
        for node in as_list(includes):
            local = node.get("local") if node.map else node
            if local is not None and local.text and "://" not in local.text:
                self.children.setdefault(join("", local.text), []).append(job)

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
        self.looked += 1
        if node is None or depth < 1 or self.looked > MAX_LOOKED:
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
    """The top-level keys of all documents, those of a file with inputs with what these stand for filled in."""
    found: dict[str, Node] = {}
    for document in file.documents:
        found.update(document.map)
    declared = found.get("spec")
    inputs = declared.get("inputs") if declared is not None else None
    if inputs is None:
        return found
    defaults = {name: node.get("default") for name, node in inputs.map.items()}
    values = {f"$[[ inputs.{name} ]]": node.text for name, node in defaults.items() if node is not None and node.text}
    values |= file.values
    return {_filled(key, values): filled(node, values) for key, node in found.items() if key != "spec"}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for old, new in values.items():
        text = text.replace(old, new)
    return text


def filled(node: Node, values: Mapping[str, str], depth: int = _DEPTH) -> Node:
    """A value with all texts in it filled in."""
    if isinstance(node.value, str) and "$[[" in node.value:
        return replace(node, value=_filled(node.value, values))
    if depth < 1:
        return node
    if isinstance(node.value, tuple):
        return replace(node, value=tuple(filled(item, values, depth - 1) for item in node.value))
    if node.map:
        return replace(node, value={_filled(k, values): filled(n, values, depth - 1) for k, n in node.map.items()})
    return node


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
