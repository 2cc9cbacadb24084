"""The history section of the HTML page: choices, words and shapes made beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mlscan.report.answers.history import chosen, levels_words
from mlscan.report.forge import Forge
from mlscan.report.timeline import BEGINNINGS, REPLAYED, ever, never, shares, years
from mlscan.report.wording import REVISION_DIGITS, many
from mlscan.types.history import Moment, Point, PracticeHistory, RepositoryHistory, Turn

_WIDTH, _HEIGHT = 1_000, 100
_LAST = 15
"""Width of the newest revision, so that what is new is seen."""
_YEARS = 12
"""Years that are named."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place on the axis of time."""

    text: str
    left: float
    """Percent."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar."""

    x: float
    width: float
    tone: str
    """full or maybe."""


@dataclass(frozen=True, slots=True)
class When:
    """One sentence on a practice, with the commit that it is about."""

    words: str
    label: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """One practice."""

    practice: PracticeHistory
    pieces: tuple[Piece, ...]
    whens: tuple[When, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """The whole section."""

    sentences: tuple[str, ...]
    steps: str
    """Path of the level over time in a box of 1,000 by 100."""
    lines: tuple[float, ...]
    """Heights of the levels in it."""
    top: int
    years: tuple[Mark, ...]
    rows: tuple[Past, ...]
    never: str


def past_of(history: RepositoryHistory, top: int, forge: Forge | None) -> Life:
    """Everything that the section shows."""
    top = max(1, top)
    places = [share * (_WIDTH - _LAST) for share in shares(history)]
    looked = f"{many(history.commits, 'commit')}, {len(history.moments):,} looked at: {chosen(history)}"
    named = list(years(history))
    step = -(-len(named) // _YEARS) or 1
    link = forge.other_commit if forge is not None else lambda _: None
    return Life(
        sentences=(
            f"From {BEGINNINGS[history.begins.why]}, {history.begins.point.on}, {REPLAYED}. {looked}.",
            levels_words(history),
            *history.notes,
        ),
        steps=" ".join(_steps(history.moments, places, top)),
        lines=tuple(_height(n, top) for n in range(top + 1)),
        top=top,
        years=tuple(Mark(str(y), round(share * (100 - 100 * _LAST / _WIDTH), 2)) for y, share in named[::step]),
        rows=tuple(_past(p, history.moments, places, link) for p in ever(history)),
        never=", ".join(p.title for p in never(history)),
    )


def _height(level: int, top: int) -> float:
    return round(_HEIGHT - 2 - (_HEIGHT - 4) * level / top, 2)


def _steps(moments: Sequence[Moment], places: Sequence[float], top: int) -> Iterator[str]:
    """The path: a level holds until the next revision; it is broken where a revision could not be judged."""
    drawn = False
    for moment, start, end in zip(moments, places, (*places[1:], _WIDTH), strict=True):
        if moment.brief is None:
            drawn = False
            continue
        height = _height(moment.brief.level, top)
        yield f"V{height}" if drawn else f"M{start:.1f} {height}"
        yield f"H{end:.1f}"
        drawn = True


def _past(
    practice: PracticeHistory, moments: Sequence[Moment], places: Sequence[float], link: Callable[[str], str | None]
) -> Past:
    pieces: list[Piece] = []
    for moment, start, end in zip(moments, places, (*places[1:], _WIDTH), strict=True):
        present = moment.brief.present.get(practice.id) if moment.brief is not None else None
        tone = "maybe" if present is None else "full" if present else ""
        if pieces and pieces[-1].tone == tone:
            pieces[-1] = Piece(pieces[-1].x, round(end - pieces[-1].x, 1), tone)
        else:
            pieces.append(Piece(round(start, 1), round(end - start, 1), tone))
    return Past(practice, tuple(p for p in pieces if p.tone), tuple(_whens(practice, link)))


def _whens(practice: PracticeHistory, link: Callable[[str], str | None]) -> Iterator[When]:
    for span in practice.spans:
        yield _when("appeared" if span.appeared.after or span.appeared.at else "there already", span.appeared, link)
        if span.vanished is not None:
            yield _when("gone", span.vanished, link)
    if practice.present is None:
        yield When("not known now")


def _when(words: str, turn: Turn, link: Callable[[str], str | None]) -> When:
    point: Point | None = turn.at
    if point is not None:
        return When(f"{words} {point.on}", point.revision[:REVISION_DIGITS], link(point.revision))
    if turn.after is None:
        return When(f"{words} {turn.before.on}")
    return When(f"{words} between {turn.after.on} and {turn.before.on}")
