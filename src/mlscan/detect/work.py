"""What people touch: how many changed files of each kind of work. Counts only; which files those are is content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mlscan.detect.people import count_by_work
from mlscan.types.evidence import Context, Evidence, Gap
from mlscan.types.lists import Lists
from mlscan.types.snapshot import Author

LISTS = "work-"
"""Beginning of the names of lists: each is a kind of work by practices, detectors and ends of file names."""


def people_by_work(
    lists: Lists,
    evidence: Iterable[Evidence],
    touched: Mapping[Author, frozenset[str]] | Gap,
    is_bot: Callable[[str], bool],
) -> dict[str, int | None]:
    """`people-KIND` -> number of people who changed a file of that work lately; None where the history is not there."""
    kinds = {name.removeprefix(LISTS): values for name, values in lists.plain.items() if name.startswith(LISTS)}
    if isinstance(touched, Gap) or not kinds:
        return {f"people-{kind}": None for kind in kinds}
    changed = frozenset().union(*touched.values()) if touched else frozenset()
    places: dict[str, set[str]] = {}
    for item in evidence:
        if item.context is Context.OWN:
            places.setdefault(item.practice, set()).add(item.where.path)
            places.setdefault(item.detector, set()).add(item.where.path)
    work = {}
    for kind, values in kinds.items():
        names = [value for value in values if isinstance(value, str)]
        ends = tuple(name for name in names if name.startswith("."))
        files = {path for name in names for path in places.get(name, ())}
        work[kind] = files | ({path for path in changed if path.endswith(ends)} if ends else set())
    return {f"people-{kind}": n for kind, n in count_by_work(touched, work, is_bot).items()}
