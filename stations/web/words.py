"""Answers put into words, in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext, ngettext

from stations.hours import (
    CLOSED_FOR_NOW,
    HOURS_NOT_KNOWN,
    NOT_ANNOUNCED,
    OUT_OF_RANGE,
    OUT_OF_SEASON,
    SCHOOL_HOLIDAYS,
    SELF_SERVICE,
    Hours,
    State,
    next_day,
)
from stations.phrases.sentences import Language, sentence
from stations.questions.nearest import EVERYONE, Found, Reason
from stations.station import Closure, Station
from stations.wording.figures import listed, minutes_of
from stations.wording.names import Names
from stations.wording.spoken import language


@dataclass(frozen=True, slots=True)
class Wall:
    """The clock on the wall: whose time is shown, and what day it is."""

    zone: tzinfo
    today: date

    @classmethod
    def at(cls, now: datetime, zone: tzinfo) -> Wall:
        """The wall clock of a zone at a moment."""
        return cls(zone, now.astimezone(zone).date())

    def reads(self, moment: datetime) -> str:
        """Say a moment the short way: the hour today, with the day when it is another."""
        local = moment.astimezone(self.zone)
        clock = f"{local:%H:%M}"
        days = (local.date() - self.today).days
        if days == 0:
            return clock
        if days == 1:
            return gettext("tomorrow %(clock)s", clock=clock)
        if 1 < days < 7:
            return gettext("%(weekday)s %(clock)s", weekday=format_date(local.date(), "EEE", rebase=False), clock=clock)
        return gettext("%(day)s %(clock)s", day=format_date(local.date(), "medium", rebase=False), clock=clock)

    def looks_back(self, moment: datetime) -> str:
        """Say when something was, the short way: the hour today and yesterday, else the day."""
        local = moment.astimezone(self.zone)
        days = (self.today - local.date()).days
        if days == 0:
            return gettext("today %(clock)s", clock=f"{local:%H:%M}")
        if days == 1:
            return gettext("yesterday %(clock)s", clock=f"{local:%H:%M}")
        return str(format_date(local.date(), "medium", rebase=False))

    def reads_until(self, moment: datetime) -> str:
        """Say when something ends; the midnight after today is the 24:00 that signs on doors say."""
        local = moment.astimezone(self.zone)
        if (local.hour, local.minute) == (0, 0) and local.date() == self.today + timedelta(days=1):
            return "24:00"
        return self.reads(moment)


def say_arrival(found: Found, wall: Wall) -> str:
    """Say what one finds on arrival, when nothing speaks against going there."""
    because = say_because(found.because)
    if found.state == State.OPEN:
        said = gettext("Open around the clock")
        if found.changes_at is not None:
            said = gettext("Open until %(clock)s", clock=wall.reads_until(found.changes_at))
        return gettext("%(state)s (%(because)s)", state=said, because=because) if because else said
    if found.state == State.CLOSED:
        return gettext("Closed when you arrive")
    return (
        gettext("Not certain to be open: %(because)s", because=because)
        if because
        else gettext("Opening hours not known")
    )


def say_hours(station: Station, today: date) -> str:
    """Say a station's opening hours in a sentence, with the closures not yet over; nothing where none are known."""
    return _hours(station, tuple(closure for closure in station.closures if closure.last >= today))


def say_usual_hours(station: Station) -> str:
    """Say a station's opening hours in a sentence, without its closures; nothing where none are known."""
    return _hours(station, ())


def _hours(station: Station, closures: tuple[Closure, ...]) -> str:
    texts = (station.hours, station.self_service_hours, station.season)
    return _sentence(texts, closures, "en" if language() == "en" else "zh") if any(texts) or closures else ""


@lru_cache(maxsize=4096)  # a millisecond each, and most stations share theirs with others
def _sentence(texts: tuple[str, str, str], closures: tuple[Closure, ...], spoken: Language) -> str:
    staffed, self_service, season = texts
    # No answer depends on the zone: a sentence tells the rule, not a moment.
    hours = Hours.parse(staffed, ZoneInfo("UTC"), self_service=self_service, season=season, closures=closures)
    return sentence(hours, spoken)


