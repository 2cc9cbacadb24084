"""The first tables and views of the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_REPOSITORY = "r.id AS repository_id, r.name, r.url, r.host, r.private, r.language, r.topics"
_VERDICT = (
    "v.id AS verdict_id, v.at, v.as_of, v.revision, v.committed_on, v.content_digest, v.mlscan_version, v.model,"
    " v.kind, v.applicable, v.level, v.level_name, v.attested_level, v.could_be, v.target, v.causes, v.missing"
)
_HERE = "r.gone_at IS NULL"
_VIEWS = {
    "fleet_newest": (
        f"SELECT {_REPOSITORY}, r.failed_at, r.failed_reason, {_VERDICT}"
        f" FROM fleet_repositories r LEFT JOIN fleet_verdicts v ON v.id = r.verdict_id WHERE {_HERE}"
    ),
    "fleet_newest_practices": (
        "SELECT r.id AS repository_id, r.name, v.kind, v.applicable, v.level, p.practice, p.present, p.strength"
        " FROM fleet_repositories r JOIN fleet_verdicts v ON v.id = r.verdict_id"
        f" JOIN fleet_practices p ON p.verdict_id = v.id WHERE {_HERE}"
    ),
    "fleet_newest_criteria": (
        "SELECT r.id AS repository_id, r.name, v.kind, v.applicable, v.level, c.criterion,"
        " c.level AS asked_at_level, c.status"
        " FROM fleet_repositories r JOIN fleet_verdicts v ON v.id = r.verdict_id"
        f" JOIN fleet_criteria c ON c.verdict_id = v.id WHERE {_HERE}"
    ),
    "fleet_history": (
        f"SELECT {_REPOSITORY}, r.gone_at, {_VERDICT}"
        " FROM fleet_verdicts v JOIN fleet_repositories r ON r.id = v.repository_id"
    ),
}


def upgrade() -> None:
    """Makes the tables, then the views."""
    for made in (_policies, _runs, _repositories, _attempts, _evidence, _verdicts, _practices, _criteria):
        made()
    for name, words in _VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {words}")


def downgrade() -> None:
    """There is nothing before this."""
    raise NotImplementedError


def _policies() -> None:
    op.create_table(
        "fleet_policies",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "fleet_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("listing", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("as_of", sa.Text, nullable=False),
        sa.Column("mlscan_version", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.Column("policy_digest", sa.Text, sa.ForeignKey("fleet_policies.digest")),
        sa.Column("listed", sa.Boolean, nullable=False),
        sa.Column("unlisted", sa.Integer, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
    )


def _repositories() -> None:
    op.create_table(
        "fleet_repositories",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("identity", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("clone_url", sa.Text),
        sa.Column("path", sa.Text),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("forge", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("fork", sa.Boolean, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("default_branch", sa.Text),
        sa.Column("pushed_at", sa.Text),
        sa.Column("listing", sa.Text, nullable=False),
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("first_at", _MOMENT, nullable=False),
        sa.Column("gone_at", _MOMENT),
        sa.Column("verdict_id", sa.Integer),
        sa.Column("failed_at", _MOMENT),
        sa.Column("failed_reason", sa.Text),
    )
    op.create_index("fleet_repositories_by_name", "fleet_repositories", ["name", "id"])


def _attempts() -> None:
    op.create_table(
        "fleet_attempts",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("fleet_runs.id"), primary_key=True),
        sa.Column("repository_id", sa.Integer, sa.ForeignKey("fleet_repositories.id"), primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("seconds", sa.Float),
        sa.Column("ended_at", _MOMENT),
        sa.Column("verdict_id", sa.Integer),
    )
    op.create_index("fleet_attempts_by_state", "fleet_attempts", ["run_id", "state", "repository_id"])


def _evidence() -> None:
    op.create_table(
        "fleet_evidence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repository_id", sa.Integer, sa.ForeignKey("fleet_repositories.id"), nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("look_key", sa.Text, nullable=False),
        sa.Column("detect_digest", sa.Text, nullable=False),
        sa.Column("history", sa.Text, nullable=False),
        sa.Column("said_digest", sa.Text, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("repository_id", "revision", "look_key", name="fleet_evidence_once"),
    )


def _verdicts() -> None:
    op.create_table(
        "fleet_verdicts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repository_id", sa.Integer, sa.ForeignKey("fleet_repositories.id"), nullable=False),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("fleet_runs.id"), nullable=False),
        sa.Column("evidence_id", sa.Integer, sa.ForeignKey("fleet_evidence.id"), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("as_of", sa.Text, nullable=False),
        sa.Column("changes_on", sa.Text),
        sa.Column("judge_key", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("committed_on", sa.Text),
        sa.Column("content_digest", sa.Text, nullable=False),
        sa.Column("mlscan_version", sa.Text, nullable=False),
        sa.Column("policy_digest", sa.Text, sa.ForeignKey("fleet_policies.digest")),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("applicable", sa.Boolean, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("level_name", sa.Text, nullable=False),
        sa.Column("attested_level", sa.Integer, nullable=False),
        sa.Column("could_be", sa.Integer, nullable=False),
        sa.Column("target", sa.Integer),
        sa.Column("causes", sa.Text, nullable=False),
        sa.Column("missing", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("run_id", "repository_id", name="fleet_verdicts_once"),
    )
    op.create_index("fleet_verdicts_of", "fleet_verdicts", ["repository_id", "id"])


def _practices() -> None:
    op.create_table(
        "fleet_practices",
        sa.Column("verdict_id", sa.Integer, sa.ForeignKey("fleet_verdicts.id"), primary_key=True),
        sa.Column("practice", sa.Text, primary_key=True),
        sa.Column("present", sa.Boolean),
        sa.Column("strength", sa.Text),
    )


def _criteria() -> None:
    op.create_table(
        "fleet_criteria",
        sa.Column("verdict_id", sa.Integer, sa.ForeignKey("fleet_verdicts.id"), primary_key=True),
        sa.Column("criterion", sa.Text, primary_key=True),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    )
