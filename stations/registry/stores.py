"""The two stores a registry may stand in: a SQLite file, or a PostgreSQL database.

Both give the same promises: a writer at a time, so that revisions rise without
gaps and in the order of their commits; what was acknowledged is on the disk; a
reader sees one state of the whole.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from stations.errors import RegistryError
from stations.registry.faults import told_of_file

WAL_IS_SOUND = (3, 51, 3)
"""SQLite from 3.7.0 to 3.51.2 can damage a database in WAL mode when several connections write."""

WRITERS_LOCK = 0x59697A68616E
"""Key of the advisory lock that writers of a PostgreSQL registry take in turn: "Yizhan"."""

LONGEST_STATEMENT_S = 120.0
"""No statement on PostgreSQL takes so long unless something is wrong; a large batch is written in many."""

LONGEST_PAUSE_S = 900.0
"""After so long without a word from a writer the server takes it for gone, and lets the next one write."""

POOL, MORE = 4, 8
"""Connections to PostgreSQL that a process keeps, and how many more it may open for a while."""

WORTH_COPYING = 50
"""From so many rows on, PostgreSQL takes them quicker as a stream than one by one."""


@dataclass(frozen=True)
class Store:
    """A place for a registry, open. Threads may share it.

    Attributes
    ----------
    name
        What messages call it: the file, or the database; never a path or a password.
    wait_s
        How long a writer waits for another, in seconds.
    """

    engine: sa.Engine
    name: str
    wait_s: float
    _within: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    @property
    def on_server(self) -> bool:
        """Whether this is PostgreSQL."""
        return self.engine.dialect.name == "postgresql"

    def told(self) -> AbstractContextManager[None]:
        """Turn what the database says into a `RegistryError`."""
        if not self.on_server:
            return told_of_file(self.name)
        from stations.registry.serverfaults import told_of_server

        return told_of_server(self.name)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Begin a transaction that sees one state of the whole, whatever is written meanwhile.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.on_server else {}
        with self._alone(), self.told(), self.engine.execution_options(**options).begin() as connection:
            if not self.on_server:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def writing(self, wait_s: float | None = None) -> Iterator[sa.Connection]:
        """Begin a transaction that alone may write; it is committed at the end, or nothing of it is.

        Parameters
        ----------
        wait_s
            How long to wait for another writer, in seconds, where not as long as the store's.

        Raises
        ------
        RegistryLockedError
            Another writer took longer.
        RegistryError
            The database cannot be written.
        """
        with self._alone(), self.told(), self.engine.begin() as connection:
            # A transaction that begins as a reader and then writes can deadlock with another that does the same.
            if self.on_server:
                if wait_s is not None:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(wait_s * 1000))}")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
            else:
                if wait_s is not None:  # of this connection, which is not used again
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(0, round(wait_s * 1000))}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """See that a thread is in one transaction at a time.

        On SQLite somebody who commits waits for all who read, and whoever begins to read waits for them: a thread that
        reads within a transaction of its own would wait for itself, and everybody for it, until the writer gives up.

        Raises
        ------
        RuntimeError
            The thread is in a transaction already: a fault of the program.
        """
        if getattr(self._within, "one", False):
            raise RuntimeError("A transaction was begun within a transaction of the same thread: end the other first.")
        self._within.one = True
        try:
            yield
        finally:
            self._within.one = False

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_store(url: str, wait_s: float, *, make: bool = True) -> Store:
    """Open the store that a URL names; what is in it is not looked at.

    Parameters
    ----------
    url
        ``sqlite:///registry.db``, with four slashes an absolute path, or
        ``postgresql://user:password@host/database``.
    wait_s
        How long to wait for another writer, in seconds.
    make
        Whether to make a SQLite file that is not there.

    Raises
    ------
    RegistryError
        Not the URL of a store, or a file that cannot be opened.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _file_store(Path(parsed.database or ""), wait_s, make=make)
    return _server_store(parsed, wait_s)


def lies_in(township: sa.ColumnElement[str], areas: Sequence[str]) -> sa.ColumnElement[bool]:
    """What holds for rows whose township lies in one of some areas: prefixes of its code, and everywhere for ``""``."""
    if "" in areas:
        return sa.true()
    return sa.or_(sa.false(), *(township.startswith(area, autoescape=True) for area in areas))


