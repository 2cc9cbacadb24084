"""Gates: what a CI job asks of a repository. Each says in one line why it failed, or that it does not apply."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mlscan.report.answers.data import verdict_name
from mlscan.types.answers import Comparison
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError

if TYPE_CHECKING:
    from mlscan.content import Content


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean x?`, or nothing when nothing comes close."""
    close = get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def check_gates(content: Content, model: str, fail_under: int | None, require: tuple[str, ...]) -> None:
    """Raises UsageError for a gate that no repository could pass because it does not exist."""
    practices = content.presence.practices
    for practice in require:
        if practice not in practices:
            raise UsageError(f"--require: no practice {practice!r}{suggestion(practice, practices)}")
    top = max((level.n for level in content.assess(model).model.file.levels), default=0)
    if fail_under is not None and fail_under > top:
        raise UsageError(f"--fail-under: model {model} ends at level {top}")


def failures(a: Assessment, fail_under: int | None, require: tuple[str, ...]) -> list[str]:
    """Why the gates fail, one sentence each with the id of its verdict; empty when they hold."""
    reasons = []
    if fail_under is not None and a.level < fail_under:
        could_be = f" (could be {a.could_be})" if a.could_be > a.level else ""
        reasons.append(
            f"level {a.level} {a.level_name}{could_be} is under {fail_under} [{verdict_name(a.model, 'level')}]"
        )
    by_id = {p.id: p for p in a.practices}
    for practice in dict.fromkeys(require):
        found = by_id.get(practice)
        if found is None or not found.present:
            state = "unknown" if found is not None and found.present is None else "absent"
            why = f": {found.why.rstrip('.')}" if found and found.why else ""
            reasons.append(f"practice {practice} is {state}{why} [{verdict_name(a.model, practice)}]")
    return reasons


def losses(c: Comparison) -> list[str]:
    """What is lost beyond doubt, each with the id of its verdict; empty when nothing is."""
    changes = {x.id: x for x in c.changes}
    reasons = []
    for name in c.losses:
        if name == "level":
            words = f"level {c.base.level} went to {c.head.level}"
        elif name == "kind":
            words = f"kind {c.base.kind} became {c.head.kind}"
        else:
            what = "practice" if changes[name].level is None else "criterion"
            words = f"{what} {name} is lost"
        reasons.append(f"{words} [{verdict_name(c.model, name)}]")
    return reasons
