"""Lets Alembic run the steps over the connection that `mlscan.fleet.store.migrating` hands it."""

from __future__ import annotations

from alembic import context

from mlscan.fleet.store.migrating import VERSION_TABLE
from mlscan.fleet.store.tables import METADATA


def run() -> None:
    """All steps in one transaction: a store is never left between two versions."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=METADATA, version_table=VERSION_TABLE, transactional_ddl=True
    )
    context.run_migrations()


run()
