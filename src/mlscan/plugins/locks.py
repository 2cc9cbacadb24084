"""Are the dependencies locked: a lock file beside the manifest or above it, or every direct requirement pinned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from mlscan.detect.hits import Hit
from mlscan.detect.plugins import NotQuite, View
from mlscan.types.evidence import Context
from mlscan.types.source import Dependency, Manifest

FRONT_END = frozenset({"npm", "javascript", "node"})
"""Ecosystems whose lock says nothing about code in another language."""

READ_WHOLE = frozenset({"python"})
"""Ecosystems whose locks are read whichever tool wrote them: one that names no package fixes none."""

FROZEN = 40
"""From so many requirements on, a set that a tool wrote out counts with one in twenty that it could not pin."""


def locked_dependencies(view: View, args: Mapping[str, Any]) -> Iterable[Hit | NotQuite]:
    """The locks of own projects, when they cover the outermost project or half of three and more.

    args: `pinned_at_least`, number of direct requirements from which exact pins alone count as a lock.
    """
    least = int(args.get("pinned_at_least", 3))
    facts = view.facts
    own = {p: m for p, m in facts.manifests.items() if facts.context(p) is Context.OWN}
    mixed = any(m.ecosystem not in FRONT_END for m in own.values())
    locks = {p: m for p, m in own.items() if m.lock}
    for path, manifest in sorted(locks.items()):
        if mixed and manifest.ecosystem in FRONT_END:
            yield NotQuite(Hit(path), "locks the front end only")
    locks = {p: m for p, m in locks.items() if not (mixed and m.ecosystem in FRONT_END)}
    projects = _projects({p: m for p, m in own.items() if not (mixed and m.ecosystem in FRONT_END)})
    if not projects:
        return
    covered = {folder: _cover(folder, manifests, locks, least) for folder, manifests in projects.items()}
    good = {folder: hit for folder, hit in covered.items() if hit is not None}
    outermost = min(folder.count("/") + bool(folder) for folder in projects)
    holds = any(folder.count("/") + bool(folder) == outermost for folder in good) or 2 * len(good) >= len(projects) > 2
    for _, hit in sorted(good.items()):
        yield hit if holds else NotQuite(hit, "locks one of many projects only")
    if not good:
        yield from _nearly(projects)


Project = dict[str, Manifest]


def _projects(own: Mapping[str, Manifest]) -> dict[str, Project]:
    found: dict[str, Project] = defaultdict(dict)
    for path, manifest in own.items():
        if not manifest.lock and any(d.scope == "main" for d in manifest.dependencies):
            found[path.rpartition("/")[0]][path] = manifest
    for path, manifest in own.items():
        folder = path.rpartition("/")[0]
        if manifest.lock and folder not in found:
            found[folder] = {}
    return found


def _cover(folder: str, manifests: Project, locks: Mapping[str, Manifest], least: int) -> Hit | None:
    for path in sorted(locks, key=lambda p: (-p.count("/"), p)):
        above = path.rpartition("/")[0]
        if (not above or folder == above or folder.startswith(above + "/")) and _fixes(locks[path], manifests):
            return Hit(path, 1, path.rpartition("/")[2])
    direct = [(path, d) for path, manifest in sorted(manifests.items()) for d in _direct(manifest)]
    names, pinned = {d.name for _, d in direct}, {d.name for _, d in direct if d.pinned}
    if len(names) < least or 20 * len(names - pinned) > (len(names) if len(names) >= FROZEN else 0):
        return None
    path, first = next((path, d) for path, d in direct if d.pinned)
    count = "all" if names == pinned else f"{len(pinned)} of"
    return Hit(path, first.line, f"{count} {len(names)} direct dependencies are pinned")


def _direct(manifest: Manifest) -> list[Dependency]:
    return [d for d in manifest.dependencies if d.scope == "main"]


def _fixes(lock: Manifest, manifests: Project) -> bool:
    """Whether a lock is of the same ecosystem and names at least half of what the manifests ask for.

    A lock of a format that is not read is believed.
    """
    asked = {d.name for m in manifests.values() if m.ecosystem == lock.ecosystem for d in _direct(m)}
    if not manifests:
        return True
    if not lock.dependencies:
        read = lock.ecosystem in READ_WHOLE and asked
        return not read and any(m.ecosystem == lock.ecosystem for m in manifests.values())
    return 2 * len(asked & {d.name for d in lock.dependencies}) >= len(asked) > 0


def _nearly(projects: Mapping[str, Project]) -> Iterable[NotQuite]:
    for _, manifests in sorted(projects.items()):
        for path, manifest in sorted(manifests.items()):
            direct = _direct(manifest)
            loose = [d for d in direct if not d.pinned]
            if loose and 2 * len(loose) < len(direct):
                yield NotQuite(Hit(path, loose[0].line), "not every direct dependency is pinned")
