"""One verdict on a repository: what was decided and why, and the text with which to object to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from mlscan.report.choices import place, steps
from mlscan.report.clean import clean
from mlscan.report.markdown_text import code, fenced, text
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.wording import full_name, quiet_line, rating, state, verdict_id
from mlscan.types.assessment import Assessment, CriterionResult, Status
from mlscan.types.evidence import Evidence, Rejection

_PLACES = 10
_DIGITS = 12
_DAYS = 180
"""Days after which what is said instead of a verdict has to be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about one thing in this repository."""

    id: str
    said: str
    why: str
    evidence: tuple[Evidence, ...] = ()
    near: tuple[Rejection, ...] = ()


def decided(a: Assessment, name: str) -> Decided | None:
    """The verdict on `kind`, `level`, a number of a level, a practice, a criterion or a detector; None for others."""
    if name == "kind":
        return Decided(id=name, said=a.kind, why=" ".join(a.kind_reasons))
    if name == "level":
        return Decided(id=name, said=quiet_line(a), why=_missing(a))
    for level in a.levels:
        if name == str(level.level):
            holds = "holds" if a.level >= level.level else "does not hold"
            return Decided(id=name, said=holds, why=f"{rating(level.rating)}: {level.achieved:.0%} by weight.")
        for c in level.criteria:
            if c.id == name:
                seen = tuple(a.evidence[i] for i in c.evidence)
                return Decided(id=name, said=state(c.status.value), why=c.why, evidence=seen, near=_near(a, c.needs))
    for p in a.practices:
        if p.id == name:
            said = {True: f"present, {p.strength}", False: "absent", None: "unknown"}[p.present]
            seen = tuple(a.evidence[i] for i in p.evidence)
            return Decided(id=name, said=said, why=p.why, evidence=seen, near=_near(a, (name,)))
    return None


def of_detector(a: Assessment, detector: str) -> Decided:
    """What a detector saw here."""
    seen = tuple(e for e in a.evidence if e.detector == detector)
    near = tuple(r for r in a.rejections if r.detector == detector)
    return Decided(id=detector, said="seen" if seen else "not seen", why="", evidence=seen, near=near)


def _missing(a: Assessment) -> str:
    way = steps(a)
    return f"Missing for level {way.level}: {'; '.join(s.title for s in way.needed)}." if way.needed else ""


def _near(a: Assessment, names: tuple[str, ...]) -> tuple[Rejection, ...]:
    return tuple(r for r in a.rejections if {r.practice, r.detector} & set(names))


def decided_line(found: Decided) -> str:
    """The verdict in one line."""
    return f"{found.said}: {found.why}" if found.why else found.said


def render_decided(a: Assessment, found: Decided, options: RenderOptions) -> str:
    """The verdict with its places, and what nearly counted."""
    page = Page(options)
    page.add(page.text((f"In {full_name(a.repository)}", "bold"), f": {decided_line(found)}"), indent=2)
    seen = list({(e.where, e.excerpt, e.detector): e for e in found.evidence}.values())
    for e in seen[:_PLACES]:
        about = f"  {e.strength.value}, {e.context.value}, {e.detector}"
        page.add(page.text(f"  {place(e.where)}", (about, "dim")), indent=4)
        if e.excerpt:
            page.add(page.text((f"    {e.excerpt}", "cyan")), indent=4)
    if len(seen) > _PLACES:
        page.add(page.text((f"  and {len(seen) - _PLACES} more places", "dim")))
    for number, r in enumerate(found.near[:_PLACES]):
        if not number:
            page.add(page.text(("  Nearly counted:", "bold")))
        page.add(page.text(f"  {place(r.where)}: {r.reason}", (f"  {r.detector}", "dim")), indent=4)
    page.add(page.text((f"  Wrong? mlscan explain {found.id} PATH --issue prints a report to send.", "dim")), indent=2)
    lines = override(a, found).splitlines()
    if lines:
        page.add(page.text(("  Until then, in mlscan.toml:", "dim")), indent=2)
    for line in lines:
        page.add(page.text(f"    {line}"), indent=4)
    return page.print()


def override(a: Assessment, found: Decided) -> str:
    """What to put into `mlscan.toml` until the verdict is right; "" where nothing helps."""
    if found.id == "kind":
        return f'kind = "{"not-ml" if a.kind == "ml-project" else "ml-project"}"  # or ml-library, teaching\n'
    criterion = _criterion(a, found)
    if criterion is not None:
        table, hint = ("waivers", "why it is not asked here")
        if criterion.status is not Status.MET:
            table, hint = ("attestations", "what is there, and why no file here shows it")
        expires = date.fromisoformat(a.as_of) + timedelta(days=_DAYS)
        return (
            f'[[{table}]]\ncriterion = "{criterion.id}"\nreason = ""  # {hint}\nowner = ""  # who answers for it\n'
            f"expires = {expires.isoformat()}\n"
        )
    if found.evidence:
        return f'[contexts]\n{json.dumps(clean(found.evidence[0].where.path))} = "example"  # or test, docs, vendored\n'
    return ""


def _criterion(a: Assessment, found: Decided) -> CriterionResult | None:
    """The criterion that can be waived or attested; for a practice without any evidence, one that asks for it."""
    usual = (Status.MET, Status.NOT_MET, Status.UNKNOWN)
    criteria = [c for level in a.levels for c in level.criteria if c.status in usual]
    asking = [c for c in criteria if found.id in c.needs and c.status is not Status.MET and not found.evidence]
    return next((c for c in [*criteria, *asking] if c.id == found.id or c in asking), None)


def issue_text(a: Assessment, found: Decided) -> str:
    """A ready-made issue in Markdown: what was said, with which evidence, and what to add."""
    name = verdict_id(a, found.id)
    at = [f"{code(place(e.where))} ({e.strength.value}, {e.context.value}, {code(e.detector)})" for e in found.evidence]
    shown = [
        f"- {line}{': ' + code(e.excerpt) if e.excerpt else ''}" for line, e in zip(at, found.evidence, strict=True)
    ]
    near = [f"- {code(place(r.where))}: {text(r.reason)} ({code(r.detector)})" for r in found.near[:_PLACES]]
    blocks = [
        f"# Wrong verdict: {text(found.id)} is {text(found.said)}",
        f"Verdict {code(name)}, mlscan {text(a.mlscan_version)}, content {code(a.content_digest[:_DIGITS])}, "
        f"as of {text(a.as_of)}, kind {text(a.kind)}.",
        f"**mlscan says:** {text(found.said)}. {text(found.why)}".rstrip(),
        *(["**Evidence:**", "\n".join(shown[:_PLACES])] if shown else ["**Evidence:** none"]),
        *(["**Nearly counted:**", "\n".join(near)] if near else []),
        *(["**Until then**, in `mlscan.toml`:", fenced(override(a, found))] if override(a, found) else []),
        "**What is true instead, and the place that shows it:**",
        "<!-- A few lines of the file that was not understood are best, with names that may be public. -->",
        "<!-- The lines above name files of your repository: take out what is not for others. -->",
    ]
    return "\n\n".join(blocks) + "\n"
