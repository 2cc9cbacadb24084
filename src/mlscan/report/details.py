"""What --verbose adds: every criterion, every place, every near miss."""

from __future__ import annotations

from rich.text import Text

from mlscan.report.choices import place
from mlscan.report.found import add_rejection
from mlscan.report.page import Page
from mlscan.report.wording import rating, state, wrong_verdict
from mlscan.types.assessment import Assessment, CriterionResult, Status
from mlscan.types.evidence import Context, Evidence

_STATUS_STYLES = {Status.MET: "green", Status.ATTESTED: "green", Status.NOT_MET: "red", Status.UNKNOWN: "yellow"}


def add_criteria(page: Page, a: Assessment) -> None:
    """Each level's criteria with what became of them and why."""
    for level in a.levels:
        if not level.criteria:
            continue
        page.heading(f"Level {level.level} {level.name}: {rating(level.rating)} ({level.achieved:.0%})")
        for criterion in level.criteria:
            _add_criterion(page, a, criterion)
    if any(level.criteria for level in a.levels):
        page.lines.append(Text())
        page.add(page.text("".join(words for words, _ in wrong_verdict(a))), indent=2)
    if a.unobservable:
        page.heading("No file can show")
        for words in a.unobservable:
            page.add(page.text("  " + words), indent=4)


def _add_criterion(page: Page, a: Assessment, criterion: CriterionResult) -> None:
    status = (f"{state(criterion.status.value):<8}", _STATUS_STYLES.get(criterion.status, "dim"))
    marks = " (essential)" if criterion.essential else ""
    page.add(page.text("  ", status, "  ", (criterion.id, "bold"), f"{marks}: {criterion.title}"), indent=12)
    places = ", ".join(place(a.evidence[i].where) for i in criterion.evidence[:3])
    why = f"{criterion.why} [{places}]" if places and criterion.status is Status.MET else criterion.why
    if why:
        page.add(page.text((" " * 12 + why, "dim")), indent=12)


def add_evidence(page: Page, a: Assessment) -> None:
    """Every place, by practice."""
    if not a.evidence:
        return
    page.heading(f"Evidence ({len(a.evidence)})")
    practice = ""
    for evidence in a.evidence:
        if evidence.practice != practice:
            practice = evidence.practice
            page.add(page.text(("  " + practice, "bold")))
        _add_place(page, evidence)
    more = sum(p.more for p in a.practices)
    if more:
        page.add(page.text((f"  and {more} further places of the same detectors", "dim")))


def _add_place(page: Page, evidence: Evidence) -> None:
    about = [evidence.strength.value, evidence.detector]
    about += [evidence.context.value] if evidence.context is not Context.OWN else []
    about += [f"handed to {evidence.delegated_to}"] if evidence.delegated_to else []
    page.add(page.text(f"    {place(evidence.where)}", (f"  {', '.join(about)}", "dim")), indent=6)
    if evidence.excerpt:
        page.add(page.text((f"      {evidence.excerpt}", "cyan")), indent=6)


def add_absent(page: Page, a: Assessment) -> None:
    """Why practices are absent or unknown."""
    missing = [p for p in a.practices if not p.present]
    if not missing:
        return
    page.heading("Practices that are not there")
    for practice in missing:
        state = "unknown" if practice.present is None else "absent"
        page.add(page.text(("  " + practice.id, "bold"), f" ({state}): {practice.why}"), indent=4)


def add_all_rejections(page: Page, a: Assessment) -> None:
    """Every near miss."""
    if not a.rejections:
        return
    page.heading(f"Nearly counted ({len(a.rejections)})")
    for rejection in a.rejections:
        add_rejection(page, rejection)
