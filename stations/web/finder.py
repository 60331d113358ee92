"""The finder, `/`: which door is open when I get there, and has what I need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext, ngettext

from geodata.atlas import Atlas
from geodata.lonlat import LonLat
from stations.hours import State
from stations.questions.nearest import Found, NearestAnswer, NearestQuery, find_nearest
from stations.registry.snapshot import Snapshot
from stations.station import AmenityState
from stations.web.errors import say
from stations.web.exports import credit_of
from stations.web.house import House
from stations.web.links import Links, links_to
from stations.web.names import Names
from stations.web.params import Args, BadParameter, Known, first, given, read_amenities, read_moment, read_nearest
from stations.web.where import Whereabouts, read_where
from stations.web.words import Wall, say_arrival, say_hours, say_metres, say_minutes, say_reason

MINUTES = (5, 10, 15, 20, 30, 45)
NO_GROUND = b'{"type":"FeatureCollection","features":[]}'
ASKED = ("mode", "minutes", "at", "amenity")
CHIPS_IN_SIGHT = 6
"""How many amenities are shown before the rest is asked for: two rows on a phone."""


@dataclass(frozen=True, slots=True)
class Chip:
    """An amenity that one can ask for."""

    key: str
    name: str
    icon: str
    chosen: bool


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


def finder_door(house: House, known: Known, names: Names) -> Blueprint:
    """Make the door for those who look for a station."""
    door = Blueprint("finder", __name__)

    @door.get("/")
    def find() -> Response:
        """The form, and under it what was found."""
        now = datetime.now(known.zone)
        args = given(request.args)
        snapshot = house.snapshot()
        shown: dict[str, Any] = {"groups": None, "where": None, "fault": None}
        status = 200
        try:
            where = read_where(args, house)
            if where is not None:
                answer = find_nearest(read_nearest(args, known, now, where.position), snapshot, house.atlas)
                shown |= {
                    "where": where,
                    "ways": ways_address(answer.query),
                    "groups": group(answer, Wall.at(answer.query.at, known.zone), names),
                    "headline": headline(answer, names),
                    "basis": next((found.basis for found in answer.stations + answer.almost), "street"),
                }
        except BadParameter as fault:
            shown["fault"] = {"field": fault.field, "message": say(fault)}
            status = 400
        page = render_template(
            "finder/index.html",
            form=form_of(args, known, names),
            chips=chips(snapshot, frozenset(args.get("amenity", ())), names),
            minutes_offered=MINUTES,
            chips_in_sight=CHIPS_IN_SIGHT,
            picks=picks(args, known, names, now),
            same=carried(args),
            map_data=map_data(shown["where"], shown["groups"], shown.get("ways"), house),
            **shown,
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @door.get("/map/ground.geojson")
    def ground() -> Response:
        """Streets, water, greens and railways to draw beneath the stations."""
        response = Response(mimetype="application/geo+json")
        response.set_etag(house.ground_mark)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if request.args.get("v") == house.ground_mark else "no-cache"
        )
        response.make_conditional(request)
        if response.status_code != 304:
            response.set_data(NO_GROUND if house.atlas is None else credited(house.atlas))
        return response

    return door


def credited(atlas: Atlas) -> bytes:
    """The ground, with whose work it is; spliced in, as the whole of a county would take long to read and write."""
    return atlas.ground.rstrip().removesuffix(b"}") + b"," + orjson.dumps(credit_of(atlas))[1:]


def carried(args: Args) -> dict[str, list[str]]:
    """The question without the place, for the addresses that a page carries it over to."""
    return {key: list(args[key]) for key in ASKED if first(args, key)}


def picks(args: Args, known: Known, names: Names, now: datetime) -> str:
    """Say what was chosen in the folded part of the form."""
    said = []
    try:
        if at := first(args, "at"):
            said.append(Wall.at(now, known.zone).reads(read_moment(at, known.zone)))
        said.extend(names.amenity(key) for key in sorted(read_amenities(args, known), key=names.order))
    except BadParameter:
        return ""  # the page already says what is wrong with it
    return " · ".join(said)


def form_of(args: Args, known: Known, names: Names) -> dict[str, Any]:
    """The form filled in as the address has it; what cannot be used is shown again as it was typed."""
    mode = first(args, "mode", "walk")
    return {
        "where": first(args, "where")[:200],
        "lon": first(args, "lon")[:40],
        "lat": first(args, "lat")[:40],
        "mode": mode if mode in known.modes else "walk",
        "modes": [(key, names.mode(key)) for key in names.modes if key in known.modes],
        "minutes": first(args, "minutes", "15")[:20],
        "at": first(args, "at")[:40],
    }


def chips(snapshot: Snapshot, chosen: frozenset[str], names: Names) -> list[Chip]:
    """The amenities that some active station has, the chosen ones first, then by how many have them."""
    has = np.asarray(snapshot.amenity)[np.asarray(snapshot.active)] == 1
    counts = dict(zip(snapshot.amenity_keys, has.sum(axis=0).tolist(), strict=True))
    offered = [key for key, count in counts.items() if count or key in chosen]
    offered.sort(key=lambda key: (key not in chosen, -counts[key], key))
    return [Chip(key, names.amenity(key), names.amenity_icon(key), key in chosen) for key in offered]


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


def ways_address(query: NearestQuery) -> str:
    """Where the map asks for the ways along the streets, once the page is there: drawing them all takes a while."""
    return url_for(
        "api.nearest",
        lon=query.origin.lon,
        lat=query.origin.lat,
        mode=query.mode,
        minutes=f"{query.minutes:g}",
        at=query.at.isoformat(),
        amenity=sorted(query.amenities),
        limit=query.limit,
        path=1,
    )


def map_data(where: Whereabouts | None, groups: Groups | None, ways: str | None, house: House) -> dict[str, Any]:
    """What the map beside the list is drawn from."""
    return {
        "ways": ways,
        "origin": None if where is None else _pair(where.position),
        "found": [
            {
                "rank": shown.rank,
                "code": shown.found.station.code,
                "name": shown.name,
                "at": _pair(shown.found.station.position),
                "state": "almost" if shown.reasons else shown.state,
            }
            for shown in (groups.all() if groups else ())
        ],
        "bounds": None if house.atlas is None else house.atlas.summary.bounds,
    }


def _pair(position: LonLat) -> list[float]:
    return [round(position.lon, 6), round(position.lat, 6)]
