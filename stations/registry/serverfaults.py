"""What PostgreSQL says when something is wrong with a registry, told so that a person can act on it.

Apart from `faults`, so that a registry in a file starts without the driver of a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

import psycopg
import sqlalchemy as sa

from stations.errors import RegistryAwayError, RegistryError, RegistryLockedError
from stations.registry.faults import DAMAGED, FAILS, FULL, LOCKED, STRANGE

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
def told_of_server(name: str) -> Iterator[None]:
    """Turn what PostgreSQL says into a `RegistryError` that says what to do.

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
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        lost = isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated
        raise _of_server(cause, name, lost=lost) from error


def _of_server(cause: BaseException | None, name: str, *, lost: bool) -> RegistryError:
    if not isinstance(cause, psycopg.Error):
        return RegistryError(STRANGE, name=name, fault=cause)
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
    template = SERVER_FAULTS.get(state or "", STRANGE)
    # Not where the server is, which stands before it.
    fault = cause.diag.message_primary or said.rpartition("FATAL:")[2].strip().splitlines()[-1]
    return kind(template, name=name, fault=fault.rstrip("."))
