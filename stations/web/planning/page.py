"""`/planning`: who is not served, where, and when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from geodata.errors import AtlasError
from stations.web.attached import as_file
from stations.web.errors import say, status_of
from stations.web.forms import carried, chips, form_of, picks
from stations.web.headers import MAP_POLICY
from stations.web.house import House
from stations.web.params import BadParameter, Known, given
from stations.web.planning.findings import Findings, read_out
from stations.wording.names import Names
from stations.wording.spoken import language

if TYPE_CHECKING:
    from stations.web.planning.mappage import Assets

MINUTES = (5, 10, 15, 20, 30)
CHIPS_IN_SIGHT = 12


def planning_door(house: House, known: Known, names: Names, findings: Findings) -> Blueprint:
    """Make the door for planners."""
    door = Blueprint("planning", __name__, url_prefix="/planning")

    @door.get("")
    def show() -> Response:
        """The form, the finding in words, the map, the table and the gaps."""
        args = given(request.args)
        shown: dict[str, Any] = {"found": None, "fault": None}
        status = 200
        try:
            asked = findings.asked(args)
            shown["found"] = read_out(findings.coverage(asked), asked.snapshot, names)
        except (BadParameter, AtlasError) as fault:
            shown["fault"] = say(fault)
            status = status_of(fault)
        page = render_template(
            "planning/index.html",
            form=form_of(args, known, names),
            chips=chips(house.snapshot(), frozenset(args.get("amenity", ())), names),
            minutes_offered=MINUTES,
            chips_in_sight=CHIPS_IN_SIGHT,
            picks=picks(args, known, names, datetime.now(known.zone)),
            same=carried(args),
            **shown,
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @door.get("/map")
    def county_map() -> Response:
        """The map, for the frame in the page."""
        from stations.web.planning.mappage import Linked

        return drawn(Linked())

    @door.get("/map.html")
    def kept_map() -> Response:
        """The same map as one file that needs nothing else."""
        from stations.web.planning.mappage import Inlined

        return as_file(drawn(Inlined(Path(current_app.static_folder or "static"))), "yizhan-coverage.html")

    def drawn(assets: Assets) -> Response:
        from stations.web.planning.maps import draw

        picture = findings.picture(findings.asked(given(request.args)), names)
        response = make_response(draw(picture, assets, "en" if language() == "en" else "zh-Hans"))
        response.headers["Content-Security-Policy"] = MAP_POLICY
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return door
