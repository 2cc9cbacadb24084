"""Which practices are present, by `rules/presence.yaml`."""

from __future__ import annotations

from mlscan.assess.conditions import evaluate, evidence_outcome
from mlscan.assess.facts import Facts, Presence
from mlscan.assess.truth import Outcome, Truth
from mlscan.assess.words import listed, place
from mlscan.types.model import PracticePresence


def decide_practices(facts: Facts) -> None:
    """Fills `facts.practices`, in the order of the file."""
    for name, rule in facts.content.presence.practices.items():
        facts.practices[name] = _decide(name, rule, facts)


def _decide(name: str, rule: PracticePresence, facts: Facts) -> Presence:
    if rule.needs is not None:
        outcome = evaluate(rule.needs, facts)
    else:
        found = facts.by_practice.get(name, ())
        outcome = evidence_outcome(facts, found, rule.strength, (rule.title, ""))
    if outcome.truth is Truth.NO:
        outcome = _undecided(name, facts) if rule.needs is None else _handed(name, facts) or outcome
    if outcome.truth is Truth.NO:
        return Presence(Truth.NO, _absent(name, rule, facts, outcome))
    return Presence(outcome.truth, outcome.why, outcome.evidence if outcome.truth is Truth.YES else ())


def _undecided(name: str, facts: Facts) -> Outcome:
    undecided = facts.unknown_of(name)
    if undecided:
        return Outcome(Truth.UNKNOWN, f"could not be decided ({facts.title(undecided[0])}: {undecided[1]})")
    return _handed(name, facts) or Outcome(Truth.NO, "")


def _handed(name: str, facts: Facts) -> Outcome | None:
    handed = facts.hidden.get(name)
    return Outcome(Truth.UNKNOWN, f"may lie in {handed.delegated_to} ({place(handed)})") if handed else None


def _absent(name: str, rule: PracticePresence, facts: Facts, outcome: Outcome) -> str:
    """Why it is not present: what there is does not do, or what was looked for."""
    if rule.needs is not None:
        return outcome.why
    found = facts.by_practice.get(name, ())
    why = evidence_outcome(facts, found, rule.strength, (rule.title, "")).why.removeprefix(f"{rule.title}: ")
    if found:
        return why
    titles = [
        i.title for _, i in sorted(facts.content.detectors.items()) if i.practice == name and i.status == "stable"
    ]
    return f"{why}; looked for: {listed(titles)}" if titles else why
