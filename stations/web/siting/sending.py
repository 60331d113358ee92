"""What one sends to have something searched for: begin, stop, and a list of places."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from stations.errors import SitingError
from stations.web.errors import wants_json
from stations.web.params import Args, BadParameter, counted
from stations.web.sited import asked_of
from stations.web.siting.answers import going_json
from stations.web.siting.going import going_of
from stations.web.siting.lists import read_upload
from stations.web.siting.looking import Looking
from stations.web.siting.page import to_page
from stations.web.siting.posting import as_json, field_sent, plans_of, question_sent
from stations.web.siting.searching import LONGEST_S, Searching
from stations.web.siting.view import Question


def add_sending(door: Blueprint, looking: Looking, searching: Searching | None) -> None:
    """Add the doors that need no key."""
    house = looking.house

    @door.post("/search")
    def search() -> Response:
        """Begin the proof, or join the search for it."""
        args = question_sent(frozenset({"time_limit", "again"}))
        _refuse_plan(args)
        asked = looking.sitings.asked(args)
        if searching is None:
            raise SitingError("Nothing can be searched for here, as this house keeps no plans.")
        question = asked_of(args)
        found = searching.begin(
            asked, question, datetime.now(UTC), limit_s=_limit_s(), again=field_sent("again") not in {"", "0"}
        )
        if wants_json():
            return as_json({"search": going_json(going_of(house, asked, found))}, 202)
        return to_page(question, "searching", "search")

    @door.post("/stop")
    def stop() -> Response:
        """Ask a search to end with the best so far."""
        args = question_sent()
        _refuse_plan(args)
        asked = looking.sitings.asked(args)
        if searching is not None:
            searching.stop(asked.mark)
        if wants_json():
            found = None if house.plans is None else house.plans.searches.get(asked.mark)
            return as_json({"search": going_json(going_of(house, asked, found))})
        return to_page(asked_of(args), "stopped", "search")

    @door.post("/list")
    def keep_list() -> Response:
        """Take in places where stations could be put."""
        args = question_sent(frozenset({"file", "datum"}))
        _refuse_plan(args)
        plans = plans_of(house)
        rows = read_upload(request.files.get("file"), field_sent("datum"), looking.known.zone)
        name = plans.lists.keep(rows, datetime.now(UTC))
        question: Question = asked_of(args) | {"list": [name]}
        if wants_json():
            return as_json({"list": name, "rows": len(rows), "address": url_for("siting.show", **question)}, 201)
        return to_page(question, "listed")


def _limit_s() -> float:
    text = field_sent("time_limit").strip()
    if not text:
        return LONGEST_S
    seconds = counted(text, int(LONGEST_S))
    if seconds is None:
        raise BadParameter(
            "time_limit", text, "“{value}” seconds cannot be searched. Give 1 to {most}.", most=int(LONGEST_S)
        )
    return float(seconds)


def _refuse_plan(args: Args) -> None:
    if any(args.get("plan", ())):
        raise BadParameter(
            "plan", args["plan"][0], "A saved plan stays as it is. Send its question instead, and leave out “plan”."
        )
