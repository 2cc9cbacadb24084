"""Which folders of a repository are ML projects of their own, told by manifests, names and where model work lies.

Services, steps and experiments with manifests of their own are parts of one project, not projects: a name that says
only what a part does, or a folder that holds parts, gives them to what lies around them. Where the repository's root is
a project itself, with more model work than any below, what lies below is part of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts, narrowed
from mlscan.assess.truth import Truth
from mlscan.types.conditions import named
from mlscan.types.evidence import Context, Evidence
from mlscan.types.model import ComponentsRule

_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")
LEAST = 2
"""Projects without which a repository is one project."""


@dataclass(frozen=True, slots=True)
class Projects:
    """Folders that are ML projects, and folders beside them that are something of their own."""

    folders: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()
    """What they hold is shared by nobody: other projects with a manifest, and model work without one."""


def find_projects(whole: Facts, roots: Collection[str]) -> Projects:
    """The ML projects among the folders with a manifest; none where the repository is one project."""
    rule = whole.content.kinds.components
    if rule is None:
        return Projects()
    given = {*roots, *_defining(whole, rule)}
    around = {_around(root, rule) for root in given}
    if len(around) < LEAST:
        return Projects()
    work = list(_work(whole, rule))
    folders = _outermost(whole, rule, _by_owner(work, around - {""}))
    if len(folders) < LEAST:
        return Projects()
    # Where several projects lie, a folder with a manifest and model work is one whatever its name says.
    folders |= _able(whole, rule, _by_owner(work, _neighbours(given, folders, rule)))
    rest = [e for e in work if owner(e.where.path, folders) is None]
    beside = _able(whole, rule, _by_neighbour(rest, folders, rule))
    rest = [e for e in rest if owner(e.where.path, beside) is None]
    if (
        "" in given
        and _holds(whole, rule, rest)
        and _files(rest) >= max(map(_files, _by_owner(work, folders).values()))
    ):
        return Projects()
    others = {f for f in around - {""} if not any(f == o or o.startswith(f"{f}/") for o in folders)}
    return Projects(tuple(sorted(folders, key=_bytes)), frozenset(beside | others))


def owner(path: str, folders: Collection[str]) -> str | None:
    """The deepest of the folders that is the path or holds it; None for what lies outside all of them."""
    while path:
        if path in folders:
            return path
        path = path.rpartition("/")[0]
    return None


def _files(evidence: Iterable[Evidence]) -> int:
    return len({e.where.path for e in evidence})


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _defining(facts: Facts, rule: ComponentsRule) -> Iterator[str]:
    """Folders with a file that defines a project as a manifest does."""
    for detector in rule.defined_by:
        for evidence in facts.by_detector.get(detector, ()):
            if evidence.context is Context.OWN:
                yield evidence.where.path.rpartition("/")[0]


def _around(folder: str, rule: ComponentsRule) -> str:
    """The folder itself, or the one around it that it is a part of; "" is the repository's root."""
    parts = folder.split("/") if folder else []
    held = next((n for n, part in enumerate(parts) if part.lower() in rule.holders), len(parts))
    parts = parts[:held]
    while parts and _is_part(parts[-1], rule):
        parts.pop()
    return "/".join(parts)


def _is_part(name: str, rule: ComponentsRule) -> bool:
    """Whether a name has no word but those of parts; digits and signs say nothing."""
    words = [word.lower() for word in _WORD.findall(name)]
    return name.lower() in rule.parts or (name.isascii() and all(word in rule.parts for word in words))


def _work(facts: Facts, rule: ComponentsRule) -> Iterator[Evidence]:
    """Evidence that `needs` looks at."""
    ids = dict.fromkeys(named(rule.needs))
    for name in ids:
        for evidence in (*facts.by_detector.get(name, ()), *facts.by_practice.get(name, ())):
            if facts.counts(evidence):
                yield evidence


def _by_owner(work: Iterable[Evidence], folders: Collection[str]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in work:
        folder = owner(evidence.where.path, folders)
        if folder is not None:
            found[folder].append(evidence)
    return found


def _shelves(folders: Collection[str]) -> set[str]:
    """Folders in which several of the folders lie."""
    parents = Counter(folder.rpartition("/")[0] for folder in folders)
    return {parent for parent, count in parents.items() if count >= LEAST}


def _neighbours(given: Collection[str], folders: Collection[str], rule: ComponentsRule) -> set[str]:
    """Folders with a manifest that lie beside several projects and hold none of them."""
    shelves = _shelves(folders)
    places = ((folder, *folder.rpartition("/")[::2]) for folder in given if folder)
    found = {folder for folder, parent, name in places if parent in shelves and name.lower() not in rule.holders}
    return {folder for folder in found if not any(one.startswith(f"{folder}/") for one in folders)} - {*folders}


def _by_neighbour(
    work: Iterable[Evidence], folders: Collection[str], rule: ComponentsRule
) -> dict[str, list[Evidence]]:
    """Evidence by the folder that lies where several projects lie, and is no part."""
    shared = _shelves(folders)
    found: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in work:
        path = evidence.where.path
        steps = [n for n, sign in enumerate(path) if sign == "/"]
        for start, end in zip([0, *(n + 1 for n in steps)], steps, strict=False):
            name = path[start:end]
            if path[: max(start - 1, 0)] in shared and name.lower() not in rule.holders and not _is_part(name, rule):
                found[path[:end]].append(evidence)
                break
    return found


def _outermost(facts: Facts, rule: ComponentsRule, work: Mapping[str, Sequence[Evidence]]) -> set[str]:
    """Folders that are projects, without those inside a project that has more work of its own than they have."""
    able = sorted(_able(facts, rule, work), key=len)
    size = {folder: _files(work[folder]) for folder in able}
    found: set[str] = set()
    for folder in able:
        around = owner(folder.rpartition("/")[0], found)
        if around is None or size[folder] >= size[around]:
            found.add(folder)
    return found


def _able(facts: Facts, rule: ComponentsRule, work: Mapping[str, Sequence[Evidence]]) -> set[str]:
    return {folder for folder, evidence in work.items() if _holds(facts, rule, evidence)}


def _holds(facts: Facts, rule: ComponentsRule, evidence: Sequence[Evidence]) -> bool:
    if not evidence:
        return False
    own = set(evidence)
    keep: Callable[[Evidence], bool] = own.__contains__
    return evaluate(rule.needs, narrowed(facts, keep, frozenset(named(rule.needs)))).truth is Truth.YES
