"""Gates: what a CI job asks of a repository."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

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
    """Why the gates fail, one sentence each; empty when they hold."""
    reasons = []
    if fail_under is not None and a.level < fail_under:
        could_be = f" (could be {a.could_be})" if a.could_be > a.level else ""
        reasons.append(f"level {a.level} {a.level_name}{could_be} is under {fail_under}")
    by_id = {p.id: p for p in a.practices}
    for practice in dict.fromkeys(require):
        found = by_id.get(practice)
        if found is None or not found.present:
            state = "unknown" if found is not None and found.present is None else "absent"
            reasons.append(f"practice {practice} is {state}" + (f": {found.why}" if found and found.why else ""))
    return reasons
