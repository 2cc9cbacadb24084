"""The fleet for an issue, a wiki or a CI step summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlscan.report.fleet import wording as words
from mlscan.report.markdown_text import code, details, link, table, text
from mlscan.types.fleet_report import Fleet, FleetRow, MissingCriterion, PracticeShare

LONGEST = 60_000
"""Characters of a whole report: a comment on GitHub holds 65,536."""

_SHOWN = 10
_ROWS = 200
_BAR = 10


def markdown_report(fleet: Fleet) -> str:
    """GitHub-flavoured Markdown that ends in a newline; lists are cut, with how much of them is left out."""
    rows = [row for row in fleet.repositories if row.level is not None]
    parts = [*_head(fleet), *_levels(fleet), *_practices(fleet), *_missing(fleet), *_lists(fleet)]
    for count in (_ROWS, 50, 0):
        whole = "\n\n".join([*parts, *_repositories(rows, count), _foot(fleet)]) + "\n"
        if len(whole) <= LONGEST:
            return whole
    return whole


def _head(fleet: Fleet) -> list[str]:
    run = f" {text(words.run_words(fleet))}." if words.run_words(fleet) else ""
    shown = [f"# {text(fleet.title)}", f"{text(words.known_words(fleet.coverage))}.{run}"]
    return [*shown, f"{text(words.counted_words(fleet.coverage))}."]


def _bar(share: float | None) -> str:
    full = max(int((share or 0) * _BAR), 1 if share else 0)
    return "█" * full + "░" * (_BAR - full)


def _levels(fleet: Fleet) -> list[str]:
    if not fleet.coverage.applicable:
        return []
    rows = [
        (str(x.level), text(x.name), words.ratio(x.projects), words.percent(x.projects), _bar(x.projects.share))
        for x in reversed(fleet.levels)
    ]
    heads = ("Level", "Name", "Projects", "Share", "")
    return ["## Levels", table(heads, rows, "r rr"), f"{text(words.target_words(fleet))}."]


def _practices(fleet: Fleet) -> list[str]:
    if not fleet.coverage.applicable:
        return []
    heads = ("Practice", "Have it", "Share", "", "Unknown")
    return ["## Practices", table(heads, [_practice(p) for p in fleet.practices], " rr r")]


def _practice(p: PracticeShare) -> tuple[str, ...]:
    aside = " (only reported)" if p.informational else ""
    unknown = f"{p.unknown:,}" if p.unknown else ""
    return text(p.title) + aside, words.ratio(p.projects), words.percent(p.projects), _bar(p.projects.share), unknown


def _missing(fleet: Fleet) -> list[str]:
    if not fleet.missing:
        return []
    heads = ("Missing most", "Asked at", "Missing in", "Lifts alone")
    rows = [_criterion(m) for m in fleet.missing[:_SHOWN]]
    return ["## Missing most", table(heads, rows, "  rr"), *_more(len(fleet.missing), _SHOWN)]


def _criterion(m: MissingCriterion) -> tuple[str, ...]:
    how = f"<br>{text(m.how)}" if m.how else ""
    return f"**{text(m.title)}**{how}", text(words.asked(m)), words.ratio(m.projects), f"{m.alone:,}"


def _more(count: int, shown: int) -> list[str]:
    return [f"and {count - shown:,} more"] if count > shown else []


def _lists(fleet: Fleet) -> list[str]:
    near = [(n.name, f"{words.near_words(n)}: {'; '.join(s.title for s in n.steps)}") for n in fleet.nearest]
    parts = _list("Nearest to the next level", near)
    parts += _list("Longest on the same level", [(s.name, words.stuck_words(s)) for s in fleet.stuck])
    if fleet.since:
        moved = [(m.name, f"{words.move_words(m)}: {words.why_words(m)}") for m in fleet.moved]
        parts += _list(f"Moved since {fleet.since[:10]}", moved) or [f"Nothing moved since {fleet.since[:10]}."]
        parts += [f"First verdict since then: {len(fleet.new):,}."] if fleet.new else []
    return [*parts, *_list("Not scanned", [(f.name, words.failure_words(f)) for f in fleet.failures])]


def _list(title: str, items: Sequence[tuple[str, str]]) -> list[str]:
    if not items:
        return []
    lines = [f"- **{text(name)}** {text(said)}" for name, said in items[:_SHOWN]]
    return [f"## {title}", "\n".join(lines), *_more(len(items), _SHOWN)]


def _repositories(rows: Sequence[FleetRow], count: int) -> list[str]:
    if not rows or not count:
        return []
    heads = ("Repository", "Level", "Could be", "Target", "Steps to next", "Verdict of")
    body = table(heads, [_row(r) for r in rows[:count]], " rrrr")
    return [details(f"Repositories: {len(rows):,}", "\n\n".join([body, *_more(len(rows), count)]))]


def _row(row: FleetRow) -> tuple[str, ...]:
    level = f"{row.level} {text(row.level_name or '')}" if row.applicable else text(row.kind or "")
    could_be = str(row.could_be) if row.applicable and (row.could_be or 0) > (row.level or 0) else ""
    cells: Iterable[object] = (could_be, row.target, row.to_next, row.assessed_on)
    return link(text(row.name), row.url), level, *("" if x is None else str(x) for x in cells)


def _foot(fleet: Fleet) -> str:
    aside = f"{words.left_out_words(fleet)}. " if words.left_out_words(fleet) else ""
    content = f", {words.content_words(fleet)}" if fleet.content_digests else ""
    made = f"mlscan {text(fleet.mlscan_version)}, model {code(fleet.model)}{text(content)}, {fleet.as_of}"
    return f"<sub>{aside}{made}</sub>"
