"""The figures of a report: coverage, levels, practices, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mlscan.types.conditions import named
from mlscan.types.fleet_report import Coverage, FleetRow, LevelCount, MissingCriterion, PracticeShare, Share, State
from mlscan.types.model import Ask, AssessContent


def share(count: int, of: int) -> Share:
    """A part of a whole."""
    return Share(count=count, of=of, share=round(count / of, 4) if of else None)


def coverage(rows: Sequence[FleetRow], model: str) -> Coverage:
    """What the figures stand on."""
    states = Counter(row.state for row in rows)
    judged = [row for row in rows if row.level is not None]
    counted = [row for row in judged if row.counts]
    kinds = Counter(row.kind or "" for row in judged if not row.applicable)
    return Coverage(
        known=len(rows),
        scanned=states[State.SCANNED],
        stale=states[State.STALE],
        failed=states[State.FAILED],
        skipped=states[State.SKIPPED],
        not_applicable=sum(not row.applicable for row in judged),
        other_model=sum(bool(row.applicable) and row.model != model for row in judged),
        applicable=len(counted),
        could_be_more=sum((row.could_be or 0) > (row.level or 0) for row in counted),
        kinds=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )


def levels(counted: Sequence[FleetRow], rules: AssessContent) -> tuple[LevelCount, ...]:
    """Every level of the model, rising, with the projects that stand there."""
    floor, ceiling = Counter(row.level for row in counted), Counter(row.could_be for row in counted)
    return tuple(
        LevelCount(
            level=level.n,
            name=level.name,
            short=level.short,
            projects=share(floor[level.n], len(counted)),
            could_be=ceiling[level.n],
        )
        for level in sorted(rules.model.file.levels, key=lambda x: x.n)
    )


def at_target(counted: Iterable[FleetRow]) -> tuple[Share, int]:
    """Of the projects that have a target those that reach it, by evidence, and how many with what is vouched for."""
    aimed = [row for row in counted if row.target is not None]
    attested = sum(max(row.level or 0, row.attested_level or 0) >= (row.target or 0) for row in aimed)
    return share(sum(bool(row.at_target) for row in aimed), len(aimed)), attested


def practices(counted: Sequence[FleetRow], rules: AssessContent) -> tuple[PracticeShare, ...]:
    """Every practice in the order of reports."""
    asked = {name for ask in rules.model.asks() for name in named(ask.criterion.needs)}
    order = sorted(level.n for level in rules.model.file.levels)
    by_level = {n: [row for row in counted if row.level == n] for n in order}
    return tuple(
        PracticeShare(
            id=id,
            title=rule.title,
            group=rule.group,
            informational=rule.informational and id not in asked,
            projects=_having(id, counted),
            unknown=sum(row.practices.get(id) is None for row in counted),
            by_level=tuple(_having(id, by_level[n]) for n in order),
        )
        for id, rule in rules.presence.practices.items()
    )


def _having(practice: str, rows: Iterable[FleetRow]) -> Share:
    decided = [row.practices.get(practice) for row in rows]
    return share(decided.count(True), len(decided) - decided.count(None))


def missing(counted: Sequence[FleetRow], rules: AssessContent) -> tuple[MissingCriterion, ...]:
    """What stands on the way of projects, the most frequent first, then what lifts most alone, then by level and id."""
    asks = {ask.criterion.id: ask for ask in rules.model.asks()}
    found = Counter(criterion for row in counted for criterion in dict.fromkeys(row.missing))
    alone = Counter(row.missing[0] for row in counted if row.to_next == 1)
    items = [
        _missing(id, asks.get(id), share(count, len(counted)), alone[id], rules=rules) for id, count in found.items()
    ]
    return tuple(sorted(items, key=lambda x: (-x.projects.count, -x.alone, x.level, x.id)))


def _missing(id: str, ask: Ask | None, projects: Share, alone: int, *, rules: AssessContent) -> MissingCriterion:
    needs = list(named(ask.criterion.needs)) if ask else []
    owners = [n if n in rules.presence.practices else _practice_of(n, rules) for n in needs]
    return MissingCriterion(
        id=id,
        title=ask.criterion.title if ask else id,
        how=ask.criterion.how.strip() if ask else "",
        effort=ask.criterion.effort if ask else "",
        level=ask.level if ask else 0,
        projects=projects,
        alone=alone,
        practices=tuple(dict.fromkeys(x for x in owners if x)),
    )


def _practice_of(detector: str, rules: AssessContent) -> str:
    info = rules.detectors.get(detector)
    return info.practice if info and info.practice in rules.presence.practices else ""
