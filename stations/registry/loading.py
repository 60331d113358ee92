"""The stations read from the table of stations: all of them, or those that were written since.

The table is written in the same transaction as the log, so what is read here is
what the log says, as long as the connection sees one state of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.hours import Hours
from stations.registry.columns import Row, RowValues
from stations.registry.entries import head_of
from stations.registry.snapshot import Snapshot

ROWS_AT_ONCE = 500
"""Rows that are held besides the columns while all are read: too few to set off Python's search for cycles."""

MANY = 1000
"""So many new entries, or a sixteenth of the stations if that is more, are read together with all the others."""

_RECORD = {"sqlite": "CAST(s.record AS BLOB)", "postgresql": "convert_to(s.record, 'UTF8')"}
"""The record as bytes, without a text being made of it on the way."""

_COLUMNS = "s.revision, s.status, s.lon, s.lat, s.hours_key, s.amenities"


def load(connection: sa.Connection, timezone: ZoneInfo, rules: Sequence[Hours] = ()) -> Snapshot:
    """Read every station.

    Parameters
    ----------
    connection
        In a transaction that sees one state of the whole.
    rules
        Hours of an earlier snapshot, to be used again with all that they have
        worked out.
    """
    return Snapshot.of_rows(head_of(connection), _all_rows(connection), timezone, rules=rules)


def advance(connection: sa.Connection, known: Snapshot) -> Snapshot:
    """Bring a snapshot up to the head of the log; the same one where nothing was written.

    Parameters
    ----------
    connection
        In a transaction that sees one state of the whole.
    """
    head = head_of(connection)
    if head == known.revision:
        return known
    written = head - known.revision
    if written < 0 or written > max(MANY, len(known) // 16):  # below zero an older registry was put in place
        return load(connection, known.timezone, known.rules)
    rows: dict[str, Row] = {}
    gone: set[str] = set()
    # No word of it comes from outside. Without DISTINCT, for which SQLite would go through all codes there ever were;
    # with both ends, as PostgreSQL takes one alone for a third of the log, and would go through all stations.
    statement = (
        f"SELECT e.code, {_COLUMNS}, {_RECORD[connection.dialect.name]} "  # noqa: S608
        "FROM entry AS e LEFT JOIN station AS s ON s.code = e.code WHERE e.revision BETWEEN :first AND :last"
    )
    for row in connection.execute(sa.text(statement), {"first": known.revision + 1, "last": head}):
        if row.revision is None:
            gone.add(row.code)
        else:
            rows[row.code] = Row(*row)
    return known.advanced(head, tuple(rows.values()), gone)


def _all_rows(connection: sa.Connection) -> Iterator[Sequence[RowValues]]:
    """Every row, some at a time; past SQLAlchemy, whose rows would take longer than all the rest."""
    kind = connection.dialect.name
    statement = f"SELECT s.code, {_COLUMNS}, {_RECORD[kind]} FROM station AS s"  # noqa: S608  as above
    driver: Any = connection.connection.driver_connection
    if kind == "postgresql":  # which goes on sending while rows are taken; numbers and bytes come as they are
        with driver.cursor(binary=True) as cursor:
            rows = cursor.stream(statement, binary=True, size=ROWS_AT_ONCE)
            while some := list(islice(rows, ROWS_AT_ONCE)):
                yield some
        return
    with closing(driver.cursor()) as cursor:
        cursor.execute(statement)
        while some := cursor.fetchmany(ROWS_AT_ONCE):
            yield some
