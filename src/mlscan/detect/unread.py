"""What files of which nothing was read leave open: whether a package is used, which commands are started."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit, Result
from mlscan.detect.parsed import roles_of
from mlscan.types.evidence import Context

IMPORTING = (".py", ".ipynb")
"""Files whose imports say whether a declared package is used."""
WHY = "nothing imports it"


def imported_only(
    hits: Sequence[Hit], facts: Facts, hidden: Collection[str], reject: Callable[[Hit, str], None]
) -> Result:
    """The hits on packages that something imports; the others are rejected, or unknown where not all was read.

    hidden: places of which not even the names of files are known.
    """
    lost = [hit for hit in hits if not _is_imported(hit, facts)]
    if not lost:
        return Result(tuple(hits))
    unread = frozenset(path for path in facts.unread if path in hidden or _could_import(path, facts))
    for hit in lost if not unread else ():
        reject(hit, WHY)
    return Result(tuple(hit for hit in hits if hit not in lost), unread)


def starters(unread: Iterable[str]) -> dict[str, str]:
    """Those of the unread files that start commands, with what they are: a kind of script, or docker."""
    found = ((path, roles_of(path)) for path in unread)
    return {path: r.script or "docker" for path, r in found if r.script or r.docker}


def starting(kinds: Mapping[str, str], wanted: Collection[str]) -> frozenset[str]:
    """The files of these kinds."""
    return frozenset(path for path, kind in kinds.items() if kind in wanted)


def _could_import(path: str, facts: Facts) -> bool:
    return path.endswith(IMPORTING) and facts.context(path) is Context.OWN


def _is_imported(hit: Hit, facts: Facts) -> bool:
    name = hit.capture("package") or ""
    modules = facts.lists.packages.get(name, (name.replace("-", "_"),))
    return any(
        facts.context(path) is Context.OWN and any(i == m or i.startswith(m + ".") for i in imports for m in modules)
        for path, imports in facts.imports.items()
    )
