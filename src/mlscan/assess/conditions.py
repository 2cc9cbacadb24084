"""Evaluates conditions over facts, with the evidence and the phrase for each answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction

from mlscan.assess.facts import Facts
from mlscan.assess.truth import Outcome, Truth, all_hold, any_holds, at_least, negate
from mlscan.assess.words import listed, number, place
from mlscan.types.conditions import Cond
from mlscan.types.evidence import Context, Evidence, Strength


def evaluate(cond: Cond | str, facts: Facts) -> Outcome:
    """Yes, no or unknown. A bare id is a practice where presence.yaml has one of that name, else a detector."""
    if isinstance(cond, str):
        known = cond in facts.content.presence.practices
        return _practice(Cond(practice=cond), facts) if known else _detector(Cond(detector=cond), facts)
    if cond.any_of is not None:
        return any_holds([evaluate(c, facts) for c in cond.any_of])
    if cond.all_of is not None:
        return all_hold([evaluate(c, facts) for c in cond.all_of])
    if cond.not_ is not None:
        return negate(evaluate(cond.not_, facts))
    if cond.at_least is not None:
        return at_least(cond.at_least.n, [evaluate(c, facts) for c in cond.at_least.of])
    return _leaf(cond, facts)


def _leaf(cond: Cond, facts: Facts) -> Outcome:
    if cond.practice is not None:
        return _practice(cond, facts)
    if cond.detector is not None:
        return _detector(cond, facts)
    if cond.count is not None:
        return _count(cond, facts)
    if cond.share is not None:
        return _share(cond, facts)
    if cond.number is not None:
        value = facts.numbers.get(cond.number)
        truth = Truth.UNKNOWN if value is None else _compare(cond, Fraction(value))
        shown = "unknown" if value is None else str(value)
        return Outcome(truth, f"{cond.number.replace('-', ' ')}: {shown}, asked for {_asked(cond)}")
    if cond.host is not None:
        there = any(fnmatchcase(facts.host, pattern) for pattern in cond.host)
        return Outcome(Truth.YES if there else Truth.NO, f"the host is {facts.host or 'not known'}")
    return Outcome(Truth.YES if facts.kind in (cond.kind or []) else Truth.NO, f"the kind is {facts.kind}")


def _practice(cond: Cond, facts: Facts) -> Outcome:
    name = cond.practice or ""
    rule = facts.content.presence.practices.get(name)
    title = rule.title if rule else name
    decided = facts.practices.get(name)
    if decided is not None and cond.strength is None and cond.contexts is None:
        seen = decided.truth is Truth.YES
        return Outcome(decided.truth, decided.why if seen else f"{title}: {decided.why}", decided.evidence)
    least = cond.strength or (rule.strength if rule and cond.contexts is None else Strength.DECLARED)
    found = decided.evidence if decided and rule and rule.needs else facts.by_practice.get(name, ())
    return evidence_outcome(facts, found, least, (title, _open_practice(name, facts)), cond.contexts)


def _open_practice(name: str, facts: Facts) -> str:
    undecided = facts.unknown_of(name)
    if undecided:
        return f"could not be decided ({facts.title(undecided[0])}: {undecided[1]})"
    handed = facts.hidden.get(name)
    return f"may lie in {handed.delegated_to} ({place(handed)})" if handed else ""


def _detector(cond: Cond, facts: Facts) -> Outcome:
    name = cond.detector or ""
    why = facts.may_be_more(name)
    open_ = f"could not be decided ({why})" if why else ""
    info = facts.content.detectors.get(name)
    if not open_ and info and info.practice in facts.hidden:
        handed = facts.hidden[info.practice]
        open_ = f"may lie in {handed.delegated_to} ({place(handed)})"
    found = facts.by_detector.get(name, ())
    return evidence_outcome(facts, found, cond.strength or Strength.DECLARED, (facts.title(name), open_), cond.contexts)


def evidence_outcome(
    facts: Facts,
    found: Sequence[Evidence],
    least: Strength,
    words: tuple[str, str],
    contexts: Iterable[Context] | None = None,
) -> Outcome:
    """Yes with counting evidence of at least that strength; `words` is a title and why it may be there unseen ("")."""
    title, open_ = words
    counting = [e for e in found if facts.counts(e, contexts)]
    strong = tuple(e for e in counting if e.strength.rank >= least.rank)
    if strong:
        return Outcome(Truth.YES, seen(facts, strong), strong)
    return Outcome(Truth.UNKNOWN if open_ else Truth.NO, f"{title}: {open_ or unseen(found, counting, least)}")


def seen(facts: Facts, evidence: Sequence[Evidence]) -> str:
    """The strongest evidence in words: title and place, and in how many more files there is some."""
    first = evidence[0]
    more = len({e.where.path for e in evidence} - {first.where.path})
    rest = "" if not more else f", and {more} more {'files' if more > 1 else 'file'}"
    return f"{facts.title(first.detector)} ({place(first)}{rest})"


def unseen(found: Sequence[Evidence], counting: Sequence[Evidence], least: Strength) -> str:
    """Why the evidence there is does not do: too weak, or not the repository's own."""
    if counting:
        best = counting[0].strength
        return f"only {best.value}: {listed(place(e) for e in counting if e.strength is best)}; needs {least.value}"
    if found:
        contexts = " and ".join(sorted({e.context.value for e in found}))
        return f"only in {contexts} files, which do not count: {listed(place(e) for e in found)}"
    return "not seen"


