"""A place found by its address or name, for a station that is to stand there: here, and online where that is set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.errors import OnlineSearchError
from geodata.lonlat import LonLat
from stations.desk.entering import Fields
from stations.errors import EntryError
from stations.exchange.fieldcells import write_degrees
from stations.questions.search import SearchQuery, search
from stations.web.online import say_service
from stations.web.room import Room, text_of
from stations.wording.spoken import language

SEARCH, FOUND = "search", "found"
OFFERED = 6
LONGEST = 100
NONE_OF_THESE = "-"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may be meant; `value` is what a form sends when it is."""

    name: str
    line: str
    value: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Looked:
    """What a search found.

    Attributes
    ----------
    service
        The online service that found some of it, as it wants to be named; empty for none.
    fault
        Why there is nothing to choose from; None while there is.
    """

    spots: tuple[Spot, ...] = ()
    service: str = ""
    fault: EntryError | None = None


NOT_LOOKED = Looked()


def asks_for_a_place(fields: Fields, shown: Mapping[str, Sequence[str]]) -> bool:
    """Whether a form asks for a place to be found, and says no position otherwise.

    Parameters
    ----------
    shown
        What its fields showed.
    """
    if text_of(fields, "do") == "find":
        return True
    if not text_of(fields, SEARCH).strip() or text_of(fields, FOUND) or text_of(fields, "place").strip():
        return False
    return all(text_of(fields, name) == (shown.get(name) or ("",))[0] for name in ("lon", "lat"))


def with_place(fields: Fields) -> Fields:
    """Give a form in which the place that was chosen of those found is the one pasted."""
    chosen = text_of(fields, FOUND)
    if not chosen or chosen == NONE_OF_THESE or text_of(fields, "place").strip():
        return fields
    return {**fields, "place": [chosen], "datum": ["wgs84"], SEARCH: [""], FOUND: [""]}


def look_up(room: Room, fields: Fields, near: LonLat | None) -> Looked:
    """Find the places that may be meant, those beside a position first."""
    text = text_of(fields, SEARCH).strip()
    if not text:
        return Looked(fault=EntryError("Write an address or the name of a place."))
    if len(text) > LONGEST:
        return Looked(
            fault=EntryError("That has {length} characters. Say it in {most}.", length=len(text), most=LONGEST)
        )
    matches = search(SearchQuery(text, near, OFFERED), room.desk.registry.snapshot(), room.house.atlas).matches
    spots = [
        _spot(
            one.name_en if one.name_en and language() == "en" else one.name, one.address or one.township, one.position
        )
        for one in matches
    ]
    service = ""
    if room.house.online is not None and not (matches and matches[0].is_meant):
        try:
            found = room.house.online.find(text, language())
        except OnlineSearchError:
            found = ()
        if found:
            service = say_service(room.house.settings)
            spots = [*(_spot(one.name, one.address, one.position) for one in found[:OFFERED]), *spots]
    if not spots:
        return Looked(
            fault=EntryError("No place called “{value}” is known here. Paste its position instead.", value=text)
        )
    return Looked(tuple(spots), service)


def _spot(name: str, line: str, position: LonLat) -> Spot:
    lon, lat = write_degrees(position.lon), write_degrees(position.lat)
    return Spot(name, line, f"{lon},{lat}", position.lon, position.lat)
