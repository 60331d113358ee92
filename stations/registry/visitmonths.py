"""How many came to each station, a row for each month: what visits are added up from.

It follows from `day_count`, where people said so themselves, and from `visit_count`, what staff entered. It is written
with them in one transaction, and could be made again from them at any time. In a month 20,000 stations have 600,000
days, and 20,000 of these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from stations.registry.schema import DAY_COUNT, VISIT_COUNT, VISIT_MONTH
from stations.registry.stores import insert_many

SOURCES = ("said", "door", "paper")
"""How one knows, in the order in which a row holds it."""

DAYS = 31
PACKED = np.dtype("<i4")

AT_ONCE = 200
"""Stations whose rows are made or looked at in one go."""

Month = tuple[str, str]
"""Code of a station, and a month like ``2026-11``."""


def month_of(day: date) -> str:
    """The month of a day."""
    return day.isoformat()[:7]


def note_people(connection: sa.Connection, code: str, day: date, source: str, people: int | None) -> None:
    """Note how many came by one source, in a transaction that alone may write; None for what is not known."""
    this = (VISIT_MONTH.c.code == code) & (VISIT_MONTH.c.month == month_of(day))
    before = connection.execute(sa.select(VISIT_MONTH.c.days).where(this)).scalar()
    days = np.array(unpacked([_nothing() if before is None else before])[0])
    days[SOURCES.index(source), day.day - 1] = 0 if people is None else people + 1
    if before is not None:
        connection.execute(VISIT_MONTH.update().where(this).values(days=days.tobytes()))
    else:
        connection.execute(VISIT_MONTH.insert(), {"code": code, "month": month_of(day), "days": days.tobytes()})


def unpacked(rows: Sequence[bytes]) -> NDArray[np.int32]:
    """Read the days of some rows.

    Returns
    -------
    NDArray[np.int32]
        Rows by sources by days: 0 where nothing is known, else one more than how many came. Not to be written to.
    """
    return np.frombuffer(b"".join(rows), PACKED).reshape(len(rows), len(SOURCES), DAYS)


def count_anew(connection: sa.Connection) -> None:
    """Make all rows again, in a transaction that may write."""
    connection.execute(VISIT_MONTH.delete())
    for codes in counted(connection):
        insert_many(connection, VISIT_MONTH, [(*month, days) for month, days in _wanted(connection, codes).items()])


def counted(connection: sa.Connection) -> list[list[str]]:
    """Give the codes of all stations of which a count is known, in parts that are looked at in one go."""
    tables = (DAY_COUNT, VISIT_COUNT, VISIT_MONTH)
    every = sa.union(*(sa.select(table.c.code).distinct() for table in tables))
    codes = sorted(connection.execute(every).scalars())
    return [codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE)]


def differing(connection: sa.Connection, codes: Sequence[str]) -> tuple[Month, ...]:
    """Those rows of some stations that are not what they follow from."""
    query = sa.select(VISIT_MONTH).where(VISIT_MONTH.c.code.in_(codes))
    found = {(row.code, row.month): bytes(row.days) for row in connection.execute(query)}
    wanted = _wanted(connection, codes)
    # A row of which everything was taken back says no more than none.
    return tuple(
        sorted(key for key in found.keys() | wanted.keys() if found.get(key, _nothing()) != wanted.get(key, _nothing()))
    )


def _wanted(connection: sa.Connection, codes: Sequence[str]) -> dict[Month, bytes]:
    """What the rows of some stations follow to be."""
    said = sa.select(DAY_COUNT.c.code, DAY_COUNT.c.day, sa.literal(SOURCES[0]), DAY_COUNT.c.visits).where(
        DAY_COUNT.c.code.in_(codes), DAY_COUNT.c.visits > 0
    )
    line = VISIT_COUNT.c
    entered = sa.select(line.code, line.day, line.source, line.people).where(
        line.code.in_(codes), line.stands == 1, line.taken_back == 0
    )
    return _packed(tuple(row) for query in (said, entered) for row in connection.execute(query))


def _packed(counts: Iterable[tuple[str, str, str, int]]) -> dict[Month, bytes]:
    """Lay codes, days, sources and numbers of people into rows."""
    rows: dict[Month, NDArray[np.int32]] = {}
    at = {source: number for number, source in enumerate(SOURCES)}
    for code, day, source, people in counts:
        month = (code, day[:7])
        if month not in rows:
            rows[month] = np.zeros((len(SOURCES), DAYS), PACKED)
        rows[month][at[source], int(day[8:]) - 1] = people + 1
    return {month: days.tobytes() for month, days in rows.items()}


def _nothing() -> bytes:
    return bytes(len(SOURCES) * DAYS * PACKED.itemsize)
