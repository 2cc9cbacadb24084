"""Which evidence a report shows: sorted, capped by detector, with stable indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mlscan.types.evidence import Evidence, Rejection, ordered

CAP = 20
"""Evidence shown of one detector; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The evidence of a report and where each piece stands in it."""

    evidence: tuple[Evidence, ...]
    index: Mapping[Evidence, int]
    left_out: Mapping[str, int]
    """Practice -> evidence that the cap left out."""

    def places(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        """Indexes of those that are shown, rising."""
        return tuple(sorted(self.index[e] for e in evidence if e in self.index))

    def of_practice(self, practice: str, also: Iterable[Evidence] = ()) -> tuple[int, ...]:
        """Indexes of all that is shown of a practice, whether it counts or not, with some more evidence."""
        own = {i for e, i in self.index.items() if e.practice == practice}
        return tuple(sorted(own | set(self.places(also))))


def choose(evidence: Iterable[Evidence], counts: Callable[[Evidence], bool]) -> Shown:
    """At most `CAP` a detector: what counts before what does not, then in the order of reports."""
    everything = ordered(evidence)
    taken: dict[str, int] = {}
    kept: set[Evidence] = set()
    left_out: dict[str, int] = {}
    for item in sorted(everything, key=lambda e: not counts(e)):
        taken[item.detector] = taken.get(item.detector, 0) + 1
        if taken[item.detector] <= CAP:
            kept.add(item)
        else:
            left_out[item.practice] = left_out.get(item.practice, 0) + 1
    shown = tuple(e for e in everything if e in kept)
    return Shown(evidence=shown, index={e: i for i, e in enumerate(shown)}, left_out=left_out)


def ordered_rejections(rejections: Iterable[Rejection]) -> tuple[Rejection, ...]:
    """Each rejection once, by practice, detector, path and line."""

    def key(r: Rejection) -> tuple[str, str, bytes, int, str]:
        path = r.where.path.encode("utf-8", "surrogateescape")
        return (r.practice, r.detector, path, r.where.line or 0, r.reason)

    return tuple(sorted(dict.fromkeys(rejections), key=key))
