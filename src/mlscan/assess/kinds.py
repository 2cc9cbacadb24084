"""The kind of a repository, by the first rule of `rules/kinds.yaml` that holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts
from mlscan.assess.presence import decide_practices
from mlscan.assess.truth import Truth
from mlscan.assess.words import listed, paths, sentence

PARTS = 5
"""Parts of the reason for a doubt that are told."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind with its reasons, and every kind that it could be if what is unknown were known."""

    name: str
    reasons: tuple[str, ...]
    possible: tuple[str, ...]


def decide_kind(facts: Facts) -> Kind:
    """The kind of the first rule that holds by what is seen, else the default.

    Rules that could hold if what is unknown were known stay possible, up to the first that holds either way. A
    delegation leaves no doubt here: what lies in another repository says nothing about the kind of this one.
    A kind that people gave stands.
    """
    word = facts.content.word
    if word.kind is not None:
        return Kind(word.kind, (sentence(f"given in {word.kind_by}"),), (word.kind,))
    file = facts.content.kinds
    full = _decided(replace(facts, hidden={}, practices={}))
    seen = _decided(replace(full, unknown={}, more={}, practices={}))
    possible: dict[str, str] = {}
    name, reason = "", ""
    for rule in file.kinds:
        outcome, known = evaluate(rule.needs, full), evaluate(rule.needs, seen)
        if known.truth is Truth.YES and not name:
            name, reason = rule.kind, sentence(rule.reason.replace("{paths}", paths(known.evidence)))
        if outcome.truth is Truth.UNKNOWN:
            possible.setdefault(rule.kind, outcome.why)
        if outcome.truth is Truth.YES:
            break
    name, reason = name or file.default, reason or sentence(f"{file.default_reason}{_nearly(facts)}")
    doubts = tuple(sentence(f"it could be {kind}: {_brief(why)}") for kind, why in possible.items() if kind != name)
    return Kind(name, (reason, *doubts), tuple(dict.fromkeys([name, *possible])))


def _brief(why: str) -> str:
    """A phrase of many parts by its first ones: where nothing is known, everything is in doubt."""
    parts = list(dict.fromkeys(why.split("; ")))
    if len(parts) <= PARTS:
        return why
    return f"{'; '.join(parts[:PARTS])}; and for {len(parts) - PARTS} more reasons"


def _decided(facts: Facts) -> Facts:
    decide_practices(facts)
    return facts


def _nearly(facts: Facts) -> str:
    """What there is of the practices that the default lacks, and why it does not do; "" for nothing."""
    found = [e for name in facts.content.kinds.nearly for e in facts.by_practice.get(name, ())]
    counting = [e for e in found if facts.counts(e)]
    if counting:
        return f"; too little alone: {listed(facts.title(e.detector) for e in counting)} ({paths(counting)})"
    if not found:
        return ""
    contexts = listed(sorted({e.context.value for e in found}))
    return f"; only in {contexts} files, which do not count: {paths(found)}"
