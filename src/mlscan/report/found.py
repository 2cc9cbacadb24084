"""What was found: one line a practice, and what nearly counted or could not be read."""

from __future__ import annotations

from collections import defaultdict

from rich.cells import cell_len
from rich.text import Text

from mlscan.report.page import Page
from mlscan.types.assessment import Assessment, PracticeResult
from mlscan.types.evidence import Context, Evidence, Gap, Location, Rejection

_UNKNOWN_SHOWN = 4
_REJECTIONS_SHOWN = 3
_REASONS_SHOWN = 4
_PATHS_SHOWN = 2
_NARROW = 72
_STYLES = {"automated": "green", "used": "green", "configured": "cyan", "declared": "dim"}


def place(where: Location) -> str:
    """`path:line`, or the path alone where the whole file is meant."""
    return where.path if where.line is None else f"{where.path}:{where.line}"


def add_practices(page: Page, a: Assessment) -> None:
    """Practices that are there with their best evidence, then what is unknown, ahead, uncounted and absent."""
    present = [p for p in a.practices if p.present and not p.informational]
    unknown = [p for p in a.practices if p.present is None and not p.informational]
    if present or unknown:
        page.heading("Found")
        column = max(cell_len(p.id) for p in (*present, *unknown[:_UNKNOWN_SHOWN]))
        for practice in present:
            _add_present(page, a, practice, column)
        for practice in unknown[:_UNKNOWN_SHOWN]:
            _add_unknown(page, practice, column)
    page.lines.append(Text())
    _add_names(page, "Unknown too", [p.id for p in unknown[_UNKNOWN_SHOWN:]])
    _add_names(page, "Ahead of its level", list(a.ahead) if a.applicable else [])
    _add_names(page, "Seen, not counted", [p.id for p in a.practices if p.present and p.informational])
    if a.applicable or page.options.verbose:
        _add_names(page, "Not found", [p.id for p in a.practices if p.present is False and not p.informational])


def _add_present(page: Page, a: Assessment, practice: PracticeResult, column: int) -> None:
    strength = practice.strength or ""
    places = [a.evidence[i] for i in practice.evidence]
    more = len(places) - 1 + practice.more
    tail = f" +{more}" if more > 0 else ""
    where = _best(places) or practice.why
    style = _STYLES.get(strength, "")
    if page.width < _NARROW:
        page.add(page.text(("  " + practice.id, "bold"), " ", (strength, style)))
        page.add(page.text("    ", page.squeeze(where, page.width - 4 - len(tail)), (tail, "dim")))
        return
    room = page.width - 2 - column - 2 - 10 - 2 - len(tail)
    label = (f"  {practice.id:<{column}}  ", "bold")
    page.add(page.text(label, (f"{strength:<10}  ", style), page.squeeze(where, room), (tail, "dim")))


def _best(places: list[Evidence]) -> str:
    """The place of the strongest own evidence; that of other contexts says so. "" without any."""
    own = next((e for e in places if e.context is Context.OWN), None)
    if own is not None:
        return place(own.where)
    return f"{place(places[0].where)} ({places[0].context.value})" if places else ""


def _add_unknown(page: Page, practice: PracticeResult, column: int) -> None:
    if page.width < _NARROW:
        page.add(page.text(("  " + practice.id, "bold"), (" unknown", "yellow")))
        page.add(page.text("    ", (practice.why, "dim")), indent=4)
        return
    label = page.text((f"  {practice.id:<{column}}  ", "bold"), ("unknown     ", "yellow"))
    room = page.width - cell_len(label.plain)
    words = page.fit(practice.why)
    page.add(Text.assemble(label, page.text((_end_cut(page, words, room), "dim"))))


def _end_cut(page: Page, words: str, room: int) -> str:
    if cell_len(words) <= room:
        return words
    while words and cell_len(words) > room - len(page.signs.cut):
        words = words[:-1]
    return words.rstrip() + page.signs.cut


def _add_names(page: Page, label: str, names: list[str]) -> None:
    if names:
        page.add(page.text((f"{label}: ", "bold")), page.text(", ".join(names)), indent=4)


def add_rejections(page: Page, a: Assessment) -> None:
    """Near misses of practices that are not there, at most one a practice and three in all."""
    absent = {p.id for p in a.practices if not p.present}
    chosen: dict[str, Rejection] = {}
    for rejection in a.rejections:
        if rejection.practice in absent:
            chosen.setdefault(rejection.practice, rejection)
    if not chosen:
        return
    page.heading("Nearly counted")
    for rejection in list(chosen.values())[:_REJECTIONS_SHOWN]:
        add_rejection(page, rejection)
    if len(a.rejections) > min(len(chosen), _REJECTIONS_SHOWN):
        page.add(page.text((f"  {len(a.rejections)} near misses in all, shown by --verbose", "dim")))


def add_rejection(page: Page, rejection: Rejection) -> None:
    """The detector, where it nearly held, and which condition failed."""
    where = page.squeeze(place(rejection.where), page.width - 4)
    page.add(page.text("  ", (rejection.detector, "bold"), f" {where}: {rejection.reason}"), indent=4)


def add_gaps(page: Page, a: Assessment) -> None:
    """What could not be read: one line a reason, the most frequent first."""
    if not a.gaps:
        return
    page.heading(f"Could not be read ({len(a.gaps)})")
    groups: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in a.gaps:
        groups[gap.reason].append(gap)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    shown = ordered if page.options.verbose else ordered[:_REASONS_SHOWN]
    for reason, gaps in shown:
        _add_reason(page, reason, gaps)
    rest = sum(len(gaps) for _, gaps in ordered[len(shown) :])
    if rest:
        page.add(page.text((f"  {rest} more for other reasons, shown by --verbose", "dim")))


def _add_reason(page: Page, reason: str, gaps: list[Gap]) -> None:
    paths = [gap.path for gap in gaps if gap.path]
    shown = paths if page.options.verbose else paths[:_PATHS_SHOWN]
    names = ", ".join(page.squeeze(path, max(20, page.width // 3)) for path in shown)
    if len(paths) > len(shown):
        names += f" and {len(paths) - len(shown)} more"
    page.add(page.text(f"  {reason}" + (": " if names else ""), (names, "dim")), indent=4)
