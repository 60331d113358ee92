"""What SQLite says when something is wrong with a registry, told so that a person can act on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import sqlalchemy as sa

from stations.errors import RegistryError, RegistryLockedError

LOCKED = "The registry {name} is kept locked by another program. Try again, or see what holds it."
FULL = "The disk that holds the registry {name} is full. Make room; nothing was written."
FAILS = "The disk that holds the registry {name} fails. Nothing was changed."
DAMAGED = "The registry {name} is damaged. Put a backup in its place."
STRANGE = "The registry {name} cannot be used: {fault}."

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


@contextmanager
def told_of_file(name: str) -> Iterator[None]:
    """Turn what SQLite says into a `RegistryError` that says what to do.

    Raises
    ------
    RegistryLockedError
        Another program keeps the file locked.
    RegistryError
        Anything else that is wrong with it.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise _of_file(error.orig if isinstance(error, sa.exc.DBAPIError) else error, name) from error


def _of_file(cause: BaseException | None, name: str) -> RegistryError:
    code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF  # the rest says more than is needed
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return RegistryLockedError(LOCKED, name=name)
    template = SQLITE_FAULTS.get(code, STRANGE)
    return RegistryError(template, name=name, fault=cause)
