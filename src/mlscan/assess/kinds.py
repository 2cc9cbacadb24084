"""The kind of a repository, by the first rule of `rules/kinds.yaml` that holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts
from mlscan.assess.presence import decide_practices
from mlscan.assess.truth import Truth
from mlscan.assess.words import paths, sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind with its reasons, and every kind that it could be if what is unknown were known."""

    name: str
    reasons: tuple[str, ...]
    possible: tuple[str, ...]


def decide_kind(facts: Facts) -> Kind:
    """The kind of the first rule that holds, else the default; rules before it that are unknown stay possible.

    A delegation leaves no doubt here: what lies in another repository says nothing about the kind of this one.
    """
    file = facts.content.kinds
    facts = replace(facts, hidden={}, practices={})
    decide_practices(facts)
    possible: dict[str, str] = {}
    name, reason = file.default, sentence(file.default_reason)
    for rule in file.kinds:
        outcome = evaluate(rule.needs, facts)
        if outcome.truth is Truth.YES:
            name, reason = rule.kind, sentence(rule.reason.replace("{paths}", paths(outcome.evidence)))
            break
        if outcome.truth is Truth.UNKNOWN:
            possible.setdefault(rule.kind, outcome.why)
    doubts = tuple(sentence(f"it could be {kind}: {why}") for kind, why in possible.items() if kind != name)
    return Kind(name, (reason, *doubts), tuple(dict.fromkeys([name, *possible])))
