"""The finder, `/`: which door is open when I get there, and has what I need."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext

from geodata.lonlat import LonLat
from stations.questions.nearest import NearestQuery, find_nearest
from stations.web.cautions import Cautions
from stations.web.coarse import DECIMALS
from stations.web.errors import say
from stations.web.finder.cards import Dealer, Groups, Warned
from stations.web.finder.where import Whereabouts, read_where
from stations.web.forms import Guests, carried, chips, form_of, picks, presets
from stations.web.house import House
from stations.web.params import BadParameter, Known, given, read_nearest
from stations.web.words import Wall
from stations.wording.names import Names

MINUTES = (5, 10, 15, 20, 30, 45)
CHIPS_IN_SIGHT = 6
"""How many amenities are shown before the rest is asked for: two rows on a phone."""


def finder_door(house: House, known: Known, names: Names) -> Blueprint:
    """Make the door for those who look for a station."""
    door = Blueprint("finder", __name__)
    cautions, guests = Cautions(names), Guests(names)

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
                wall = Wall.at(answer.query.at, known.zone)
                warned = Warned(house.cautions(now), Wall.at(now, known.zone), cautions)
                dealer = Dealer(names, warned, wall, request.user_agent.string)
                groups = dealer.deal(answer)
                shown |= {
                    "where": where,
                    "ways": ways_address(answer.query),
                    "day": answer.query.at.astimezone(known.zone).date(),
                    "groups": groups,
                    "asked_how": " · ".join(
                        (names.mode(answer.query.mode), gettext("%(minutes)s min", minutes=f"{answer.query.minutes:g}"))
                    ),
                    "headline": dealer.headline(answer, groups),
                    "basis": next((card.found.basis for card in groups.all()), "street"),
                }
        except BadParameter as fault:
            shown["fault"] = {"field": fault.field, "message": say(fault)}
            status = 400
        page = render_template(
            "finder/index.html",
            form=form_of(args, known, names),
            chips=chips(snapshot, frozenset(args.get("amenity", ())), names),
            guests=guests.chips(snapshot, frozenset(known.who) & frozenset(args.get("who", ()))),
            presets=presets(now),
            minutes_offered=MINUTES,
            chips_in_sight=CHIPS_IN_SIGHT,
            picks=picks(args, known, names, now),
            same=carried(args),
            map_data=map_data(shown["where"], shown["groups"], shown.get("ways"), shown.get("day") or now.date()),
            **shown,
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return door


def ways_address(query: NearestQuery) -> str:
    """Where the map asks for the ways along the streets, once the page is there: drawing them all takes a while."""
    return url_for(
        "nearest.nearest",
        lon=round(query.origin.lon, DECIMALS),
        lat=round(query.origin.lat, DECIMALS),
        mode=query.mode,
        minutes=f"{query.minutes:g}",
        at=query.at.isoformat(),
        amenity=sorted(query.amenities),
        who=sorted(query.who),
        limit=query.limit,
        path=1,
    )


def map_data(where: Whereabouts | None, groups: Groups | None, ways: str | None, day: date) -> dict[str, Any]:
    """What the map beside the list is drawn from, with the stations that serve on a day."""
    return {
        "ways": ways,
        "origin": None if where is None else _pair(where.position),
        "found": [
            {
                "rank": shown.rank,
                "code": shown.found.station.code,
                "name": shown.name,
                "at": _pair(shown.found.station.position),
                "state": "unknown" if shown.state == "doubtful" else shown.state,
            }
            for shown in (groups.all() if groups else ())
        ],
        "stations": url_for("stations.stations", on=day.isoformat()),
        "page": url_for("station.show", code="CODE"),
        "words": {"here": gettext("You are here"), "ask": gettext("Search from here")},
    }


def _pair(position: LonLat) -> list[float]:
    return [round(position.lon, 6), round(position.lat, 6)]
