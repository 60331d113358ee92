"""`/api/search`: what somebody may mean, while they type."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request, url_for

from geodata.lonlat import LonLat
from stations.questions.search import MOST_MATCHES, Match, SearchQuery, search
from stations.web.finder.found import say_line, say_name, say_what
from stations.web.house import House
from stations.web.params import Args, BadParameter, counted, first, given, read_origin, refuse_unknown
from stations.wording.names import Names

SEARCH_PARAMETERS = frozenset({"q", "lon", "lat", "limit", "lang"})
LONGEST = 100
USUAL = 8


def suggest_door(house: House, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("suggest", __name__)

    @door.get("/api/search")
    def suggest() -> Response:
        """Stations, places, streets and landmarks whose names fit, the best first."""
        args = given(request.args)
        refuse_unknown(args, SEARCH_PARAMETERS)
        query = read_search(args)
        answer = search(query, house.snapshot(), house.atlas)
        written = {
            "matches": [_written(match, names) for match in answer.matches],
            "revision": answer.revision,
            "digest": answer.digest,
        }
        response = Response(orjson.dumps(written), mimetype="application/json")
        if query.near is None:
            # One who takes a letter back sees the same again at once.
            response.headers["Cache-Control"] = "private, max-age=60"
            response.vary.update(("Accept-Language", "Cookie"))
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

    return door


def read_search(args: Args) -> SearchQuery:
    """Read what was typed.

    Raises
    ------
    BadParameter
        Nothing, or more than anybody types; a position or a number that is none.
    """
    text = first(args, "q")
    if not text.strip():
        raise BadParameter("q", text, "“{field}” is missing. Give the name of a place, or a part of one.")
    if len(text) > LONGEST:
        raise BadParameter("q", text, "“{field}” is too long. Give at most {most} characters.", most=LONGEST)
    return SearchQuery(text, read_near(args), _limit(args))


def read_near(args: Args) -> LonLat | None:
    """Read ``lon`` and ``lat``, where they are given."""
    return read_origin(args) if first(args, "lon") or first(args, "lat") else None


def _limit(args: Args) -> int:
    text = first(args, "limit")
    if not text:
        return USUAL
    limit = counted(text, MOST_MATCHES)
    if limit is None:
        raise BadParameter(
            "limit", text, "“{value}” is not a number of suggestions. Give 1 to {most}.", most=MOST_MATCHES
        )
    return limit


def _written(match: Match, names: Names) -> dict[str, Any]:
    return {
        "kind": match.kind.value,
        "what": say_what(match, names),
        "name": say_name(match),
        "line": say_line(match),
        "lon": round(match.position.lon, 6),
        "lat": round(match.position.lat, 6),
        "href": url_for("station.show", code=match.code) if match.code else None,
    }
