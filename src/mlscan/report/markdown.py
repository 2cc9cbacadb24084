"""The report for a pull request, an issue or a CI step summary: the verdict in view, the rest folded away."""

from __future__ import annotations

import html
from collections.abc import Sequence

from mlscan.report.choices import (
    LONG_REASON,
    absent,
    best,
    cut_at_place,
    filled,
    gaps_by_reason,
    level_names,
    near_misses,
    place,
    present,
    ranked_components,
    steps,
    tally,
    uncounted,
    unknown,
)
from mlscan.report.clean import clean, clip
from mlscan.report.forge import Forge, forge_of
from mlscan.report.markdown_text import code, details, fenced, link, linked_place, table, text
from mlscan.report.said import said
from mlscan.report.wording import (
    PARTLY_SEEN,
    REVISION_DIGITS,
    because,
    dirty_words,
    effort,
    full_name,
    many,
    nothing_missing,
    set_aside,
    starter_words,
    state,
    target_words,
    with_attested,
    wrong_verdict,
)
from mlscan.types.assessment import Assessment, CriterionResult, NextStep, PracticeResult, Status
from mlscan.types.evidence import Context, Location

LONGEST = 60_000
"""Characters of a whole report: a comment on GitHub holds 65,536."""

_STEPS = 7
_ROWS = 80
_REASONS = 20
_PATHS = 5
_SUMMARY = 120
_STARTER = 3_000
_BAR = 10

_SIGNS = {
    Status.MET: "✓ met",
    Status.ATTESTED: "✓ attested",
    Status.NOT_MET: "✗ **not met**",
    Status.UNKNOWN: "? **unknown**",
}


def render_markdown(a: Assessment) -> str:
    """GitHub-flavoured Markdown of at most `LONGEST` characters, also good on GitLab and Azure DevOps.

    Whatever a repository or a model says is escaped. What would make it longer is left out, and that is said.
    """
    forge = forge_of(a.repository)
    blocks = [*_head(a, forge), *(_verdict(a) if a.applicable else []), _found(a, forge)]
    blocks += [
        *(_criteria(a, forge) if a.applicable else []),
        *_near(a, forge),
        *_gaps(a, forge),
        *_said(a),
        *_notes(a),
    ]
    foot = _foot(a)
    room = LONGEST - len(_LEFT_OUT) - len(foot) - 4
    shown = []
    for block in blocks:
        room -= len(block) + 2
        if room < 0:
            shown.append(_LEFT_OUT)
            break
        shown.append(block)
    return "\n\n".join([*shown, foot]) + "\n"


_LEFT_OUT = "*More than a comment can hold is left out here; the HTML and the JSON report have all of it.*"


def _head(a: Assessment, forge: Forge | None) -> list[str]:
    repository = a.repository
    revision = repository.revision or ""
    at = f" at {link(code(revision[:REVISION_DIGITS]), forge.commit if forge else None)}" if revision else ""
    changes = f", {dirty_words(forge is not None)}" if repository.dirty else ""
    lead = f"**{text(full_name(repository), 160)}**{at}{changes}"
    reasons = text(because(a.kind_reasons[:1]))
    if not a.applicable:
        would = ""
        if a.level > 0:
            would = f"\n\nWhat its own code practises would be level {a.level}, {text(a.level_name)}."
        return [f"## ML process: a level does not apply ({text(a.kind)})", f"{lead}, {text(a.kind)}{reasons}.{would}"]
    top = max(level_names(a))
    notes = []
    if a.could_be > a.level:
        notes.append(f"It could be level **{a.could_be}**: {PARTLY_SEEN}.")
    if with_attested(a):
        notes.append(f"With what people vouched for: level **{a.attested_level}**.")
    if target_words(a):
        notes.append(f"{text(target_words(a))}.")
    if set_aside(a):
        notes.append(f"{text(set_aside(a))}.")
    title = f"## ML process: level {a.level} of {top}, {text(a.level_name)}"
    return [title, f"{lead}, {text(a.kind)}{reasons}.", *([" ".join(notes)] if notes else [])]


def _verdict(a: Assessment) -> list[str]:
    return [_ladder(a), *_profile(a), *_next(a)]


