"""Whether a repository is a row of lessons or of separate projects, told by its folders and what lies in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlscan.detect.hits import Hit
from mlscan.detect.plugins import NotQuite, View
from mlscan.types.evidence import Context

_CODE = (".py", ".ipynb", ".r", ".rmd", ".qmd", ".jl", ".m", ".scala")
_NUMBER = re.compile(r"\D*(\d{1,3})")
_SKIPPED = frozenset({Context.VENDORED, Context.GENERATED, Context.TEST})


def numbered_lessons(view: View, args: Mapping[str, Any]) -> Iterable[Hit | NotQuite]:
    """One hit a parent folder that holds a row of numbered folders with code, or of numbered notebooks.

    args: `folders` and `notebooks` are the least lengths of a row; `words` is a regular expression of the names (in any
    case) that number a lesson; a name may also begin with its number. A row of folders of which at least `worked`
    have evidence of the detectors `work` is of strength used.
    """
    name = re.compile(rf"(?i)(?:(?:{args['words']})[\s_-]*)?\d{{1,3}}(?:\D.*)?", re.DOTALL)
    work = frozenset(_worked_paths(view, args["work"]))
    rows: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    worked: dict[str, set[int]] = defaultdict(set)
    for path in _code_paths(view):
        for parent, child, kind in _steps(path):
            if not name.fullmatch(child):
                continue
            rows[parent, kind].setdefault(_number(child), path)
            if path in work and kind == "folders":
                worked[parent].add(_number(child))
    for (parent, kind), row in sorted(rows.items()):
        used = kind == "folders" and len(worked[parent]) >= int(args["worked"])
        hit = Hit(min(row.values()), None, f"{len(row)} numbered {kind}", strength="used" if used else None)
        if len(row) >= int(args[kind]):
            yield hit
        elif len(row) > 2:
            yield NotQuite(hit, f"only {len(row)} of {args[kind]} numbered {kind}")


def separate_projects(view: View, args: Mapping[str, Any]) -> Iterable[Hit | NotQuite]:
    """One hit a project, when at least `least` folders have a README or manifest of their own and model work in them.

    args: `work` lists the detectors whose evidence is model work; `levels` is how deep such a folder may lie.
    """
    titled = _titled_folders(view, int(args["levels"]))
    projects: dict[str, str] = {}
    for path in _worked_paths(view, args["work"]):
        parts = path.split("/")[:-1]
        above = ["/".join(parts[:size]) for size in range(1, len(parts) + 1)]
        # The innermost titled folder is the project; a folder that only groups projects is none.
        found = next((folder for folder in reversed(above) if folder in titled), None)
        if found is not None:
            projects.setdefault(found, path)
    hits = [Hit(path, None, folder) for folder, path in sorted(projects.items())]
    if len(hits) >= int(args["least"]):
        yield from hits
    elif hits:
        yield NotQuite(hits[0], f"only {len(hits)} of {args['least']} folders are a project of their own")


def _code_paths(view: View) -> Iterator[str]:
    facts = view.facts
    return (p for p in facts.paths if p.lower().endswith(_CODE) and facts.context(p) not in _SKIPPED)


def _steps(path: str) -> Iterator[tuple[str, str, str]]:
    """(parent, child, folders or notebooks) for the two uppermost folders of a path, and for a notebook itself."""
    parts = path.split("/")
    for depth in range(min(len(parts) - 1, 2)):
        yield "/".join(parts[:depth]), parts[depth], "folders"
    if path.lower().endswith(".ipynb"):
        yield "/".join(parts[:-1]), parts[-1], "notebooks"


def _number(name: str) -> int:
    found = _NUMBER.match(name)
    return int(found.group(1)) if found else 0


def _titled_folders(view: View, levels: int) -> frozenset[str]:
    """Folders at most that deep with a README or a manifest."""
    found = {p.rpartition("/")[0] for p in view.facts.manifests}
    found |= {p.rpartition("/")[0] for p in view.facts.paths if p.rpartition("/")[2].lower().startswith("readme")}
    return frozenset(f for f in found if f and f.count("/") < levels)


def _worked_paths(view: View, detectors: Iterable[str]) -> Iterator[str]:
    paths = {h.path for name in detectors for h in view.detector(name).hits}
    return (p for p in sorted(paths) if view.facts.context(p) not in _SKIPPED)
