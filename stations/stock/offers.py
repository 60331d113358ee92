"""A service as somebody entered it, and the days on which it is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson

from stations.errors import HoursError, StockError
from stations.facts import FIRST_DAY, LAST_DAY, Service
from stations.hours import Hours
from stations.phrases import Way, week

MOST_SERVED = 100_000
"""Most people that can be meant to have had a service on a day; most places, too."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered, and when.

    Attributes
    ----------
    service
        What, for whom, at which price, and at which hours of which days; hours must not be empty.
    first, last
        Between which days; None for as long as nobody ends it.
    places
        For how many on a day; None where that is not bounded.
    """

    service: Service
    first: date
    last: date | None = None
    places: int | None = None

    def to_json(self) -> str:
        """Give it as it is kept."""
        days = {"first": self.first.isoformat(), "last": self.last and self.last.isoformat(), "places": self.places}
        return orjson.dumps({"service": self.service.to_record()} | days).decode()

    @classmethod
    def from_json(cls, text: str) -> Offer:
        """Take back what `to_json` gave."""
        record = orjson.loads(text)
        last = record["last"]
        return cls(
            Service.from_record(record["service"]),
            date.fromisoformat(record["first"]),
            last and date.fromisoformat(last),
            record["places"],
        )

    def checked(self, timezone: ZoneInfo) -> Offer:
        """Give it, if it can be.

        Raises
        ------
        StockError
            It says not when, ends before it begins, or has more places than can be meant.
        """
        if not self.service.hours:
            raise StockError("Say when it is, like Mon to Fri 6:30-8:30.", field="hours")
        try:
            Hours.parse(self.service.hours, timezone)
        except HoursError as fault:
            raise StockError(fault.template, field="hours", **fault.values) from None
        for name, day in (("first", self.first), ("last", self.last)):
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                raise StockError("“{value}” is not a day that can be meant.", value=day.isoformat(), field=name)
        if self.last is not None and self.last < self.first:
            raise StockError("It must not end before it begins.", field="last")
        if self.places is not None and not 0 < self.places <= MOST_SERVED:
            raise StockError(
                "“{value}” is not a number of places. Write a whole number up to {most}, or leave it empty.",
                value=self.places,
                most=MOST_SERVED,
                field="places",
            )
        return self

    def held_on(self, first: date, last: date, timezone: ZoneInfo) -> tuple[date, ...]:
        """The days of a time on which it is held."""
        begin, end = max(first, self.first), last if self.last is None else min(last, self.last)
        found: list[date] = []
        monday = begin - timedelta(days=begin.weekday())
        while monday <= end:
            found += [day for day in _open_days(self.service.hours, timezone, monday) if begin <= day <= end]
            monday += timedelta(days=7)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Entry:
    """A service as somebody entered it.

    Attributes
    ----------
    number
        Of the entry; rises with every change.
    service
        Which one; stays.
    on
        Whether it is held at all; a service that ended for good is off.
    """

    number: int
    service: int
    code: str
    township: str
    offer: Offer
    on: bool
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Served:
    """How many had a service on a day, who wrote it, and by which line."""

    number: int
    service: int
    code: str
    day: date
    served: int | None
    who: str
    at: datetime
    stands: bool = True


def totals(entries: Sequence[Entry], counts: Sequence[Served]) -> dict[int, tuple[int, int]]:
    """On how many days each service was counted, and how many had it in all, by service."""
    known = {entry.service: (0, 0) for entry in entries}
    for one in counts:
        days, people = known.get(one.service, (0, 0))
        known[one.service] = (days + 1, people + (one.served or 0))
    return known


@lru_cache(maxsize=4096)
def _open_days(hours: str, timezone: ZoneInfo, monday: date) -> tuple[date, ...]:
    """The days of a week on which hours are not closed all day."""
    days = week(Hours.parse(hours, timezone), monday, "zh")
    return tuple(day.date for day in days if any(span.way is not Way.UNKNOWN for span in day.spans))
