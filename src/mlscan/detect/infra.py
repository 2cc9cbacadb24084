"""Matchers for container images and for resources of infrastructure as code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mlscan.detect.excerpt import clipped, excerpt
from mlscan.detect.hits import Hit
from mlscan.detect.parsed import ParsedFile
from mlscan.detect.values import Check
from mlscan.types.content import ImageMatch, ResourceMatch
from mlscan.types.source import Node, Workflow

_COMPOSE = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$", re.IGNORECASE)
_BICEP = re.compile(r"^\s*resource\s+(\w+)\s+'([^'@]+)(?:@[^']*)?'")
NODES = 50_000
"""Nodes of a tree that are looked at for images."""


def is_compose(path: str) -> bool:
    """Whether a path is named like a compose file."""
    return _COMPOSE.search(path) is not None


def image_hits(spec: ImageMatch, check: Check, file: ParsedFile) -> Iterator[Hit]:
    """Images that a file names: stages of a Dockerfile, services of compose, containers of Kubernetes."""
    if "dockerfile" in spec.within and file.dockerfile is not None:
        stages = file.dockerfile.stages[-1:] if spec.final_stage else file.dockerfile.stages
        for stage in stages:
            if _named(check, stage.image):
                yield _hit(file, stage.line, stage.image)
    elif file.tree is not None:
        compose = is_compose(file.path)
        if ("compose" in spec.within) if compose else ("kubernetes" in spec.within):
            for document in file.tree.documents:
                if compose or (document.get("apiVersion") and document.get("kind")):
                    yield from _tree_images(check, file, document)


def _tree_images(check: Check, file: ParsedFile, document: Node) -> Iterator[Hit]:
    stack, seen = [document], 0
    while stack and seen < NODES:
        node = stack.pop()
        seen += 1
        image = node.get("image")
        if image is not None and image.text and _named(check, image.text):
            yield _hit(file, image.line, image.text)
        stack.extend(n for n in (*node.map.values(), *_list(node)) if n.map or _list(n))


def _list(node: Node) -> tuple[Node, ...]:
    return node.value if isinstance(node.value, tuple) else ()


def _named(check: Check, image: str) -> bool:
    """An image matches by its full name, or without registry tag or digest."""
    bare = image.split("@", 1)[0]
    head, _, tail = bare.rpartition("/")
    bare = (head + "/" if head else "") + tail.split(":", 1)[0]
    return check(image) or check(bare)


def _hit(file: ParsedFile, line: int, image: str) -> Hit:
    return Hit(file.path, line, excerpt(file.line(line)), captures=(("image", excerpt(image)),))


def ci_images(spec: ImageMatch, check: Check, workflows: Iterable[Workflow]) -> Iterator[Hit]:
    """Images in which jobs of CI run."""
    for workflow in workflows:
        for job in workflow.jobs:
            if "ci" in spec.within and workflow.active and job.active and job.image and _named(check, job.image):
                units = (f"job:{job.id}",)
                captures = (("image", excerpt(job.image)),)
                yield Hit(workflow.path, job.line, excerpt(job.image), units, captures)


def resource_hits(spec: ResourceMatch, type_check: Check, name_check: Check, file: ParsedFile) -> Iterator[Hit]:
    """Resources of one system whose type and name pass."""
    for kind, name, line, source in _resources(spec.system, file):
        if not type_check(kind) or (spec.name is not None and not name_check(name)):
            continue
        if spec.source is not None and spec.source != _side(source):
            continue
        captures = [("name", excerpt(name)), ("type", excerpt(kind))] + ([("to", excerpt(source))] if source else [])
        text = clipped(file.line(line))
        yield Hit(file.path, line, text, (f"resource:{kind}.{name}:{line}",), tuple(sorted(captures)))


def _side(source: str) -> str | None:
    if not source:
        return None
    return "local" if source.startswith((".", "/")) else "remote"


Found = tuple[str, str, int, str]


def _resources(system: str, file: ParsedFile) -> Iterator[Found]:
    """(type, name, line, source of a module or "") of each resource."""
    if system == "terraform" and file.hcl is not None:
        for block in file.hcl:
            if block.depth == 0 and block.type in ("resource", "module", "data") and block.labels:
                kind = block.labels[0] if block.type == "resource" else block.type
                yield kind, block.labels[-1], block.line, block.attributes.get("source", "")
    elif system == "bicep" and file.path.endswith(".bicep"):
        for number, line in enumerate(file.lines, 1):
            found = _BICEP.match(line)
            if found:
                yield found.group(2), found.group(1), number, ""
    elif file.tree is not None:
        for document in file.tree.documents:
            yield from _tree_resources(system, file, document)


def _tree_resources(system: str, file: ParsedFile, document: Node) -> Iterator[Found]:
    if system == "cloudformation":
        for name, node in (document.get("Resources") or Node({}, 1)).map.items():
            kind = node.get("Type")
            if kind is not None:
                yield kind.text, name, kind.line, ""
    elif system == "kubernetes":
        kind, version = document.get("kind"), document.get("apiVersion")
        if kind is not None and version is not None:
            named = document.get("metadata", "name")
            yield kind.text, named.text if named else "", kind.line, ""
    elif system == "compose" and is_compose(file.path):
        for name, node in (document.get("services") or Node({}, 1)).map.items():
            yield "service", name, node.line, ""
