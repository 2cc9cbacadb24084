"""Sentences that every format says alike."""

from __future__ import annotations

from collections.abc import Sequence

from mlscan.types.assessment import Assessment, NextStep, Rating, Status
from mlscan.types.snapshot import RepositoryInfo

REVISION_DIGITS = 10

EFFORTS = {"S": "small", "M": "medium", "L": "large"}

PARTLY_SEEN = "not everything could be seen"

STRENGTHS = (
    ("declared", "a dependency or a name says so"),
    ("configured", "a file sets it up"),
    ("used", "code calls it"),
    ("automated", "CI, a schedule or a deployment runs it"),
)
"""How strongly a place shows its practice, from the weakest, in plain words."""

RATINGS = {
    Rating.N: "not achieved",
    Rating.P: "partially achieved",
    Rating.L: "largely achieved",
    Rating.F: "fully achieved",
}
"""The ratings of ISO/IEC 33020 in words."""


def full_name(repository: RepositoryInfo) -> str:
    """The repository's name, with the folder where only a part of it was scanned: `platform/services/churn`."""
    return f"{repository.name}/{repository.folder}" if repository.folder else repository.name


def state(word: str) -> str:
    """A status, strength or standing as it stands in a sentence: `not met` for `not-met`."""
    return word.replace("-", " ")


def rating(sign: Rating) -> str:
    """`rating F, fully achieved`, and so on."""
    return f"rating {sign.value}, {RATINGS[sign]}"


def verdict_id(a: Assessment, criterion: str) -> str:
    """The name of one verdict, the same in every report and version: `mlscan:<model>/<criterion>`."""
    return f"mlscan:{a.model}/{criterion}"


def set_aside(a: Assessment) -> str:
    """What people took out of the verdict or put into it, counted: `3 files excluded, 1 criterion waived`; or ""."""
    statuses = [c.status for level in a.levels for c in level.criteria]
    counts = [
        (a.configuration.hidden if a.configuration else 0, "file excluded", "files excluded"),
        (statuses.count(Status.WAIVED), "criterion waived", "criteria waived"),
        (statuses.count(Status.ATTESTED), "criterion attested", "criteria attested"),
    ]
    return ", ".join(many(count, one, more) for count, one, more in counts if count)


def with_attested(a: Assessment) -> bool:
    """Whether people vouched for anything, so that there are two levels to tell."""
    return a.attested_level != a.level or any(c.status is Status.ATTESTED for x in a.levels for c in x.criteria)


def quiet_line(a: Assessment) -> str:
    """The verdict in one line, such as `level 3 Analyze it (could be 4)`."""
    aside = set_aside(a)
    tail = f"; {aside}" if aside else ""
    if not a.applicable:
        return f"level does not apply ({a.kind}){tail}"
    could_be = f" (could be {a.could_be})" if a.could_be > a.level else ""
    attested = f" (attested {a.attested_level})" if with_attested(a) else ""
    return f"level {a.level} {a.level_name}{could_be}{attested}{tail}"


def because(reasons: tuple[str, ...]) -> str:
    """The reasons as the end of a sentence that starts with what they are for; "" without any."""
    return ": " + "; ".join(reason.rstrip(".") for reason in reasons) if reasons else ""


def effort(sign: str) -> str:
    """`small effort` for S, and so on."""
    return f"{EFFORTS.get(sign, sign)} effort"


def wrong_verdict(a: Assessment) -> tuple[tuple[str, bool], ...]:
    """How to report a verdict that is wrong, and how to live with it until then: parts of one line.

    True with what is typed or copied as it is.
    """
    shown = next((c.id for level in a.levels for c in level.criteria), "CRITERION")
    return (
        ("A verdict is wrong? ", False),
        (f"mlscan explain {shown} PATH --issue", True),
        (" makes a report of it, by its id ", False),
        (verdict_id(a, shown), True),
        (", ready to send, with what to put into ", False),
        ("mlscan.toml", True),
        (" until then.", False),
    )


def target_words(a: Assessment) -> str:
    """The level that is enough here, and whether it is reached; "" where none is set."""
    if a.target is None or not a.applicable:
        return ""
    tier = a.policy.tier if a.policy else None
    named = f"Target: level {a.target}{f' (tier {tier})' if tier else ''}"
    if a.level >= a.target:
        return f"{named}, reached: enough for this target"
    if a.attested_level >= a.target:
        return f"{named}, reached with what people vouched for: enough for this target"
    return f"{named}, not reached"


def nothing_missing(a: Assessment) -> str:
    """Why there are no next steps, where the level is all that was asked for."""
    if a.target is not None and a.level < a.target <= a.attested_level:
        return f"Level {a.target} was asked for, and it is reached with what people vouched for: enough for this target"
    if a.target is not None and a.target <= a.level:
        return f"Level {a.target} was asked for, and it is reached: enough for this target"
    return "This is the top of the ladder"


def starter_words(step: NextStep, steps: Sequence[NextStep] = ()) -> str:
    """What a step's starter is for, in front of its text; "" without one.

    steps: those that are shown together. A file that an earlier one of them makes already is to be joined with it.
    """
    starter = step.starter
    if starter is None:
        return ""
    if not starter.path:
        return "Commands to start with"
    if starter.adds:
        return f"To start with: add to the end of {starter.path}"
    before = [s.starter.path if s.starter else "" for s in steps[: steps.index(step)]] if step in steps else []
    joined = f", to be joined with that of step {before.index(starter.path) + 1}" if starter.path in before else ""
    return f"To start with: {starter.path}{joined}"


def many(count: int, one: str, more: str = "") -> str:
    """`1 file`, `2 files`; `more` is for words that take no `s`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def dirty_words(linked: bool) -> str:
    """That files were read which the revision does not have, and what that means for links."""
    return "with uncommitted changes" + (" (links show the commit without them)" if linked else "")
