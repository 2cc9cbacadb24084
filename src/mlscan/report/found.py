"""What was found: one line a practice, and what nearly counted or could not be read."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from mlscan.report.choices import (
    absent,
    best,
    gaps_by_reason,
    near_misses,
    place,
    present,
    telling_misses,
    uncounted,
    unknown,
)
from mlscan.report.page import Page
from mlscan.types.assessment import Assessment, PracticeResult
from mlscan.types.evidence import Context, Evidence, Gap, Rejection

_UNKNOWN_SHOWN = 4
_REJECTIONS_SHOWN = 3
_REASONS_SHOWN = 4
_PATHS_SHOWN = 2
_NARROW = 72
_STYLES = {"automated": "green", "used": "green", "configured": "cyan", "declared": "dim"}


def add_practices(page: Page, a: Assessment) -> None:
    """Practices that are there with their best evidence, then what is unknown, ahead, uncounted and absent."""
    seen, undecided = present(a), unknown(a)
    if seen or undecided:
        page.heading("Found")
        column = max(cell_len(p.id) for p in (*seen, *undecided[:_UNKNOWN_SHOWN]))
        for practice in seen:
            _add_present(page, a, practice, column)
        for practice in undecided[:_UNKNOWN_SHOWN]:
            _add_unknown(page, practice, column)
    page.lines.append(Text())
    _add_names(page, "Unknown too", [p.id for p in undecided[_UNKNOWN_SHOWN:]])
    _add_names(page, "Ahead of its level", list(a.ahead) if a.applicable else [])
    _add_names(page, "Seen, not counted", [p.id for p in uncounted(a)])
    if a.applicable or page.options.verbose:
        _add_names(page, "Not found", [p.id for p in absent(a)])


def _add_present(page: Page, a: Assessment, practice: PracticeResult, column: int) -> None:
    strength = practice.strength or ""
    more = len(practice.evidence) - 1 + practice.more
    tail = f" +{more}" if more > 0 else ""
    where = _where(best(a, practice.evidence)) or practice.why
    style = _STYLES.get(strength, "")
    if page.width < _NARROW:
        page.add(page.text(("  " + practice.id, "bold"), " ", (strength, style)))
        page.add(page.text("    ", page.squeeze(where, page.width - 4 - len(tail)), (tail, "dim")))
        return
    room = page.width - 2 - column - 2 - 10 - 2 - len(tail)
    label = (f"  {practice.id:<{column}}  ", "bold")
    page.add(page.text(label, (f"{strength:<10}  ", style), page.squeeze(where, room), (tail, "dim")))


def _where(evidence: Evidence | None) -> str:
    """The place; that of other contexts says so. "" without any."""
    if evidence is None:
        return ""
    context = "" if evidence.context is Context.OWN else f" ({evidence.context.value})"
    return place(evidence.where) + context


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
    """Near misses of practices that are not there that say something, at most one a practice and three in all."""
    chosen = telling_misses(a)
    if not near_misses(a):
        return
    page.heading("Nearly counted")
    for rejection in chosen[:_REJECTIONS_SHOWN]:
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
    ordered = gaps_by_reason(a)
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
