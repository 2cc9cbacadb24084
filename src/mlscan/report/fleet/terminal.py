"""The fleet for a person at a terminal: what a lead reads in a minute, coverage first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from mlscan.report.fleet import wording as words
from mlscan.report.ladder import bar
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.types.fleet_report import Fleet, LevelCount, MissingCriterion, PracticeShare

_BAR = 20
_SHOWN = 5


def terminal_report(fleet: Fleet, options: RenderOptions) -> str:
    """Lines of at most `options.width` columns; `verbose` shows every list in full, `quiet` only the figures."""
    page = Page(options)
    page.add(page.text((fleet.title, "bold"), (f", {fleet.as_of}", "dim")))
    for sentence in (words.known_words(fleet.coverage), words.run_words(fleet), words.counted_words(fleet.coverage)):
        if sentence:
            page.add(page.text("  ", sentence), indent=4)
    if fleet.coverage.applicable:
        _add_levels(page, fleet)
    if not options.quiet:
        if fleet.coverage.applicable:
            _add_practices(page, fleet)
            _add_missing(page, fleet)
        _add_lists(page, fleet)
    _add_foot(page, fleet)
    return page.print()


def _add_levels(page: Page, fleet: Fleet) -> None:
    page.heading("Levels")
    column = max(cell_len(page.fit(x.name)) for x in fleet.levels)
    for level in reversed(fleet.levels):
        page.add(_level(page, level, column))
    page.add(page.text("  ", words.target_words(fleet)), indent=4)


def _level(page: Page, level: LevelCount, column: int) -> Text:
    name = page.fit(level.name)
    label = page.text(f"  {level.level} {name}{' ' * (column - cell_len(name))}  ")
    amount = page.text(f" {words.ratio(level.projects)}", (f"  {words.percent(level.projects)}", "dim"))
    return Text.assemble(label, _bar(page, level.projects.share), amount)


def _bar(page: Page, share: float | None, length: int = _BAR) -> Text:
    full = int((share or 0) * length)
    return bar(page, max(full, 1 if share else 0), 0, length)


def _add_practices(page: Page, fleet: Fleet) -> None:
    page.heading("Practices, of the projects in which it could be decided")
    shown = [p for p in fleet.practices if page.options.verbose or not p.informational]
    column = min(34, max((cell_len(page.fit(p.title)) for p in shown), default=0))
    for practice in shown:
        page.add(_practice(page, practice, column))


def _practice(page: Page, practice: PracticeShare, column: int) -> Text:
    name = page.squeeze(practice.title, column)
    label = page.text(f"  {name}{' ' * (column - cell_len(name))}  ")
    return Text.assemble(
        label, _bar(page, practice.projects.share, _BAR // 2), page.text(f" {words.practice_words(practice)}")
    )


def _add_missing(page: Page, fleet: Fleet) -> None:
    _add_list(page, "Missing most", [_missing(page, m) for m in fleet.missing], "  Nothing is known to be missing")


def _missing(page: Page, m: MissingCriterion) -> tuple[Text, Text]:
    label = page.text(f"  {words.ratio(m.projects)}  ")
    body = page.text((m.title, "bold"), (f" ({words.asked(m)})", "dim"), f": {words.lifts(m)}")
    return label, body


def _add_lists(page: Page, fleet: Fleet) -> None:
    near = [(n.name, f"{words.near_words(n)}: {'; '.join(s.title for s in n.steps)}") for n in fleet.nearest]
    _add_pairs(page, "Nearest to the next level", near)
    _add_pairs(page, "Longest on the same level", [(s.name, words.stuck_words(s)) for s in fleet.stuck])
    if fleet.since:
        moved = [(m.name, f"{words.move_words(m)}: {words.why_words(m)}") for m in fleet.moved]
        _add_pairs(page, f"Moved since {fleet.since[:10]}", moved, "  Nothing")
        if fleet.new:
            page.add(page.text(f"  First verdict since then: {len(fleet.new):,}"))
    _add_pairs(page, "Not scanned", [(f.name, words.failure_words(f)) for f in fleet.failures])


def _add_pairs(page: Page, title: str, items: Sequence[tuple[str, str]], nothing: str = "") -> None:
    rows = [(page.text(("  " + name, "bold"), "  "), page.text(said)) for name, said in items]
    _add_list(page, title, rows, nothing)


def _add_list(page: Page, title: str, rows: Sequence[tuple[Text, Text]], nothing: str = "") -> None:
    if not rows and not nothing:
        return
    page.heading(title)
    if not rows:
        page.add(page.text(nothing))
        return
    shown = rows if page.options.verbose else rows[:_SHOWN]
    for label, body in shown:
        page.add(label, body, indent=4)
    if len(rows) > len(shown):
        page.add(page.text((f"  and {len(rows) - len(shown):,} more, shown by --verbose", "dim")))


def _add_foot(page: Page, fleet: Fleet) -> None:
    page.lines.append(Text())
    if words.left_out_words(fleet):
        page.add(page.text((f"{words.left_out_words(fleet)}.", "dim")))
    parts = [f"mlscan {fleet.mlscan_version}", f"model {fleet.model}", words.content_words(fleet)]
    page.add(page.text((", ".join(p for p in parts if p) + ".", "dim")))
