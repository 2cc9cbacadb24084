"""The store of a fleet: every scan with its evidence, in a file of SQLite or in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy import URL, Connection, Engine, RowMapping

from mlscan.fleet.store import reading, writing
from mlscan.fleet.store.assessments import unpacked
from mlscan.fleet.store.engine import SQLITE, StoreError, connect, only_writer, shown, told, url_of
from mlscan.fleet.store.migrating import NewerStore, is_current, migrate
from mlscan.fleet.store.records import AttemptState, Ended, Known, Run, RunPlan, RunState, Waiting
from mlscan.types.assessment import Assessment
from mlscan.types.fleet import FleetRepository, Standing

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of the system's clock."""
    return datetime.now(UTC)


class Store:
    """Reads need nothing more; what is written goes through the one `Writer` of `writing`."""

    def __init__(self, engine: Engine, url: URL, clock: Clock) -> None:
        self._engine, self._url, self._clock = engine, url, clock

    @staticmethod
    def open(url: str, *, create: bool = False, clock: Clock = utc_now) -> Store:
        """The store at an address of SQLAlchemy or in a file, brought to this version's tables.

        create: makes the file where there is none. Raises StoreError (exit 2) for one that is missing, broken, newer
        than this version, or cannot be reached.
        """
        address = url_of(url)
        store = Store(connect(address, create=create), address, clock)
        try:
            store._migrate()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Lets go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Store:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    @property
    def name(self) -> str:
        """What messages call it: the name of the file, or the server without user and password."""
        return shown(self._url)

    def standings(self, *, gone: bool = False) -> Iterator[Standing]:
        """Where each repository stands, as of one moment; memory does not grow with their number.

        gone: also those that a later run of the same sources did not list any more.
        """
        with self._reads() as connection:
            yield from reading.standings(connection, gone=gone)

    def assessment(self, scan: int) -> Assessment:
        """The whole verdict of that number (`Point.scan`). Raises KeyError where there is none.

        Raises ValueError for one that another version wrote in a form which this one does not read.
        """
        with self._reads() as connection:
            found = reading.assessment_data(connection, scan)
        if found is None:
            raise KeyError(scan)
        return unpacked(found[0])

    def counts(self, run: int) -> dict[AttemptState, int]:
        """How many repositories of a run are in each state."""
        with self._reads() as connection:
            return reading.counts(connection, run)

    def waiting(self, run: int, *, after: int = 0, limit: int = 100) -> list[Waiting]:
        """Repositories that a run has still to do, behind the one of that number."""
        with self._reads() as connection:
            return reading.waiting(connection, run, after, limit)

    def known(self, repository: int) -> Known | None:
        """The newest verdict on a repository; None where there is none."""
        with self._reads() as connection:
            return reading.known(connection, repository)

    def evidence(self, number: int) -> bytes:
        """What was seen, see `mlscan.scan.seen.Seen.decoded`."""
        with self._reads() as connection:
            return reading.evidence_data(connection, number)

    def last_run(self) -> tuple[int, str] | None:
        """Number of the newest run of any kind (`Point.run`) and when it began, as in `Point.at`."""
        with self._reads() as connection:
            return reading.last_run(connection)

    def moves(self, run: int) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
        """(name, level before, level now, causes) of each repository whose level a run moved."""
        with self._reads() as connection:
            yield from reading.moves(connection, run)

    def columns(self, view: str) -> list[str]:
        """The names of the columns of a view. Raises KeyError for a view that does not exist."""
        with self._reads() as connection:
            return reading.columns_of(connection, view)

    def rows(self, view: str) -> Iterator[RowMapping]:
        """The rows of a view, see docs/fleet-store.md. Raises KeyError for a view that does not exist."""
        with self._reads() as connection:
            yield from reading.rows_of(connection, view)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The one who may write until the end of the block. Raises StoreError where another process writes."""
        with told(self._url), only_writer(self._engine):
            yield Writer(self, self._engine, self._clock)

    @contextmanager
    def _reads(self) -> Iterator[Connection]:
        with told(self._url), self._engine.connect() as connection:
            level = {} if self._engine.dialect.name == SQLITE else {"isolation_level": "REPEATABLE READ"}
            yield connection.execution_options(**level)

    def _migrate(self) -> None:
        with told(self._url):
            with self._engine.connect() as connection:
                current = self._current(connection)
            if current:
                return
            with only_writer(self._engine), _writes(self._engine) as connection:
                if not self._current(connection):
                    migrate(connection)

    def _current(self, connection: Connection) -> bool:
        try:
            return is_current(connection)
        except NewerStore:
            raise StoreError(f"--store: {self.name} was made by a newer version of mlscan") from None


@contextmanager
def _writes(engine: Engine) -> Iterator[Connection]:
    """A connection with a transaction that is kept at the end of the block, or thrown away as a whole."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


class Writer:
    """Writes to a store; each call is one transaction, kept when the call returns."""

    def __init__(self, store: Store, engine: Engine, clock: Clock) -> None:
        self.store, self._engine, self._clock = store, engine, clock

    def begin(self, plan: RunPlan, *, fresh: bool = False) -> Run:
        """The run for a plan: one that was stopped less than a day ago and is taken up, or a new one.

        fresh: True takes up none.
        """
        with _writes(self._engine) as connection:
            return writing.begin(connection, plan, self._clock(), fresh=fresh)

    def enlist(self, run: int, listing: str, found: Sequence[FleetRepository]) -> int:
        """Adds repositories to a run; how many are new to it. Those that are there already stay as they are in it."""
        with _writes(self._engine) as connection:
            return writing.enlist(connection, run, listing, found, self._clock())

    def enlist_judged(self, run: int) -> None:
        """Adds every repository that has a verdict to a run, and closes its list."""
        with _writes(self._engine) as connection:
            writing.enlist_judged(connection, run)

    def listed(self, run: int, unlisted: int = 0) -> None:
        """Closes the list of a run; so many sources could not be listed, wholly or in part."""
        with _writes(self._engine) as connection:
            writing.listed(connection, run, unlisted)

    def record(self, run: int, repository: int, ended: Ended) -> bool:
        """Keeps how a repository ended in a run; False where that is known already, and nothing changes."""
        with _writes(self._engine) as connection:
            return writing.record(connection, run, repository, ended)

    def finish(self, run: int, state: RunState) -> None:
        """Ends a run."""
        with _writes(self._engine) as connection:
            writing.finish(connection, run, state, self._clock())
