"""Why a level does not hold: what was looked for, what nearly counted, what would."""

from __future__ import annotations

from collections.abc import Iterator

from mlscan.assess.facts import counts
from mlscan.assess.polarity import unwants
from mlscan.assess.words import listed
from mlscan.types.answers import NearMiss, Sought, Unmet, WhyNot
from mlscan.types.assessment import Assessment, CriterionResult, Status
from mlscan.types.conditions import Cond, named
from mlscan.types.evidence import Evidence
from mlscan.types.model import AssessContent

_OPEN = (Status.NOT_MET, Status.UNKNOWN)


def why_not(a: Assessment, content: AssessContent, level: int) -> WhyNot:
    """Every criterion up to the level that is not met. Pure: it reads the assessment, never the repository.

    `content` must be that of the assessment. Places are those that the assessment shows, at most 20 a detector.
    """
    levels = tuple(x for x in a.levels if x.level <= level)
    needs = {c.id: c.needs for _, c in content.model.criteria()}
    unmet = [_unmet(a, content, x.level, c, needs.get(c.id)) for x in levels for c in x.criteria if c.status in _OPEN]
    return WhyNot(
        level=level,
        name=next((x.name for x in content.model.file.levels if x.n == level), ""),
        holds=a.level >= level,
        levels=levels,
        unmet=tuple(unmet),
        requires=tuple(_required(a, content, level)),
    )


def _required(a: Assessment, content: AssessContent, level: int) -> Iterator[str]:
    present = {p.id for p in a.practices if p.present}
    for n, conds in sorted(content.model.file.staged.requires.items()):
        for cond in conds if n <= level else ():
            if not set(named(cond)) <= present:
                yield f"level {n} asks for {_words(cond, content)}, whatever its rating"


def _unmet(a: Assessment, content: AssessContent, level: int, c: CriterionResult, needs: Cond | str | None) -> Unmet:
    ids = list(dict.fromkeys(named(needs)))
    unwanted = set(unwants(needs))
    sought = tuple(_sought(a, content, i, unwanted=i in unwanted) for i in ids)
    open_ = {s.id for s in sought if not s.present and not s.unwanted}
    return Unmet(
        criterion=c,
        level=level,
        sought=sought,
        near=tuple(_near(a, content, open_)),
        would=wanted(needs or "", content),
    )


def _sought(a: Assessment, content: AssessContent, id: str, *, unwanted: bool) -> Sought:
    rule = content.presence.practices.get(id)
    if rule is None:
        info = content.detectors.get(id)
        title = info.title if info else id
        seen = any(e.detector == id and counts(content, e) for e in a.evidence)
        return Sought(id=id, title=title, strength=None, looked_for=(title,), present=seen, unwanted=unwanted)
    present = next((p.present for p in a.practices if p.id == id), False)
    titles = [d.title for _, d in sorted(content.detectors.items()) if d.practice == id and d.status == "stable"]
    least = None if rule.needs else rule.strength.value
    return Sought(id=id, title=rule.title, strength=least, looked_for=tuple(titles), present=present, unwanted=unwanted)


def _near(a: Assessment, content: AssessContent, open_: set[str]) -> Iterator[NearMiss]:
    """Evidence that does not do, strongest first, then the near misses of detectors."""
    for e in sorted((e for e in a.evidence if {e.practice, e.detector} & open_), key=lambda e: -e.strength.rank):
        reason = _shortcoming(e, content)
        if reason:
            yield NearMiss(practice=e.practice, where=e.where, reason=reason, excerpt=e.excerpt)
    for r in a.rejections:
        if {r.practice, r.detector} & open_:
            info = content.detectors.get(r.detector)
            reason = f"{info.title}: {r.reason}" if info else r.reason
            yield NearMiss(practice=r.practice, where=r.where, reason=reason)


def _shortcoming(e: Evidence, content: AssessContent) -> str:
    """Why a piece of evidence does not make its practice present; "" where it would, with others of its kind."""
    info, rule = content.detectors.get(e.detector), content.presence.practices.get(e.practice)
    title = info.title if info else e.detector
    if info is not None and info.status != "stable":
        return f"{title}: seen by a {info.status} detector, which does not count"
    if not counts(content, e):
        return f"{title}: {e.context.value} file, which does not count"
    if rule is not None and rule.needs is None and e.strength.rank < rule.strength.rank:
        return f"{title}: only {e.strength.value}, needs {rule.strength.value}"
    return f"{title}: alone not enough" if rule is not None and rule.needs is not None else ""


def wanted(cond: Cond | str, content: AssessContent) -> str:
    """What a condition asks for, in words: "ML pipeline; or Serving, together with Containers"."""
    return _words(cond, content, outermost=True)


def _words(cond: Cond | str, content: AssessContent, *, outermost: bool = False) -> str:
    if isinstance(cond, str):
        return _title(cond, content)
    inner = [_words(c, content) for c in cond.any_of or cond.all_of or (cond.at_least.of if cond.at_least else [])]
    if cond.any_of is not None:
        return ("; or " if outermost else " or ").join(inner)
    if cond.all_of is not None:
        return ", together with ".join(inner)
    if cond.at_least is not None:
        return f"at least {cond.at_least.n} of: {', '.join(inner)}"
    if cond.not_ is not None:
        return f"nothing like {_words(cond.not_, content)}"
    return _leaf(cond, content)


def _leaf(cond: Cond, content: AssessContent) -> str:
    bounds = " and ".join(
        f"{word} {value:g}" for word, value in (("at least", cond.gte), ("at most", cond.lte)) if value is not None
    )
    if cond.practice or cond.detector:
        strength = f", {cond.strength.value}" if cond.strength else ""
        contexts = f" in {listed(c.value for c in cond.contexts)} files" if cond.contexts else ""
        return _title(cond.practice or cond.detector or "", content) + strength + contexts
    if cond.count is not None:
        return f"{bounds} files with {_titles(cond.count, content)}"
    if cond.share is not None:
        return f"{' in relation to '.join(_titles(x, content) for x in cond.share)} of {bounds}"
    if cond.number is not None:
        return f"{cond.number.replace('-', ' ')} of {bounds}"
    return f"kind {listed(cond.kind or [])}"


def _titles(ids: str | list[str], content: AssessContent) -> str:
    return listed(_title(i, content) for i in ([ids] if isinstance(ids, str) else ids))


def _title(id: str, content: AssessContent) -> str:
    rule, info = content.presence.practices.get(id), content.detectors.get(id)
    return rule.title if rule else info.title if info else id
