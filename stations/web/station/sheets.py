"""What stands on a poster: a station's few facts that matter at the door, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import unquote

from flask_babel import force_locale, gettext
from markupsafe import Markup

from stations.station import Station
from stations.web.house import House
from stations.web.language import LOCALES
from stations.web.qr import qr_drawing
from stations.web.station.addresses import address_at_the_door, address_of
from stations.web.station.fitting import Sizes, sizes_of
from stations.web.station.telling import tell
from stations.web.station.timetable import say_closure
from stations.web.words import say_usual_hours
from stations.wording.figures import listed
from stations.wording.names import Names

T = TypeVar("T")

CLOSURES = 2
"""How many closures are told: a poster hangs for long, and what comes later is on the page."""


@dataclass(frozen=True, slots=True)
class Both:
    """The same in two languages."""

    zh: str
    en: str

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.zh)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An amenity on a poster."""

    icon: str
    name: Both
    nearby: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One poster.

    Attributes
    ----------
    english_name
        Empty where the station has none.
    hours
        With season and self-service; empty where none are known.
    statements
        The Chinese hours, one statement after another.
    closures
        The first of those not yet over.
    sizes
        How large it may be drawn.
    typed
        Address of the page, as one would type it.
    qr
        The code that leads there from the door.
    """

    station: Station
    kind: Both
    english_name: str
    hours: Both
    statements: tuple[str, ...]
    closures: tuple[Both, ...]
    inside: tuple[Drawn, ...]
    access: Both
    eligible: Both
    sizes: Sizes
    typed: str
    qr: Markup


def sheet_of(station: Station, house: House, names: Names, today: date) -> Sheet:
    """Put together the poster of a station, as of a day."""
    told = both_of(lambda: tell(station, house, names))
    inside = tuple(
        Drawn(zh.icon, Both(zh.name, en.name), zh.nearby) for zh, en in zip(told[0].has(), told[1].has(), strict=True)
    )
    hours = Both(*both_of(lambda: say_usual_hours(station)))
    english_name = station.name_en if station.name_en != station.name else ""
    statements = tuple(filter(None, hours.zh.split("；")))
    to_come = [closure for closure in sorted(station.closures) if closure.last >= today][:CLOSURES]
    return Sheet(
        station=station,
        kind=Both(told[0].kind, told[1].kind),
        english_name=english_name,
        hours=hours,
        statements=statements,
        closures=tuple(Both(*both_of(lambda closure=closure: say_closure(closure))) for closure in to_come),  # type: ignore[misc]
        inside=inside,
        access=_listed(told[0].access, told[1].access),
        eligible=_listed(told[0].eligible, told[1].eligible),
        sizes=sizes_of(station.name, english_name, statements, hours.en, len(to_come), len(inside)),
        typed=unquote(address_of(house, station.code)).replace(" ", "%20"),
        qr=qr_drawing(address_at_the_door(house, station.code), gettext("QR code that leads to the station's page")),
    )


def both_of(say: Callable[[], T]) -> tuple[T, T]:
    """Say something in Chinese and in English."""
    with force_locale(LOCALES["zh"]):
        zh = say()
    with force_locale(LOCALES["en"]):
        return zh, say()


def _listed(zh: tuple[str, ...], en: tuple[str, ...]) -> Both:
    with force_locale(LOCALES["zh"]):
        said = listed(zh)
    with force_locale(LOCALES["en"]):
        return Both(said, listed(en))
