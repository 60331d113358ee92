"""What is said of a station by those who stand before it, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Aspect(StrEnum):
    """What can be still right, each for itself."""

    POSITION = "position"
    HOURS = "hours"
    AMENITIES = "amenities"


class Outcome(StrEnum):
    """What became of something said: ``taken``, or ``known`` where the same person has said so already today."""

    TAKEN = "taken"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who says something, as far as it is needed to tell one person from another; forgotten after two days.

    Attributes
    ----------
    device
        Random token of the browser's cookie.
    network
        Address of the client, or its network for IPv6. Never kept as it is.
    """

    device: str
    network: str


@dataclass(frozen=True, slots=True)
class Caution:
    """What two people or more, independently and within a day, said is wrong with a station.

    Attributes
    ----------
    kind
        Key of the kind of report.
    amenity
        Which one, for a kind that asks; else empty.
    people
        How many said so.
    last
        When the last of them found it so; aware.
    """

    kind: str
    amenity: str
    people: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Something for the staff to look at: a caution with the notes that came with it.

    Attributes
    ----------
    first
        When the first of them found it so; aware.
    notes
        What they wrote, newest first. For the staff alone.
    shown
        Whether people are still told, or it is too long ago for them.
    """

    code: str
    caution: Caution
    first: datetime
    notes: tuple[str, ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that was reported, as the staff see it.

    Attributes
    ----------
    amenity
        Which one, for a kind that asks; else empty.
    found
        When it was found so, to the minute; aware.
    revision
        Of the station's record then.
    person
        Tells independent reports of the same thing apart: 1 for who said so first. It says nothing of who that was.
    cleared
        Since when it counts no more, because someone found it right again, or the staff looked; None while it counts.
    by
        Who of the staff looked; empty otherwise.
    """

    code: str
    kind: str
    amenity: str
    note: str
    found: datetime
    revision: int
    person: int
    cleared: datetime | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How often something was said to be still right since the record was last written, and when last."""

    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Visits:
    """How often people said that they were there (服务人次): in all, and by day, the newest first."""

    total: int
    by_day: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was said of a station in a month: visits, reports and confirmations.

    Attributes
    ----------
    month
        Its first day.
    """

    code: str
    month: date
    visits: int
    reports: int
    confirmations: int
