"""How a repository came to be as it is, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.timeline import BEGINNINGS, REPLAYED, Event, columns, events, ever, never, years
from mlscan.report.wording import REVISION_DIGITS, many
from mlscan.types.history import Moment, PracticeHistory, RepositoryHistory

_LABEL = 26
"""Columns of the names before the bars."""
_CHOSEN = {
    "month": "the last of each month",
    "quarter": "the last of each quarter",
    "year": "the last of each year",
    "tag": "the tagged ones",
}
_WHEN = 12
_PERIOD = 26


def render_history(history: RepositoryHistory, options: RenderOptions) -> str:
    """The level and each practice over time, then what changed and at which commit."""
    page = Page(options)
    _add_head(page, history)
    if not options.quiet:
        _add_bars(page, history)
        _add_events(page, history)
        _add_end(page, history)
    return page.print()


def chosen(history: RepositoryHistory) -> str:
    """Which revisions were looked at, in words."""
    number = history.every
    return _CHOSEN.get(number) or ("all" if number == "1" else f"one of every {int(number):,}")


def _add_head(page: Page, history: RepositoryHistory) -> None:
    whose, first, last = history.repository, history.moments[0], history.moments[-1]
    name = f"{whose.name}/{whose.folder}" if whose.folder else whose.name
    page.add(page.text((name, "bold"), f": {first.point.on} to {last.point.on}, {REPLAYED}"), indent=2)
    looked = f"{many(history.commits, 'commit')}, {len(history.moments):,} looked at: {chosen(history)}"
    page.add(page.text(f"  {looked}; from {BEGINNINGS[history.begins.why]}."), indent=2)
    page.add(page.text(f"  {levels_words(history)}"), indent=2)


def levels_words(history: RepositoryHistory) -> str:
    """The levels that there were, as a way: `level 1 (2018-03-11), 2 (2019-05-02), 3 (2020-01-30)`."""
    known = [m for m in history.moments if m.brief is not None]
    if not known or known[-1].brief is None:
        return "No revision could be judged."
    if not known[-1].brief.applicable:
        return f"A level means nothing here now ({known[-1].brief.kind})."
    first = known[0]
    assert first.brief is not None
    steps = [f"level {first.brief.level} ({first.point.on})"]
    steps += [f"{change.after} ({change.turn.before.on})" for change in history.levels]
    return f"From {', '.join(steps)}." if len(steps) > 1 else f"{steps[0].capitalize()}, and still."


def _add_bars(page: Page, history: RepositoryHistory) -> None:
    width = max(10, page.width - _LABEL - 2)
    shown = columns(history, width)
    page.heading("Over time")
    page.add(_label(page, "", _axis(history, width)))
    page.add(_row(page, "Level", shown, lambda m: _level_cell(page, m)))
    for practice in ever(history):
        page.add(_row(page, practice.title, shown, lambda m, p=practice: _cell(page, m, p)))  # type: ignore[misc]
    signs = page.signs
    page.add(page.text((f"  {signs.full} there  {signs.empty} not there  {signs.maybe} not known", "dim")), indent=2)


def _label(page: Page, words: str, line: str | Text) -> Text:
    name = page.squeeze(words, _LABEL - 1)
    return Text.assemble(page.text(f"  {name}{' ' * (_LABEL - len(name))}"), line)


def _row(page: Page, name: str, shown: Sequence[Moment], cell: Callable[[Moment], tuple[str, str]]) -> Text:
    bar = Text()
    for moment in shown:
        sign, style = cell(moment)
        bar.append(sign, style or None)
    return _label(page, name, bar)


def _level_cell(page: Page, moment: Moment) -> tuple[str, str]:
    if moment.brief is None:
        return page.signs.maybe, "dim"
    return (str(moment.brief.level)[-1], "bold") if moment.brief.applicable else ("-", "dim")


def _cell(page: Page, moment: Moment, practice: PracticeHistory) -> tuple[str, str]:
    present = moment.brief.present.get(practice.id) if moment.brief is not None else None
    if present is None:
        return page.signs.maybe, "yellow"
    return (page.signs.full, "green") if present else (page.signs.empty, "dim")


def _axis(history: RepositoryHistory, width: int) -> str:
    """The years, each where it begins, as far as there is room."""
    line = [" "] * width
    free = 0
    for year, share in years(history):
        at = int(share * width)
        if at >= free and at + 4 <= width:
            line[at : at + 4] = str(year)
            free = at + 5
    return "".join(line)


def _add_events(page: Page, history: RepositoryHistory) -> None:
    found = events(history)
    if not found:
        return
    page.heading("What changed")
    for event in found:
        _add_event(page, event)


def _add_event(page: Page, event: Event) -> None:
    where = "" if event.turn.at is None else event.turn.at.revision[:REVISION_DIGITS]
    if event.start and event.turn.at is None:
        where = "there already"
    label = f"  {event.when}".ljust(_WHEN + 2 if where or event.start else _PERIOD + 2)
    bodies = [
        page.text((f"{sign} {', '.join(p.title for p in practices)}", style))
        for sign, style, practices in (("+", "green", event.gained), ("-", "red", event.lost))
        if practices
    ]
    if event.level is not None:
        before, after = event.level
        bodies.append(page.text((f"level {before} -> {after}", "bold")))
    first = page.text(label, (f"{where}  " if where else "", "dim"))
    for number, body in enumerate(bodies):
        page.add(page.text(" " * len(first.plain)) if number else first, body, indent=len(first.plain))


def _add_end(page: Page, history: RepositoryHistory) -> None:
    unseen = never(history)
    if unseen:
        page.heading("Never seen")
        page.add(page.text("  " + ", ".join(p.title for p in unseen)), indent=2)
    if history.notes:
        page.heading("Notes")
        for note in history.notes:
            page.add(page.text(f"  {note}"), indent=4)
