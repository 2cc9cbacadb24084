"""The tables of the store, as docs/fleet-store.md describes them. A change here needs a migration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: with a time zone where the database has such a type, without one in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the database takes it."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment with UTC as its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_FIRST, _LAST, _BASE = 0xDC80, 0xDCFF, 0x100000 + 0xFF80
_KEPT = {0: chr(0x10FF00), **{code: chr(code - _FIRST + _BASE) for code in range(_FIRST, _LAST + 1)}}
_GIVEN = {ord(kept): code for code, kept in _KEPT.items()}


class Words(TypeDecorator[str]):
    """Text of others; what no database takes (bytes that are no text, NUL) is kept as private characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as every database takes it."""
        return None if value is None else value.translate(_KEPT)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it was given."""
        return None if value is None else value.translate(_GIVEN)


METADATA = MetaData()

POLICIES = Table(
    "fleet_policies",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

RUNS = Table(
    "fleet_runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("listing", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sources", Words, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("mlscan_version", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("policy_digest", Text, ForeignKey("fleet_policies.digest")),
    Column("listed", Boolean, nullable=False),
    Column("unlisted", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

REPOSITORIES = Table(
    "fleet_repositories",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("identity", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("url", Words),
    Column("clone_url", Words),
    Column("path", Words),
    Column("host", Words, nullable=False),
    Column("forge", Text, nullable=False),
    Column("private", Boolean),
    Column("archived", Boolean, nullable=False),
    Column("fork", Boolean, nullable=False),
    Column("language", Words),
    Column("topics", Words, nullable=False),
    Column("default_branch", Words),
    Column("pushed_at", Words),
    Column("listing", Text, nullable=False),
    Column("run_id", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("gone_at", Moment),
    Column("verdict_id", Integer),
    Column("failed_at", Moment),
    Column("failed_reason", Words),
    Index("fleet_repositories_by_name", "name", "id"),
)

ATTEMPTS = Table(
    "fleet_attempts",
    METADATA,
    Column("run_id", Integer, ForeignKey("fleet_runs.id"), primary_key=True),
    Column("repository_id", Integer, ForeignKey("fleet_repositories.id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Words),
    Column("seconds", Float),
    Column("ended_at", Moment),
    Column("verdict_id", Integer),
    Index("fleet_attempts_by_state", "run_id", "state", "repository_id"),
)

EVIDENCE = Table(
    "fleet_evidence",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("repository_id", Integer, ForeignKey("fleet_repositories.id"), nullable=False),
    Column("revision", Text, nullable=False),
    Column("look_key", Text, nullable=False),
    Column("detect_digest", Text, nullable=False),
    Column("history", Text, nullable=False),
    Column("said_digest", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("repository_id", "revision", "look_key", name="fleet_evidence_once"),
)

VERDICTS = Table(
    "fleet_verdicts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("repository_id", Integer, ForeignKey("fleet_repositories.id"), nullable=False),
    Column("run_id", Integer, ForeignKey("fleet_runs.id"), nullable=False),
    Column("evidence_id", Integer, ForeignKey("fleet_evidence.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("changes_on", Text),
    Column("judge_key", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("committed_on", Text),
    Column("content_digest", Text, nullable=False),
    Column("mlscan_version", Text, nullable=False),
    Column("policy_digest", Text, ForeignKey("fleet_policies.digest")),
    Column("model", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("applicable", Boolean, nullable=False),
    Column("level", Integer, nullable=False),
    Column("level_name", Text, nullable=False),
    Column("attested_level", Integer, nullable=False),
    Column("could_be", Integer, nullable=False),
    Column("target", Integer),
    Column("causes", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("run_id", "repository_id", name="fleet_verdicts_once"),
    Index("fleet_verdicts_of", "repository_id", "id"),
)

PRACTICES = Table(
    "fleet_practices",
    METADATA,
    Column("verdict_id", Integer, ForeignKey("fleet_verdicts.id"), primary_key=True),
    Column("practice", Text, primary_key=True),
    Column("present", Boolean),
    Column("strength", Text),
)

CRITERIA = Table(
    "fleet_criteria",
    METADATA,
    Column("verdict_id", Integer, ForeignKey("fleet_verdicts.id"), primary_key=True),
    Column("criterion", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("status", Text, nullable=False),
)

VIEWS = ("fleet_newest", "fleet_newest_practices", "fleet_newest_criteria", "fleet_history")
"""Made by the migrations: what dashboards ask."""

VIEW_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(("at", "failed_at", "gone_at"), Moment()),
    **dict.fromkeys(("name", "url", "host", "language", "topics", "failed_reason"), Words()),
    **dict.fromkeys(("private", "applicable", "present"), Boolean()),
}
"""Columns of views whose values are more than texts and numbers; SQLite knows no types there."""