def say_away(hours: Hours, today: date) -> str:
    """Say of a station that does not serve today when it does again."""
    day = next_day(hours, today)
    if day is None:
        return gettext("Not here any more: its last day is over")
    return gettext("Not here today; next on %(day)s", day=format_date(day, "full", rebase=False))


def say_because(reason: str) -> str:
    """Say why the clock rule answers as it does; nothing for usual hours, and where hours merely are not known."""
    if not reason or reason == HOURS_NOT_KNOWN:
        return ""
    if year := _UNANNOUNCED.fullmatch(reason):
        return gettext("the calendar of holidays for %(year)s is not announced yet", year=year[1])
    return _BECAUSE[reason]() if reason in _BECAUSE else reason


def say_reason(reason: Reason, because: str, wall: Wall, names: Names) -> str:
    """Say why a station only almost fits; `because` is the clock rule's reason for its state."""
    said = _SENTENCES[reason.key](reason.values, wall, names)
    more = say_because(because) if reason.key in {"closed", "closing"} else ""
    return gettext("%(state)s (%(because)s)", state=said, because=more) if more else said


def say_eligible(keys: Sequence[str], names: Names) -> str:
    """Say for whom alone a station is; nothing where it is for everyone, or does not say."""
    if not keys or EVERYONE in keys:
        return ""
    return gettext("Only for: %(people)s", people=listed([names.eligible(key) for key in keys]))


_UNANNOUNCED = re.compile(re.escape(NOT_ANNOUNCED).replace(r"\{year\}", "([0-9]+)"))

_BECAUSE: Mapping[str, Callable[[], str]] = {
    OUT_OF_SEASON: lambda: gettext("not one of its days"),
    CLOSED_FOR_NOW: lambda: gettext("closed for now"),
    SELF_SERVICE: lambda: gettext("without staff"),
    OUT_OF_RANGE: lambda: gettext("no hours are known for that year"),
    SCHOOL_HOLIDAYS: lambda: gettext("school holidays are not known"),
}


def _closed(values: Mapping[str, object], wall: Wall, _: Names) -> str:
    if moment := _moment(values.get("opens_at")):
        return gettext("Closed when you arrive; opens %(clock)s", clock=wall.reads(moment))
    return gettext("Closed when you arrive")


def _closing(values: Mapping[str, object], wall: Wall, _: Names) -> str:
    moment = _moment(values.get("closes_at"))
    early = minutes_of(float(str(values.get("early_s", 0.0))))
    if moment is None:
        return gettext("Closes before you get there")
    return ngettext(
        "Closes %(clock)s, %(num)s minute before you get there",
        "Closes %(clock)s, %(num)s minutes before you get there",
        early,
        clock=wall.reads_until(moment),
    )


def _lacks(values: Mapping[str, object], _: Wall, names: Names) -> str:
    return gettext("Does not have: %(amenity)s", amenity=names.amenity(str(values["amenity"])))


def _not_for(values: Mapping[str, object], _: Wall, names: Names) -> str:
    return say_eligible(str(values["eligible"]).split(","), names)


def _not_known(values: Mapping[str, object], _: Wall, names: Names) -> str:
    return gettext("Not known whether it has: %(amenity)s", amenity=names.amenity(str(values["amenity"])))


def _no_way(_: Mapping[str, object], __: Wall, ___: Names) -> str:
    return gettext("No way along the streets is known; the time is an estimate")


def _too_far(values: Mapping[str, object], _: Wall, __: Names) -> str:
    return gettext("Farther than %(minutes)s min", minutes=f"{float(str(values['minutes'])):g}")


_SENTENCES: Mapping[str, Callable[[Mapping[str, object], Wall, Names], str]] = {
    "closed": _closed,
    "closing": _closing,
    "not_for": _not_for,
    "lacks": _lacks,
    "not_known": _not_known,
    "too_far": _too_far,
    "no_way": _no_way,
}


def _moment(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))
