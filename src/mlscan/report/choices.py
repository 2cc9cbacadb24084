"""What a report shows first: choices among what the assessment holds, the same for every format."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mlscan.types.assessment import (
    Assessment,
    Component,
    CriterionResult,
    LevelResult,
    NextStep,
    PracticeResult,
    Status,
)
from mlscan.types.evidence import Context, Evidence, Gap, Location, Rejection

LEFT_OUT = (Status.WAIVED, Status.NOT_APPLICABLE, Status.UPCOMING)
"""Statuses of criteria that a level does not count."""


def place(where: Location) -> str:
    """`path:line`, or the path alone where the whole file is meant; the whole repository in words."""
    if where.path in ("", "."):
        return "the repository"
    return where.path if where.line is None else f"{where.path}:{where.line}"


def level_names(a: Assessment) -> dict[int, str]:
    """Level -> name, from the lowest."""
    names = {**{x.level: x.name for x in a.levels}, a.level: a.level_name, **a.level_names}
    return dict(sorted(names.items()))


def tally(level: LevelResult) -> tuple[int, int]:
    """How many criteria of a level are met, and how many count."""
    counted = [c for c in level.criteria if c.status not in LEFT_OUT]
    return sum(c.status is Status.MET for c in counted), len(counted)


def filled(level: LevelResult, signs: int) -> int:
    """How many signs of a bar are full: all only when everything is met, none only when nothing is."""
    return max(int(level.achieved * signs), min(1, tally(level)[0]))


def present(a: Assessment) -> list[PracticeResult]:
    """Practices that are there and count."""
    return [p for p in a.practices if p.present and not p.informational]


def unknown(a: Assessment) -> list[PracticeResult]:
    """Practices that could not be decided."""
    return [p for p in a.practices if p.present is None and not p.informational]


def absent(a: Assessment) -> list[PracticeResult]:
    """Practices that are not there."""
    return [p for p in a.practices if p.present is False and not p.informational]


def uncounted(a: Assessment) -> list[PracticeResult]:
    """Practices that are there and only reported."""
    return [p for p in a.practices if p.present and p.informational]


def best(a: Assessment, indexes: tuple[int, ...]) -> Evidence | None:
    """The strongest own evidence of those; the strongest of another context where there is no own."""
    places = [a.evidence[i] for i in indexes]
    return next((e for e in places if e.context is Context.OWN), places[0] if places else None)


def cut_at_place(words: str, places: Sequence[str]) -> tuple[str, int, str] | None:
    """What stands before the first of the places that the words name, which one it is, and what stands after it."""
    for number, each in enumerate(places):
        match = re.search(rf"(?<![\w./-]){re.escape(each)}(?![\w/-]|\.\w)", words)
        if match is not None:
            return words[: match.start()], number, words[match.end() :]
    return None


LONG_REASON = 160
"""Characters; reasons why something is not there that are longer are folded or cut, what to do about it is not."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What is missing for the next level, or for the target."""

    level: int | None
    """The next level, or the one that was asked for; None where nothing is left to reach."""
    needed: tuple[NextStep, ...]
    others: tuple[NextStep, ...]
    """Asked too, but the level is reached without them."""


def steps(a: Assessment) -> Steps:
    """The way to the target, by default the next level; empty where it cannot be reached."""
    stands = max(a.level, a.attested_level)
    target = stands + 1 if a.target is None else a.target
    if target not in level_names(a) or target <= stands:
        return Steps(None, (), ())
    asked = [s for s in a.next if s.level <= target] or list(a.next)
    return Steps(target, tuple(s for s in asked if s.needed), tuple(s for s in asked if not s.needed))


_LITTLE = (re.compile(r"reaches no place"), re.compile(r"lacks |.* does not count$"), re.compile(r"only \d"))
"""Reasons that only name what is missing, from those that say least."""


def near_misses(a: Assessment) -> list[Rejection]:
    """The most telling near miss of each practice that is not there, those that say what it was first."""
    missing = {p.id for p in a.practices if not p.present}
    chosen: dict[str, Rejection] = {}
    for rejection in a.rejections:
        if rejection.practice in missing:
            before = chosen.setdefault(rejection.practice, rejection)
            if _says_little(rejection) < _says_little(before):
                chosen[rejection.practice] = rejection
    return sorted(chosen.values(), key=_says_little)


def telling_misses(a: Assessment) -> list[Rejection]:
    """Near misses that say what it was or how much of it was there; what several practices say of one place, once."""
    found: dict[tuple[Location, str], Rejection] = {}
    for rejection in near_misses(a):
        if _says_little(rejection) < 2:
            found.setdefault((rejection.where, rejection.reason), rejection)
    return list(found.values())


def _says_little(rejection: Rejection) -> int:
    """0 for a reason that says what it was; more for one that says less."""
    return next((len(_LITTLE) - n for n, kind in enumerate(_LITTLE) if kind.match(rejection.reason)), 0)


def gaps_by_reason(a: Assessment) -> list[tuple[str, list[Gap]]]:
    """Reason -> gaps, the most frequent first."""
    groups: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in a.gaps:
        groups[gap.reason].append(gap)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def ranked_components(a: Assessment) -> list[Component]:
    """Components, the highest first."""
    return sorted(a.components, key=lambda c: (-c.level, c.path))


def open_criteria(a: Assessment) -> list[tuple[LevelResult, CriterionResult]]:
    """Criteria that are not met or could not be decided, with their level, in the model's order."""
    wanted = (Status.NOT_MET, Status.UNKNOWN)
    return [(level, c) for level in a.levels for c in level.criteria if c.status in wanted]