def _compare(cond: Cond, value: Fraction) -> Truth:
    enough = cond.gte is None or value >= Fraction(str(cond.gte))
    not_too_much = cond.lte is None or value <= Fraction(str(cond.lte))
    return Truth.YES if enough and not_too_much else Truth.NO


def _asked(cond: Cond) -> str:
    bounds = [("at least", cond.gte), ("at most", cond.lte)]
    return " and ".join(f"{word} {number(bound)}" for word, bound in bounds if bound is not None)


def _counted(names: str | list[str], facts: Facts, contexts: list[Context] | None) -> tuple[list[Evidence], bool]:
    """Counting evidence, one a path, and whether there may be more."""
    ids = [names] if isinstance(names, str) else names
    found: dict[str, Evidence] = {}
    more = False
    for name in ids:
        practice = name in facts.content.presence.practices
        source = facts.by_practice if practice else facts.by_detector
        for evidence in source.get(name, ()):
            if facts.counts(evidence, contexts):
                found.setdefault(evidence.where.path, evidence)
        more = more or bool(_open_practice(name, facts) if practice else facts.may_be_more(name))
    return [found[p] for p in sorted(found, key=lambda p: p.encode("utf-8", "surrogateescape"))], more


def _count(cond: Cond, facts: Facts) -> Outcome:
    found, more = _counted(cond.count or [], facts, cond.contexts)
    n = len(found)
    short = cond.gte is not None and n < Fraction(str(cond.gte))
    over = cond.lte is not None and n > Fraction(str(cond.lte))
    open_ = more and (short or cond.lte is not None)
    truth = Truth.NO if over else Truth.UNKNOWN if open_ else Truth.NO if short else Truth.YES
    what = _names(cond.count or [], facts)
    plural = "" if n == 1 else "s"
    if truth is Truth.YES and found:
        return Outcome(truth, seen(facts, found), tuple(found))
    return Outcome(truth, f"{what}: {n} file{plural}, asked for {_asked(cond)}", tuple(found))


def _share(cond: Cond, facts: Facts) -> Outcome:
    part, whole = (_counted(names, facts, None) for names in cond.share or [])
    value = Fraction(len(part[0]), len(whole[0])) if whole[0] else Fraction(0)
    truth = Truth.UNKNOWN if part[1] or whole[1] else _compare(cond, value)
    names = " of ".join(_names(n, facts) for n in cond.share or [])
    return Outcome(truth, f"{names}: {len(part[0])} of {len(whole[0])} files, asked for {_asked(cond)}", tuple(part[0]))


def _names(names: str | list[str], facts: Facts) -> str:
    ids = [names] if isinstance(names, str) else names
    rules = facts.content.presence.practices
    return listed(rules[n].title if n in rules else facts.title(n) for n in ids)
