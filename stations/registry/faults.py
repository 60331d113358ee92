"""What a database says when something is wrong with it, told so that a person can act on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import psycopg
import sqlalchemy as sa

from stations.errors import RegistryAwayError, RegistryError, RegistryLockedError

LOCKED = "The registry {name} is kept locked by another program. Try again, or see what holds it."
FULL = "The disk that holds the registry {name} is full. Make room; nothing was written."
FAILS = "The disk that holds the registry {name} fails. Nothing was changed."
DAMAGED = "The registry {name} is damaged. Put a backup in its place."

SQLITE_FAULTS = MappingProxyType(
    {
        sqlite3.SQLITE_CANTOPEN: "The registry {name} cannot be opened. See that its folder is there and writable.",
        sqlite3.SQLITE_NOTADB: "{name} is not a registry, nor any SQLite database. Set YIZHAN_DATABASE to another.",
        sqlite3.SQLITE_CORRUPT: DAMAGED,
        sqlite3.SQLITE_FULL: FULL,
        sqlite3.SQLITE_READONLY: "The registry {name} may not be written by this user. Nothing was changed.",
        sqlite3.SQLITE_PERM: "The registry {name} may not be opened by this user.",
        sqlite3.SQLITE_IOERR: FAILS,
    }
)
"""By primary result code of SQLite."""

AWAY = (
    "The PostgreSQL server of the registry {name} does not answer. See that it runs and can be reached, then try "
    "again: what was being written is there as a whole or not at all."
)
SERVER_FAULTS = MappingProxyType(
    {
        "25006": "The PostgreSQL server of the registry {name} takes no writing now; it may be a standby. Nothing was "
        "changed.",
        "28000": "The PostgreSQL server does not let this user into the registry {name}. See the user in the URL, and "
        "pg_hba.conf on the server.",
        "28P01": "The PostgreSQL server does not take this user's password for the registry {name}. Correct the URL.",
        "3D000": "There is no database {name} on the PostgreSQL server. Make one: createdb {name}.",
        "42501": "The user in the URL may not do this in the registry {name}: {fault}. Let the owner of the database "
        "grant it.",
        "53100": FULL,
        "53200": "The PostgreSQL server of the registry {name} is out of memory. Nothing was written.",
        "53300": "The PostgreSQL server of the registry {name} has no connection free. Try again, or raise its "
        "max_connections.",
        "55P03": LOCKED,
        "57014": "The PostgreSQL server took too long over the registry {name} and was stopped. Nothing was changed; "
        "try again.",
        "58030": FAILS,
        "XX001": DAMAGED,
        "XX002": DAMAGED,
    }
)
"""By SQLSTATE."""

LOCKED_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57014"})
"""SQLSTATEs that another try may well not meet."""

AWAY_STATES = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03"})
"""SQLSTATEs of a server that stops, starts, or has let go of us."""

SAID_BEFORE_THE_DOOR = (
    ("password", "28P01"),
    ("pg_hba.conf", "28000"),
    ('role "', "28000"),
    ('database "', "3D000"),
    ("too many clients", "53300"),
    ("connection slots", "53300"),
    ("starting up", "57P03"),
    ("shutting down", "57P03"),
    ("recovery mode", "57P03"),
)
"""Words by which a refused connection is known; the driver gives no SQLSTATE then. Only an English server says these;
what another says is told as it stands."""


@contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """Turn what the database says into a `RegistryError` that says what to do.

    Raises
    ------
    RegistryLockedError
        Another program keeps the database locked, or busy.
    RegistryAwayError
        The server does not answer.
    RegistryError
        Anything else that is wrong with it.
    """
    try:
        yield
    except sa.exc.TimeoutError as error:  # the pool's: every connection is in use
        raise RegistryLockedError(LOCKED, name=name) from error
    except (sa.exc.DBAPIError, sqlite3.Error, psycopg.Error) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if isinstance(cause, psycopg.Error):
            lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
            raise _of_server(cause, name, lost=lost) from error
        raise _of_file(cause, name) from error


def _of_file(cause: BaseException | None, name: str) -> RegistryError:
    code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF  # the rest says more than is needed
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return RegistryLockedError(LOCKED, name=name)
    template = SQLITE_FAULTS.get(code, "The registry {name} cannot be used: {fault}.")
    return RegistryError(template, name=name, fault=cause)


def _of_server(cause: psycopg.Error, name: str, *, lost: bool) -> RegistryError:
    state, said = cause.sqlstate, str(cause)
    refused = state is None and "FATAL:" in said
    if refused:
        state = next((known for words, known in SAID_BEFORE_THE_DOOR if words in said), None)
    if state in AWAY_STATES or (state or "").startswith("08"):
        return RegistryAwayError(AWAY, name=name)
    if state is None and isinstance(cause, psycopg.OperationalError) and not refused:
        return RegistryAwayError(AWAY, name=name)
    if lost and state is None:
        return RegistryAwayError(AWAY, name=name)
    kind = RegistryLockedError if state in LOCKED_STATES else RegistryError
    template = SERVER_FAULTS.get(state or "", "The registry {name} cannot be used: {fault}.")
    # Not where the server is, which stands before it.
    fault = cause.diag.message_primary or said.rpartition("FATAL:")[2].strip().splitlines()[-1]
    return kind(template, name=name, fault=fault.rstrip("."))
