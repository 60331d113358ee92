"""What is done for people at stations and when, like breakfasts, and how many had it on each day.

Nothing is written over: who changes a service adds an entry, and who corrects a number adds one, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from stations.errors import StaleStock, StockError, UnknownServiceError
from stations.registry.schema import SERVICE_COUNT, SERVICE_ENTRY, STATION
from stations.registry.stores import Store
from stations.stock.offers import MOST_SERVED, Entry, Offer, Served
from stations.stock.scope import Scope, Where
from stations.stock.supplies import as_text, check_day, in_time, known, next_number


class Services:
    """The services at the stations of one store. Threads may share it.

    Parameters
    ----------
    timezone
        In which days begin and end.
    """

    def __init__(self, store: Store, timezone: ZoneInfo) -> None:
        self.timezone = timezone
        self._store = store

    def put(
        self,
        place: Where,
        offer: Offer,
        *,
        who: str,
        at: datetime,
        mark: str,
        service: int = 0,
        seen: int = 0,
        on: bool = True,
    ) -> Entry:
        """Write a service down, or change one.

        Parameters
        ----------
        mark
            Of the form: what was sent with it before is not written again.
        service, seen
            Which one, and the number of the entry that the form was made of; 0 for a new one.

        Raises
        ------
        StaleStock
            Somebody else has changed it meanwhile.
        UnknownServiceError
            There is none such.
        StockError
            It cannot be as it is; `Offer.checked` says why.
        RegistryError
            It cannot be written.
        """
        offer = offer.checked(self.timezone)
        line = SERVICE_ENTRY.c
        with self._store.writing() as connection:
            before = connection.execute(sa.select(SERVICE_ENTRY).where(line.mark == mark)).first() if mark else None
            if before is not None:
                return _entry(before)
            number = next_number(connection, SERVICE_ENTRY)
            if service:
                this = (line.service == service) & (line.stands == 1)
                stands = connection.execute(sa.select(SERVICE_ENTRY).where(this)).one_or_none()
                if stands is None:
                    raise _unknown(service)
                if stands.number != seen:
                    raise StaleStock(
                        "Somebody else has changed this service meanwhile. What you typed is still here; look at "
                        "what stands now, and save it again if need be.",
                        keys=("service",),
                    )
                connection.execute(SERVICE_ENTRY.update().where(this).values(stands=0))
            row = {
                "number": number,
                "mark": mark,
                "service": service or number,
                "code": place.code,
                "township": place.township,
                "record": offer.to_json(),
                "state": "on" if on else "stopped",
                "who": who,
                "at": as_text(at),
                "stands": 1,
            }
            connection.execute(SERVICE_ENTRY.insert(), row)
        return Entry(number, service or number, place.code, place.township, offer, on, who, at)

    def get(self, service: int) -> Entry:
        """One service, as it stands.

        Raises
        ------
        UnknownServiceError
            There is none such.
        RegistryError
            The database cannot be read.
        """
        line = SERVICE_ENTRY.c
        with self._store.reading() as connection:
            query = sa.select(SERVICE_ENTRY).where(line.service == service, line.stands == 1)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _unknown(service)
        return _entry(row)

    def entries(self, service: int) -> tuple[Entry, ...]:
        """What one service was and is, the newest first."""
        line = SERVICE_ENTRY.c
        query = sa.select(SERVICE_ENTRY).where(line.service == service).order_by(line.number.desc())
        with self._store.reading() as connection:
            return tuple(map(_entry, connection.execute(query)))

    def of(self, scope: Scope) -> tuple[Entry, ...]:
        """The services at some stations, by the order in which they were entered.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        line = SERVICE_ENTRY.c
        query = sa.select(SERVICE_ENTRY).join(STATION, STATION.c.code == line.code)
        with self._store.reading() as connection:
            rows = connection.execute(query.where(line.stands == 1, scope.where).order_by(line.service))
            return tuple(map(_entry, rows))

    def count(
        self,
        entry: Entry,
        served: Mapping[date, int | None],
        *,
        today: date,
        who: str,
        at: datetime,
        mark: str,
        seen: int,
    ) -> int:
        """Write how many had a service, by day; None takes back what was written. All of it, or nothing.

        Parameters
        ----------
        mark
            Of the form: what was sent with it before is not written again.
        seen
            Number of the newest line of this service that the form knew of.

        Returns
        -------
        int
            How many lines were written; what stands already is passed over.

        Raises
        ------
        StaleStock
            Somebody else has written of the same day meanwhile.
        StockError
            A day or a number that cannot be.
        RegistryError
            It cannot be written.
        """
        for day, people in served.items():
            field = f"served.{day.isoformat()}"
            check_day(day, today, field)
            if people is not None and not 0 <= people <= MOST_SERVED:
                raise StockError(
                    "“{value}” is not a number of people. Write a whole number up to {most}.",
                    value=people,
                    most=MOST_SERVED,
                    field=field,
                )
        line = SERVICE_COUNT.c
        with self._store.writing() as connection:
            if known(connection, SERVICE_COUNT, mark):
                return 0
            number = next_number(connection, SERVICE_COUNT)
            rows: list[dict[str, object]] = []
            stale: list[str] = []
            for day, people in served.items():
                this = (line.service == entry.service) & (line.day == day.isoformat()) & (line.stands == 1)
                stands = connection.execute(sa.select(SERVICE_COUNT).where(this)).one_or_none()
                if people == (None if stands is None or stands.taken_back else stands.served):
                    continue
                if stands is not None and stands.number > seen:
                    stale.append(f"served.{day.isoformat()}")
                connection.execute(SERVICE_COUNT.update().where(this).values(stands=0))
                rows.append(
                    {
                        "number": number + len(rows),
                        "mark": mark,
                        "service": entry.service,
                        "code": entry.code,
                        "township": entry.township,
                        "day": day.isoformat(),
                        "served": people or 0,
                        "taken_back": int(people is None),
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
                connection.execute(SERVICE_COUNT.insert(), rows)
        return len(rows)

    def served(self, service: int, first: date, last: date) -> dict[date, Served]:
        """How many had one service, by the days of a time; without days of which nothing is known."""
        line = SERVICE_COUNT.c
        return {one.day: one for one in self._counts(line.service == service, first, last, corrected=False)}

    def notes(self, service: int, first: date, last: date) -> tuple[Served, ...]:
        """All that was written of one service and the days of a time, the newest first; also what was corrected."""
        found = self._counts(SERVICE_COUNT.c.service == service, first, last, corrected=True)
        return tuple(sorted(found, key=lambda one: one.number, reverse=True))

    def newest(self, service: int) -> int:
        """Number of the newest line of a service; for a form to know what it was made of."""
        query = sa.select(sa.func.max(SERVICE_COUNT.c.number)).where(SERVICE_COUNT.c.service == service)
        with self._store.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def served_in(self, scope: Scope, first: date, last: date) -> tuple[Served, ...]:
        """How many had the services at some stations, by service and day."""
        codes = sa.select(STATION.c.code).where(scope.where)
        return self._counts(SERVICE_COUNT.c.code.in_(codes), first, last, corrected=False)

    def _counts(self, which: sa.ColumnElement[bool], first: date, last: date, *, corrected: bool) -> tuple[Served, ...]:
        line = SERVICE_COUNT.c
        query = sa.select(SERVICE_COUNT).where(which, in_time(line.day, first, last))
        if not corrected:
            query = query.where(line.stands == 1, line.taken_back == 0)
        with self._store.reading() as connection:
            return tuple(
                Served(
                    row.number,
                    row.service,
                    row.code,
                    date.fromisoformat(row.day),
                    None if row.taken_back else row.served,
                    row.who,
                    datetime.fromisoformat(row.at),
                    bool(row.stands),
                )
                for row in connection.execute(query.order_by(line.service, line.day, line.number))
            )


def _entry(row: Any) -> Entry:
    return Entry(
        row.number,
        row.service,
        row.code,
        row.township,
        Offer.from_json(row.record),
        row.state == "on",
        row.who,
        datetime.fromisoformat(row.at),
    )


def _unknown(service: int) -> UnknownServiceError:
    return UnknownServiceError("There is no service {number}.", number=service)
