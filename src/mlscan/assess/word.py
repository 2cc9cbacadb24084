"""What people said: which waivers and attestations count on a day, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mlscan.assess.truth import Truth
from mlscan.types.assessment import Standing, StatementResult, Status
from mlscan.types.settings import Attestation, Said

if TYPE_CHECKING:
    from mlscan.assess.verdict import State, Verdict


def counting(said: Iterable[Said], as_of: str, root: str) -> Mapping[tuple[bool, str], Said]:
    """(whether it waives, criterion) -> the first statement that counts on this day for this component."""
    found: dict[tuple[bool, str], Said] = {}
    for item in said:
        if item.accepted and _standing_of_day(item, as_of) is None and _about(item, root):
            found.setdefault((item.waives, item.statement.criterion), item)
    return found


def told(item: Said) -> str:
    """The statement in words, for the criterion that it is about."""
    s = item.statement
    link = f" ({s.link})" if isinstance(s, Attestation) and s.link else ""
    what = "waived" if item.waives else "attested"
    return f"{what} by {s.owner} until {s.expires.isoformat()}: {s.reason.strip().rstrip('.')}{link}"


def statement_results(verdicts: Iterable[Verdict], as_of: str) -> tuple[StatementResult, ...]:
    """What became of everything that was said, in its order.

    The verdicts are those of all components, or the one of the whole repository.
    """
    judged = list(verdicts)
    word = judged[0].facts.content.word
    return tuple(_result(item, judged, as_of, word.said[:n]) for n, item in enumerate(word.said))


def _result(item: Said, judged: list[Verdict], as_of: str, before: tuple[Said, ...]) -> StatementResult:
    s = item.statement
    concerned = [v for v in judged if _about(item, v.facts.root)]
    states = [x for v in concerned for x in v.states if x.ask.criterion.id == s.criterion]
    title = next((a.criterion.title for a in judged[0].facts.content.model.asks() if a.criterion.id == s.criterion), "")
    standing, why = _standing(item, states, as_of)
    twice = any(x.waives is item.waives and x.statement.criterion == s.criterion and _same(x, item) for x in before)
    if standing is Standing.COUNTS and twice:
        standing, why = Standing.UNUSED, "said twice"
    if not title:
        standing, why = Standing.UNUSED, "the model asks for nothing of that name"
    elif not concerned and item.accepted:
        standing, why = Standing.UNUSED, f"no ML project of this repository lies in {s.path}"
    return StatementResult(
        waives=item.waives,
        criterion=s.criterion,
        title=title,
        reason=s.reason.strip(),
        owner=s.owner.strip(),
        starts=s.starts.isoformat() if s.starts else None,
        expires=s.expires.isoformat(),
        path=s.path,
        link=s.link if isinstance(s, Attestation) else None,
        source=item.source,
        standing=standing,
        why=why,
    )


def _standing(item: Said, states: list[State], as_of: str) -> tuple[Standing, str]:
    of_day = _standing_of_day(item, as_of)
    if of_day is not None:
        return of_day, ""
    if not item.accepted:
        return Standing.REQUESTED, item.why
    used = Status.WAIVED if item.waives else Status.ATTESTED
    counted = [x for x in states if x.status is used]
    if item.waives and counted and all(x.outcome.truth is Truth.YES for x in counted):
        return Standing.NEEDLESS, "evidence shows it"
    if counted:
        return Standing.COUNTS, item.why
    statuses = {x.status for x in states}
    if Status.MET in statuses:
        return Standing.NEEDLESS, "evidence shows it"
    if Status.WAIVED in statuses:
        return Standing.UNUSED, "it is waived"
    if statuses:
        return Standing.UNUSED, f"it is {min(statuses).value.replace('-', ' ')} here"
    return (Standing.UNUSED if item.waives else Standing.COUNTS), "no file can show it, and no level counts it"


def _standing_of_day(item: Said, as_of: str) -> Standing | None:
    s = item.statement
    if s.expires.isoformat() < as_of:
        return Standing.EXPIRED
    if s.starts is not None and s.starts.isoformat() > as_of:
        return Standing.FUTURE
    return None


def _about(item: Said, root: str) -> bool:
    path = _folder(item)
    return not path or root == path or root.startswith(f"{path}/")


def _same(one: Said, other: Said) -> bool:
    return _folder(one) in ("", _folder(other)) and one.accepted


def _folder(item: Said) -> str:
    path = (item.statement.path or "").strip("/")
    return "" if path == "." else path
