"""A template is read as the project that one gets from it.

The files that the template generates get the paths that they will have: without the folder that stands for the
project's root, without placeholders and without the suffix of the template language. Findings get their own paths back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mlscan.detect.globs import matches
from mlscan.types.evidence import Findings, Gap, Location, ordered
from mlscan.types.lists import TemplatesRule
from mlscan.types.snapshot import Author, FileEntry, Snapshot, SnapshotView

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")
_CHOICE = re.compile(r"\{%.*?%\}")
STAND_IN = "project"
"""What a placeholder in a name becomes."""


def generated_paths(paths: Sequence[str], rule: TemplatesRule | None) -> dict[str, str]:
    """Path in the generated project -> path in the repository; empty where the repository is no template.

    It is one when a file of `marks` lies at its root and most of its code lies in the folder that is generated.
    """
    if rule is None or not any(path in rule.marks for path in paths):
        return {}
    root = _root(paths, rule)
    if root is None:
        return {}
    inside = [path for path in paths if path.startswith(root + "/")]
    outside = [path for path in paths if not path.startswith(root + "/")]
    if _code(outside, rule) > rule.outside * _code(inside, rule):
        return {}
    taken = set(outside)
    found: dict[str, str] = {}
    for path in inside:
        name = _generated(path[len(root) + 1 :], rule.suffixes)
        if name and name not in taken:
            taken.add(name)
            found[name] = path
    return found


def _root(paths: Iterable[str], rule: TemplatesRule) -> str | None:
    """The folder with the most files whose last part is a placeholder or one of the fixed names of the rule."""
    counts: Counter[str] = Counter()
    for path in paths:
        parts = path.split("/")[:-1]
        at = next((n for n, part in enumerate(parts) if "{{" in part), None)
        if at is None and parts and parts[0] in rule.folders:
            at = 0
        if at is not None:
            counts["/".join(parts[: at + 1])] += 1
    return max(sorted(counts), key=counts.__getitem__) if counts else None


def _code(paths: Iterable[str], rule: TemplatesRule) -> int:
    code = [rule.code] if isinstance(rule.code, str) else rule.code
    return sum(matches(_without_suffix(path, rule.suffixes), code) for path in paths)


def _generated(path: str, suffixes: Sequence[str]) -> str:
    parts = [_PLACEHOLDER.sub(STAND_IN, _CHOICE.sub("", part)) for part in _without_suffix(path, suffixes).split("/")]
    return "/".join(part for part in parts if part)


def _without_suffix(path: str, suffixes: Sequence[str]) -> str:
    suffix = next((s for s in suffixes if path.endswith(s)), "")
    return path[: len(path) - len(suffix)]


class GeneratedSnapshot(SnapshotView):
    """A snapshot whose generated files have the paths of the project; everything else is as it was."""

    def __init__(self, snapshot: Snapshot, generated: Mapping[str, str]) -> None:
        super().__init__(snapshot)
        self._original = generated
        renamed = {path: name for name, path in generated.items()}
        files = [replace(entry, path=renamed.get(entry.path, entry.path)) for entry in snapshot.files]
        self._files = sorted(files, key=lambda entry: entry.path.encode("utf-8", "surrogateescape"))

    @property
    def files(self) -> Sequence[FileEntry]:
        """The files by the paths of the project."""
        return self._files

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path of the project with its bytes, or the gap that says why not."""
        asked = list(paths)
        read = self._inner.read_many(self._original.get(path, path) for path in asked)
        for path, (_, data) in zip(asked, read, strict=True):
            yield path, replace(data, path=path) if isinstance(data, Gap) else data

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file."""
        return self._inner.head(self._original.get(path, path), count)

    def touched(self) -> Mapping[Author, frozenset[str]] | Gap:
        """As of the snapshot, by the paths of the project."""
        touched = self._inner.touched()
        if isinstance(touched, Gap):
            return touched
        renamed = {path: name for name, path in self._original.items()}
        return {author: frozenset(renamed.get(path, path) for path in paths) for author, paths in touched.items()}


def with_own_paths(findings: Findings, generated: Mapping[str, str]) -> Findings:
    """The findings with the paths that the files have in the repository."""
    own: Callable[[str], str] = lambda path: generated.get(path, path)  # noqa: E731

    def place(where: Location) -> Location:
        return replace(where, path=own(where.path))

    evidence = (replace(e, where=place(e.where)) for e in findings.evidence)
    return replace(
        findings,
        evidence=tuple(ordered(evidence)),
        gaps=tuple(sorted(replace(gap, path=own(gap.path)) for gap in findings.gaps)),
        rejections=tuple(replace(r, where=place(r.where)) for r in findings.rejections),
    )
