"""What a branch changes, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlscan.report.choices import place
from mlscan.report.forge import Forge, forge_of
from mlscan.report.markdown_text import code, details, link, linked_place, table, text
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.wording import REVISION_DIGITS, STRENGTHS, full_name, many, state
from mlscan.types.answers import Change, Comparison, ComponentChange, Direction, Side
from mlscan.types.evidence import Gap

_HEADINGS = {
    Direction.LOST: ("Lost", "red"),
    Direction.WEAKENED: ("Weakened", "yellow"),
    Direction.UNKNOWN: ("Not certain now", "yellow"),
    Direction.GAINED: ("Gained", "green"),
    Direction.STRENGTHENED: ("Strengthened", "green"),
}
_SIGNS = {
    Direction.LOST: "✗ **lost**",
    Direction.WEAKENED: "↓ weakened",
    Direction.UNKNOWN: "? not certain",
    Direction.GAINED: "✓ **gained**",
    Direction.STRENGTHENED: "↑ strengthened",
}
_SHOWN = 60
_GAPS = 10
_SAYS_WHY = (Direction.LOST, Direction.WEAKENED, Direction.UNKNOWN)
_NOT_READ = "Could be read before and cannot now"
_SAID = "What is configured, waived or vouched for differs"


def render_comparison(c: Comparison, options: RenderOptions) -> str:
    """Levels, then what is lost, weakened, unknown, gained and strengthened, each with its place."""
    page = Page(options)
    head = c.head.repository
    page.add(page.text((full_name(head), "bold"), f": from {_named(c.base)} to {_named(c.head)}"), indent=2)
    style = "red" if "level" in c.losses else "bold green" if c.head.level > c.base.level else ""
    page.add(page.text((f"  {_levels(c)}", style)), indent=2)
    if not c.changes and not c.components:
        page.add(page.text(f"  {_nothing(c)}"), indent=2)
    for direction, (title, color) in _HEADINGS.items():
        changes = [x for x in c.changes if x.direction is direction]
        if changes:
            page.heading(title)
            for change in changes:
                _add_change(page, change, changes, color)
    if c.components:
        page.heading("ML projects in this repository")
        for component in c.components:
            page.add(page.text(f"  {_component(component)}"), indent=4)
    if c.notes:
        page.heading(_SAID)
        for note in c.notes:
            page.add(page.text(f"  {note}"), indent=4)
    _add_gaps(page, c.gaps)
    return page.print()


def _named(side: Side) -> str:
    revision = side.repository.revision or ""
    short = revision[:REVISION_DIGITS]
    if not short or side.name == short:
        return side.name
    return short if side.name == revision else f"{side.name} ({short})"


def _levels(c: Comparison) -> str:
    if not c.base.applicable and not c.head.applicable:
        return f"A level means nothing here ({c.head.kind})"
    before, after = _level(c.base), _level(c.head)
    return f"{before}, as before" if before == after else f"{before} -> {after}"


def _level(side: Side) -> str:
    if not side.applicable:
        return f"no level ({side.kind})"
    could_be = f" (could be {side.could_be})" if side.could_be > side.level else ""
    return f"level {side.level} {side.level_name}{could_be}"


def _nothing(c: Comparison) -> str:
    same = c.base.repository.revision == c.head.repository.revision and not c.head.repository.dirty
    return "Both are the same revision." if same else "No practice and no criterion differs."


def _repeated(change: Change, changes: Sequence[Change]) -> Change | None:
    """The practice above a criterion that is all there is to it: by its places, or by what is said of it."""
    if change.level is None:
        return None
    for other in changes:
        if other.level is not None or other.direction is not change.direction:
            continue
        same = change.evidence and set(change.evidence) <= set(other.evidence)
        if same or (other.why and _core(other.why) in _core(change.why)):
            return other
    return None


def _core(why: str) -> str:
    return why.rstrip(".").lower()


def _what(change: Change) -> str:
    if change.level is not None:
        return f"asked by level {change.level}"
    return "practice" if change.counts else "practice, for information"


def _add_change(page: Page, change: Change, changes: Sequence[Change], color: str) -> None:
    """What became of one thing; briefly where a practice among the changes says the rest."""
    label = page.text(("  " + change.title, "bold"), (f" ({change.id}, {_what(change)})", "dim"))
    page.add(label, indent=4)
    repeated = _repeated(change, changes)
    above = f": see {repeated.title}" if repeated else ""
    page.add(page.text("    ", (f"{state(change.before)} -> {state(change.after)}", color), above), indent=6)
    if repeated:
        return
    was = "was at " if change.direction is Direction.LOST else ""
    for evidence in change.evidence:
        excerpt = (f"  {evidence.excerpt}", "dim") if evidence.excerpt else ""
        page.add(page.text(f"    {was}{place(evidence.where)}", excerpt), indent=6)
    if change.direction in _SAYS_WHY and change.why:
        page.add(page.text((f"    {change.why}", "dim")), indent=4)


def _component(c: ComponentChange) -> str:
    before = "not there" if c.before is None else f"level {c.before}"
    after = "gone" if c.after is None else f"level {c.after}"
    return f"{c.path}: {before} -> {after}"


def _add_gaps(page: Page, gaps: tuple[Gap, ...]) -> None:
    if not gaps:
        return
    page.heading(f"{_NOT_READ} ({len(gaps)})")
    for gap in gaps[:_GAPS]:
        page.add(page.text(f"  {gap.path or 'the repository'}: {gap.reason}"), indent=4)


def comparison_markdown(c: Comparison) -> str:
    """The comparison for a pull request: the verdict in view, reasons folded away; at most some 50,000 characters."""
    before, after = forge_of(c.base.repository), forge_of(c.head.repository)
    folder = c.head.repository.folder
    blocks = [
        f"## ML process{f' of {code(folder)}' if folder else ''}: {text(_levels(c).replace('->', '→'))}",
        f"From {_side(c.base, before)} to {_side(c.head, after)}{'. '.join(['', *_tally(c)])}.",
    ]
    blocks += [f"- **{text(note)}.**" for note in c.notes[:_SHOWN]]
    if not c.changes and not c.components:
        return "\n\n".join([*blocks, text(_nothing(c))]) + "\n"
    shown = c.changes[:_SHOWN]
    if shown:
        rows = [_row(x, shown, before if x.direction is Direction.LOST else after) for x in shown]
        blocks.append(table(("", "What", "Before", "After", "Where"), rows))
    if len(c.changes) > len(shown):
        blocks.append(f"and {len(c.changes) - len(shown)} more, which the JSON of `mlscan diff` has.")
    if c.components:
        lines = "\n".join(f"- {text(_component(x).replace('->', '→'))}" for x in c.components[:_SHOWN])
        blocks += ["ML projects in this repository:", lines]
    return "\n\n".join([*blocks, *_folded(c, shown), _foot(shown)]) + "\n"


def _tally(c: Comparison) -> Iterator[str]:
    """How much is lost, gained and so on, one sentence each without its full stop."""
    for direction, (title, _) in _HEADINGS.items():
        levels = [x.level for x in c.changes if x.direction is direction and x.counts]
        practices = levels.count(None)
        criteria = len(levels) - practices
        counts = [many(practices, "practice")] if practices else []
        counts += [many(criteria, "criterion", "criteria")] if criteria else []
        if counts:
            words = f"{title}: {' and '.join(counts)}"
            yield f"**{words}**" if direction is Direction.LOST else words


def _folded(c: Comparison, shown: Sequence[Change]) -> list[str]:
    """Reasons and gaps, folded away."""
    told = [x for x in shown if x.direction in _SAYS_WHY and x.why and not _repeated(x, shown)]
    blocks = []
    if told:
        reasons = "\n".join(f"- **{text(x.title)}**: {text(x.why)}" for x in told)
        blocks.append(details("Why something is not there any more, or not certain", reasons))
    if c.gaps:
        lines = "\n".join(f"- {code(g.path or 'the repository')}: {text(g.reason)}" for g in c.gaps[:_GAPS])
        blocks.append(details(f"{_NOT_READ}: {len(c.gaps)}", lines))
    return blocks


def _foot(shown: Sequence[Change]) -> str:
    """What the words mean, and where to go from here."""
    words = dict(STRENGTHS)
    used = words.keys() & {word for x in shown for word in (x.before, x.after)}
    legend = ", ".join(f"*{word}*: {meaning}" for word, meaning in words.items())
    strengths = f"From weak to strong: {legend}. " if used else ""
    return (
        f"<sub>{strengths}`mlscan explain NAME` says what a name means; if a verdict is wrong, "
        "`mlscan explain NAME --issue` writes a report of it.</sub>"
    )


def _side(side: Side, forge: Forge | None) -> str:
    revision = side.repository.revision
    if not revision:
        return text(side.name)
    linked = link(code(revision[:REVISION_DIGITS]), forge.commit if forge else None)
    return linked if side.name == revision else f"{text(side.name)} ({linked})"


def _row(change: Change, changes: Sequence[Change], forge: Forge | None) -> tuple[str, ...]:
    repeated = _repeated(change, changes)
    seen = () if repeated else change.evidence
    places = [linked_place(e.where, forge) for e in seen[:1]]
    was = "was at " if places and change.direction is Direction.LOST else ""
    more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
    below = "see below" if change.direction in _SAYS_WHY and change.why else ""
    return (
        _SIGNS[change.direction],
        f"{text(change.title)}<br>{code(change.id)}, {text(_what(change))}",
        text(state(change.before)),
        text(state(change.after)),
        f"see {text(repeated.title)}" if repeated else f"{was}{places[0]}{more}" if places else below,
    )
