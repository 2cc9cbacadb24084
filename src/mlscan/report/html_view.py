"""What the HTML template draws: choices and words made beforehand, so that the template only places them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlscan.report.choices import best, cut_at_place, gaps_by_reason, level_names, near_misses, place, steps, tally
from mlscan.report.forge import Forge
from mlscan.report.wording import RATINGS, many
from mlscan.types.assessment import Assessment, CriterionResult, LevelResult, PracticeResult, Status
from mlscan.types.evidence import Context, Evidence, Location, Rejection

_PATHS = 50

_SIGNS = {
    Status.MET: ("✓", "met", "yes"),
    Status.ATTESTED: ("✓", "attested", "yes"),
    Status.NOT_MET: ("✗", "not met", "no"),
    Status.UNKNOWN: ("?", "unknown", "maybe"),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with the address that shows it."""

    label: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """One piece of evidence."""

    spot: Spot
    excerpt: str
    about: str
    """Strength, detector, and what else has to be known of it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder."""

    number: int
    name: str
    short: str
    state: str
    """here, possible, below or above."""
    words: str
    """`3 of 4 met`, or "" where nothing is asked."""
    share: float
    """Percent that is achieved, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of the profile; shares are percent of the highest level."""

    name: str
    level: int
    could_be: int
    share: float
    maybe: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a criterion or a practice: never told by colour alone."""

    sign: str
    words: str
    tone: str
    """yes, no, maybe or other."""


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion."""

    criterion: CriterionResult
    mark: Mark
    before: str
    """Why, up to the place that it names."""
    named: Spot | None
    after: str
    spots: tuple[Spot, ...]
    """The other places."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The criteria of one level."""

    level: LevelResult
    words: str
    rating: str
    rows: tuple[Row, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice with all that is shown of it."""

    result: PracticeResult
    mark: Mark
    best: Sight | None
    sights: tuple[Sight, ...]
    more: str
    """`2 more`, or ""."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One reason for not reading, with the places."""

    reason: str
    spots: tuple[Spot, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Miss:
    """One near miss."""

    rejection: Rejection
    spot: Spot


@dataclass(frozen=True, slots=True)
class View:
    """One page."""

    a: Assessment
    top: int
    forge: Forge | None
    rungs: Sequence[Rung] = field(default=())
    bars: Sequence[Bar] = field(default=())
    floors: Sequence[Floor] = field(default=())
    practices: Sequence[Practice] = field(default=())
    misses: Sequence[Miss] = field(default=())
    """The first near miss of each practice that is not there."""
    other_misses: Sequence[Miss] = field(default=())
    unread: Sequence[Unread] = field(default=())


def view_of(a: Assessment, forge: Forge | None) -> View:
    """Everything that the page shows, in its order."""
    first = near_misses(a)
    others = [r for r in a.rejections if r not in set(first)]
    return View(
        a=a,
        top=max(level_names(a)),
        forge=forge,
        rungs=_rungs(a),
        bars=_bars(a),
        floors=_floors(a, forge),
        practices=[_practice(a, p, forge) for p in a.practices],
        misses=[Miss(r, _spot(r.where, forge)) for r in first],
        other_misses=[Miss(r, _spot(r.where, forge)) for r in others],
        unread=_unread(a, forge),
    )


def _spot(where: Location, forge: Forge | None) -> Spot:
    return Spot(place(where), forge.link(where) if forge else None)


def _rungs(a: Assessment) -> list[Rung]:
    results = {x.level: x for x in a.levels}
    return [_rung(a, n, name, results.get(n)) for n, name in reversed(level_names(a).items())]


def _rung(a: Assessment, number: int, name: str, result: LevelResult | None) -> Rung:
    state = "above" if number > a.level else "below"
    if number == a.level:
        state = "here"
    elif a.level < number <= a.could_be:
        state = "possible"
    if result is None or not result.criteria:
        return Rung(number, name, result.short if result else "", state, "", 0.0)
    met, asked = tally(result)
    return Rung(number, name, result.short, state, f"{met} of {asked} met", result.achieved * 100)


def _bars(a: Assessment) -> list[Bar]:
    top = max(level_names(a)) or 1
    return [
        Bar(g.id, g.level, g.could_be, 100 * g.level / top, 100 * max(0, g.could_be - g.level) / top) for g in a.groups
    ]


def _mark(status: Status) -> Mark:
    sign, words, tone = _SIGNS.get(status, ("-", status.value.replace("-", " "), "other"))
    return Mark(sign, words, tone)


def _floors(a: Assessment, forge: Forge | None) -> list[Floor]:
    target = steps(a).level
    floors = []
    for level in a.levels:
        if not level.criteria:
            continue
        met, asked = tally(level)
        rows = tuple(_row(a, c, forge) for c in level.criteria)
        shown = level.level == target or (met < asked and level.level <= a.level)
        floors.append(Floor(level, f"{met} of {asked} met", RATINGS[level.rating], rows, shown))
    return floors


def _row(a: Assessment, c: CriterionResult, forge: Forge | None) -> Row:
    spots = [_spot(a.evidence[i].where, forge) for i in c.evidence]
    cut = cut_at_place(c.why, [spot.label for spot in spots])
    if cut is None:
        return Row(c, _mark(c.status), c.why, None, "", tuple(spots))
    before, number, after = cut
    return Row(c, _mark(c.status), before, spots[number], after, tuple(s for s in spots if s != spots[number]))


def _practice(a: Assessment, practice: PracticeResult, forge: Forge | None) -> Practice:
    mark = Mark("✗", "not found", "no")
    if practice.present:
        mark = Mark("✓", practice.strength or "found", "yes")
    elif practice.present is None:
        mark = Mark("?", "unknown", "maybe")
    evidence = best(a, practice.evidence)
    others = len(practice.evidence) - 1 + practice.more
    return Practice(
        result=practice,
        mark=mark,
        best=_sight(evidence, forge) if evidence else None,
        sights=tuple(_sight(a.evidence[i], forge) for i in practice.evidence),
        more=many(others, "more place") if others > 0 else "",
    )


def _sight(evidence: Evidence, forge: Forge | None) -> Sight:
    about = [evidence.strength.value, evidence.detector]
    about += [f"in {evidence.context.value} files"] if evidence.context is not Context.OWN else []
    about += [f"handed to {evidence.delegated_to}"] if evidence.delegated_to else []
    # Of a whole file the name is all that there is to see.
    excerpt = "" if evidence.excerpt == evidence.where.path else evidence.excerpt
    return Sight(_spot(evidence.where, forge), excerpt, ", ".join(about))


def _unread(a: Assessment, forge: Forge | None) -> list[Unread]:
    found = []
    for reason, gaps in gaps_by_reason(a):
        paths = [gap.path for gap in gaps if gap.path]
        spots = tuple(_spot(Location(path), forge) for path in paths[:_PATHS])
        found.append(Unread(reason, spots, max(0, len(paths) - _PATHS)))
    return found
