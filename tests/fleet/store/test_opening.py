"""Opening a store: files, addresses, versions; what goes wrong is one line without a password."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from mlscan.fleet.store import Store, StoreError
from mlscan.fleet.store.engine import shown, url_of
from mlscan.fleet.store.migrating import VERSION_TABLE
from mlscan.fleet.store.tables import METADATA, VIEWS


def test_the_migrations_make_the_tables_that_the_code_uses(store_url: str) -> None:
    with Store.open(store_url, create=True) as store, store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, METADATA) == []
        for view in VIEWS:
            assert list(store.rows(view)) == []


def test_opening_again_changes_nothing(store_url: str) -> None:
    for _ in range(2):
        with Store.open(store_url, create=True) as store:
            assert list(store.standings()) == []


def test_a_store_of_a_newer_version_is_left_alone(store_url: str) -> None:
    with Store.open(store_url, create=True) as store, store._engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of mlscan"):
        Store.open(store_url)


def test_a_store_is_only_made_where_that_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no none\.db here; `mlscan fleet scan` makes it"):
        Store.open(str(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_store_is_for_its_owner(tmp_path: Path) -> None:
    Store.open(str(tmp_path / "new" / "fleet.db"), create=True).close()
    assert stat.S_IMODE((tmp_path / "new" / "fleet.db").stat().st_mode) == 0o600


def test_a_file_that_is_no_store_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<html>" * 100)
    with pytest.raises(StoreError, match=r"^--store: report\.html: file is not a database$"):
        Store.open(str(tmp_path / "report.html"))


def test_a_server_that_is_not_there_is_one_line_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(f"postgresql://me:secret@/fleet?host={tmp_path}")
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "http://host/"])
def test_other_databases_are_refused(address: str) -> None:
    with pytest.raises(StoreError, match="only files of SQLite and PostgreSQL"):
        url_of(address)


def test_addresses_are_shown_without_what_is_secret() -> None:
    assert shown(url_of("postgres://me:secret@db.example:5433/fleet")) == "postgresql://db.example/fleet"
    assert shown(url_of("/somewhere/fleet.db")) == "fleet.db"
