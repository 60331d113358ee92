"""`/planning`: who is not served, where, and when; and what would change it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from geodata.errors import GeodataError
from stations.calendar import calendar_of
from stations.errors import RegistryError, StationsError
from stations.questions.coverage.clock import holiday_for
from stations.web.attached import as_file
from stations.web.errors import say_beside_form, status_of
from stations.web.forms import chips, form_of, picks
from stations.web.headers import MAP_POLICY
from stations.web.house import House
from stations.web.offered import weights_for
from stations.web.params import Args, BadParameter, Known, first, given, read_moment
from stations.web.planning.choices import comparisons_for, downloads_for, tabs_for
from stations.web.planning.clockface import days_of
from stations.web.planning.findings import Findings
from stations.web.planning.showing import show_answer
from stations.web.planning.state import PARTS, carried, held, on_the_wall, read_part
from stations.web.planning.trying import all_back, read_tried
from stations.wording.names import Names
from stations.wording.spoken import language

MINUTES = (5, 10, 15, 20, 30)
CHIPS_IN_SIGHT = 12
NOON = "12"


def planning_door(house: House, known: Known, names: Names, findings: Findings) -> Blueprint:
    """Make the door for planners."""
    door = Blueprint("planning", __name__, url_prefix="/planning")

    @door.get("")
    def show() -> Response:
        """The question, the finding in words, the map beside the part that lies open, and what one takes home."""
        args = given(request.args)
        today = datetime.now(known.zone).date()
        shown: dict[str, Any] = {"found": None, "fault": None, "part": PARTS[0]}
        shown["data"] = {"address": url_for("planning.show"), "answer": url_for("answers.figures")}
        status = 200
        try:
            part = read_part(args)
            shown |= show_answer(findings, args, known, names, part, today)
        except (GeodataError, StationsError) as fault:
            if isinstance(fault, RegistryError) or status_of(fault) == 500:
                raise  # which is said in other words
            # What cannot be answered can be taken back.
            shown |= {
                "fault": say_beside_form(fault),
                "tried": read_tried(args, house.snapshot(), names),
                "all_back": all_back(args),
            }
            status = status_of(fault)
        page = render_template("planning/index.html", **_question(args, today), **shown)
        response = make_response(page, status)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def _question(args: Args, today: date) -> dict[str, Any]:
        at = on_the_wall(args, house.zone)
        monday = _monday(at, today, house.zone)
        calendar = calendar_of(house.zone)
        holiday = holiday_for(calendar, monday)
        name = calendar.name_of(holiday) if holiday else ""
        mode = first(args, "mode", "walk")
        usual = names.modes[mode].speed_kmh if mode in names.modes else 4.0
        return {
            "form": form_of(args, known, names)
            | {"at": at[:40], "speed": first(args, "speed")[:20], "usual_speed": f"{usual:g}"},
            "chips": chips(house.snapshot(), frozenset(args.get("amenity", ())), names),
            "chips_in_sight": CHIPS_IN_SIGHT,
            "minutes_offered": MINUTES,
            "picks": picks(
                {key: value for key, value in args.items() if key == "amenity"}, known, names, datetime.now(known.zone)
            ),
            "weights": weights_for(house.atlas, first(args, "weight")),
            "comparisons": comparisons_for(args, house, known, names),
            "held": held(args),
            "days": days_of(monday, holiday, name, at),
            "hour": _half_hour(at),
            "tabs": tabs_for(args),
            "downloads": downloads_for(carried(args)),
        }

    @door.get("/map.html")
    def kept_map() -> Response:
        """The map as one file that needs nothing else."""
        from stations.handouts.mappage import Inlined
        from stations.web.planning.maps import draw

        picture = findings.picture(findings.asked(given(request.args)), names)
        assets = Inlined(Path(current_app.static_folder or "static"))
        response = make_response(draw(picture, assets, "en" if language() == "en" else "zh-Hans"))
        response.headers["Content-Security-Policy"] = MAP_POLICY
        return as_file(response, "yizhan-coverage.html")

    return door


def _half_hour(at: str) -> str:
    """Where the slider stands for a moment as the form writes it: hours of the day, in halves."""
    hour, minute = at[11:13], at[14:16]
    if not (hour.isdecimal() and minute.isdecimal()):
        return NOON
    return f"{min(int(hour), 23) + (0.5 if int(minute) >= 30 else 0.0):g}"


def _monday(at: str, today: date, zone: tzinfo) -> date:
    """The Monday of the week asked for; of this one where none is, or where it cannot be read."""
    try:
        day = read_moment(at, zone).astimezone(zone).date() if at else today
    except BadParameter:
        day = today
    return day - timedelta(days=day.weekday())
