"""What a detector, practice, criterion, level or kind is, in words: the text that `explain` shows.

It is written once, in the content; this module only puts it in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from mlscan.types.content import Detector, Example
from mlscan.types.model import Ask, Criterion, KindRule, Level, PracticePresence

_EFFORTS = {"S": "small", "M": "medium", "L": "large"}


@dataclass(frozen=True, slots=True)
class About:
    """A thing with its text: headed paragraphs, each a list of lines."""

    id: str
    what: str
    """detector, practice, criterion, level or kind."""
    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def _about(id: str, what: str, title: str, **sections: Iterable[str]) -> About:
    named = (
        (name.replace("_", " ").capitalize(), tuple(line for line in lines if line)) for name, lines in sections.items()
    )
    return About(id, what, title, tuple((name, lines) for name, lines in named if lines))


def about_detector(d: Detector) -> About:
    """What the detector sees, what counts, and with which examples it is tested."""
    examples = d.examples
    return _about(
        d.id,
        "detector",
        d.title,
        why=[d.why],
        practice=[f"{d.practice}, strength {d.strength.value}, {d.status} since content {d.since}"],
        counts_in=[", ".join(c.value for c in d.contexts)],
        what_counts=outline(d.find),
        found=_examples(examples.found if examples else ()),
        not_found=_examples(examples.not_found if examples else ()),
        misses=d.misses,
        references=d.references,
    )


def about_practice(id: str, presence: PracticePresence, asks: Iterable[Ask], detectors: Iterable[Detector]) -> About:
    """When the practice counts as present, who sees it, and what each level asks about it."""
    counted = "reported, never counted" if presence.informational else f"group {presence.group}"
    minimum = [] if presence.needs else [f"evidence of strength {presence.strength.value} or more"]
    return _about(
        id,
        "practice",
        presence.title,
        present_when=[*minimum, *outline(presence.needs)],
        reported_in=[counted],
        asked_by=[
            f"level {a.level}: {a.criterion.title} ({a.criterion.id})" for a in asks if id in _named(a.criterion.needs)
        ],
        seen_by=[f"{d.id}: {d.title} ({d.strength.value})" for d in detectors if d.practice == id],
    )


def about_criterion(ask: Ask) -> About:
    """What the criterion asks, why, how to get there and what it takes."""
    c = ask.criterion
    marks = f"level {ask.level}, group {ask.group}, weight {c.weight}" + (", essential" if c.essential else "")
    return _about(
        c.id,
        "criterion",
        c.title,
        asked_at=[marks],
        why=[c.why],
        how=[c.how],
        effort=[_EFFORTS.get(c.effort, c.effort)],
        lifts=[c.lifts],
        needs=outline(c.needs) if c.observable else ["nothing that a file can show"],
    )


def about_level(level: Level, criteria: Iterable[Criterion]) -> About:
    """What the level means and everything that it asks."""
    asked = [f"{c.id}: {c.title}{' (essential)' if c.essential else ''}" for c in criteria]
    return _about(str(level.n), "level", level.name, in_short=[level.short], asks=asked)


def about_kind(kind: str, rules: Iterable[KindRule], *, applicable: bool) -> About:
    """When a repository is of this kind, and whether a level means anything for it."""
    matching = [r for r in rules if r.kind == kind]
    lines = [line for r in matching for line in (_reason(r), *outline(r.needs))]
    applies = "yes" if applicable else "no: it is shown, and no gate counts it"
    return _about(kind, "kind", kind, when=lines, level_applies=[applies])


def _reason(rule: KindRule) -> str:
    """Without the places, which only a repository has."""
    return rule.reason.removesuffix(": {paths}").replace("{paths}", "…")


def outline(condition: msgspec.Struct | str | None) -> list[str]:
    """The condition as indented lines, without what is left at its default."""
    if condition is None:
        return []
    if isinstance(condition, str):
        return [condition]
    return _lines(_given(condition), "")


def _named(condition: msgspec.Struct | str | None) -> set[str]:
    """Every word of a condition, ids among them."""
    return {word for line in outline(condition) for word in line.replace(",", " ").split()}


def _given(value: object) -> object:
    """Structs as maps of what differs from the default; the content's own depth bounds this."""
    if isinstance(value, msgspec.Struct):
        pairs = ((f, getattr(value, f.name)) for f in msgspec.structs.fields(value))
        return {
            f.encode_name: _given(v) for f, v in pairs if v is not None and v != f.default and v not in ([], {}, ())
        }
    if isinstance(value, (list, tuple)):
        return [_given(item) for item in value]
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items()}
    return getattr(value, "value", value)


def _lines(value: object, indent: str) -> list[str]:
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _entry(f"{key}:", item, indent)]
    if isinstance(value, list):
        return [line for item in value for line in _entry("-", item, indent)]
    return [f"{indent}{value}"]


def _entry(label: str, item: object, indent: str) -> list[str]:
    if isinstance(item, dict) or (isinstance(item, list) and any(isinstance(x, (dict, list)) for x in item)):
        return [f"{indent}{label}", *_lines(item, indent + "  ")]
    words = ", ".join(map(str, item)) if isinstance(item, list) else str(item)
    return [f"{indent}{label} {words}"]


def _examples(examples: Iterable[Example]) -> list[str]:
    return [f"{e.name} ({', '.join(sorted(e.files))})" for e in examples]
