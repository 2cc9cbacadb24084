"""What is written to the store. Each step is one transaction, and doing it twice is as good as doing it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, literal, select, update

from mlscan.fleet.store.records import (
    AttemptState,
    Ended,
    Judged,
    PolicyText,
    Run,
    RunKind,
    RunPlan,
    RunState,
)
from mlscan.fleet.store.rows import columns_of, joined
from mlscan.fleet.store.tables import ATTEMPTS, CRITERIA, EVIDENCE, POLICIES, PRACTICES, REPOSITORIES, RUNS, VERDICTS
from mlscan.types.fleet import FleetRepository

RESUMED_FOR = timedelta(days=1)
"""A run that was stopped longer ago is not taken up: what it had found may have changed."""
_R, _A, _U = REPOSITORIES.c, ATTEMPTS.c, RUNS.c


def begin(connection: Connection, plan: RunPlan, now: datetime, *, fresh: bool) -> Run:
    """The run for a plan: one that was stopped and is taken up, or a new one.

    fresh: True takes up none.
    """
    _keep(connection, plan.policy)
    open_runs = _U.state != RunState.FINISHED.value
    query = select(RUNS).where(_U.key == plan.key, open_runs, _U.started_at > now - RESUMED_FOR).order_by(_U.id.desc())
    row = None if fresh else connection.execute(query.limit(1)).first()
    # Whoever ran them is gone: only one process at a time holds the lock of the store.
    connection.execute(update(RUNS).where(_U.state == RunState.RUNNING.value).values(state=RunState.STOPPED.value))
    if row is not None:
        connection.execute(update(RUNS).where(_U.id == row.id).values(state=RunState.RUNNING.value, ended_at=None))
        return Run(id=row.id, as_of=row.as_of, resumed=True)
    made = RUNS.insert().values(
        kind=plan.kind.value,
        key=plan.key,
        listing=plan.listing,
        state=RunState.RUNNING.value,
        sources=plan.sources,
        as_of=plan.as_of,
        mlscan_version=plan.mlscan_version,
        content_digest=plan.content_digest,
        policy_digest=plan.policy.digest if plan.policy else None,
        listed=False,
        unlisted=0,
        started_at=now,
    )
    return Run(id=_number(connection.execute(made).inserted_primary_key), as_of=plan.as_of, resumed=False)


def enlist(connection: Connection, run: int, listing: str, found: Sequence[FleetRepository], now: datetime) -> int:
    """Adds repositories to a run, and what is known of them to the store; how many are new to the run."""
    new = 0
    rows = connection.execute(select(_R.identity, _R.id).where(_R.identity.in_([r.identity for r in found])))
    ids: dict[str, int] = {row.identity: row.id for row in rows}
    for repository in found:
        values = {**columns_of(repository), "listing": listing, "run_id": run, "gone_at": None}
        number = ids.get(repository.identity)
        if number is None:
            made = connection.execute(REPOSITORIES.insert().values(**values, first_at=now))
            number = ids[repository.identity] = _number(made.inserted_primary_key)
        else:
            connection.execute(update(REPOSITORIES).where(_R.id == number).values(**values))
        new += _enlist_one(connection, run, number)
    return new


def _enlist_one(connection: Connection, run: int, repository: int) -> bool:
    there = select(_A.run_id).where(_A.run_id == run, _A.repository_id == repository)
    if connection.execute(there).first() is not None:
        return False
    values = {"run_id": run, "repository_id": repository, "state": AttemptState.WAITING.value}
    connection.execute(ATTEMPTS.insert().values(values))
    return True


def enlist_judged(connection: Connection, run: int) -> None:
    """Adds every repository that has a verdict to a run, and closes its list."""
    done = select(_A.repository_id).where(_A.run_id == run)
    found = select(literal(run), _R.id, literal(AttemptState.WAITING.value)).where(
        _R.verdict_id.is_not(None), _R.gone_at.is_(None), _R.id.not_in(done)
    )
    connection.execute(ATTEMPTS.insert().from_select(["run_id", "repository_id", "state"], found))
    listed(connection, run, 0)


def listed(connection: Connection, run: int, unlisted: int) -> None:
    """Closes the list of a run; `unlisted` sources could not be listed."""
    connection.execute(update(RUNS).where(_U.id == run).values(listed=True, unlisted=unlisted))


def record(connection: Connection, run: int, repository: int, ended: Ended) -> bool:
    """Keeps how a repository ended in a run; False, and nothing is written, where that is known already."""
    query = select(_A.state).where(_A.run_id == run, _A.repository_id == repository)
    if connection.execute(query).scalar() != AttemptState.WAITING.value:
        return False
    verdict = _judged(connection, run, repository, ended) if ended.judged is not None else None
    failed: dict[str, object] = {
        "failed_at": ended.at if ended.reason is not None else None,
        "failed_reason": ended.reason,
    }
    if verdict is not None:
        failed["verdict_id"] = verdict
    connection.execute(update(REPOSITORIES).where(_R.id == repository).values(**failed))
    connection.execute(
        update(ATTEMPTS)
        .where(_A.run_id == run, _A.repository_id == repository)
        .values(
            state=ended.state.value,
            reason=ended.reason,
            seconds=ended.seconds,
            ended_at=ended.at,
            verdict_id=verdict,
        )
    )
    return True


def _judged(connection: Connection, run: int, repository: int, ended: Ended) -> int:
    """Number of the new verdict."""
    judged = ended.judged
    assert judged is not None
    evidence = _evidence(connection, repository, judged, ended.at)
    keys = {"repository_id": repository, "run_id": run, "evidence_id": evidence, "at": ended.at}
    made = connection.execute(VERDICTS.insert().values(**keys, **_verdict(judged)))
    verdict = _number(made.inserted_primary_key)
    practices = [
        {"verdict_id": verdict, "practice": name, "present": present, "strength": strength}
        for name, (present, strength) in judged.practices.items()
    ]
    criteria = [
        {"verdict_id": verdict, "criterion": name, "level": at, "status": status}
        for name, (at, status) in judged.criteria.items()
    ]
    for of, rows in ((PRACTICES, practices), (CRITERIA, criteria)):
        if rows:
            connection.execute(of.insert(), rows)
    return verdict


def _verdict(judged: Judged) -> dict[str, object]:
    """The columns of `fleet_verdicts` that judging gives."""
    names = ("as_of", "changes_on", "judge_key", "revision", "committed_on", "content_digest", "mlscan_version")
    plain = (*names, "policy_digest", "level_name", "target", "data")
    mark = dict(zip(("model", "kind", "applicable", "level", "attested_level", "could_be"), judged.mark, strict=True))
    causes = joined(tuple(cause.value for cause in judged.causes))
    given = {name: getattr(judged, name) for name in plain}
    return {**given, **mark, "causes": causes, "missing": joined(judged.missing)}


def _evidence(connection: Connection, repository: int, judged: Judged, now: datetime) -> int:
    """Number of the evidence that a verdict stands on, kept once for each revision and way of looking."""
    look, e = judged.look, EVIDENCE.c
    if look is None:
        before = select(VERDICTS.c.evidence_id).join(REPOSITORIES, _R.verdict_id == VERDICTS.c.id)
        return int(connection.execute(before.where(_R.id == repository)).scalar_one())
    query = select(e.id).where(
        e.repository_id == repository, e.revision == judged.revision, e.look_key == look.look_key
    )
    values = {
        "detect_digest": look.detect_digest,
        "history": look.history,
        "said_digest": look.said_digest,
        "seen_at": now,
        "data": look.data,
    }
    found = connection.execute(query).scalar()
    if found is not None:
        connection.execute(update(EVIDENCE).where(e.id == found).values(**values))
        return int(found)
    keys = {"repository_id": repository, "revision": judged.revision, "look_key": look.look_key}
    return _number(connection.execute(EVIDENCE.insert().values(**keys, **values)).inserted_primary_key)


def finish(connection: Connection, run: int, state: RunState, now: datetime) -> None:
    """Ends a run. Where it listed all of its sources, what they no longer hold is gone from then on."""
    connection.execute(update(RUNS).where(_U.id == run).values(state=state.value, ended_at=now))
    row = connection.execute(select(RUNS).where(_U.id == run)).one()
    whole = state is RunState.FINISHED and row.kind == RunKind.SCAN.value and row.listed and row.unlisted == 0
    if whole:
        left = (_R.listing == row.listing, _R.run_id != run, _R.gone_at.is_(None))
        connection.execute(update(REPOSITORIES).where(*left).values(gone_at=now))


def _keep(connection: Connection, policy: PolicyText | None) -> None:
    if policy is None:
        return
    there = select(POLICIES.c.digest).where(POLICIES.c.digest == policy.digest)
    if connection.execute(there).first() is None:
        values = {"digest": policy.digest, "name": policy.name, "text": policy.data}
        connection.execute(POLICIES.insert().values(values))


def _number(key: object) -> int:
    """The number that the database gave to a new row."""
    first: int = key[0]  # type: ignore[index]
    return first
