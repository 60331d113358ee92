"""What the desk calls things: facts, differences, people's moments, in the language of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from flask import g, request
from flask_babel import format_date, gettext

from stations.desk.entering import HOURS, told_hours
from stations.desk.proposals import Standing
from stations.desk.roll import Line
from stations.desk.today import COUNTY
from stations.phrases import Language
from stations.registry.differences import Difference, Words
from stations.upkeep.facts import Aspect
from stations.web.house import House
from stations.web.who import people_of, person_of
from stations.web.words import Wall
from stations.wording.areas import area_name
from stations.wording.spoken import language


@lru_cache(maxsize=2)
def words_in(spoken: str) -> Words:
    """The words of a language, read once."""
    return Words.load(spoken)


def words() -> Words:
    """The words of the reader's language."""
    return words_in(spoken())


def spoken() -> Language:
    """The reader's language."""
    return "en" if language() == "en" else "zh"


@dataclass(frozen=True, slots=True)
class Told:
    """One difference as it is read: what, and how it was and is."""

    label: str
    before: str
    after: str
    moved: str


def tell(found: Iterable[Difference]) -> tuple[Told, ...]:
    """Tell differences in words."""
    said = words()
    return tuple(
        Told(
            said.label(one),
            _text(said, one.field, one.before),
            _text(said, one.field, one.after),
            "" if one.moved_m is None else gettext("moved %(metres)s m", metres=f"{one.moved_m:,.0f}"),
        )
        for one in found
    )


def _text(said: Words, field: str, value: object) -> str:
    """Tell a value; hours as one says them."""
    return told_hours(value, spoken()) if field in HOURS and isinstance(value, str) else said.text(field, value)


def say_aspect(aspect: Aspect) -> str:
    """Name what somebody makes sure of."""
    return {
        Aspect.HOURS: gettext("Opening hours"),
        Aspect.AMENITIES: gettext("What it has"),
        Aspect.POSITION: gettext("Place on the map"),
    }[aspect]


def say_standing(standing: Standing) -> str:
    """Say what became of a proposal."""
    return {
        Standing.OPEN: gettext("waiting"),
        Standing.ACCEPTED: gettext("accepted"),
        Standing.CHANGED: gettext("accepted with changes"),
        Standing.REFUSED: gettext("turned down"),
        Standing.WITHDRAWN: gettext("withdrawn"),
    }[standing]


def say_day(day: date) -> str:
    """Say a day."""
    return str(format_date(day, "medium", rebase=False))


def say_month(month: date) -> str:
    """Name the month of a day."""
    return str(format_date(month, "MMMM y", rebase=False)) if spoken() == "en" else f"{month.year}年{month.month}月"


def say_moment(moment: datetime, house: House, now: datetime) -> str:
    """Say when something was."""
    return Wall.at(now, house.zone).looks_back(moment)


def say_who(login: str) -> str:
    """Name a colleague to one of the staff: by name, and by log-in name too where two are called the same.

    To anybody else it is the log-in name that it was, and so is whatever is none: a command's name, what somebody wrote
    themselves. The names are read once for each request.
    """
    if not login or person_of(request) is None:
        return login
    if "staff_names" not in g:
        people = people_of(request)
        names = {} if people is None else people.names()
        borne = Counter(names.values())
        g.staff_names = {who: f"{name} ({who})" if borne[name] > 1 else name for who, name in names.items()}
    return str(g.staff_names.get(login, login))


def township_names(house: House) -> dict[str, str]:
    """The townships that are known, by their codes."""
    return {} if house.atlas is None else dict(house.atlas.townships.name_by_code)


def say_township(house: House, code: str) -> str:
    """Name a township; its code where nobody knows its name."""
    return township_names(house).get(code, code) or gettext("no township")


def say_area(house: House, area: str) -> str:
    """Name a township, a county, a city or a province by its name and code; by its code where it has no name."""
    if not area:
        return gettext("everywhere")
    name = _name_of(house, area)
    return f"{name} ({area})" if name else _by_code(area)


def say_county(house: House, area: str) -> str:
    """Name a county or a township by its name alone; by its code where it has none."""
    return (_name_of(house, area) or _by_code(area)) if area else gettext("no township")


def _name_of(house: House, area: str) -> str:
    return township_names(house).get(area) or area_name(area)


def _by_code(area: str) -> str:
    whole = {
        2: gettext("the province %(area)s", area=area),
        4: gettext("the city %(area)s", area=area),
        6: gettext("the county %(area)s", area=area),
    }
    return str(whole.get(len(area), area))


def townships_of(lines: Iterable[Line], house: House) -> list[tuple[str, str]]:
    """The townships in which some stations stand, by code and name, to choose from; each county before its own."""
    codes = {line.township for line in lines if line.township}
    counties = {code[:COUNTY] for code in codes}
    offered = codes | counties if len(counties) > 1 else codes
    return [
        (code, say_area(house, code) if code in counties else say_township(house, code)) for code in sorted(offered)
    ]