def insert_many(
    connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[object, ...]], *, upsert: str = ""
) -> None:
    """Add rows to a table; quick for one row as for many thousands.

    Parameters
    ----------
    rows
        Values in the order of the table's columns.
    upsert
        Column whose value tells which row to put in another's place; empty to only add.
    """
    if not rows:
        return
    names = [column.name for column in table.columns]
    told = ", ".join(names)
    then = ""
    if upsert:
        others = ", ".join(f"{name} = excluded.{name}" for name in names if name != upsert)
        then = f" ON CONFLICT ({upsert}) DO UPDATE SET {others}"
    on_server = connection.dialect.name == "postgresql"
    # In the statements below stand only names of our own tables; what comes from outside is in the rows.
    if not on_server or len(rows) < WORTH_COPYING:
        marks = ", ".join(["%s" if on_server else "?"] * len(names))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({told}) VALUES ({marks}){then}", list(rows))  # noqa: S608
    elif not upsert:
        _copy(connection, table.name, told, rows)
    else:
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE incoming (LIKE {table.name}) ON COMMIT DROP")
        _copy(connection, "incoming", told, rows)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({told}) SELECT {told} FROM incoming{then}")  # noqa: S608
        connection.exec_driver_sql("DROP TABLE incoming")


def _copy(connection: sa.Connection, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    driver: Any = connection.connection.driver_connection  # psycopg's, as the dialect says
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def journal_mode(version: tuple[int, ...]) -> str:
    """The journal that a version of SQLite keeps safely while several connections write."""
    return "WAL" if version >= WAL_IS_SOUND else "DELETE"


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
        backend = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        # What cannot be parsed may hold a password anywhere.
        raise RegistryError(
            "“{url}” is not the URL of a registry. Write it like sqlite:///registry.db or "
            "postgresql://user:password@host/database.",
            url=url if url.isalnum() else url.partition(":")[0] + ":…",
        ) from None
    if backend in {"postgresql", "postgres"} and parsed.database:
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    raise RegistryError(
        "A registry stands in a SQLite file or a PostgreSQL database, and {kind} names neither. Write its URL like "
        "sqlite:///registry.db or postgresql://user:password@host/database.",
        kind=parsed.render_as_string(hide_password=True),
    )


def _file_store(path: Path, wait_s: float, *, make: bool) -> Store:
    if not path.parent.is_dir():
        raise RegistryError(
            "There is no folder for the registry {name}. Make the folder, or set YIZHAN_DATABASE to another place.",
            name=path.name,
        )
    if make:
        with told_of_file(path.name):
            _connector(path, wait_s, "rwc")().close()
    elif not path.exists():
        raise RegistryError("There is no registry {name}. Set YIZHAN_DATABASE to the one you mean.", name=path.name)
    engine = sa.create_engine("sqlite://", creator=_connector(path, wait_s, "rw"), poolclass=NullPool)
    return Store(engine, path.name, wait_s)


def _connector(path: Path, wait_s: float, mode: str) -> Callable[[], sqlite3.Connection]:
    def open_file() -> sqlite3.Connection:
        uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
        # The driver's own transactions begin late and as readers; with None there are none but those of `Store`.
        connection = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA journal_mode = {journal_mode(sqlite3.sqlite_version_info)}").close()
            connection.execute("PRAGMA synchronous = FULL").close()
            connection.execute("PRAGMA foreign_keys = ON").close()
            # A big transaction that spills would shut readers out long before it commits.
            connection.execute("PRAGMA cache_spill = OFF").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    return open_file


def _server_store(url: sa.URL, wait_s: float) -> Store:
    arguments = {
        "application_name": "yizhan",
        "client_encoding": "utf8",
        "connect_timeout": max(2, math.ceil(wait_s)),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "prepare_threshold": None,  # a pooler between us and the server may not know prepared statements
    }
    engine = sa.create_engine(
        url,
        pool_size=POOL,
        max_overflow=MORE,
        pool_timeout=max(wait_s, 1.0),
        pool_pre_ping=True,  # so that a server that was started anew is met with new connections
        hide_parameters=True,
        connect_args={name: value for name, value in arguments.items() if name not in url.query},
    )
    settings = {
        "lock_timeout": max(1, round(wait_s * 1000)),
        "statement_timeout": round(max(LONGEST_STATEMENT_S, wait_s) * 1000),
        "idle_in_transaction_session_timeout": round(LONGEST_PAUSE_S * 1000),
        # What is asked here reads one table, or a few rows: other processes take longer to start than to answer.
        "max_parallel_workers_per_gather": 0,
    }
    statement = "; ".join(f"SET {name} = {value}" for name, value in settings.items())

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        # What was acknowledged is on the disk, whatever the server does by default.
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        cursor.close()
        connection.commit()

    return Store(engine, url.database or "", wait_s)
