"""How many people came (服务人次), by day and by how one knows it.

People press a button at a station, a counter hangs in its door, somebody keeps a list on paper. Each counts people of
the same day, and none counts anybody twice; so of a station and a day there were at least as many as the largest of
them says. They are never added up.

What staff enter is corrected, not overwritten: the line that stands no more stays, with who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from stations.errors import StaleStock, StockError
from stations.registry.schema import STATION, VISIT_COUNT
from stations.registry.stores import Store
from stations.registry.visitmonths import note_people
from stations.stock.scope import Scope, Where
from stations.stock.sums import Came, Sums, add_up, days_known, each_day
from stations.stock.supplies import as_text, check_day, in_time, known, next_number

MOST_A_DAY = 100_000
"""Most people of a station and a day that can be meant."""


class Source(StrEnum):
    """How one knows."""

    SAID = "said"
    """People said so themselves, at the station's page."""
    DOOR = "door"
    PAPER = "paper"


ENTERED = (Source.DOOR, Source.PAPER)
"""What staff enter."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What staff enter of a day: how many people; None to take back what was entered."""

    place: Where
    day: date
    source: Source
    people: int | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A line that was entered.

    Attributes
    ----------
    people
        None where it takes back what was entered before.
    stands
        Whether nobody corrected it since.
    """

    number: int
    day: date
    source: Source
    people: int | None
    who: str
    at: datetime
    stands: bool


class Visits:
    """The visits of the stations of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enter(self, entered: Sequence[Entered], *, today: date, who: str, at: datetime, mark: str, seen: int) -> int:
        """Write how many came: all of it, or nothing. What is entered as it stands already is passed over.

        Parameters
        ----------
        mark
            Of the form: what was sent with it before is not written again.
        seen
            Number of the newest line that the form knew of.

        Returns
        -------
        int
            How many lines were written.

        Raises
        ------
        StaleStock
            Somebody else has entered the same meanwhile; nothing is written.
        StockError
            A day or a number that cannot be.
        RegistryError
            It cannot be written.
        """
        for one in entered:
            check_day(one.day, today, field_of(one))
            if one.source not in ENTERED or (one.people is not None and not 0 <= one.people <= MOST_A_DAY):
                raise StockError(
                    "“{value}” is not a number of people. Write a whole number up to {most}.",
                    value=one.people,
                    most=MOST_A_DAY,
                    field=field_of(one),
                )
        line = VISIT_COUNT.c
        with self._store.writing() as connection:
            if known(connection, VISIT_COUNT, mark):
                return 0
            number = next_number(connection, VISIT_COUNT)
            rows: list[dict[str, object]] = []
            stale: list[str] = []
            for one in entered:
                this = (
                    (line.code == one.place.code)
                    & (line.day == one.day.isoformat())
                    & (line.source == one.source.value)
                    & (line.stands == 1)
                )
                stands = connection.execute(sa.select(VISIT_COUNT).where(this)).one_or_none()
                before = None if stands is None or stands.taken_back else stands.people
                if before == one.people:
                    continue
                if stands is not None and stands.number > seen:
                    stale.append(field_of(one))
                connection.execute(VISIT_COUNT.update().where(this).values(stands=0))
                note_people(connection, one.place.code, one.day, one.source.value, one.people)
                rows.append(
                    {
                        "number": number + len(rows),
                        "mark": mark,
                        "code": one.place.code,
                        "township": one.place.township,
                        "day": one.day.isoformat(),
                        "source": one.source.value,
                        "people": one.people or 0,
                        "taken_back": int(one.people is None),
                        "who": who,
                        "at": as_text(at),
                        "stands": 1,
                    }
                )
            if stale:  # the transaction is given up with it
                raise StaleStock(
                    "Somebody else has entered the same meanwhile. Look at what stands now, and enter it again if need "
                    "be.",
                    keys=tuple(stale),
                )
            if rows:
                connection.execute(VISIT_COUNT.insert(), rows)
        return len(rows)

    def newest(self) -> int:
        """Number of the newest line; for a form to know what it was made of.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return next_number(connection, VISIT_COUNT) - 1

    def sums(self, scope: Scope, first: date, last: date, *, earlier: date | None = None) -> Sums:
        """Add up how many came to some stations: to each in a time, and to each township as it is now by day.

        Parameters
        ----------
        earlier
            First day from which the days of townships are told; by default as for stations.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return add_up(connection, scope, first, last, earlier or first)

    def by_day(self, scope: Scope, first: date, last: date) -> dict[date, Came]:
        """How many came to some stations, by day; without days of which nothing is known."""
        return self.sums(scope, first, last).by_day

    def each(self, scope: Scope, first: date, last: date) -> Iterator[tuple[str, date, Came]]:
        """How many came to each station on each day, by month, code and day.

        Each month is read by itself, so that nobody who writes has to wait for all of it, and memory holds one.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        while first <= last:
            end = min(last, (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))
            with self._store.reading() as connection:
                found = each_day(connection, scope, first, end)
            yield from found
            first = end + timedelta(days=1)

    def days_known(self, scope: Scope, first: date, last: date) -> int:
        """How many rows `each` has.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return days_known(connection, scope, first, last)

    def notes(self, code: str, first: date, last: date) -> tuple[Noted, ...]:
        """What staff entered of a station and the days of a time, the newest first; also what was corrected since.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        line = VISIT_COUNT.c
        query = sa.select(VISIT_COUNT).where(line.code == code, in_time(line.day, first, last))
        with self._store.reading() as connection:
            return tuple(
                Noted(
                    row.number,
                    date.fromisoformat(row.day),
                    Source(row.source),
                    None if row.taken_back else row.people,
                    row.who,
                    datetime.fromisoformat(row.at),
                    bool(row.stands),
                )
                for row in connection.execute(query.order_by(line.number.desc()))
            )

    def entered_on(self, scope: Scope, day: date, source: Source) -> dict[str, int]:
        """What staff entered of one day from one source, by station; without what was taken back.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        line = VISIT_COUNT.c
        query = (
            sa.select(line.code, line.people)
            .join(STATION, STATION.c.code == line.code)
            .where(
                line.day == day.isoformat(),
                line.source == source.value,
                line.stands == 1,
                line.taken_back == 0,
                scope.where,
            )
        )
        with self._store.reading() as connection:
            return {row.code: row.people for row in connection.execute(query)}


def field_of(one: Entered) -> str:
    """What the field of a form is called in which something is entered."""
    return f"{one.source.value}.{one.day.isoformat()}.{one.place.code}"
