"""The database behind a store: its address, its connections, and the lock that only one writer holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from mlscan.types.errors import UsageError

SQLITE, POSTGRES = "sqlite", "postgresql"
_LOCK = 7_105_901_131
"""Number of the advisory lock: any, as long as it stays the same."""
_PATIENCE = 15
"""Seconds that a dead writer's connection may take to go away."""
_BUSY = "another `mlscan fleet` is writing to this store"


class StoreError(UsageError):
    """The store cannot be opened, read or written: one line, without a password."""


def url_of(given: str) -> URL:
    """The address of a database, or of the SQLite file that a path names. Raises StoreError."""
    if "://" not in given:
        return URL.create(SQLITE, database=str(Path(given).absolute()))
    try:
        url = make_url(given)
    except ArgumentError:
        raise StoreError("--store: give a file, or an address such as postgresql://HOST/NAME") from None
    name = url.drivername.partition("+")[0]
    if name in (POSTGRES, "postgres"):
        return url.set(drivername=f"{POSTGRES}+psycopg")
    if name == SQLITE and url.database and url.database != ":memory:":
        return url.set(drivername=SQLITE, database=str(Path(url.database).absolute()))
    raise StoreError(f"--store: {name}: only files of SQLite and PostgreSQL can be used")


def shown(url: URL) -> str:
    """The address for messages: the name of a file, or a server without user and password."""
    if url.get_backend_name() == SQLITE:
        return Path(url.database or "").name
    return f"{POSTGRES}://{url.host or ''}/{url.database or ''}"


def connect(url: URL, *, create: bool) -> Engine:
    """An engine for the address. Raises StoreError where there is no such file and none is to be made."""
    if url.get_backend_name() != SQLITE:
        try:
            return create_engine(url, pool_pre_ping=True)
        except (ImportError, NoSuchModuleError):
            raise StoreError("PostgreSQL needs mlscan[postgres]: python -m pip install 'mlscan[postgres]'") from None
    _prepare(Path(url.database or ""), create=create)
    engine = create_engine(url, connect_args={"timeout": 60})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _prepare(path: Path, *, create: bool) -> None:
    """Makes the file, for its owner only: it holds lines of private repositories."""
    if path.is_file():
        return
    if not create:
        raise StoreError(f"--store: there is no {path.name} here; `mlscan fleet scan` makes it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(f"--store: {path.name}: {error.strerror or type(error).__name__}") from None


def _on_connect(connection: object, _record: object) -> None:
    # The driver's own transactions would leave out the steps that make tables.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for words in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {words}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turns what the database complains about into a StoreError of one line."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"--store: {shown(url)}: {_reason(error)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"--store: {shown(url)}: {type(error).__name__}") from error


def _reason(error: DBAPIError) -> str:
    """The first line of the complaint; that of a failed connection may name a user, never a password."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@contextmanager
def only_writer(engine: Engine) -> Iterator[None]:
    """Holds the lock of the store; it is let go when this process ends, however it ends. Raises StoreError."""
    held = _file_lock(Path(f"{engine.url.database}.lock")) if engine.dialect.name == SQLITE else _server_lock(engine)
    with held:
        yield


@contextmanager
def _server_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{_PATIENCE}s'"))
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == "55P03":
                raise StoreError(f"--store: {_BUSY}") from None
            raise
        try:
            yield
        finally:
            with suppress(DBAPIError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"--store: {path.name}: {error.strerror or type(error).__name__}") from None
    try:
        try:
            _take(handle)
        except OSError:
            raise StoreError(f"--store: {_BUSY}") from None
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> None:
    """Locks a file until it is closed. Raises OSError where somebody holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