def _ladder(a: Assessment) -> str:
    results = {x.level: x for x in a.levels}
    rows = []
    for number, name in reversed(level_names(a).items()):
        here, possible = number == a.level, a.level < number <= a.could_be
        shown = f"**{text(name, 60)}** ◀ here" if here else text(name, 60) + (" (could be)" if possible else "")
        result = results.get(number)
        bar = ""
        if result is not None and result.criteria:
            met, asked = tally(result)
            full = filled(result, _BAR)
            bar = f"`{'█' * full}{'░' * (_BAR - full)}` {met} of {asked}"
        rows.append((f"**{number}**" if here else str(number), shown, bar))
    return table(("Level", "Name", "Asked and met"), rows, "r")


def _profile(a: Assessment) -> list[str]:
    if not a.groups:
        return []
    levels = [f"{g.level}" if g.could_be <= g.level else f"{g.level} (could be {g.could_be})" for g in a.groups]
    heads = tuple(text(g.id[:1].upper() + g.id[1:], 40) for g in a.groups)
    return ["Level of each part of the process:", table(heads, [tuple(levels)])]


def _next(a: Assessment) -> list[str]:
    way = steps(a)
    if way.level is None and target_words(a):
        return []
    if way.level is None:
        return [f"### {text(nothing_missing(a))}"]
    if not way.needed and not way.others:
        return []
    blocks = [f"### Missing for level {way.level}, {text(level_names(a).get(way.level, ''))}"]
    blocks += [_step(number, step, way.needed) for number, step in enumerate(way.needed[:_STEPS], start=1)]
    if len(way.needed) > _STEPS:
        blocks.append(f"And {len(way.needed) - _STEPS} more.")
    if way.others:
        names = ", ".join(text(s.title, 100) for s in way.others[:_STEPS])
        blocks.append(f"Asked too, not needed for the level: {names}.")
    return blocks


def _step(number: int, step: NextStep, steps: Sequence[NextStep]) -> str:
    reaches = "" if step.reaches is None else f" With it level {step.reaches} is reached."
    lines = [f"{number}. **{text(step.title, 150)}** ({text(effort(step.effort), 40)})<br>"]
    lines.append(f"   {text(step.how, 600)}{reaches}")
    starter = step.starter
    if starter is not None and len(starter.text) <= _STARTER:
        block = details(html.escape(clip(clean(starter_words(step, steps)), _SUMMARY, "…")), fenced(starter.text))
        lines += ["", *(f"   {line}" if line else "" for line in block.splitlines())]
    return "\n".join(lines)


def _found(a: Assessment, forge: Forge | None) -> str:
    seen, undecided, missing = present(a), unknown(a), absent(a)
    rows = [_practice(a, p, forge) for p in seen] + [(code(p.id), "unknown", text(p.why, 200)) for p in undecided]
    body = [table(("Practice", "Strength", "Best evidence"), rows[:_ROWS])] if rows else []
    body += _names("Ahead of its level", list(a.ahead) if a.applicable else [])
    body += _names("Seen, not counted", [p.id for p in uncounted(a)])
    body += _names("Not found", [p.id for p in missing])
    summary = f"Practices: {len(seen)} found, {len(undecided)} unknown, {len(missing)} not found"
    return details(summary, "\n\n".join(body) or "Nothing.")


def _practice(a: Assessment, practice: PracticeResult, forge: Forge | None) -> tuple[str, ...]:
    evidence = best(a, practice.evidence)
    more = len(practice.evidence) - 1 + practice.more
    tail = f" and {more} more" if more > 0 else ""
    if evidence is None:
        return code(practice.id), practice.strength or "", text(practice.why, 200)
    context = "" if evidence.context is Context.OWN else f" ({evidence.context.value})"
    excerpt = f"<br>{code(evidence.excerpt, 100)}" if evidence.excerpt not in ("", evidence.where.path) else ""
    return code(practice.id), practice.strength or "", linked_place(evidence.where, forge) + context + tail + excerpt


def _names(label: str, names: list[str]) -> list[str]:
    return [f"{label}: {', '.join(code(n, 60) for n in names[:_ROWS])}"] if names else []


