"""What a backup holds beside the log: what people said, without a trace of who they were; plans, photos, the staff.

Each row is a line of JSON, in which bytes stand as base64. Rows come in the order of
their keys, so that the same rows give the same lines, whatever the store.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from stations.registry.schema import KEPT, PERSON, REPORT, UPKEEP_HEAD
from stations.registry.stores import insert_many
from stations.registry.transcript import PAGE, Reading

OF_ONE_STORE = frozenset({"change"})
"""Columns that mean something only to the programs that share a store."""

BULKY = 40
"""Rows that are read in one transaction of a table that holds bytes: some megabytes."""

TABLES = {table.name: table for table in KEPT}
BEGINS = b'{"kept":'


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of one of those tables: the values of its columns, but for those of one store alone."""

    table: str
    values: tuple[object, ...]

    def line(self) -> bytes:
        """The row as a line of a backup."""
        told = {str(column.name): _told(value) for column, value in self.by_column()}
        return orjson.dumps({"kept": self.table} | told) + b"\n"

    def by_column(self) -> Iterator[tuple[sa.Column[Any], object]]:
        """Give every value with its column."""
        return zip(_columns(TABLES[self.table]), self.values, strict=True)


def kept_row(line: bytes) -> KeptRow:
    """Read a line back.

    Raises
    ------
    ValueError
        Not a line of such a row.
    """
    values: Any = orjson.loads(line)
    table = TABLES.get(values.pop("kept", "")) if isinstance(values, dict) else None
    if table is None:
        raise ValueError("not the row of a table that is known")
    columns = _columns(table)
    if list(values) != [column.name for column in columns]:
        raise ValueError("not the facts of a row")
    return KeptRow(table.name, tuple(_value(column, values[column.name]) for column in columns))


def kept_rows(reading: Reading, head: int) -> Iterator[list[KeptRow]]:
    """Read all rows, a page at a time, each page in a transaction of its own.

    Parameters
    ----------
    head
        Revision up to which the log is in the backup: what is about a later record is left out.
    """
    for table in KEPT:
        key = list(table.primary_key.columns)
        columns = _columns(table)
        page = PAGE if not any(map(_holds_bytes, columns)) else min(BULKY, PAGE)
        after: tuple[object, ...] | None = None
        while True:
            query = sa.select(*columns).order_by(*key).limit(page)
            if "revision" in table.c:
                query = query.where(table.c.revision <= head)
            if after is not None:
                query = query.where(sa.tuple_(*key) > sa.tuple_(*(sa.literal(value) for value in after)))
            with reading() as connection:
                rows = [tuple(row) for row in connection.execute(query).all()]
            if rows:
                yield [KeptRow(table.name, row) for row in rows]
            if len(rows) < page:
                break
            after = rows[-1][: len(key)]


def put_back(connection: sa.Connection, rows: list[KeptRow]) -> None:
    """Write rows of a backup into tables in which they are not."""
    for name, table in TABLES.items():
        values = [row.values for row in rows if row.table == name]
        if table is REPORT and values:
            # Whoever keeps cautions in memory reads them all after the first change.
            at = [column.name for column in table.columns].index("change")
            values = [(*row[:at], 1, *row[at:]) for row in values]
            if connection.execute(sa.select(UPKEEP_HEAD.c.change)).scalar() is None:
                connection.execute(UPKEEP_HEAD.insert(), {"id": 1, "change": 1})
        if values and any(key.references(PERSON) for key in table.foreign_keys):
            # Whoever was added while the backup was made may be in it with a right, and not in person.
            there = set(connection.execute(sa.select(PERSON.c.id)).scalars())
            at = [column.name for column in table.columns].index("person")
            values = [row for row in values if row[at] in there]
        insert_many(connection, table, values)


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.name not in OF_ONE_STORE]


def _holds_bytes(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.LargeBinary)


def _told(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def _value(column: sa.Column[Any], value: object) -> object:
    """Take back what `_told` gave.

    Raises
    ------
    ValueError
        Not a value of that column.
    """
    if _holds_bytes(column) and isinstance(value, str):
        return base64.b64decode(value, validate=True)
    wanted = int if isinstance(column.type, sa.Integer) else float if isinstance(column.type, sa.Float) else str
    if type(value) is not wanted or _holds_bytes(column):
        raise ValueError(f"“{column.name}” is {value!r}")
    return value
