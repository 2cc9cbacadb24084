"""What is open as a list of findings, for pages that show problems at places: SARIF and GitLab's code quality."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlscan.report.choices import open_criteria, steps
from mlscan.report.clean import clean
from mlscan.types.assessment import Assessment, CriterionResult, LevelResult, Status
from mlscan.types.evidence import Evidence, Location, Rejection


class Urgency(str, Enum):
    """How much a finding matters now."""

    NEXT = "next"
    """It stands between here and the next level."""
    LATER = "later"
    UNKNOWN = "unknown"
    """It could not be decided."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion that is not met or could not be decided."""

    level: LevelResult
    criterion: CriterionResult
    urgency: Urgency
    message: str
    """One line: what is asked, what to do, what was seen."""
    near: tuple[Rejection, ...]
    seen: tuple[Evidence, ...]

    @property
    def where(self) -> Location:
        """The first near miss, else the best evidence, else the root of the repository."""
        return self.near[0].where if self.near else self.seen[0].where if self.seen else Location("")


def findings(a: Assessment) -> list[Finding]:
    """In the model's order; none where a level does not apply."""
    if not a.applicable:
        return []
    way = steps(a)
    needed = {s.criterion for s in way.needed}
    found = []
    for level, c in open_criteria(a):
        unknown = c.status is Status.UNKNOWN
        is_next = c.id in needed or level.level == way.level
        urgency = Urgency.UNKNOWN if unknown else Urgency.NEXT if is_next else Urgency.LATER
        near = tuple(r for r in a.rejections if r.practice in c.needs or r.detector in c.needs)
        seen = tuple(e for e in a.evidence if e.practice in c.needs or e.detector in c.needs)
        found.append(Finding(level, c, urgency, _message(level, c, unknown), near, seen))
    return found


def _message(level: LevelResult, c: CriterionResult, unknown: bool) -> str:
    # What to do comes first: the reason may be long, and pages show the beginning.
    words = f"Level {level.level} ({clean(level.name).strip()}) asks: {sentence(c.title)}"
    words += f" What to do: {sentence(c.how)}" if c.how else ""
    return words + f" {'Unknown' if unknown else 'Not met'}: {sentence(c.why)}"


def sentence(words: str) -> str:
    """The words as a sentence on one line; "" stays ""."""
    shown = clean(words).strip()
    return shown if not shown or shown.endswith((".", "!", "?")) else f"{shown}."
