"""A station's hours while they are edited: the sentence they mean, and the week they make."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext

from stations.errors import HoursError
from stations.hours import serves_on
from stations.phrases.week import DaySpan, span_in_words, week
from stations.registry.snapshot import hours_of
from stations.station import Station
from stations.web.deskwords import spoken
from stations.web.words import say_away, say_hours

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a day in minutes after midnight, and the way in: ``open``, ``self-service`` or ``unknown``."""

    start: int
    length: int
    way: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week to come."""

    weekday: str
    date: str
    spans: tuple[str, ...]
    note: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """What hours mean.

    Attributes
    ----------
    sentence
        With season and closures to come.
    days
        Seven from today on; none where no hours are known.
    """

    sentence: str
    days: tuple[Day, ...]

    def to_json(self) -> dict[str, Any]:
        """The same for a script."""
        return asdict(self)


def meant(station: Station, zone: ZoneInfo, today: date) -> Meant:
    """Say what a record's hours mean."""
    try:
        hours = hours_of(station, zone)
    except HoursError:
        return Meant("", ())
    said = say_hours(station, today) or gettext("Not known: nobody is told that it is open.")
    if not serves_on(hours, today):
        said = gettext("%(hours)s. %(days)s.", hours=said, days=say_away(hours, today))
    if not hours.known:
        return Meant(said, ())
    plain = week(hours, today, spoken())
    bars: list[list[Bar]] = [[] for _ in plain]
    for number, day in enumerate(plain):
        for span in day.spans:
            start, end = _minutes(span.start), _minutes(span.end)
            bars[number].append(Bar(start, (DAY_MIN if span.next_day else end) - start, span.way.value))
            if span.next_day and number + 1 < len(plain):
                bars[number + 1].append(Bar(0, end, span.way.value))
    return Meant(
        said,
        tuple(
            Day(
                weekday=day.weekday,
                date=format_date(day.date, "M月d日" if spoken() == "zh" else "MMM d", rebase=False),
                spans=tuple(_told(span) for span in day.spans),
                note=day.note,
                bars=tuple(sorted(drawn, key=lambda bar: bar.start)),
            )
            for day, drawn in zip(plain, bars, strict=True)
        ),
    )


def _told(span: DaySpan) -> str:
    return span_in_words(span, spoken())


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return round(timedelta(hours=int(hour), minutes=int(minute)).total_seconds() / 60)
