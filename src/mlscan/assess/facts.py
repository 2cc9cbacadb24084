"""Findings arranged for asking: evidence by detector and practice, what counts, what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mlscan.assess.truth import Truth
from mlscan.types.evidence import Context, Evidence, Findings, ordered
from mlscan.types.model import AssessContent


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a practice is present, with the evidence that decided it and a phrase that says why."""

    truth: Truth
    why: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(slots=True)
class Facts:
    """What is known of one repository or component. `practices` and `kind` fill up as they are decided."""

    content: AssessContent
    by_detector: Mapping[str, list[Evidence]]
    by_practice: Mapping[str, list[Evidence]]
    unknown: Mapping[str, str]
    """Detector id -> why it could not be decided; drafts are left out."""
    more: Mapping[str, str]
    """Detector id -> why there may be more of it than was seen; drafts are left out."""
    hidden: Mapping[str, Evidence]
    """Practice -> the delegation behind which it could lie."""
    numbers: Mapping[str, int | None]
    practices: dict[str, Presence] = field(default_factory=dict)
    kind: str = ""
    root: str = ""
    """Folder of the component; "" is the whole repository."""
    host: str = ""
    """Where the repository's origin lies; "" where that is not known. Only starters ask for it."""

    def counts(self, evidence: Evidence, contexts: Iterable[Context] | None = None) -> bool:
        """Whether evidence may decide anything: no draft's, and in one of the contexts (default: those that count)."""
        return counts(self.content, evidence, contexts)

    def unknown_of(self, practice: str) -> tuple[str, str] | None:
        """The first undecided detector of a practice, else the first of which there may be more, with the reason."""
        open_ = ((d, why) for group in (self.unknown, self.more) for d, why in sorted(group.items()))
        return next(((d, why) for d, why in open_ if self._practice_of(d) == practice), None)

    def may_be_more(self, detector: str) -> str:
        """Why a detector could be seen, or be seen more often, if all were known; "" where it could not."""
        return self.unknown.get(detector) or self.more.get(detector, "")

    def title(self, detector: str) -> str:
        """What the detector says in plain words; its id where it is not known."""
        info = self.content.detectors.get(detector)
        return info.title if info else detector

    def _practice_of(self, detector: str) -> str:
        info = self.content.detectors.get(detector)
        return info.practice if info else ""


def counts(content: AssessContent, evidence: Evidence, contexts: Iterable[Context] | None = None) -> bool:
    """Whether evidence may decide anything: no draft's, and in one of the contexts (default: those that count)."""
    info = content.detectors.get(evidence.detector)
    if info is not None and info.status != "stable":
        return False
    if contexts is not None:
        return evidence.context in contexts
    presence = content.presence.practices.get(evidence.practice)
    practice_contexts = presence.contexts if presence else (Context.OWN,)
    return evidence.context in practice_contexts or (info is not None and evidence.context in info.contexts)


def gather(content: AssessContent, findings: Findings) -> Facts:
    """Facts of the findings; sorted, equal evidence once."""
    by_detector: dict[str, list[Evidence]] = {}
    by_practice: dict[str, list[Evidence]] = {}
    for item in ordered(findings.evidence):
        by_detector.setdefault(item.detector, []).append(item)
        by_practice.setdefault(item.practice, []).append(item)
    drafts = {d for d, info in content.detectors.items() if info.status != "stable"}
    facts = Facts(
        content=content,
        by_detector=by_detector,
        by_practice=by_practice,
        unknown={d: why for d, why in sorted(findings.unknown.items()) if d not in drafts},
        more={d: why for d, why in sorted(findings.more.items()) if d not in drafts},
        hidden={},
        numbers=findings.numbers,
    )
    facts.hidden = _hidden(facts)
    return facts


def narrowed(facts: Facts, keep: Callable[[Evidence], bool], names: Collection[str] | None = None) -> Facts:
    """The facts with the evidence that `keep` lets through, in the same order; practices and kind are undecided.

    names: only these detectors and practices; None is all.
    """

    def kept(found: Mapping[str, list[Evidence]]) -> dict[str, list[Evidence]]:
        left = {name: [e for e in found[name] if keep(e)] for name in found if names is None or name in names}
        return {name: evidence for name, evidence in left.items() if evidence}

    part = replace(facts, by_detector=kept(facts.by_detector), by_practice=kept(facts.by_practice), practices={})
    part.kind, part.hidden = "", _hidden(part)
    # What was seen elsewhere only could lie here unseen.
    unseen = {d: why for d, why in facts.more.items() if d not in part.by_detector}
    part.unknown = {**facts.unknown, **unseen} if unseen else facts.unknown
    return part


def _hidden(facts: Facts) -> dict[str, Evidence]:
    hidden: dict[str, Evidence] = {}
    for detector, found in facts.by_detector.items():
        info = facts.content.detectors.get(detector)
        handed = [e for e in found if e.delegated_to is not None and facts.counts(e)]
        for practice in info.may_hide if info and handed else ():
            hidden[practice] = min([*handed[:1], *([hidden[practice]] if practice in hidden else [])], key=_by_place)
    return hidden


def _by_place(evidence: Evidence) -> tuple[bytes, int, str]:
    where = evidence.where
    return (where.path.encode("utf-8", "surrogateescape"), where.line or 0, evidence.detector)
