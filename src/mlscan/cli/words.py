"""The words of a report that are no content: parts of the profile, strengths, contexts, statuses, ratings."""

from __future__ import annotations

from collections.abc import Iterator

from mlscan.report import About
from mlscan.report.wording import STRENGTHS
from mlscan.types.model import Model, PresenceFile, Staged

_CONTEXTS = {
    "own": "The repository's own files. Only they count towards a level, unless a rule says otherwise.",
    "test": "Files of tests; they count for the practice of tests.",
    "example": "Files that show how to use something; not what the repository does.",
    "docs": "Files of documentation.",
    "template": "Files from which others are made.",
    "vendored": "Files of somebody else that are kept here.",
    "generated": "Files that a program has written.",
}
_STATUSES = {
    "met": "Evidence shows it.",
    "not-met": "It was looked for and is not there.",
    "unknown": "Something that could show it was not read, or is handed to another repository. It never counts as no.",
    "waived": "People decided that it is not asked here; it leaves the denominator.",
    "attested": "People vouch for it; it counts in the attested level only.",
    "not-applicable": "It makes no sense for this repository; it leaves the denominator.",
    "upcoming": "It will count from a later day.",
}
_STANDINGS = {
    "counts": "The waiver or attestation is heeded.",
    "expired": "The last day of the waiver or attestation is over; it does not count.",
    "future": "The waiver or attestation begins on a later day.",
    "needless": "Evidence shows the criterion: nobody has to waive or attest it.",
    "unused": "There is nothing here that the waiver or attestation is about.",
    "requested": "The policy of the organisation does not accept the waiver or attestation, or not yet.",
}
_REPORT = {
    "evidence": "One place where a detector saw its practice: path, line, how strongly it shows, and whose file it is.",
    "detector": "Recognises one way in which a practice shows. `mlscan detectors` lists them.",
    "practice": "Something that a mature process does, such as tests or monitoring; several detectors may see it.",
    "criterion": "One thing that a level asks for, met by one or several practices. `mlscan rules` lists them.",
    "could-be": "The level if everything were there that was not read or is handed to another repository: a ceiling. "
    "The level itself is a floor, nothing in it is guessed.",
    "attested-level": "The level with what people vouched for; the level itself counts evidence alone.",
    "gap": "Something that could not be read, or only in part, and why. It makes practices unknown, never absent.",
    "delegated": "Handed to another repository, such as a shared workflow: what it does there is unknown. "
    "`--with` reads it in a clone.",
    "near-miss": "All conditions of a detector held but one; it does not count, and the report says which one.",
    "weight": "How much a criterion counts in its level, 1 to 3.",
    "essential": "A criterion without which its level hardly holds, whatever else is there.",
    "ahead": "Practices that only a higher level than the one that is reached asks for.",
    "unobservable": "Criteria that no file can show. People can attest them; no level counts them.",
    "applicable": "Whether a level means anything: not for libraries, courses and where there is no machine learning.",
    "target": "The level that is enough here, by configuration or policy; reports and plans measure against it.",
    "component": "One ML project of several in a repository; the repository's level is that of its highest one.",
    "effort": "A guess at what a step takes, to compare steps by: small, medium or large.",
}
_RATINGS = (("N", "Not achieved"), ("P", "Partially achieved"), ("L", "Largely achieved"), ("F", "Fully achieved"))


def about_words(model: Model, presence: PresenceFile) -> Iterator[About]:
    """What each word means, and what belongs to each part of the profile."""
    strengths = {word: f"{meaning[:1].upper()}{meaning[1:]}." for word, meaning in STRENGTHS}
    ratings = dict(_ratings(model.file.staged))
    fixed = (
        ("context", _CONTEXTS),
        ("status", _STATUSES),
        ("standing", _STANDINGS),
        ("word of reports", _REPORT),
    )
    for what, words in (("strength", strengths), *fixed, ("rating", ratings)):
        for word, meaning in words.items():
            yield About(word, what, meaning, ())
    topics = {t.id: t for t in model.topics}
    for group, names in model.file.groups.items():
        asked = [f"level {a.level}: {a.criterion.title} ({a.criterion.id})" for a in model.asks() if a.group == group]
        practices = [f"{id}: {p.title}" for id, p in presence.practices.items() if p.group == group]
        questions = " ".join(topics[n].question for n in names if n in topics) or group
        sections = (("Asked", tuple(asked)), ("Practices", tuple(practices)))
        yield About(group, "part of the profile", questions, tuple(s for s in sections if s[1]))


def _ratings(staged: Staged) -> Iterator[tuple[str, str]]:
    low = 0
    for letter, name in _RATINGS:
        high = staged.bounds.get(letter, 100)  # type: ignore[call-overload]
        holds = ", the level holds when those below it do" if letter in staged.holds else ""
        share = f"up to {high} %" if not low else f"above {low} %" + (f", up to {high} %" if high < 100 else "")
        yield letter.lower(), f"{name}: {share} of what the level asks, by weight{holds}."
        low = high
