"""The form of a station as a page shows it: every field with its name, what it holds, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from stations.desk.entering import CHECKED, CHOICES, CLOSURE, DATES, HAS, HOURS, LINES, REMARK, SEVERAL, TEXTS, Fields
from stations.errors import StationsError
from stations.facts import AmenityState
from stations.station import Station
from stations.taxonomy import Term
from stations.upkeep.facts import Aspect
from stations.web.desk.weekly import is_field as of_a_week
from stations.web.deskwords import say_aspect, say_day, spoken, words
from stations.web.errors import say
from stations.web.room import Room, text_of

OWN = frozenset(
    {"seen", "proposal", "comment", "do", "place", "datum", "search", "found", "lon", "lat", "seats", "area_m2"}
)
KNOWN = OWN | {*LINES, *TEXTS, *HOURS, DATES, *CHOICES, *SEVERAL}
_MANY = re.compile(
    r"(?:has|note)\.[a-z0-9_]{1,64}|closure\.\d{1,3}\.(?:first|last|reason)|checked\.[a-z]{1,12}|choose\.\d{1,3}"
)
_ROW = re.compile(r"closure\.(\d{1,3})\.")

EMPTY_ROWS = 2
"""Rows for closures to come, beside those there are."""

SIGNS = {AmenityState.YES: "check", AmenityState.NO: "x", AmenityState.NEARBY: "map-pin"}


def is_field(name: str) -> bool:
    """Whether a form of a station may have a field of that name."""
    return name in KNOWN or bool(_MANY.fullmatch(name)) or of_a_week(name)


@dataclass(frozen=True, slots=True)
class Amenity:
    """One amenity to answer for."""

    key: str
    name: str
    icon: str
    state: str
    remark: str
    fault: str


@dataclass(frozen=True, slots=True)
class Row:
    """One closure."""

    number: int
    first: str
    last: str
    reason: str
    fault: str


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody may have made sure of, and when that was done last."""

    aspect: Aspect
    name: str
    last: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form filled in.

    Attributes
    ----------
    faults
        In words, by the name of the field.
    options
        What can be chosen, by field: keys and names.
    states
        The four answers for an amenity.
    """

    fields: Fields
    faults: Mapping[str, str]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    states: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[Amenity, ...]], ...]
    closures: tuple[Row, ...]
    checks: tuple[Check, ...]

    def text(self, name: str) -> str:
        """What a field holds."""
        return text_of(self.fields, name)

    def chosen(self, name: str, key: str) -> bool:
        """Whether something is chosen."""
        return key in self.fields.get(name, ())

    def label(self, name: str) -> str:
        """What a field is called."""
        return words().fields.label(name, spoken())


def sheet_of(room: Room, station: Station, fields: Fields, faults: Mapping[str, StationsError]) -> Sheet:
    """Fill in the form.

    Parameters
    ----------
    station
        The record that it is made of.
    fields
        What the fields hold.
    """
    said = {name: say(fault) for name, fault in faults.items()}
    taxonomy = room.names.taxonomy
    vocabularies = {**CHOICES, **SEVERAL}
    options = {
        name: tuple((key, _word(term)) for key, term in getattr(taxonomy, vocabulary).terms.items())
        for name, vocabulary in vocabularies.items()
    }
    groups = []
    for group, term in taxonomy.groups.items():
        inside = [key for key in taxonomy.amenities.terms if taxonomy.amenity(key).group == group]
        amenities = tuple(
            Amenity(
                key,
                room.names.amenity(key),
                room.names.amenity_icon(key),
                text_of(fields, HAS + key) or AmenityState.UNKNOWN.value,
                text_of(fields, REMARK + key),
                said.get(HAS + key, "") or said.get(REMARK + key, ""),
            )
            for key in inside
        )
        groups.append((_word(term), amenities))
    return Sheet(
        fields,
        said,
        options,
        tuple((state.value, _word(taxonomy.states[state.value])) for state in AmenityState),
        tuple(groups),
        _rows(fields, said),
        tuple(_check(aspect, station, fields) for aspect in (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION)),
    )


def _rows(fields: Fields, faults: Mapping[str, str]) -> tuple[Row, ...]:
    numbers = sorted({int(found[1]) for name in fields if (found := _ROW.match(name))})
    filled = [
        Row(
            number,
            text_of(fields, f"{CLOSURE}{number}.first"),
            text_of(fields, f"{CLOSURE}{number}.last"),
            text_of(fields, f"{CLOSURE}{number}.reason"),
            faults.get(f"{CLOSURE}{number}", ""),
        )
        for number in numbers
    ]
    kept = [row for row in filled if row.first or row.last or row.reason]
    after = max((row.number for row in kept), default=-1) + 1
    return (*kept, *(Row(after + number, "", "", "", "") for number in range(EMPTY_ROWS)))


def _check(aspect: Aspect, station: Station, fields: Fields) -> Check:
    day = getattr(station, f"{aspect.value}_checked")
    last = gettext("never checked") if day is None else gettext("last checked %(day)s", day=say_day(day))
    return Check(aspect, say_aspect(aspect), last, bool(text_of(fields, CHECKED + aspect.value)))


def _word(term: Term) -> str:
    return term.en if spoken() == "en" else term.zh
