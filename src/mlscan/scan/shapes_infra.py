"""References of infrastructure to other repositories: modules of Terraform, charts of Helm, bases of Kustomize."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mlscan.read.tree import parse_tree
from mlscan.scan.references import MAX_FILES, Files, Find, Joint, Place, edited, quoted, slug
from mlscan.types.source import Node

_MODULE_FILES = (".tf", ".tf.json", ".hcl", ".yaml", ".yml", ".json", ".tftpl", ".tpl")
_CHART_FILES = (".yaml", ".yml", ".tpl", ".json")
_EXACT = re.compile(r"v?\d+(?:\.\d+)*(?:[-+][\w.+-]+)?")
_REGISTRY = re.compile(r"(?:(?P<host>[\w-]+(?:\.[\w-]+)+)/)?(?P<owner>[\w-]+)/(?P<name>[\w-]+)/(?P<provider>[\w-]+)")
_VERSION = re.compile(r'(?m)^\s*version\s*=\s*"\s*=?\s*([^"]+)"')
_PAGES = re.compile(r"https?://(?P<owner>[\w-]+)\.(?:github|gitlab)\.io/(?P<name>[\w.-]+)/?")


@dataclass(frozen=True, slots=True)
class _Address:
    """A repository, a folder in it and a revision, as Terraform and Kustomize write them in one text."""

    repository: str
    folder: str
    revisions: tuple[str, ...]


def _address(text: str) -> _Address | None:
    """What `git::https://host/org/repo.git//folder?ref=v3` and the like say; None for other sources."""
    source, _, query = re.sub(r"^(git|hg)::", "", text).partition("?")
    ref = re.search(r"(?:^|&)(?:ref|version)=([^&]+)", query)
    revisions = (ref[1],) if ref else ()
    start = source.find("://") + 3 if "://" in source else 0
    cut = source.find("//", start)
    if cut >= 0:
        return _Address(source[:cut], source[cut + 2 :].strip("/"), revisions)
    head, sign, folder = source.partition(".git/")
    if sign:
        return _Address(head, folder.strip("/"), revisions)
    host, *path = source[start:].split("/")
    if len(path) > 2 and not source.startswith("git@"):
        return _Address(source[:start] + "/".join((host, *path[:2])), "/".join(path[2:]), revisions)
    return _Address(source, "", revisions) if path else None


def terraform(place: Place, text: str, find: Find) -> Joint | None:
    """A module, which becomes a folder beside the file that calls it."""
    address = _registry(place, text) if "::" not in place.to and "://" not in place.to else None
    address = address or _address(place.to)
    view = find(address.repository, address.revisions) if address else None
    if address is None or view is None:
        return None
    return _folder(place, text, view, address, (_MODULE_FILES, rf'"{re.escape(place.to)}"', '"./{}"'))


def _registry(place: Place, text: str) -> _Address | None:
    """A module of a registry lies in a repository called `terraform-PROVIDER-NAME`."""
    source, _, folder = place.to.partition("//")
    match = _REGISTRY.fullmatch(source)
    if match is None or match["host"] in ("github.com", "gitlab.com", "bitbucket.org"):
        return None
    block = "".join(text.splitlines(keepends=True)[place.line - 1 : place.line + 14])
    version = _VERSION.search(block)
    if version is None or not _EXACT.fullmatch(version[1].strip()):
        return None
    names = _versions(version[1].strip())
    return _Address(f"{match['owner']}/terraform-{match['provider']}-{match['name']}", folder.strip("/"), names)


def kustomize(place: Place, text: str, find: Find) -> Joint | None:
    """A base or component, which becomes a folder beside the file that takes it in."""
    address = _address(place.to)
    view = find(address.repository, address.revisions) if address else None
    if address is None or view is None:
        return None
    return _folder(place, text, view, address, (_CHART_FILES, quoted(place.to), "./{}"))


def helm(place: Place, text: str, find: Find) -> Joint | None:
    """A chart that a chart needs, which becomes a folder beside it."""
    entry = _dependency(text, place.line)
    name, version = (_text(entry.get(key)) for key in ("name", "version")) if entry else ("", "")
    if not name or (version and not _EXACT.fullmatch(version)):
        return None
    revisions = (*_versions(version), f"{name}-{version}", f"{name}/{version}") if version else ()
    pages = _PAGES.fullmatch(place.to)
    last = place.to.rstrip("/").rpartition("/")[2]
    address = re.sub(r"^(oci|git)(\+\w+)?://|^git::", "https://", place.to)
    for repository in ([f"{pages['owner']}/{pages['name']}"] if pages else []) + [address, last, name]:
        view = find(repository, revisions)
        folder = _chart(view, name) if view else None
        if view is not None and folder is not None:
            wanted = _Address(repository, folder, revisions)
            return _folder(place, text, view, wanted, (_CHART_FILES, quoted(place.to), "file://./{}"))
    return None


def _versions(version: str) -> tuple[str, ...]:
    plain = version.removeprefix("v")
    return (version, f"v{plain}", plain)


def _dependency(text: str, line: int) -> Node | None:
    tree = parse_tree(text.encode("utf-8", "surrogateescape"), "a.yaml")
    lists = (document.get("dependencies") for document in tree.documents) if tree else ()
    entries = (item for node in lists if node for item in node.items)
    return next((e for e in entries if (where := e.get("repository")) is not None and where.line == line), None)


def _text(node: Node | None) -> str:
    return node.text if node is not None else ""


def _chart(view: Files, name: str) -> str | None:
    """The folder of the chart of that name; "" is the root."""
    for path in sorted(view.paths):
        if posixpath.basename(path) == "Chart.yaml":
            found = re.search(r"""(?m)^name:\s*["']?([\w.-]+)""", view.text(path) or "")
            if found and found[1] == name:
                return posixpath.dirname(path)
    return None


def _folder(
    place: Place, text: str, view: Files, address: _Address, shape: tuple[tuple[str, ...], str, str]
) -> Joint | None:
    """The joint of a folder; `shape` is (ends of the files that matter, pattern of the reference, what replaces it)."""
    ends, pattern, written = shape
    start = f"{address.folder}/" if address.folder else ""
    inside = [p for p in sorted(view.paths) if p.startswith(start) and p.endswith(ends)][:MAX_FILES]
    beside = slug(f"{address.repository}/{address.folder}@{view.revision}")
    files: Mapping[str, tuple[str, str]] = {
        f"{place.folder}{beside}/{path[len(start) :]}": (path, found)
        for path in inside
        if (found := view.text(path)) is not None
    }
    new = edited(text, place.line, pattern, written.format(beside)) if files else None
    return None if new is None else Joint(new, files, view.revision, address.folder)
