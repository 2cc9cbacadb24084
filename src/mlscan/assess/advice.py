"""What to do next, and what is there already ahead of the level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlscan.assess.facts import Facts
from mlscan.assess.shortest import Search, Step, ordered, shortest
from mlscan.assess.starters import starter_for
from mlscan.assess.truth import Truth
from mlscan.assess.verdict import State, Verdict, rungs
from mlscan.assess.words import listed, sentence
from mlscan.types.assessment import NextStep, Status
from mlscan.types.conditions import named

_EFFORT = ("S", "M", "L")


def next_steps(verdict: Verdict, target: int | None = None) -> tuple[NextStep, ...]:
    """The shortest way to the target (default: the next level), in order, then what else is asked on that way.

    The way goes up level by level, from where the repository stands with what people vouched for. Empty where the
    target is reached, and for kinds that cannot reach it.
    """
    above = [n for n in rungs(verdict.facts) if n > verdict.attested]
    goal = min(above, default=0) if target is None else min(target, max(above, default=0))
    if goal <= verdict.attested:
        return ()
    search = Search(verdict, goal)
    way = shortest(search)
    steps = ordered(search, way, verdict.attested)
    done = search.met(way)
    rest = sorted((s for s in search.open if s.ask.criterion.id not in done), key=_urgency) if way else []
    return (*(_needed(step, steps, verdict) for step in steps), *(_asked_too(s, goal, verdict) for s in rest))


def ahead(verdict: Verdict) -> tuple[str, ...]:
    """Practices that are present although only levels above the reached one ask for them, in the order of reports."""
    facts = verdict.facts
    ceiling = facts.content.model.file.ceiling_by_kind.get(verdict.kind.name)
    if ceiling is not None and verdict.level >= ceiling:
        return ()
    lowest: dict[str, int] = {}
    for state in verdict.states:
        for name in named(state.ask.criterion.needs):
            lowest.setdefault(name, state.ask.level)
    present = [p for p in facts.practices if facts.practices[p].truth is Truth.YES]
    return tuple(p for p in present if lowest.get(p, 0) > verdict.level)


def _urgency(state: State) -> tuple[int, bool, int, int]:
    criterion = state.ask.criterion
    return (state.ask.level, not criterion.essential, -criterion.weight, _EFFORT.index(criterion.effort))


def _needed(step: Step, steps: Sequence[Step], verdict: Verdict) -> NextStep:
    together = sum(s.stage == step.stage for s in steps)
    goal = f"level {step.stage} ({_name(step.stage, verdict)})"
    lifts = f"reaches {goal}" if together == 1 else f"one of {together} steps that together reach {goal}"
    rules = verdict.facts.content.presence.practices
    by = tuple(x for x in step.by if x in rules)
    if step.also:
        means = f"done by {' and '.join(rules[x].title for x in by)}, " if by else ""
        lifts += f". {sentence(f'{means}it also gives: {listed(s.ask.criterion.title for s in step.also)}')}"
    also = tuple(s.ask.criterion.id for s in step.also)
    return replace(_step(step.state, lifts, verdict), by=by, also=also, reaches=step.reaches)


def _asked_too(state: State, goal: int, verdict: Verdict) -> NextStep:
    way = f"level {goal} ({_name(goal, verdict)}) can be reached without it"
    return replace(_step(state, f"also asked by level {state.ask.level}; {way}", verdict), needed=False)


def _step(state: State, lifts: str, verdict: Verdict) -> NextStep:
    criterion = state.ask.criterion
    return NextStep(
        criterion=criterion.id,
        title=criterion.title,
        why=criterion.why.strip(),
        how=criterion.how.strip(),
        effort=criterion.effort,
        lifts=f"{lifts.rstrip('.')}. {criterion.lifts}" if criterion.lifts else lifts,
        level=state.ask.level,
        now=sentence(_so_far(state, verdict.facts)),
        unknown=state.status is Status.UNKNOWN,
        starter=starter_for(criterion.id, verdict.facts),
    )


def _so_far(state: State, facts: Facts) -> str:
    """What there is already of what the criterion asks about, weak or foreign as it may be; "" for nothing."""
    names = [n for n in dict.fromkeys(named(state.ask.criterion.needs)) if n in facts.practices]
    rules = facts.content.presence.practices
    parts = []
    for name in names:
        decided = facts.practices[name]
        if decided.truth is Truth.YES:
            parts.append(f"{rules[name].title} is there")
        elif decided.truth is Truth.UNKNOWN or facts.by_practice.get(name):
            parts.append(f"{rules[name].title}: {decided.why}")
    return "; ".join(parts)


def _name(n: int, verdict: Verdict) -> str:
    return next(x.name for x in verdict.facts.content.model.file.levels if x.n == n)
