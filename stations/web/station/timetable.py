"""When a station is open: now, as a sentence, and day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from flask_babel import format_date, gettext

from stations.hours import Hours, State, StateAt, is_away
from stations.phrases.sentences import Language
from stations.phrases.week import WeekDay, span_in_words, week
from stations.station import Closure, Station
from stations.web.words import Wall, say_away, say_because, say_usual_hours
from stations.wording.figures import minutes_of
from stations.wording.spoken import language

SOON = timedelta(minutes=45)
"""So long before a door closes the page says how many minutes are left."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week to come.

    Attributes
    ----------
    weekday, date
        In the reader's language: ``周日``, ``11月22日``.
    spans
        Like ``08:00–22:00``; empty for closed all day.
    note
        A holiday, a closure, or why it is not known.
    """

    weekday: str
    date: str
    iso: str
    spans: tuple[str, ...]
    note: str
    today: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """A station's hours as they are read.

    Attributes
    ----------
    state
        ``open``, ``closed`` or ``unknown``, now.
    now
        The state in words.
    soon
        How long it stays open, when it closes within `SOON`; else empty.
    sentence
        The usual hours; empty when none are known.
    closures
        Those not yet over, in words.
    days
        Seven from today on; none where no hours are known.
    plain
        The same as `stations.phrases.week.week` gives it, for programs.
    """

    state: str
    now: str
    soon: str
    sentence: str
    closures: tuple[str, ...]
    days: tuple[Day, ...]
    plain: tuple[WeekDay, ...]


def timetable_of(station: Station, hours: Hours, now: datetime, wall: Wall) -> Timetable:
    """Put a station's hours in words.

    Parameters
    ----------
    hours
        Those of the station, as the snapshot reads them.
    now
        Aware.
    """
    spoken: Language = "en" if language() == "en" else "zh"
    answer = hours.state_at(now)
    known = hours.known or any(closure.last >= wall.today for closure in hours.closures)
    plain = _week(hours, wall.today, spoken) if known else ()
    return Timetable(
        state=answer.state.value,
        now=say_away(hours, wall.today) if is_away(hours, answer) else say_state(answer, wall),
        soon=_soon(answer, now),
        sentence=say_usual_hours(station),
        closures=tuple(say_closure(one) for one in sorted(station.closures) if one.last >= wall.today),
        days=tuple(_day(one, wall.today, spoken) for one in plain),
        plain=plain,
    )


def say_state(answer: StateAt, wall: Wall) -> str:
    """Say how the door stands now, and when that changes."""
    because = say_because(answer.reason)
    if answer.state is State.UNKNOWN:
        if because:
            return gettext("Not certain to be open: %(because)s", because=because)
        return gettext("Opening hours not known")
    if answer.state is State.OPEN:
        said = gettext("Open around the clock")
        if answer.until is not None:
            said = gettext("Open until %(clock)s", clock=wall.reads_until(answer.until))
    else:
        said = gettext("Closed now")
        if answer.until is not None:
            said = gettext("Closed now, opens %(clock)s", clock=wall.reads(answer.until))
    return gettext("%(state)s (%(because)s)", state=said, because=because) if because else said


def say_day(day: date) -> str:
    """Say a day of this or another year: ``2026年11月22日``, ``Nov 22, 2026``."""
    return str(format_date(day, "medium", rebase=False))


def say_closure(closure: Closure) -> str:
    """Say when a station stays shut, and why."""
    if closure.first == closure.last:
        days = gettext("Closed on %(day)s", day=say_day(closure.first))
    else:
        days = gettext("Closed from %(first)s to %(last)s", first=say_day(closure.first), last=say_day(closure.last))
    return gettext("%(closed)s: %(reason)s", closed=days, reason=closure.reason) if closure.reason else days


def _soon(answer: StateAt, now: datetime) -> str:
    if answer.state is not State.OPEN or answer.until is None or answer.until - now > SOON:
        return ""
    return gettext("closes in %(minutes)s min", minutes=minutes_of((answer.until - now).total_seconds()))


@lru_cache(maxsize=512)  # up to 5 ms each, and most stations share their hours with others
def _week(hours: Hours, today: date, spoken: Language) -> tuple[WeekDay, ...]:
    return week(hours, today, spoken)


def _day(day: WeekDay, today: date, spoken: Language) -> Day:
    return Day(
        weekday=day.weekday,
        date=format_date(day.date, "M月d日" if spoken == "zh" else "MMM d", rebase=False),
        iso=day.date.isoformat(),
        spans=tuple(span_in_words(span, spoken) for span in day.spans),
        note=day.note,
        today=day.date == today,
    )
