"""Why a level does not hold, for a person at a terminal."""

from __future__ import annotations

from mlscan.report.choices import place, tally
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.wording import because, full_name, rating, state
from mlscan.types.answers import NearMiss, Sought, Unmet, WhyNot
from mlscan.types.assessment import Assessment, LevelResult, Status

_NEAR = 5
_LOOKED_FOR = 3
_PLACES = 2
_COLUMN = 19


def render_why_not(a: Assessment, answer: WhyNot, options: RenderOptions) -> str:
    """Level by level: each criterion that is not met with what was looked for, what nearly counted, what would do."""
    page = Page(options)
    page.add(page.text((full_name(a.repository), "bold"), f": {_verdict(a, answer)}"), indent=2)
    if not a.applicable:
        page.add(page.text(f"  {a.kind}{because(a.kind_reasons)}."), indent=2)
    for words in answer.requires:
        page.add(page.text(f"  {words[:1].upper()}{words[1:]}."), indent=2)
    for level in answer.levels:
        unmet = [u for u in answer.unmet if u.level == level.level]
        _add_level(page, level, unmet)
    if not answer.holds:
        page.lines.append(page.text())
        page.add(page.text((f"mlscan plan --target {answer.level} shows the shortest way there.", "dim")))
    return page.print()


def _verdict(a: Assessment, answer: WhyNot) -> str:
    if not a.applicable:
        return f"a level means nothing here ({a.kind}); what its own code practises is level {a.level}"
    wanted = f"level {answer.level}, {answer.name},"
    if answer.holds:
        left = "; what it still lacks:" if answer.unmet else ""
        return f"{wanted} holds: it is level {a.level}{left}"
    could_be = f" It could be {a.could_be}: not everything could be seen." if a.could_be >= answer.level else ""
    attested = f" With what people vouched for it is level {a.attested_level}." if a.attested_level > a.level else ""
    return f"{wanted} does not hold: it is level {a.level}.{attested}{could_be}"


def _add_level(page: Page, level: LevelResult, unmet: list[Unmet]) -> None:
    met, asked = tally(level)
    page.heading(f"Level {level.level}, {level.name}: {met} of {asked} met, {rating(level.rating)}")
    said = {status: [c.id for c in level.criteria if c.status is status] for status in (Status.ATTESTED, Status.WAIVED)}
    for status, ids in said.items():
        if ids:
            page.add(page.text(f"  {status.value.capitalize()} by people: {', '.join(ids)}"), indent=4)
    if not unmet and not any(said.values()):
        page.add(page.text("  Nothing is missing."))
    for number, item in enumerate(unmet):
        if number:
            page.lines.append(page.text())
        _add_unmet(page, item)


def _add_unmet(page: Page, item: Unmet) -> None:
    c = item.criterion
    marks = ", ".join([c.id, *(["essential"] if c.essential else []), f"weight {c.weight}"])
    style = "yellow" if c.status is Status.UNKNOWN else "red"
    page.add(page.text(("  " + c.title, "bold"), " ", (f"({marks})", "dim")), indent=4)
    words = "unknown: it may be there" if c.status is Status.UNKNOWN else state(c.status.value)
    page.add(page.text(f"    {'Status':<14} ", (words, style)))
    titles = _LOOKED_FOR if len(item.sought) <= _LOOKED_FOR or page.options.verbose else 1
    _add_rows(page, "Looked for", [words for s in item.sought for words in _sought(s, titles)])
    near = _grouped(item.near)
    shown = near if page.options.verbose else near[:_NEAR]
    more = [f"and {len(near) - len(shown)} more, shown by --verbose"] if len(near) > len(shown) else []
    _add_rows(page, "Nearly", [*shown, *more])
    _add_rows(page, "Would do", [item.would] if item.would else [])
    _add_rows(page, "How", [c.how] if c.how else [])


def _add_rows(page: Page, label: str, rows: list[str]) -> None:
    for number, words in enumerate(rows):
        page.add(page.text(f"    {'' if number else label:<14} "), page.text(words), indent=_COLUMN)


def _sought(s: Sought, shown: int) -> list[str]:
    found = {True: "there", False: "not there", None: "unknown"}[s.present]
    if s.unwanted:
        return [f"{s.title}, which should not be there: {found}"]
    least = f", {s.strength} at least" if s.strength not in (None, "declared") else ""
    if s.present:
        return [f"{s.title}{least}: {found}"]
    titles = list(s.looked_for[:shown])
    more = [f"{len(s.looked_for) - len(titles)} more"] if len(s.looked_for) > len(titles) else []
    tail = f" ({'; '.join([*titles, *more])})" if titles and titles != [s.title] else ""
    return [f"{s.title}{least}: {found}{tail}"]


def _grouped(near: tuple[NearMiss, ...]) -> list[str]:
    """One line a reason, with its first places."""
    places: dict[str, list[str]] = {}
    for item in near:
        places.setdefault(item.reason, []).append(place(item.where))
    return [f"{_places(where)}: {reason}" for reason, where in places.items()]


def _places(where: list[str]) -> str:
    unique = list(dict.fromkeys(where))
    more = f" and {len(unique) - _PLACES} more" if len(unique) > _PLACES else ""
    return ", ".join(unique[:_PLACES]) + more
