"""Tables of the registry, and the SQLite file they stand in.

One log, `entry`, to which rows are only ever added, and `batch`, which says who
added them, when and from what. Everything else is read from these two.

The rollback journal is kept: SQLite 3.7.0 to 3.51.2 can damage a database in WAL
mode when several connections write, and readers here read the snapshot anyway.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from stations.errors import RegistryError, RegistryLockedError

SCHEMA_VERSION = 1

METADATA = sa.MetaData()

VERSION = sa.Table(
    "registry_schema",
    METADATA,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)

BATCH = sa.Table(
    "batch",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, comment="name of the file it came from, or empty"),
    sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of that file, or empty"),
    sa.Column("at", sa.Text, nullable=False, comment="ISO 8601, UTC"),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False, comment="how many entries"),
)

ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("action", sa.Text, sa.CheckConstraint("action IN ('put', 'retire')"), nullable=False),
    sa.Column("record", sa.Text, nullable=False, comment="JSON of the whole station, as of this revision"),
    sa.Column("batch", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
    sa.Index("entry_code", "code", "revision"),
)

for _verb in ("UPDATE", "DELETE"):
    sa.event.listen(
        ENTRY,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
            f"CREATE TRIGGER entry_no_{_verb.lower()} BEFORE {_verb} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END"
        ).execute_if(dialect="sqlite"),
    )

WRITES = "registry_writes"
"""Execution option of the engine that begins every transaction as a writer."""

FAULTS = MappingProxyType(
    {
        sqlite3.SQLITE_CANTOPEN: "The registry {name} cannot be opened. See that its folder is there and writable.",
        sqlite3.SQLITE_NOTADB: "{name} is not a registry, nor any SQLite database. Set YIZHAN_DATABASE to another.",
        sqlite3.SQLITE_CORRUPT: "The registry {name} is damaged. Put a backup in its place.",
        sqlite3.SQLITE_FULL: "The disk that holds the registry {name} is full. Make room; nothing was written.",
        sqlite3.SQLITE_READONLY: "The registry {name} may not be written by this user. Nothing was changed.",
        sqlite3.SQLITE_PERM: "The registry {name} may not be opened by this user.",
        sqlite3.SQLITE_IOERR: "The disk that holds the registry {name} fails. Nothing was changed.",
    }
)


@contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """Turn what the database says into a `RegistryError` that says what to do.

    Raises
    ------
    RegistryLockedError
        Another program keeps the database locked.
    RegistryError
        Anything else that is wrong with it.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF  # the rest says more than is needed
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise RegistryLockedError(
                "The registry {name} is kept locked by another program. Try again, or see what holds it.", name=name
            ) from error
        template = FAULTS.get(code, "The registry {name} cannot be used: {fault}.")
        raise RegistryError(template, name=name, fault=cause) from error


def sqlite_file(url: str) -> Path:
    """Path of the database file that a URL names.

    Raises
    ------
    RegistryError
        Not the URL of a SQLite file.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise RegistryError(
            "“{url}” is not the URL of a registry. Write it like sqlite:///registry.db.", url=url
        ) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise RegistryError(
            "A registry stands in a SQLite file, and {kind} names none. Write its URL like sqlite:///registry.db.",
            kind=parsed.render_as_string(hide_password=True),
        )
    return Path(parsed.database)


def connect(path: Path, wait_s: float) -> sa.Engine:
    """Make an engine on a file that exists.

    Parameters
    ----------
    wait_s
        How long to wait for another writer, in seconds.
    """
    engine = sa.create_engine("sqlite://", creator=_connector(path, wait_s, "rw"), poolclass=NullPool)

    # The driver's own transactions begin late and as readers; two would then deadlock on the way to writing.
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def prepare(path: Path, wait_s: float) -> sa.Engine:
    """Open the database of a registry, making it when there is none.

    Raises
    ------
    RegistryError
        No folder for it, another program's database, or another version's.
    """
    if not path.parent.is_dir():
        raise RegistryError(
            "There is no folder for the registry {name}. Make the folder, or set YIZHAN_DATABASE to another place.",
            name=path.name,
        )
    with told_plainly(path.name):
        _connector(path, wait_s, "rwc")().close()
        engine = connect(path, wait_s)
        with engine.begin() as connection:
            found = _version(connection, path.name)
        if found is None:
            with engine.execution_options(**{WRITES: True}).begin() as connection:
                found = _version(connection, path.name)  # another process may have been quicker
                if found is None:
                    METADATA.create_all(connection)
                    connection.execute(VERSION.insert(), {"version": SCHEMA_VERSION})
                    found = SCHEMA_VERSION
    if found != SCHEMA_VERSION:
        raise RegistryError(
            "The registry {name} has schema {found}; this program works with {wanted}. Use the version that made it.",
            name=path.name,
            found=found,
            wanted=SCHEMA_VERSION,
        )
    return engine


def _version(connection: sa.Connection, name: str) -> int | None:
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        return None
    if VERSION.name not in tables:
        raise RegistryError("{name} is another program's database. Set YIZHAN_DATABASE to another.", name=name)
    return connection.execute(sa.select(VERSION.c.version)).scalar_one()


def _connector(path: Path, wait_s: float, mode: str) -> Callable[[], sqlite3.Connection]:
    def open_file() -> sqlite3.Connection:
        uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = DELETE").close()
            connection.execute("PRAGMA synchronous = FULL").close()
            connection.execute("PRAGMA foreign_keys = ON").close()
            # A big transaction that spills would shut readers out long before it commits.
            connection.execute("PRAGMA cache_spill = OFF").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    return open_file
