"""References of CI files to other repositories: each leads to a file that is brought in beside the caller."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from mlscan.read.tree import parse_tree
from mlscan.scan.references import MAX_FILES, Files, Find, Joint, Place, edited, quoted, slug
from mlscan.types.source import Node

AWAY = "elsewhere"
"""Folder in which files of another repository lie while the caller is read."""

_WORKFLOW = re.compile(r"([^/\s]+/[^/\s]+)/(.+?)@(\S+)")
_LOCAL_WORKFLOW = re.compile(r"(?m)^(\s*uses:\s*[\"']?)\./(\.(?:github|gitea|forgejo)/workflows/[^\s\"'@]+)")
_LOCAL = re.compile(r"(local:\s*)([\"']?)/?([\w./-]+)\2")
_TEMPLATE = re.compile(r"template:\s*[\"']?([^\s\"'@]+\.ya?ml)\b(?!@)")
_RAW = (
    re.compile(r"https?://[^/]+/(?P<repository>.+?)/-/raw/(?P<revision>[^/]+)/(?P<path>[^?]+)"),
    re.compile(r"https?://raw\.githubusercontent\.com/(?P<repository>[^/]+/[^/]+)/(?P<revision>[^/]+)/(?P<path>[^?]+)"),
)
_LATEST = "~latest"

Brought = dict[str, tuple[str, str]]


def github(place: Place, text: str, find: Find) -> Joint | None:
    """A reusable workflow, with the workflows of its own repository that it calls."""
    match = _WORKFLOW.fullmatch(place.to)
    view = find(match[1], [match[3]]) if match else None
    if match is None or view is None:
        return None
    start = f"{place.folder}{slug(f'{match[1]}@{view.revision}')}--"

    def name(path: str) -> str:
        return start + path.rpartition("/")[2]

    def follow(path: str, found: str) -> tuple[str, list[str]]:  # noqa: ARG001  the folder says nothing here
        called = [m[2] for m in _LOCAL_WORKFLOW.finditer(found) if m[2] in view.paths]
        return _LOCAL_WORKFLOW.sub(lambda m: f"{m[1]}./{name(m[2])}" if m[2] in view.paths else m[0], found), called

    files = _brought(view, match[2], name, follow)
    new = edited(text, place.line, quoted(place.to), f"./{name(match[2])}") if files else None
    return None if new is None else Joint(new, files, view.revision, match[2])


def gitlab(place: Place, text: str, find: Find) -> Joint | None:
    """A file of another project, a component, or a file by its address."""
    entry = _include(text, place.line)
    if entry is None:
        return None
    if "project" in entry.map:
        return _project(place, text, find, entry)
    if "component" in entry.map:
        return _component(place, text, find)
    address = next((m for pattern in _RAW if (m := pattern.fullmatch(place.to))), None)
    view = find(address["repository"], [address["revision"]]) if address else None
    if address is None or view is None:
        return None
    key = "remote:\\s*" if "remote" in entry.map else ""
    return _included(place, text, view, [address["path"]], (f"{key}{quoted(place.to)}", address["repository"]))


def _include(text: str, line: int) -> Node | None:
    tree = parse_tree(text.encode("utf-8", "surrogateescape"), "a.yml")
    includes = (document.get("include") for document in tree.documents) if tree else ()
    entries = (item for node in includes if node for item in (node.items or (node,)))
    return next((entry for entry in entries if entry.line == line), None)


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""


def _project(place: Place, text: str, find: Find, entry: Node) -> Joint | None:
    project, revision = _text(entry.get("project")), _text(entry.get("ref"))
    view = find(project, [revision] if revision else [])
    named = entry.get("file")
    if view is None or named is None:
        return None
    return _included(place, text, view, [n.text.lstrip("/") for n in named.items], (_key("project", project), project))


def _component(place: Place, text: str, find: Find) -> Joint | None:
    path, _, version = place.to.partition("@")
    repository, _, name = path.partition("/")[2].rpartition("/")
    view = find(repository, [] if version in ("", _LATEST) else [version, f"v{version}"])
    candidates = (f"templates/{name}.yml", f"templates/{name}/template.yml")
    inside = next((c for c in candidates if view and c in view.paths), None)
    if view is None or inside is None:
        return None
    return _included(place, text, view, [inside], (_key("component", place.to), repository))


def _key(name: str, value: str) -> str:
    return rf"{name}:\s*{quoted(value)}"


def _included(place: Place, text: str, view: Files, paths: list[str], where: tuple[str, str]) -> Joint | None:
    """The joint of an include; `where` is (pattern of what names it, the repository)."""
    pattern, repository = where

    def name(path: str) -> str:
        return f"{AWAY}/{slug(f'{repository}@{view.revision}')}/{path}"

    def follow(path: str, found: str) -> tuple[str, list[str]]:  # noqa: ARG001  paths are told from the root
        called = [m[3] for m in _LOCAL.finditer(found) if m[3] in view.paths]
        return _LOCAL.sub(lambda m: f"{m[1]}/{name(m[3])}" if m[3] in view.paths else m[0], found), called

    files: Brought = {}
    for path in paths:
        files |= _brought(view, path, name, follow)
    missing = not files or any(name(path) not in files for path in paths)
    value = ", ".join(f'"/{name(path)}"' for path in paths)
    keyed = pattern.startswith(("project", "component", "remote"))
    new = None if missing else edited(text, place.line, pattern, f"local: [{value}]" if keyed else f"/{name(paths[0])}")
    return None if new is None else Joint(new, files, view.revision, paths[0])


def azure(place: Place, text: str, find: Find) -> Joint | None:
    """A template of a repository among the resources, with the templates that it takes in."""
    path, _, alias = place.to.partition("@")
    resource = _resource(text, alias) if alias else None
    if resource is None:
        return None
    repository = _text(resource.get("name"))
    revision = re.sub(r"^refs/(heads|tags)/", "", _text(resource.get("ref")))
    view = find(repository, [revision] if revision else [])
    if view is None:
        return None
    start = f"{AWAY}/{slug(f'{repository}@{view.revision}')}/"

    def follow(file: str, found: str) -> tuple[str, list[str]]:
        folder = file.rpartition("/")[0]
        called = (m[1] for m in _TEMPLATE.finditer(found))
        return found, [c[1:] if c.startswith("/") else posixpath.normpath(posixpath.join(folder, c)) for c in called]

    inside = path.lstrip("/")
    files = _brought(view, inside, lambda p: start + p, follow)
    new = edited(text, place.line, quoted(place.to), f"/{start}{inside}") if files else None
    if new is None:
        return None
    named = resource.get("name")
    return Joint(new, files, view.revision, inside, (named.line,) if named else ())


def _resource(text: str, alias: str) -> Node | None:
    tree = parse_tree(text.encode("utf-8", "surrogateescape"), "a.yml")
    lists = (document.get("resources", "repositories") for document in tree.documents) if tree else ()
    entries = (item for node in lists if node for item in node.items)
    return next((entry for entry in entries if _text(entry.get("repository")) == alias), None)


def jenkins(place: Place, text: str, find: Find) -> Joint | None:
    """The steps of a shared library that a pipeline calls, with those that they call."""
    library, _, revision = place.to.partition("@")
    view = find(library, [revision] if revision else [])
    if view is None:
        return None
    steps = {p[5:-7]: p for p in sorted(view.paths) if re.fullmatch(r"vars/\w+\.groovy", p)}

    def name(path: str) -> str:
        return f"{place.folder}{slug(place.to)}--{path[5:-7]}.jenkinsfile"

    def follow(path: str, found: str) -> tuple[str, list[str]]:
        return found, [p for step, p in steps.items() if p != path and _calls(found, step)]

    files: Brought = {}
    for path in follow("", text)[1]:
        files |= _brought(view, path, name, follow)
    first = next(iter(files.values()))[0] if files else ""
    return Joint(text, files, view.revision, first) if files else None


def _calls(text: str, step: str) -> bool:
    return re.search(rf"(?m)^(?:[^\n/'\"]*[^\w.'\"/@-])?{step}(?:\s*[({{]|\s+[\w'\"\[]|\s*$)", text) is not None


def _brought(
    view: Files, path: str, name: Callable[[str], str], follow: Callable[[str, str], tuple[str, list[str]]]
) -> Brought:
    """A file and all that it takes in, by the paths among the caller's files."""
    found: Brought = {}
    waiting = [path]
    seen: set[str] = set()
    while waiting and len(found) < MAX_FILES:
        path = waiting.pop()
        text = view.text(path) if path not in seen else None
        seen.add(path)
        if text is not None:
            text, called = follow(path, text)
            found[name(path)] = (path, text)
            waiting += called
    return found
