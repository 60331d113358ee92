"""What a station's page asks those who stand before it, and what it says of what others said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import format_decimal, gettext, ngettext

from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.upkeep.facts import Aspect, Confirmed, Visits
from stations.upkeep.kinds import Kind
from stations.web.cautions import Cautions, is_doubtful
from stations.web.house import House
from stations.web.params import Args, first
from stations.web.station.timetable import say_day
from stations.web.words import Wall

LATELY = timedelta(days=30)
"""Over which visits are counted beside those since the beginning."""


@dataclass(frozen=True, slots=True)
class Warned:
    """What others found wrong: its icon, and who found what when."""

    icon: str
    said: str


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that may be still right.

    Attributes
    ----------
    checked
        When somebody last made sure, in words.
    confirmed
        Who has said since that it is right; empty for nobody.
    """

    aspect: Aspect
    name: str
    checked: str
    confirmed: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that can be reported, and what is asked besides: ``amenity``, ``note`` or nothing."""

    key: str
    name: str
    icon: str
    asks: str


@dataclass(frozen=True, slots=True)
class Voices:
    """What people said of a station, and what they may say.

    Attributes
    ----------
    asked
        Whether anything can be said: the house keeps what people say, and the station serves.
    doubtful
        Whether others found the door shut or the station gone, so that nobody should rely on its hours.
    visits
        How many were counted, in words; empty for none.
    """

    asked: bool
    cautions: tuple[Warned, ...] = ()
    doubtful: bool = False
    rights: tuple[Right, ...] = ()
    wrongs: tuple[Wrong, ...] = ()
    visits: str = ""


def voices_of(
    station: Station,
    house: House,
    snapshot: Snapshot,
    words: Cautions,
    now: datetime,
    *,
    has_any: bool,
) -> Voices:
    """Gather what people said of a station.

    Parameters
    ----------
    now
        Aware.
    has_any
        Whether it has any amenity that could be broken or used up.
    """
    upkeep, wall = house.upkeep, Wall.at(now, house.zone)
    if upkeep is None:
        return Voices(asked=False, rights=_rights(station, {}, wall))
    cautions = sorted(house.cautions(now).get(station.code, ()), key=lambda one: (-one.people, one.kind, one.amenity))
    return Voices(
        asked=True,
        cautions=tuple(Warned(_icon(words.kinds.get(one.kind)), words.say(one, wall)) for one in cautions),
        doubtful=is_doubtful(cautions),
        rights=_rights(station, upkeep.confirmed(station.code, snapshot), wall),
        wrongs=tuple(
            Wrong(kind.key, words.kind(kind.key), kind.icon, kind.asks)
            for kind in words.kinds.values()
            if has_any or kind.asks != "amenity"
        ),
        visits=say_visits(upkeep.visits(station.code), wall.today),
    )


def say_visits(visits: Visits, today: date) -> str:
    """Say how many visits were counted; nothing where there were none."""
    if not visits.total:
        return ""
    lately = sum(count for day, count in visits.by_day.items() if today - LATELY < day <= today)
    total, recent = (format_decimal(number, format="#,##0") for number in (visits.total, lately))
    return ngettext(
        "%(total)s visit counted, %(recent)s of them in the last 30 days",
        "%(total)s visits counted, %(recent)s of them in the last 30 days",
        visits.total,
        total=total,
        recent=recent,
    )


def say_thanks(args: Args) -> str:
    """Say what became of what was just sent, as the doors that took it write it into the address; else nothing."""
    said = {
        ("report", "taken"): gettext("Thank you. The staff can see your report now."),
        ("report", "known"): gettext("You have reported this already. The staff can see it."),
        ("confirm", "taken"): gettext("Thank you. Others can rely on it now."),
        ("confirm", "known"): gettext("You have said so already today."),
        ("visit", "taken"): gettext("Counted. Have a good rest!"),
        ("visit", "known"): gettext("Your visit of today is counted already. Have a good rest!"),
    }
    return said.get((first(args, "said"), first(args, "outcome")), "")


def _rights(station: Station, confirmed: Mapping[Aspect, Confirmed], wall: Wall) -> tuple[Right, ...]:
    facts = (
        (Aspect.POSITION, gettext("Place on the map"), station.position_checked),
        (Aspect.HOURS, gettext("Opening hours"), station.hours_checked),
        (Aspect.AMENITIES, gettext("What it has"), station.amenities_checked),
    )
    return tuple(
        Right(aspect, name, _checked(day), _confirmed(confirmed.get(aspect), wall)) for aspect, name, day in facts
    )


def _checked(day: date | None) -> str:
    if day is None:
        return gettext("not known when it was last checked")
    return gettext("checked %(day)s", day=say_day(day))


def _confirmed(confirmed: Confirmed | None, wall: Wall) -> str:
    if confirmed is None or not confirmed.times:
        return ""
    return ngettext(
        "%(num)s person says it is right, %(day)s",
        "%(num)s people say it is right, the last %(day)s",
        confirmed.times,
        day=say_when(confirmed.last, wall),
    )


def say_when(moment: datetime, wall: Wall) -> str:
    """Say on which day something was, counted from today."""
    day = moment.astimezone(wall.zone).date()
    days = (wall.today - day).days
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    return gettext("on %(day)s", day=say_day(day))


def _icon(kind: Kind | None) -> str:
    return "triangle-alert" if kind is None else kind.icon
