"""Brings the tables of a store to this version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

VERSION_TABLE = "fleet_version"


class NewerStore(Exception):
    """The store was made by a version of mlscan that is newer than this one."""


def is_current(connection: Connection) -> bool:
    """Whether the tables are those of this version. Raises NewerStore."""
    found = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    steps = ScriptDirectory.from_config(_config())
    if found is not None and found not in {step.revision for step in steps.walk_revisions()}:
        raise NewerStore
    return found == steps.get_current_head()


def migrate(connection: Connection) -> None:
    """Runs the steps that are missing, inside the transaction of the connection; none where all have been run."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    # Interpolation of the option would read a percent sign of the folder's name.
    folder = str(Path(__file__).resolve().parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config
