"""Models made from others: the same levels and rules, with some criteria more, fewer, or of other weight."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

import msgspec

from mlscan.types.conditions import named
from mlscan.types.model import ChangedCriterion, Criterion, Model, ModelExtension, Topic
from mlscan.types.starters import OWN_JOB, Starters


class BadExtension(ValueError):
    """An extension names something that does not exist. `place` are the keys below the extension."""

    def __init__(self, message: str, *place: str | int) -> None:
        super().__init__(message)
        self.place = place


def extended(base: Model, extension: ModelExtension, known: Collection[str] | None = None) -> Model:
    """The model with what the extension says. Raises BadExtension.

    known: ids of the practices and detectors that added criteria may ask for; None checks nothing.
    """
    _check(base, extension, known)
    asks: dict[int, list[Criterion]] = {}
    topics = tuple(_changed(topic, extension) for topic in base.topics)
    for added in extension.add:
        fields = {f: getattr(added, f) for f in Criterion.__struct_fields__}
        asks.setdefault(added.level, []).append(Criterion(**fields))
    own = Topic(id=extension.id, question=extension.title or extension.id, asks=asks)
    head = msgspec.structs.replace(
        base.file,
        id=extension.id,
        version=extension.version,
        title=extension.title or base.file.title,
        source=f"{base.file.id} {base.file.version}, changed",
        examples=[],
    )
    return Model(file=head, topics=(*topics, own), starters=_begun(base, topics), words=base.words)


def _begun(base: Model, topics: Iterable[Topic]) -> dict[str, Starters]:
    """The starters of the criteria that are left."""
    left = {c.id for topic in topics for criteria in topic.asks.values() for c in criteria}
    return {name: starters for name, starters in base.starters.items() if name in left or name == OWN_JOB}


def _changed(topic: Topic, extension: ModelExtension) -> Topic:
    """The topic without what is dropped, with other weights and levels."""
    asks: dict[int, list[Criterion]] = {}
    for level, criteria in topic.asks.items():
        for c in criteria:
            if c.id in extension.drop:
                continue
            change = extension.change.get(c.id, ChangedCriterion())
            weight = c.weight if change.weight is None else change.weight
            essential = c.essential if change.essential is None else change.essential
            changed = msgspec.structs.replace(c, weight=weight, essential=essential)
            asks.setdefault(level if change.level is None else change.level, []).append(changed)
    return msgspec.structs.replace(topic, asks=asks, examples=[])


def _check(base: Model, extension: ModelExtension, known: Collection[str] | None) -> None:
    criteria = {c.id: level for level, c in base.criteria()}
    levels = [level.n for level in base.file.levels if level.n > 0]
    for number, name in enumerate(extension.drop):
        if name not in criteria:
            raise BadExtension(f"no criterion {name!r} in {base.file.id}{_close(name, criteria)}", "drop", number)
    for name, change in extension.change.items():
        if name not in criteria or name in extension.drop:
            raise BadExtension(f"no criterion {name!r} is left to change{_close(name, criteria)}", "change", name)
        if change.level is not None and change.level not in levels:
            raise BadExtension(f"no level {change.level}", "change", name, "level")
    taken = {*(known or ()), *criteria}
    for number, added in enumerate(extension.add):
        if added.id in taken:
            raise BadExtension(f"the id {added.id!r} is taken", "add", number, "id")
        taken.add(added.id)
        if added.level not in levels:
            raise BadExtension(f"no level {added.level}", "add", number, "level")
        if added.group and added.group not in base.file.groups:
            words = f"no group {added.group!r}{_close(added.group, base.file.groups)}"
            raise BadExtension(words, "add", number, "group")
        for name in _asked(added):
            if known is not None and name not in known:
                words = f"no practice or detector {name!r}{_close(name, known)}"
                raise BadExtension(words, "add", number, "needs")


def _asked(criterion: Criterion) -> Iterator[str]:
    yield from named(criterion.needs)
    yield from named(criterion.not_applicable_if)


def _close(word: str, known: Collection[str]) -> str:
    close = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""
