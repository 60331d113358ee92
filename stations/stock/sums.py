"""Visits added up: of a station and a day the largest of the sources, of several the sum of those.

A row of `visit_month` holds the days of a station's month, so numpy adds up what is read of thousands of them at once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from stations.registry.schema import STATION, VISIT_MONTH
from stations.registry.visitmonths import month_of, unpacked
from stations.stock.scope import Scope

AT_ONCE = 5_000
"""Months of stations that are read at a time, 2 MB of them."""

FEW = 2_000
"""So many stations are sought by name; of more, all months are read, and those of others passed over."""

KNOWN = 4
"""Behind the four figures of `Came` stands whether, or of how many days, anything is known."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Came:
    """How many came, by each source, and how many that makes: what stands under `people` is never the sum of them.

    Attributes
    ----------
    people
        Of a day and a station the largest of the three; of several, the sum of those.
    """

    people: int
    said: int
    door: int
    paper: int


@dataclass(frozen=True, slots=True)
class Sums:
    """How many came in a time, added up in two ways; without that of which nothing is known.

    Attributes
    ----------
    by_township_and_day
        To the stations of each township as it is now, on each day.
    by_station
        To each station.
    """

    by_township_and_day: Mapping[tuple[str, date], Came]
    by_station: Mapping[str, Came]

    @property
    def by_day(self) -> dict[date, Came]:
        """To all stations on each day."""
        days: dict[date, list[Came]] = {}
        for (_, day), came in self.by_township_and_day.items():
            days.setdefault(day, []).append(came)
        return {day: in_all(several) for day, several in sorted(days.items())}


def in_all(sums: Iterable[Came]) -> Came:
    """Add up days, stations or townships; never sources."""
    total = [0, 0, 0, 0]
    for one in sums:
        total = [total[0] + one.people, total[1] + one.said, total[2] + one.door, total[3] + one.paper]
    return Came(*total)


def add_up(connection: sa.Connection, scope: Scope, first: date, last: date, earlier: date) -> Sums:
    """Add up how many came to each station in a time, and to each township by day, from an earlier day on."""
    begins = month_of(first)
    days: dict[tuple[str, str], NDArray[np.int64]] = {}
    stations = _stations(connection, scope)
    number = {code: at for at, code in enumerate(stations)}
    totals = np.zeros((len(number), KNOWN + 1), np.int64)
    for part in _parts(connection, stations, min(earlier, first), last):
        for township, of_month in _added([stations[code] for code in part.codes], part.figures).items():
            days[township, part.month] = days.get((township, part.month), 0) + of_month
        if part.month >= begins:
            late = part.figures[:, :, first.day - 1 if part.month == begins else 0 :]
            totals[[number[code] for code in part.codes]] += late.sum(2)
    return Sums(
        {
            (township, _day(month, at)): _came(of_month[:, at])
            for (township, month), of_month in sorted(days.items())
            for at in np.flatnonzero(of_month[KNOWN]).tolist()
        },
        {code: _came(totals[at]) for code, at in sorted(number.items()) if totals[at, KNOWN]},
    )


def each_day(connection: sa.Connection, scope: Scope, first: date, last: date) -> list[tuple[str, date, Came]]:
    """How many came to each station on each day, by code and day."""
    found: list[tuple[str, date, Came]] = []
    with closing(_parts(connection, _stations(connection, scope), first, last)) as parts:
        for part in parts:
            figures = part.figures[:, :KNOWN].transpose(0, 2, 1)
            rows, days = np.nonzero(part.figures[:, KNOWN] > 0)
            found += [
                (part.codes[row], _day(part.month, at), Came(*came))
                for row, at, came in zip(rows.tolist(), days.tolist(), figures[rows, days].tolist(), strict=True)
            ]
    return sorted(found, key=itemgetter(0, 1))


def days_known(connection: sa.Connection, scope: Scope, first: date, last: date) -> int:
    """Of how many days anything is known, of each station by itself."""
    with closing(_parts(connection, _stations(connection, scope), first, last)) as parts:
        return sum(int(np.count_nonzero(part.figures[:, KNOWN])) for part in parts)


@dataclass(frozen=True, slots=True)
class _Part:
    """One month of some stations, a row each.

    Attributes
    ----------
    figures
        Rows by the four of `Came` and `KNOWN` by days of the month.
    """

    month: str
    codes: tuple[str, ...]
    figures: NDArray[np.int32]


def _stations(connection: sa.Connection, scope: Scope) -> dict[str, str]:
    """The townships of some stations, by code."""
    query = sa.select(STATION.c.code, STATION.c.township).where(scope.where)
    return {row.code: row.township for row in connection.execute(query).all()}


def _parts(
    connection: sa.Connection, stations: Mapping[str, str], first: date, last: date
) -> Generator[_Part, None, None]:
    """Read the days of some stations in a time, by month, some stations at a time; other days of them are empty."""
    row = VISIT_MONTH.c
    query = sa.select(row.month, row.code, row.days).where(row.month >= month_of(first), row.month <= month_of(last))
    if len(stations) <= FEW:
        query = query.where(row.code.in_(list(stations)))
    query = query.order_by(row.month, row.code)
    with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as found:
        for month, rows in chain.from_iterable(groupby(some, itemgetter(0)) for some in found.partitions()):
            mine = [one for one in rows if one.code in stations]
            if not mine:
                continue
            _, codes, days = zip(*mine, strict=True)
            figures = _figures(unpacked(days))
            if month == month_of(first):
                figures[:, :, : first.day - 1] = 0
            if month == month_of(last):
                figures[:, :, last.day :] = 0
            yield _Part(month, codes, figures)


def _figures(held: NDArray[np.int32]) -> NDArray[np.int32]:
    """Of the days of some rows: people, those of each source, and whether anything is known."""
    figures = np.empty((len(held), KNOWN + 1, held.shape[2]), np.int32)
    np.maximum(held - 1, 0, out=figures[:, 1:KNOWN])
    figures[:, 0] = figures[:, 1:KNOWN].max(1)
    figures[:, KNOWN] = held.any(1)
    return figures


def _added(keys: Sequence[K], figures: NDArray[np.integer]) -> dict[K, NDArray[np.int64]]:
    """Add up the rows that have the same key."""
    number: dict[K, int] = {}
    at = np.array([number.setdefault(key, len(number)) for key in keys])
    order = np.argsort(at, kind="stable")
    begins = np.searchsorted(at[order], np.arange(len(number)))
    sums = np.add.reduceat(figures[order], begins, axis=0, dtype=np.int64)
    return dict(zip(number, sums, strict=True))


def _came(figures: NDArray[np.integer]) -> Came:
    return Came(*figures[:KNOWN].tolist())


def _day(month: str, at: int) -> date:
    """A day of a month, from 0."""
    return date(int(month[:4]), int(month[5:]), at + 1)
