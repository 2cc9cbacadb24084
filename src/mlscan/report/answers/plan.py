"""The way up: ordered steps, each with why, how, effort, what it unlocks and something to start with."""

from __future__ import annotations

from mlscan.report.choices import level_names
from mlscan.report.markdown_text import code, details, fenced, text
from mlscan.report.options import RenderOptions
from mlscan.report.page import Page
from mlscan.report.wording import because, effort, full_name, nothing_missing, starter_words
from mlscan.types.assessment import Assessment, NextStep


def render_plan(a: Assessment, options: RenderOptions) -> str:
    """The plan for a terminal; starters are neither wrapped nor tidied, so that they can be copied."""
    page = Page(options)
    page.add(page.text((full_name(a.repository), "bold"), f": {_standing(a)}"), indent=2)
    reason = _no_way(a)
    if reason:
        page.add(page.text("  ", reason), indent=2)
        return page.print()
    needed, others = _split(a)
    page.heading(_title(a, needed))
    parts = [page.print(), *(_step(a, step, needed, options) for step in needed)]
    return "\n".join([*parts, *_rest(a, others, options)])


def _rest(a: Assessment, others: list[NextStep], options: RenderOptions) -> list[str]:
    page = Page(options)
    if others:
        page.heading(f"Asked too on this way, not needed for level {_goal(a)}")
        for step in others:
            label = page.text(("  " + step.title, "bold"), (f" ({effort(step.effort)})", "dim"))
            page.add(label, indent=4)
            page.add(page.text(("    " + step.criterion, "dim")), indent=4)
    if a.unobservable:
        page.heading("No file can show, and worth asking")
        page.add(page.text("  " + ", ".join(a.unobservable)), indent=2)
    return [page.print()] if page.lines else []


def _standing(a: Assessment) -> str:
    if not a.applicable:
        return f"a level means nothing here ({a.kind})"
    could_be = f" (could be {a.could_be}: not everything could be seen)" if a.could_be > a.level else ""
    attested = f", with what people vouched for level {a.attested_level}" if a.attested_level > a.level else ""
    return f"level {a.level}, {a.level_name}{could_be}{attested}"


def _no_way(a: Assessment) -> str:
    """Why there is no plan; "" where there is one."""
    if not a.applicable:
        return f"No plan: {a.kind}{because(a.kind_reasons[:1])}."
    if not any(s.needed for s in a.next):
        top = max(level_names(a))
        reached = max(a.level, a.attested_level) >= (top if a.target is None else min(a.target, top))
        return f"{nothing_missing(a)}." if reached else f"No set of steps leads to level {_goal(a)} from here."
    return ""


def _goal(a: Assessment) -> int:
    stands = max(a.level, a.attested_level)
    return min(stands + 1 if a.target is None else a.target, max(level_names(a)))


def _split(a: Assessment) -> tuple[list[NextStep], list[NextStep]]:
    return [s for s in a.next if s.needed], [s for s in a.next if not s.needed]


def _title(a: Assessment, needed: list[NextStep]) -> str:
    goal = _goal(a)
    steps = "1 step" if len(needed) == 1 else f"{len(needed)} steps"
    return f"The shortest way to level {goal}, {level_names(a).get(goal, '')}: {steps}"


def _step(a: Assessment, step: NextStep, steps: list[NextStep], options: RenderOptions) -> str:
    page = Page(options)
    label = page.text((f"  {steps.index(step) + 1}. ", "bold"))
    page.add(label, page.text((step.title, "bold"), (f" ({effort(step.effort)})", "dim")), indent=5)
    for name, words in _facts(step):
        page.add(page.text((f"     {name:<6} ", "cyan")), page.text(words), indent=12)
    starter = ""
    if step.starter is not None:
        page.add(page.text((f"     {starter_words(step, steps)}", "cyan")), indent=5)
        lines = step.starter.text.rstrip("\n").split("\n")
        starter = "".join(f"{' ' * 7}{page.fit(line)}".rstrip() + "\n" for line in lines)
    text = page.print() + starter
    if step.reaches is None:
        return text
    milestone = Page(options)
    name = level_names(a).get(step.reaches, "")
    milestone.add(page.text((f"  {page.signs.mark} level {step.reaches}, {name}", "bold green")), indent=4)
    return f"{text}\n{milestone.print()}"


def _facts(step: NextStep) -> list[tuple[str, str]]:
    lifts = step.lifts[:1].upper() + step.lifts[1:]
    facts = [("Why", step.why), ("How", step.how), ("Gives", f"{lifts.rstrip('.')}.")]
    if step.unknown:
        facts.append(("Maybe", f"It may be there already, unseen: {step.now}"))
    elif step.now:
        facts.append(("Now", step.now))
    return [*facts, ("Id", step.criterion)]


def plan_markdown(a: Assessment) -> str:
    """The plan for an issue or a page: a checkbox a step, starters folded away."""
    blocks = [f"## ML process: {text(_standing(a))}"]
    reason = _no_way(a)
    if reason:
        return "\n\n".join([*blocks, text(reason)]) + "\n"
    needed, others = _split(a)
    blocks.append(f"### {text(_title(a, needed))}")
    for step in needed:
        blocks += _markdown_step(a, step, needed)
    if others:
        rows = [f"- {text(s.title)} ({effort(s.effort)}, {code(s.criterion)})" for s in others]
        blocks += [f"Asked too on this way, not needed for level {_goal(a)}:", "\n".join(rows)]
    return "\n\n".join(blocks) + "\n"


def _markdown_step(a: Assessment, step: NextStep, steps: list[NextStep]) -> list[str]:
    lines = [f"- [ ] **{text(step.title)}** ({effort(step.effort)}, {code(step.criterion)})"]
    lines += [f"  - {name}: {text(words)}" for name, words in _facts(step) if name != "Id"]
    blocks = ["\n".join(lines)]
    if step.starter is not None:
        folded = details(text(starter_words(step, steps)), fenced(step.starter.text))
        blocks.append("\n".join(f"  {line}" if line else "" for line in folded.split("\n")))
    if step.reaches is not None:
        blocks.append(f"**Level {step.reaches}, {text(level_names(a).get(step.reaches, ''))}, is reached here.**")
    return blocks
