"""From one schema of the registry to the next, by Alembic; `migrations` says how for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from stations.errors import RegistryError, SchemaError
from stations.registry.schema import METADATA, NEWEST, VERSION
from stations.registry.stores import Store, open_store

MIGRATIONS = Path(__file__).parent / "migrations"

BEFORE_ALEMBIC = "registry_schema"
"""Table that gave the version of the first schema, before there was a second."""

FIRST = "0001"

OF_POSTGIS = frozenset({"spatial_ref_sys", "layer", "topology"})
"""Tables that PostGIS brings, and that are nobody's data."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What came of an upgrade.

    Attributes
    ----------
    before, after
        The schema, like ``0001``; before is empty where there was nothing.
    """

    before: str
    after: str


def prepare(store: Store) -> None:
    """See that a store holds a registry of this program's schema, making one when it is empty.

    Raises
    ------
    SchemaError
        The registry has an older or a newer schema.
    RegistryError
        Another program's database, or one that cannot be used.
    """
    with store.reading() as connection:
        found = found_schema(connection, store.name)
    if found is None:
        with store.writing() as connection:
            found = found_schema(connection, store.name)  # another process may have been quicker
            if found is None:
                make(connection, store.name)
                found = NEWEST
    if found == NEWEST:
        return
    if found > NEWEST:
        raise SchemaError(
            "The registry {name} has schema {found}; this program works with {wanted}. Use the newer version of the "
            "program, that made it.",
            name=store.name,
            found=found,
            wanted=NEWEST,
        )
    raise SchemaError(
        "The registry {name} has the older schema {found}; this program works with {wanted}. Take a copy of it, then "
        "run: flask registry upgrade",
        name=store.name,
        found=found,
        wanted=NEWEST,
    )


def found_schema(connection: sa.Connection, name: str) -> str | None:
    """The schema that stands in a database; None when it is empty.

    Raises
    ------
    RegistryError
        Another program's database.
    """
    tables = set(sa.inspect(connection).get_table_names()) - OF_POSTGIS
    if not tables:
        return None
    if VERSION.name in tables and {"batch", "entry"} <= tables:
        return connection.execute(sa.select(VERSION.c.version_num)).scalar_one()
    if BEFORE_ALEMBIC in tables:
        return f"{connection.exec_driver_sql(f'SELECT version FROM {BEFORE_ALEMBIC}').scalar_one():04}"  # noqa: S608  a constant
    raise RegistryError("{name} is another program's database. Set YIZHAN_DATABASE to another.", name=name)


def make(connection: sa.Connection, name: str) -> None:
    """Make the tables of a new registry.

    Raises
    ------
    RegistryError
        A PostgreSQL database without PostGIS, or not in UTF-8.
    """
    ready_server(connection, name)
    METADATA.create_all(connection)
    connection.execute(VERSION.insert(), {"version_num": NEWEST})


def ready_server(connection: sa.Connection, name: str) -> None:
    """See that a PostgreSQL database can hold a registry; nothing to do on SQLite.

    Raises
    ------
    RegistryError
        Without PostGIS, or not in UTF-8.
    """
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise RegistryError(
            "The database {name} is kept in {encoding}, which cannot hold every name. Make it anew: "
            "createdb --encoding UTF8 --template template0 {name}.",
            name=name,
            encoding=encoding,
        )
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    except sa.exc.DBAPIError as error:
        raise RegistryError(
            "The database {name} has no PostGIS, and this user cannot add it ({fault}). Install PostGIS on the server "
            "if it is not there (on Debian: apt install postgresql-postgis), then let a superuser run: "
            'psql -d {name} -c "CREATE EXTENSION postgis"',
            name=name,
            fault=str(error.orig).strip().splitlines()[0],
        ) from error


def upgrade(url: str, wait_s: float) -> Upgrade:
    """Bring a registry to this program's schema in one transaction; an empty place gets a new registry.

    Raises
    ------
    SchemaError
        A newer schema than this program knows.
    RegistryError
        Another program's database, or one that cannot be used. Nothing was changed.
    """
    from alembic.command import stamp
    from alembic.command import upgrade as run
    from alembic.config import Config

    store = open_store(url, wait_s)
    try:
        with store.writing() as connection:
            before = found_schema(connection, store.name)
            if before is not None and before < NEWEST:
                # A log of years is written anew: it may take its time, and need not fit into the memory.
                unbound = "SET LOCAL statement_timeout = 0" if store.on_server else "PRAGMA cache_spill = ON"
                connection.exec_driver_sql(unbound)
                ready_server(connection, store.name)
                config = Config(attributes={"connection": connection})
                config.set_main_option("script_location", str(MIGRATIONS))
                if VERSION.name not in sa.inspect(connection).get_table_names():
                    stamp(config, before)
                run(config, NEWEST)
        prepare(store)
    finally:
        store.close()
    return Upgrade(before or "", NEWEST)
