"""Rows of the store as the words of a fleet, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from mlscan.types.fleet import Cause, FleetRepository, LastFailure, Point

_SEPARATOR = ","


def joined(words: tuple[str, ...]) -> str:
    """Ids as one text, which a dashboard can show and search."""
    return _SEPARATOR.join(words)


def split(text: str) -> tuple[str, ...]:
    """What `joined` was given."""
    return tuple(text.split(_SEPARATOR)) if text else ()


def iso(moment: datetime) -> str:
    """The moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def columns_of(repository: FleetRepository) -> dict[str, object]:
    """The columns of `fleet_repositories` that a listing gives."""
    return {
        "identity": repository.identity,
        "name": repository.name,
        "url": repository.url,
        "clone_url": repository.clone_url,
        "path": repository.path,
        "host": repository.host,
        "forge": repository.forge,
        "private": repository.private,
        "archived": repository.archived,
        "fork": repository.fork,
        "language": repository.language,
        "topics": joined(repository.topics),
        "default_branch": repository.default_branch,
        "pushed_at": repository.pushed_at,
    }


def repository_of(row: Row[Any]) -> FleetRepository:
    """The repository of a row of `fleet_repositories`."""
    found = row._mapping
    names = [name for name in FleetRepository.__dataclass_fields__ if name != "topics"]
    return FleetRepository(topics=split(found["topics"]), **{name: found[name] for name in names})


def failure_of(row: Row[Any]) -> LastFailure | None:
    """The newest failure of a row of `fleet_repositories`; None where the newest scan succeeded."""
    return None if row.failed_at is None else LastFailure(at=iso(row.failed_at), reason=row.failed_reason or "")


def point_of(row: Row[Any]) -> Point:
    """The verdict of a row of `fleet_verdicts`."""
    return Point(
        scan=row.id,
        run=row.run_id,
        at=iso(row.at),
        revision=row.revision,
        committed_on=row.committed_on,
        content_digest=row.content_digest,
        model=row.model,
        kind=row.kind,
        applicable=row.applicable,
        level=row.level,
        level_name=row.level_name,
        attested_level=row.attested_level,
        could_be=row.could_be,
        target=row.target,
        causes=tuple(Cause(word) for word in split(row.causes)),
    )
