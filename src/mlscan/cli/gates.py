"""Gates: what a CI job asks of a repository. Each says in one line why it failed, or that it does not apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mlscan.report.answers.data import verdict_name
from mlscan.report.choices import level_names
from mlscan.types.answers import Comparison
from mlscan.types.assessment import Assessment, Configuration, PolicyResult, Status
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What is asked, and who asks for it ("" is the command line)."""

    fail_under: int | None
    require: tuple[str, ...]
    fail_under_by: str = ""
    require_by: Mapping[str, str] = field(default_factory=dict)
    attested: bool = False
    """Whether what people vouched for counts."""

    def __bool__(self) -> bool:
        return self.fail_under is not None or bool(self.require)


def gates_of(fail_under: int | None, require: tuple[str, ...], attested: bool, a: Assessment) -> Gates:
    """The gates of the policy, then those of the command line, then those of the configuration.

    Practices that the policy asks for are asked for besides the others.
    """
    found = a.configuration or Configuration(source="")
    policy = a.policy or PolicyResult(name="", digest="")
    by_policy = f"the policy {policy.name}"
    levels = ((policy.fail_under, by_policy), (fail_under, ""), (found.fail_under, found.source))
    level, level_by = next(((n, by) for n, by in levels if n is not None), (None, ""))
    own, own_by = (require, "") if require else (found.require, found.source)
    return Gates(
        fail_under=level,
        require=(*policy.require, *own),
        fail_under_by=level_by,
        require_by={**dict.fromkeys(own, own_by), **dict.fromkeys(policy.require, by_policy)},
        attested=(attested or found.count_attested) if policy.count_attested is None else policy.count_attested,
    )


def overruled(fail_under: int | None, attested: bool, a: Assessment) -> list[str]:
    """What the policy leaves of the gates of the command line, one sentence each."""
    if a.policy is None:
        return []
    said = []
    if fail_under is not None and a.policy.fail_under not in (None, fail_under):
        said.append(f"--fail-under {fail_under} is overruled by the policy {a.policy.name}: {a.policy.fail_under}")
    if attested and a.policy.count_attested is False:
        said.append(f"--count-attested is overruled by the policy {a.policy.name}")
    return said


def failures(a: Assessment, gates: Gates) -> list[str]:
    """Why the gates fail, one sentence each with the id of its verdict; empty when they hold."""
    reasons = []
    level = a.attested_level if gates.attested else a.level
    if gates.fail_under is not None and level < gates.fail_under:
        under = f"{level_used(a, gates)} is under {gates.fail_under}{_by('fail-under', gates.fail_under_by)}"
        reasons.append(f"{under} [{verdict_name(a.model, 'level')}]")
    by_id = {p.id: p for p in a.practices}
    vouched = attested_practices(a) if gates.attested else {}
    for practice in dict.fromkeys(gates.require):
        found = by_id.get(practice)
        if (found is None or not found.present) and practice not in vouched:
            state = "unknown" if found is not None and found.present is None else "absent"
            why = f": {found.why.rstrip('.')}" if found and found.why else ""
            by = _by("require", gates.require_by.get(practice, ""))
            reasons.append(f"practice {practice} is {state}{why}{by} [{verdict_name(a.model, practice)}]")
    return reasons


def level_used(a: Assessment, gates: Gates) -> str:
    """The level that a gate uses, and which one that is where people vouched for something."""
    if gates.attested:
        name = level_names(a).get(a.attested_level, "")
        return f"attested level {a.attested_level} {name} (evidence alone: {a.level})"
    could_be = f" (could be {a.could_be})" if a.could_be > a.level else ""
    words = f"level {a.level} {a.level_name}{could_be}"
    if a.attested_level == a.level:
        return words
    return f"{words} by evidence alone (attested: {a.attested_level}, which --count-attested would use)"


def holding(a: Assessment, gates: Gates) -> str:
    """What to say of gates that hold only because of what people vouched for; "" for others."""
    alone = replace(gates, attested=False)
    if not gates.attested or not failures(a, alone):
        return ""
    used = [level_used(a, gates)] if gates.fail_under is not None and a.level < gates.fail_under else []
    vouched = attested_practices(a)
    used += [f"{p} by {vouched[p]}" for p in gates.require if p in vouched]
    return f"gate holds with what people vouched for: {', '.join(used)}"


def attested_practices(a: Assessment) -> dict[str, str]:
    """Practice -> a criterion that asks for it and is attested."""
    criteria = [c for level in a.levels for c in level.criteria if c.status is Status.ATTESTED]
    return {need: c.id for c in reversed(criteria) for need in c.needs}


def _by(key: str, source: str) -> str:
    return f" ({key} of {source})" if source else ""


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
