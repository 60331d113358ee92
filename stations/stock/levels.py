"""What is there, by what was counted, brought and taken away; no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from stations.stock.items import Item

SOON = timedelta(days=30)
"""So long before a thing must not be used any more it is put on the list of the next round."""


class Kind(StrEnum):
    """What was done with a supply."""

    COUNT = "count"
    BROUGHT = "brought"
    TAKEN = "taken"
    """Away: used up in a lump, spoilt, or out of date."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Some of one thing.

    Attributes
    ----------
    expires
        The earliest date of use: of what was counted or brought, or of what is left after some was taken away. None
        where nobody said.
    """

    item: str
    amount: int
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the book of supplies.

    Attributes
    ----------
    number
        Rises with every line, of all stations.
    day
        On which it was done; a line may be written later.
    at
        When it was written; aware.
    """

    number: int
    code: str
    kind: Kind
    moved: Moved
    day: date
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Level:
    """What is there of one thing.

    Attributes
    ----------
    expires
        The earliest date of use that is known of.
    counted
        When somebody counted last; None where it follows from what was brought alone.
    number
        Of the newest line that it follows from.
    """

    there: int
    expires: date | None
    counted: date | None
    number: int


def level_of(movements: Iterable[Movement]) -> Level:
    """Follow the movements of one thing at one station, in any order: they count by their days, then as written.

    A count is what it says, whatever was reckoned before. What is taken away leaves nothing below none. If the earliest
    date had passed when something was taken away, and nobody said another, what was out of date is what was taken.
    """
    there, expires, counted, number = 0, None, None, 0
    for one in sorted(movements, key=lambda movement: (movement.day, movement.number)):
        moved = one.moved
        number = max(number, one.number)
        if one.kind is Kind.COUNT:
            there, expires, counted = moved.amount, moved.expires, one.day
        elif one.kind is Kind.BROUGHT:
            there += moved.amount
            expires = min(filter(None, (expires, moved.expires)), default=None)
        else:
            there = max(0, there - moved.amount)
            if moved.expires is not None or (expires is not None and expires < one.day):
                expires = moved.expires
        if there == 0:
            expires = None
    return Level(there, expires, counted, number)


class Want(StrEnum):
    """Why somebody should do something about a supply, what is most urgent first."""

    EXPIRED = "expired"
    OUT = "out"
    LOW = "low"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class Held:
    """One thing at one station: how much shall be there, and how much is.

    Attributes
    ----------
    item
        None for one that is no longer in the list of supplies.
    own
        Whether the station has a target of its own.
    level
        None where nobody ever counted or brought any.
    """

    key: str
    item: Item | None
    target: int
    low: int
    own: bool
    level: Level | None

    def wants(self, today: date) -> tuple[Want, ...]:
        """What should be done about it."""
        if self.level is None or self.target == 0:
            return ()
        found = []
        expires = self.level.expires
        if expires is not None and expires < today:
            found.append(Want.EXPIRED)
        if self.level.there == 0:
            found.append(Want.OUT)
        elif self.level.there <= self.low:
            found.append(Want.LOW)
        if expires is not None and today <= expires <= today + SOON:
            found.append(Want.SOON)
        return tuple(found)

    def to_bring(self, today: date) -> int:
        """How many to bring: up to the target, where there are few or none; else 0."""
        wants = self.wants(today)
        if self.level is None or not {Want.OUT, Want.LOW} & set(wants):
            return 0
        return max(0, self.target - self.level.there)
