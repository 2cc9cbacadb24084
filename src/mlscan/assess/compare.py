"""What differs between two assessments of one repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlscan.assess.facts import counts
from mlscan.assess.polarity import wants
from mlscan.types.answers import Change, Comparison, ComponentChange, Direction, Side
from mlscan.types.assessment import Assessment, CriterionResult, PracticeResult, Standing, Status
from mlscan.types.evidence import Evidence, Location, Strength
from mlscan.types.model import AssessContent

_PLACES = 3
_ORDER = (Direction.LOST, Direction.WEAKENED, Direction.UNKNOWN, Direction.GAINED, Direction.STRENGTHENED)
_STATES = {True: "present", False: "absent", None: "unknown"}
_MET = (Status.MET, Status.ATTESTED)


def compare(
    base: Assessment, head: Assessment, content: AssessContent, names: tuple[str, str] = ("BASE", "HEAD")
) -> Comparison:
    """What is gained, lost, strengthened from base to head. Pure; both must be judged by this content and model.

    names: what the two are called.
    """
    changes = [*_practices(base, head, content), *_criteria(base, head)]
    ordered = tuple(sorted(changes, key=lambda c: _ORDER.index(c.direction)))
    return Comparison(
        model=head.model,
        as_of=head.as_of,
        base=_side(base, names[0]),
        head=_side(head, names[1]),
        changes=ordered,
        components=tuple(_components(base, head)),
        gaps=tuple(g for g in head.gaps if g not in set(base.gaps)),
        notes=tuple(_notes(base, head)),
        losses=tuple(_losses(base, head, ordered)),
    )


def _notes(base: Assessment, head: Assessment) -> Iterator[str]:
    """What people said differently: a change of it may be all there is to a difference."""
    if base.configuration != head.configuration:
        sources = [c.source for c in (base.configuration, head.configuration) if c is not None]
        yield f"The configuration differs ({', '.join(dict.fromkeys(sources))}), each side was judged by its own"
    before = {(w.waives, w.criterion, w.path) for w in base.waivers if w.standing is Standing.COUNTS}
    after = {(w.waives, w.criterion, w.path) for w in head.waivers if w.standing is Standing.COUNTS}
    for waives, criterion, path in sorted(before ^ after, key=str):
        what = "waived" if waives else "attested"
        where = f" in {path}" if path else ""
        yield f"{criterion}{where} is {what if (waives, criterion, path) in after else f'not {what} any more'}"


def _side(a: Assessment, name: str) -> Side:
    return Side(
        name=name,
        repository=a.repository,
        kind=a.kind,
        applicable=a.applicable,
        level=a.level,
        level_name=a.level_name,
        could_be=a.could_be,
    )


def _losses(base: Assessment, head: Assessment, changes: Iterable[Change]) -> Iterator[str]:
    """A level that may still hold unseen is no loss beyond doubt."""
    if base.applicable and not head.applicable:
        yield "kind"
    if head.could_be < base.level:
        yield "level"
    yield from (c.id for c in changes if c.direction is Direction.LOST and c.counts)


def _practices(base: Assessment, head: Assessment, content: AssessContent) -> Iterator[Change]:
    asked = _asked(content)
    before = {p.id: p for p in base.practices}
    for after in head.practices:
        was = before.get(after.id)
        direction = _direction(was, after) if was else None
        if was is None or direction is None:
            continue
        source, practice = (base, was) if direction is Direction.LOST else (head, after)
        yield Change(
            id=after.id,
            title=after.title,
            direction=direction,
            before=_state(was),
            after=_state(after),
            why=after.why,
            evidence=_places(source, practice, content),
            counts=after.id in asked and not after.informational,
        )


def _direction(was: PracticeResult, now: PracticeResult) -> Direction | None:
    if was.present is not now.present:
        if now.present:
            return Direction.GAINED
        return Direction.LOST if was.present and now.present is False else Direction.UNKNOWN
    step = _rank(now) - _rank(was) if now.present else 0
    return None if step == 0 else Direction.STRENGTHENED if step > 0 else Direction.WEAKENED


def _rank(practice: PracticeResult) -> int:
    return Strength(practice.strength).rank if practice.strength else -1


def _state(practice: PracticeResult) -> str:
    return practice.strength if practice.present and practice.strength else _STATES[practice.present]


def _places(a: Assessment, practice: PracticeResult, content: AssessContent) -> tuple[Evidence, ...]:
    """The strongest places that count."""
    return _distinct(e for e in (a.evidence[i] for i in practice.evidence) if counts(content, e))


def _distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first ones, each place once: one line may show several things."""
    first: dict[Location, Evidence] = {}
    for e in evidence:
        first.setdefault(e.where, e)
    return tuple(first.values())[:_PLACES]


def _asked(content: AssessContent) -> set[str]:
    """Practices that some level asks for; those that it asks to be absent, or does not name, are no loss."""
    return {name for a in content.model.asks() for name in wants(a.criterion.needs)}


def _criteria(base: Assessment, head: Assessment) -> Iterator[Change]:
    before = {c.id: c for x in base.levels for c in x.criteria}
    for level in head.levels:
        for now in level.criteria:
            was = before.get(now.id)
            direction = _turned(was, now) if was else None
            if was is None or direction is None:
                continue
            source, criterion = (base, was) if direction is Direction.LOST else (head, now)
            yield Change(
                id=now.id,
                title=now.title,
                direction=direction,
                before=was.status.value,
                after=now.status.value,
                why=now.why,
                evidence=_distinct(source.evidence[i] for i in criterion.evidence),
                level=level.level,
            )


def _turned(was: CriterionResult, now: CriterionResult) -> Direction | None:
    """Statuses outside the rating (waived, not applicable) are neither gained nor lost."""
    before, after = was.status in _MET, now.status in _MET
    if before == after:
        return Direction.UNKNOWN if {was.status, now.status} == {Status.UNKNOWN, Status.NOT_MET} else None
    if after:
        return Direction.GAINED
    return Direction.LOST if now.status is Status.NOT_MET else Direction.UNKNOWN


def _components(base: Assessment, head: Assessment) -> Iterator[ComponentChange]:
    before = {c.path: c.level for c in base.components}
    after = {c.path: c.level for c in head.components}
    for path in sorted({*before, *after}, key=lambda p: p.encode("utf-8", "surrogateescape")):
        if before.get(path) != after.get(path):
            yield ComponentChange(path=path, before=before.get(path), after=after.get(path))
