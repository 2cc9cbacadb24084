"""The first look: the ladder with the level that was reached, and the profile beside it."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from mlscan.report.choices import filled, level_names, tally
from mlscan.report.page import Page
from mlscan.types.assessment import Assessment, LevelResult

_BAR = 10
_SIDE_BY_SIDE = 76


def add_ladder(page: Page, a: Assessment) -> None:
    """The levels from the top down with how much of each is met, and one bar a group."""
    page.lines.append(Text())
    ladder, profile = _ladder(page, a), _profile(page, a)
    if page.width < _SIDE_BY_SIDE:
        for line in [*ladder, *([Text()] if profile else []), *profile]:
            page.add(line)
        return
    column = max(cell_len(line.plain) for line in ladder) + 4
    for row in range(max(len(ladder), len(profile))):
        left = ladder[row] if row < len(ladder) else Text()
        right = profile[row] if row < len(profile) else Text()
        page.add(Text.assemble(left, " " * (column - cell_len(left.plain)), right))


def bar(page: Page, full: int, maybe: int, length: int) -> Text:
    """A bar of `length` signs: full ones, then what could be, then empty."""
    signs = page.signs
    full = min(length, full)
    maybe = min(length - full, max(0, maybe - full))
    rest = length - full - maybe
    return page.text((signs.full * full, "green"), (signs.maybe * maybe, "yellow"), (signs.empty * rest, "dim"))


def _ladder(page: Page, a: Assessment) -> list[Text]:
    names = level_names(a)
    results = {x.level: x for x in a.levels}
    column = max(cell_len(page.fit(name)) for name in names.values())
    return [_rung(page, a, results.get(n), f"{n}  {page.fit(names[n]):<{column}}") for n in reversed(names)]


def _rung(page: Page, a: Assessment, result: LevelResult | None, name: str) -> Text:
    number = int(name.split(" ", 1)[0])
    reached, possible = number == a.level, a.level < number <= a.could_be
    style = "bold green" if reached else "yellow" if possible else "" if number < a.level else "dim"
    line = page.text((f"{page.signs.mark if reached else '?' if possible else ' '} {name}", style))
    if result is None or not result.criteria:
        return line
    met, asked = tally(result)
    return Text.assemble(line, "  ", bar(page, filled(result, _BAR), 0, _BAR), page.text(f" {met} of {asked}"))


def _profile(page: Page, a: Assessment) -> list[Text]:
    if not a.groups:
        return []
    top = max(level_names(a))
    column = max(len(page.fit(g.id)) for g in a.groups)
    lines = []
    for group in a.groups:
        level = f"{group.level}" if group.could_be <= group.level else f"{group.level} (could be {group.could_be})"
        drawn = bar(page, group.level, group.could_be, top)
        lines.append(Text.assemble(page.text(f"{page.fit(group.id):<{column}} "), drawn, page.text(f" {level}")))
    return lines