def _criteria(a: Assessment, forge: Forge | None) -> list[str]:
    rows = [
        (
            str(level.level),
            f"{text(c.title, 150)}<br>{code(c.id, 80)}",
            _SIGNS.get(c.status, state(c.status.value)),
            why,
        )
        for level in a.levels
        for c in level.criteria
        for why in [_why(a, c, forge)]
    ]
    if not rows:
        return []
    counted = [c.status for level in a.levels for c in level.criteria]
    outcomes = [(Status.MET, "met"), (Status.NOT_MET, "not met"), (Status.UNKNOWN, "unknown")]
    words = [f"{counted.count(status)} {name}" for status, name in outcomes if status in counted]
    summary = f"All {len(rows)} criteria" + (f": {', '.join(words)}" if words else "")
    body = [table(("Level", "Criterion", "Verdict", "Why"), rows[:_ROWS], "r")]
    body += [f"And {len(rows) - _ROWS} more."] if len(rows) > _ROWS else []
    if a.unobservable:
        body.append(f"No file can show: {', '.join(text(u, 100) for u in a.unobservable[:_ROWS])}.")
    return [details(summary, "\n\n".join([*body, _wrong(a)]))]


def _wrong(a: Assessment) -> str:
    """How to object, with spaces that `text` would strip."""
    return "".join(code(part, 200) if typed else part for part, typed in wrong_verdict(a))


def _why(a: Assessment, criterion: CriterionResult, forge: Forge | None) -> str:
    wheres = [a.evidence[i].where for i in criterion.evidence]
    cut = cut_at_place(criterion.why, [place(where) for where in wheres])
    if cut is not None:
        before, number, after = cut
        parts = (text(before, 200), linked_place(wheres[number], forge), text(after, 100))
        return parts[0] + before[-1:].isspace() * " " + parts[1] + after[:1].isspace() * " " + parts[2]
    why = text(criterion.why, LONG_REASON if criterion.status in (Status.NOT_MET, Status.UNKNOWN) else 300)
    places = ", ".join(linked_place(where, forge) for where in wheres[:2])
    return f"{why}<br>{places}" if why and places else why or places


def _near(a: Assessment, forge: Forge | None) -> list[str]:
    chosen = near_misses(a)
    if not chosen:
        return []
    lines = [
        f"- {code(r.practice, 60)}: {linked_place(r.where, forge)}: {text(r.reason, 200)} ({code(r.detector, 60)})"
        for r in chosen[:_REASONS]
    ]
    summary = f"Nearly counted: {many(len(chosen), 'practice')} ({many(len(a.rejections), 'near miss', 'near misses')})"
    return [details(summary, "\n".join(lines))]


def _gaps(a: Assessment, forge: Forge | None) -> list[str]:
    if not a.gaps:
        return []
    lines = []
    for reason, gaps in gaps_by_reason(a)[:_REASONS]:
        paths = [g.path for g in gaps if g.path]
        names = ", ".join(linked_place(Location(p), forge) for p in paths[:_PATHS])
        more = f" and {len(paths) - _PATHS} more" if len(paths) > _PATHS else ""
        lines.append(f"- {text(reason, 200)}{': ' if names else ''}{names}{more}")
    return [details(f"Could not be read: {len(a.gaps)}", "\n".join(lines))]


def _said(a: Assessment) -> list[str]:
    return [
        details(text(part.title, 100), "\n".join(f"- {text(line, 400)}" for line in part.lines[:_ROWS]))
        for part in said(a)
    ]


def _notes(a: Assessment) -> list[str]:
    lines = []
    parts = ranked_components(a)
    if parts:
        shown = ", ".join(f"{code(c.path or '.', 80)} (level {c.level})" for c in parts[:_STEPS])
        more = f" and {len(parts) - _STEPS} more" if len(parts) > _STEPS else ""
        lines.append(f"ML projects in this repository: {shown}{more}")
    return [*lines, *(f"**Hint:** {text(hint)}" for hint in a.hints[:_STEPS])]


def _foot(a: Assessment) -> str:
    version = f"mlscan {text(a.mlscan_version, 40)}, model {code(a.model, 60)}, content {code(a.content_digest[:12])}"
    return f"<sub>{version}, as of {text(a.as_of, 10)}, {a.stats.files:,} files.</sub>"
