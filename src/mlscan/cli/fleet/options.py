"""Options that commands of `mlscan fleet` share."""

from __future__ import annotations

import click

DEFAULT_STORE = "mlscan-fleet.db"
"""In the current folder, where its owner sees it."""

STORE = click.option(
    "--store",
    envvar="MLSCAN_FLEET_STORE",
    default=DEFAULT_STORE,
    show_default=True,
    metavar="FILE|URL",
    help="SQLite file or address of PostgreSQL (or MLSCAN_FLEET_STORE).",
)
