"""What was found, as cards: each says what a person will find at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_date, gettext, ngettext

from stations.hours import State
from stations.questions.nearest import Found, NearestAnswer, Why
from stations.station import AmenityState, Station
from stations.upkeep.facts import Caution
from stations.web.cautions import Cautions, is_doubtful
from stations.web.handover import Links, links_to
from stations.web.words import Wall, say_arrival, say_eligible, say_hours, say_reason
from stations.wording.figures import listed, say_metres, say_minutes
from stations.wording.names import Names

IN_SIGHT = 5
"""How many amenities a card names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Warned:
    """What others found wrong, by the station's code, and what says it, by the clock of now."""

    cautions: Mapping[str, tuple[Caution, ...]]
    wall: Wall
    words: Cautions

    def of(self, code: str) -> tuple[str, ...]:
        """What was found wrong at a station, in words."""
        return tuple(self.words.say(one, self.wall) for one in self.cautions.get(code, ()))


@dataclass(frozen=True, slots=True)
class Card:
    """A station as a person reads it.

    Attributes
    ----------
    state
        ``open`` or ``unknown`` on arrival; ``doubtful`` where others found the door shut; ``almost`` where something
        is against it.
    reasons
        What is against it.
    warnings
        What others found wrong.
    amenities, more
        Name, icon and whether it is next door, those asked for first; and how many more there are.
    checked
        When somebody last made sure.
    """

    rank: int
    name: str
    found: Found
    minutes: str
    metres: str
    state: str
    arrival: str
    hours: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    access: str
    eligible: str
    amenities: tuple[tuple[str, str, bool], ...]
    more: int
    checked: str
    links: Links


@dataclass(frozen=True, slots=True)
class Groups:
    """Cards in the order in which they serve.

    Open on arrival; not certain, because hours are not known or others found the door shut; open later; farther;
    nearer, but with something against them.
    """

    open: tuple[Card, ...]
    uncertain: tuple[Card, ...]
    later: tuple[Card, ...]
    farther: tuple[Card, ...]
    almost: tuple[Card, ...]

    def all(self) -> tuple[Card, ...]:
        """Every card, in order."""
        return self.open + self.uncertain + self.later + self.farther + self.almost


class Dealer:
    """Puts answers into cards, for one phone at one moment.

    Parameters
    ----------
    warned
        What others found wrong.
    wall
        The clock by which arrivals are told.
    agent
        The browser's ``User-Agent``: which map programs it can start.
    """

    def __init__(self, names: Names, warned: Warned, wall: Wall, agent: str) -> None:
        self._names, self._warned, self._wall, self._agent = names, warned, wall, agent

    def deal(self, answer: NearestAnswer) -> Groups:
        """Put an answer into cards, numbered through in the order they are shown."""
        certain = [found for found in answer.stations if self._state(found) == State.OPEN]
        uncertain = [found for found in answer.stations if self._state(found) != State.OPEN]
        farther = [found for found in answer.almost if _is_farther(found)]
        almost = [found for found in answer.almost if not _is_farther(found)]
        rank = 0
        groups = []
        for several in (certain, uncertain, answer.later, farther, almost):
            cards = []
            for found in several:
                rank += 1
                cards.append(self._card(found, rank, answer))
            groups.append(tuple(cards))
        return Groups(*groups)

    def headline(self, answer: NearestAnswer, groups: Groups) -> str:
        """Say in a line what was found; how far away speaks of the one that is listed first."""
        said = {"minutes": f"{answer.query.minutes:g}", "mode": self._names.mode(answer.query.mode)}
        if groups.open:
            return ngettext(
                "%(num)s station is open when you get there; it is %(first)s away",
                "%(num)s stations are open when you get there; the nearest is %(first)s away",
                len(groups.open),
                first=groups.open[0].minutes,
            )
        if groups.uncertain:
            return ngettext(
                "%(num)s station within %(minutes)s min %(mode)s, not sure to be open; it is %(first)s away",
                "%(num)s stations within %(minutes)s min %(mode)s, none sure to be open; the nearest is %(first)s away",
                len(groups.uncertain),
                first=groups.uncertain[0].minutes,
                **said,
            )
        if groups.all():
            return gettext("Nothing suits within %(minutes)s min %(mode)s. These almost do:", **said)
        return gettext("No station is known here.")

    def _state(self, found: Found) -> str:
        if found.reasons:
            return "almost"
        if is_doubtful(self._warned.cautions.get(found.station.code, ())):
            return "doubtful"
        return found.state.value

    def _card(self, found: Found, rank: int, answer: NearestAnswer) -> Card:
        station, names = found.station, self._names
        has = [key for key, state in station.amenities.items() if state in {AmenityState.YES, AmenityState.NEARBY}]
        asked = answer.query.amenities
        has.sort(key=lambda key: (key not in asked, names.order(key)))
        return Card(
            rank=rank,
            name=names.station(station),
            found=found,
            minutes=say_minutes(found.seconds),
            metres=say_metres(found.metres),
            state=self._state(found),
            arrival=say_arrival(found, self._wall),
            hours=say_hours(station, self._wall.today),
            reasons=tuple(say_reason(reason, found.because, self._wall, names) for reason in found.reasons),
            warnings=self._warned.of(station.code),
            access=listed([names.access(key) for key in station.access]),
            eligible=_told_for_whom(found, names),
            amenities=tuple(
                (names.amenity(key), names.amenity_icon(key), station.amenities[key] == AmenityState.NEARBY)
                for key in has[:IN_SIGHT]
            ),
            more=max(0, len(has) - IN_SIGHT),
            checked=say_checked(station),
            links=links_to(station.position, station.name, answer.query.mode, self._agent),
        )


def say_checked(station: Station) -> str:
    """Say when somebody last made sure of anything about a station."""
    if station.last_checked is None:
        return gettext("Not yet checked on the spot")
    return gettext("Last checked %(day)s", day=format_date(station.last_checked, "medium", rebase=False))


def _told_for_whom(found: Found, names: Names) -> str:
    """For whom alone it is, unless the reasons say so already."""
    if any(reason.key is Why.NOT_FOR for reason in found.reasons):
        return ""
    return say_eligible(found.station.eligible, names)


def _is_farther(found: Found) -> bool:
    return [reason.key for reason in found.reasons] == [Why.TOO_FAR]
