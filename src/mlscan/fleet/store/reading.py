"""What the store tells: standings, evidence, tables; never more than a few hundred repositories at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnClause, Connection, RowMapping, column, func, select, table, text

from mlscan.fleet.store.records import AttemptState, Known, PolicyText, Waiting
from mlscan.fleet.store.rows import failure_of, iso, point_of, repository_of, split
from mlscan.fleet.store.tables import (
    ATTEMPTS,
    EVIDENCE,
    POLICIES,
    PRACTICES,
    REPOSITORIES,
    RUNS,
    VERDICTS,
    VIEW_TYPES,
    VIEWS,
)
from mlscan.types.fleet import Standing

BATCH = 200
"""Repositories that are read at once."""
_POINT = [c for c in VERDICTS.c if c.name not in ("data", "missing")]
_R, _V, _E, _A = REPOSITORIES.c, VERDICTS.c, EVIDENCE.c, ATTEMPTS.c


def standings(connection: Connection, *, gone: bool) -> Iterator[Standing]:
    """Every repository with its verdicts, in the order in which they were first listed."""
    last = 0
    while True:
        query = select(REPOSITORIES).where(_R.id > last).order_by(_R.id).limit(BATCH)
        rows = connection.execute(query if gone else query.where(_R.gone_at.is_(None))).all()
        if not rows:
            return
        yield from _standings(connection, rows)
        last = rows[-1].id


def _standings(connection: Connection, rows: Sequence[Any]) -> Iterator[Standing]:
    ids, newest = [row.id for row in rows], [row.verdict_id for row in rows if row.verdict_id is not None]
    points: dict[int, list[Any]] = {}
    for row in connection.execute(select(*_POINT).where(_V.repository_id.in_(ids)).order_by(_V.id)):
        points.setdefault(row.repository_id, []).append(point_of(row))
    practices: dict[int, dict[str, bool | None]] = {}
    query = select(PRACTICES).where(PRACTICES.c.verdict_id.in_(newest)).order_by(PRACTICES.c.practice)
    for row in connection.execute(query):
        practices.setdefault(row.verdict_id, {})[row.practice] = row.present
    found = connection.execute(select(_V.id, _V.missing).where(_V.id.in_(newest)))
    missing: dict[int, str] = {row.id: row.missing for row in found}
    for row in rows:
        yield Standing(
            repository=repository_of(row),
            points=tuple(points.get(row.id, ())),
            failure=failure_of(row),
            practices=practices.get(row.verdict_id, {}),
            missing=split(missing.get(row.verdict_id, "")),
        )


def assessment_data(connection: Connection, verdict: int) -> tuple[bytes, bytes] | None:
    """(assessment, evidence) of a verdict, packed; None where there is no such verdict."""
    query = select(_V.data, _E.data).join(EVIDENCE, _E.id == _V.evidence_id).where(_V.id == verdict)
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])


def known(connection: Connection, repository: int) -> Known | None:
    """The newest verdict on a repository; None where there is none."""
    columns = [c for c in _POINT if c.name != "id"]
    query = (
        select(*columns, _E.look_key, _E.detect_digest, _E.said_digest, POLICIES.c.name, POLICIES.c.text)
        .join(REPOSITORIES, _R.verdict_id == _V.id)
        .join(EVIDENCE, _E.id == _V.evidence_id)
        .outerjoin(POLICIES, POLICIES.c.digest == _V.policy_digest)
        .where(_R.id == repository)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    digest = row.policy_digest
    return Known(
        evidence=row.evidence_id,
        revision=row.revision,
        look_key=row.look_key,
        judge_key=row.judge_key,
        as_of=row.as_of,
        changes_on=row.changes_on,
        content_digest=row.content_digest,
        mlscan_version=row.mlscan_version,
        detect_digest=row.detect_digest,
        policy=None if digest is None else PolicyText(digest=digest, name=row.name, data=row.text),
        said_digest=row.said_digest,
        mark=(row.model, row.kind, row.applicable, row.level, row.attested_level, row.could_be),
    )


def evidence_data(connection: Connection, evidence: int) -> bytes:
    """Packed evidence by its number."""
    data: bytes = connection.execute(select(_E.data).where(_E.id == evidence)).scalar_one()
    return data


def waiting(connection: Connection, run: int, after: int, limit: int) -> list[Waiting]:
    """Repositories that a run has still to do, from behind a number on."""
    query = (
        select(REPOSITORIES)
        .join(ATTEMPTS, _A.repository_id == _R.id)
        .where(_A.run_id == run, _A.state == AttemptState.WAITING.value, _R.id > after)
        .order_by(_R.id)
        .limit(limit)
    )
    return [Waiting(row.id, repository_of(row)) for row in connection.execute(query)]


def counts(connection: Connection, run: int) -> dict[AttemptState, int]:
    """How many repositories of a run are in each state."""
    query = select(_A.state, func.count()).where(_A.run_id == run).group_by(_A.state)
    found = {AttemptState(state): count for state, count in connection.execute(query)}
    return {state: found.get(state, 0) for state in AttemptState}


def last_run(connection: Connection) -> tuple[int, str] | None:
    """Number of the newest run of any kind and when it began; None where there was none."""
    row = connection.execute(select(RUNS.c.id, RUNS.c.started_at).order_by(RUNS.c.id.desc()).limit(1)).first()
    return (row.id, iso(row.started_at)) if row is not None else None


def moves(connection: Connection, run: int) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """(name, level before, level now, causes) of each repository that a run moved, from what it was to what it is."""
    before = VERDICTS.alias()
    earlier = (
        select(func.max(before.c.id))
        .where(before.c.repository_id == _V.repository_id, before.c.id < _V.id)
        .scalar_subquery()
        .correlate(VERDICTS)
    )
    old = VERDICTS.alias()
    query = (
        select(_R.name, old.c.level, _V.level, _V.causes)
        .join(REPOSITORIES, _R.id == _V.repository_id)
        .join(old, old.c.id == earlier)
        .where(_V.run_id == run, _V.level != old.c.level)
        .order_by(_R.id)
    )
    with connection.execute(query.execution_options(yield_per=BATCH)) as result:
        for name, level, now, causes in result:
            yield name, level, now, split(causes)


def columns_of(connection: Connection, view: str) -> list[str]:
    """The names of the columns of a view. Raises KeyError for a view that does not exist."""
    if view not in VIEWS:
        raise KeyError(view)
    return list(connection.execute(select(text("*")).select_from(table(view)).limit(0)).keys())


def rows_of(connection: Connection, view: str) -> Iterator[RowMapping]:
    """The rows of a view, as mappings from column to value. Raises KeyError for a view that does not exist."""
    names = columns_of(connection, view)
    columns: list[ColumnClause[Any]] = [column(name, VIEW_TYPES.get(name)) for name in names]
    # Repositories come in their order, verdicts of one from the oldest to the newest, whatever the database prefers.
    order = [n for n in ("repository_id", "verdict_id", "practice", "criterion") if n in names]
    query = select(*columns).select_from(table(view)).order_by(*map(text, order))
    with connection.execute(query.execution_options(yield_per=BATCH)) as result:
        yield from result.mappings()
