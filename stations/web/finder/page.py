"""The finder, `/`: which door is open when I get there, and has what I need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, make_response, render_template, request, url_for

from geodata.atlas import Atlas
from geodata.lonlat import LonLat
from stations.questions.nearest import NearestQuery, find_nearest
from stations.web.credit import credit_of
from stations.web.errors import say
from stations.web.finder.cards import Groups, group, headline
from stations.web.finder.where import Whereabouts, read_where
from stations.web.forms import carried, chips, form_of, picks
from stations.web.house import House
from stations.web.names import Names
from stations.web.params import BadParameter, Known, given, read_nearest
from stations.web.words import Wall

MINUTES = (5, 10, 15, 20, 30, 45)
NO_GROUND = b'{"type":"FeatureCollection","features":[]}'
CHIPS_IN_SIGHT = 6
"""How many amenities are shown before the rest is asked for: two rows on a phone."""


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


def ways_address(query: NearestQuery) -> str:
    """Where the map asks for the ways along the streets, once the page is there: drawing them all takes a while."""
    return url_for(
        "nearest.nearest",
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
