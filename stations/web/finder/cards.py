"""What was found, as cards: each says what a person will find at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from stations.hours import State
from stations.questions.nearest import Found, NearestAnswer
from stations.station import AmenityState
from stations.web.handover import Links, links_to
from stations.web.names import Names
from stations.web.words import Wall, say_arrival, say_hours, say_metres, say_minutes, say_reason


@dataclass(frozen=True, slots=True)
class Card:
    """A station as a person reads it."""

    rank: int
    name: str
    found: Found
    minutes: str
    metres: str
    state: str
    arrival: str
    hours: str
    reasons: tuple[str, ...]
    amenities: tuple[tuple[str, str, bool], ...]
    links: Links


@dataclass(frozen=True, slots=True)
class Groups:
    """Cards in the order in which they serve: open on arrival, hours not known, almost."""

    open: tuple[Card, ...]
    unknown: tuple[Card, ...]
    almost: tuple[Card, ...]

    def all(self) -> tuple[Card, ...]:
        """Every card, in order."""
        return self.open + self.unknown + self.almost


def group(answer: NearestAnswer, wall: Wall, names: Names) -> Groups:
    """Put an answer into cards, numbered through in the order they are shown."""
    opened = [found for found in answer.stations if found.state != State.UNKNOWN]
    unknown = [found for found in answer.stations if found.state == State.UNKNOWN]
    asked, mode = answer.query.amenities, answer.query.mode

    def cards(several: Sequence[Found], first: int) -> tuple[Card, ...]:
        return tuple(card(found, first + at, wall, names, (asked, mode)) for at, found in enumerate(several))

    return Groups(
        open=cards(opened, 1),
        unknown=cards(unknown, 1 + len(opened)),
        almost=cards(answer.almost, 1 + len(answer.stations)),
    )


def headline(answer: NearestAnswer, names: Names) -> str:
    """Say in a line what was found; how far away speaks of the one that is listed first."""
    said = {"minutes": f"{answer.query.minutes:g}", "mode": names.mode(answer.query.mode)}
    fits = len(answer.stations)
    opened = next((found for found in answer.stations if found.state != State.UNKNOWN), None)
    if opened is not None:
        return ngettext(
            "%(num)s station within %(minutes)s min %(mode)s; it is open and %(first)s away",
            "%(num)s stations within %(minutes)s min %(mode)s; the nearest open one is %(first)s away",
            fits,
            first=say_minutes(opened.seconds),
            **said,
        )
    if fits:
        return ngettext(
            "%(num)s station within %(minutes)s min %(mode)s, of unknown hours; it is %(first)s away",
            "%(num)s stations within %(minutes)s min %(mode)s, all of unknown hours; the nearest is %(first)s away",
            fits,
            first=say_minutes(answer.stations[0].seconds),
            **said,
        )
    if answer.almost:
        return gettext("Nothing suits within %(minutes)s min %(mode)s. These almost do:", **said)
    return gettext("No station is known here.")


def card(found: Found, rank: int, wall: Wall, names: Names, asked: tuple[frozenset[str], str]) -> Card:
    """Put a found station into words."""
    station = found.station
    has = [key for key, state in station.amenities.items() if state in {AmenityState.YES, AmenityState.NEARBY}]
    has.sort(key=lambda key: (key not in asked[0], names.order(key)))
    return Card(
        rank=rank,
        name=names.station(station),
        found=found,
        minutes=say_minutes(found.seconds),
        metres=say_metres(found.metres),
        state=found.state.value,
        arrival=say_arrival(found, wall),
        hours=say_hours(station, wall.today),
        reasons=tuple(say_reason(reason, found.because, wall, names.amenity) for reason in found.reasons),
        amenities=tuple(
            (names.amenity(key), names.amenity_icon(key), station.amenities[key] == AmenityState.NEARBY) for key in has
        ),
        links=links_to(station.position, station.name, asked[1]),
    )
