"""The report for a person at a terminal: what a tired lead reads in a minute."""

from __future__ import annotations

from rich.text import Text

from mlscan.report.choices import level_names, ranked_components, steps
from mlscan.report.clean import clean
from mlscan.report.details import add_absent, add_all_rejections, add_criteria, add_evidence
from mlscan.report.found import add_gaps, add_practices, add_rejections
from mlscan.report.ladder import add_ladder
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.said import said
from mlscan.report.wording import (
    PARTLY_SEEN,
    REVISION_DIGITS,
    because,
    effort,
    full_name,
    nothing_missing,
    quiet_line,
    set_aside,
    target_words,
    with_attested,
)
from mlscan.types.assessment import Assessment, NextStep

_STEPS_SHOWN = 5
_LINES_SHOWN = 8


def render_terminal(a: Assessment, options: RenderOptions) -> str:
    """The report as lines of at most `options.width` columns; with `quiet` one line of any length."""
    if options.quiet:
        line = clean(quiet_line(a))
        return line.encode(options.encoding, "replace").decode(options.encoding) + "\n"
    page = Page(options)
    _add_head(page, a)
    if a.applicable:
        add_ladder(page, a)
    add_practices(page, a)
    if a.applicable:
        _add_next(page, a)
    if options.verbose:
        add_criteria(page, a)
        add_evidence(page, a)
        add_absent(page, a)
        add_all_rejections(page, a)
    elif a.applicable:
        add_rejections(page, a)
    add_gaps(page, a)
    _add_said(page, a)
    _add_foot(page, a)
    return page.print()


def _add_head(page: Page, a: Assessment) -> None:
    repository = a.repository
    at = f" at {repository.revision[:REVISION_DIGITS]}" if repository.revision else ""
    changes = ", with uncommitted changes" if repository.dirty else ""
    page.add(page.text((full_name(repository), "bold"), (at + changes, "dim")))
    reasons = a.kind_reasons if page.options.verbose else a.kind_reasons[:1]
    if not a.applicable:
        page.add(page.text((f"  Level does not apply: {a.kind}", "bold yellow"), because(reasons)), indent=2)
        if a.level > 0:
            page.add(page.text(f"  What its own code practises would be level {a.level}, {a.level_name}."), indent=2)
        return
    page.add(page.text(f"  {a.kind}", because(reasons)), indent=2)
    page.lines.append(Text())
    could_be = f" (could be {a.could_be}: {PARTLY_SEEN})" if a.could_be > a.level else ""
    page.add(page.text((f"  Level {a.level}: {a.level_name}", "bold green"), (could_be, "yellow")), indent=2)
    if with_attested(a):
        page.add(page.text(f"  With what people vouched for: level {a.attested_level}"), indent=2)
    if target_words(a):
        page.add(page.text(f"  {target_words(a)}"), indent=2)
    aside = set_aside(a)
    if aside:
        page.add(page.text((f"  {aside}", "yellow")), indent=2)


def _add_next(page: Page, a: Assessment) -> None:
    way = steps(a)
    if way.level is None and target_words(a):
        return
    if way.level is None:
        page.heading(nothing_missing(a))
        return
    if not way.needed and not way.others:
        return
    page.heading(f"Missing for level {way.level}, {level_names(a)[way.level]}")
    needed = [*way.needed, *(way.others if page.options.verbose else ())]
    shown = needed if page.options.verbose else needed[:_STEPS_SHOWN]
    for number, step in enumerate(shown, start=1):
        _add_step(page, number, step)
    if len(needed) > len(shown):
        page.add(page.text((f"  and {len(needed) - len(shown)} more, shown by --verbose", "dim")))
    if way.others and not page.options.verbose:
        page.add(page.text((f"  Asked too, not needed for the level: {len(way.others)}", "dim")))


def _add_step(page: Page, number: int, step: NextStep) -> None:
    label = page.text(f"  {number}. ")
    page.add(label, page.text((step.title, "bold"), (f" ({effort(step.effort)})", "dim")), indent=5)
    page.add(page.text("     ", step.how), indent=5)
    if page.options.verbose:
        page.add(page.text("     ", (f"{step.why} ({step.lifts}) [{step.criterion}]", "dim")), indent=5)


def _add_said(page: Page, a: Assessment) -> None:
    for part in said(a):
        page.heading(part.title)
        shown = part.lines if page.options.verbose else part.lines[:_LINES_SHOWN]
        for line in shown:
            page.add(page.text("  ", line), indent=4)
        if len(part.lines) > len(shown):
            page.add(page.text((f"  and {len(part.lines) - len(shown)} more, shown by --verbose", "dim")))


def _add_foot(page: Page, a: Assessment) -> None:
    page.lines.append(Text())
    for component in _components(a):
        page.add(page.text("  ", component), indent=2)
    for hint in a.hints:
        page.add(page.text(("  Hint: ", "bold"), hint), indent=2)
    more = "" if page.options.verbose else "; --verbose shows all"
    seen = f"{a.stats.files:,} files in {a.stats.seconds:.1f} s"
    page.add(page.text((f"{seen}. mlscan explain NAME tells more{more}.", "dim")))


def _components(a: Assessment) -> list[str]:
    if not a.components:
        return []
    ordered = ranked_components(a)
    if len(ordered) > 3:
        best, worst = ordered[0], ordered[-1]
        ends = f"highest {best.path} (level {best.level}), lowest {worst.path} (level {worst.level})"
        return [f"{len(ordered)} ML projects in this repository: {ends}"]
    return ["ML projects in this repository: " + ", ".join(f"{c.path} (level {c.level})" for c in ordered)]
