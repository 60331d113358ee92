"""The doors of siting, hung under `/planning/siting`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.exceptions import HTTPException

from stations.web.house import House
from stations.web.params import Known, given
from stations.web.sited import SITING_QUESTION
from stations.web.siting.answers import add_answers
from stations.web.siting.downloads import add_downloads
from stations.web.siting.findings import Sitings
from stations.web.siting.looking import Looking
from stations.web.siting.page import add_pages
from stations.web.siting.reaching import add_reach
from stations.web.siting.saving import add_entering, add_saving
from stations.web.siting.searching import Searching
from stations.web.siting.sending import add_sending
from stations.wording.names import Names


def siting_door(house: House, known: Known, names: Names, searching: Searching | None = None) -> Blueprint:
    """Make the doors for those who plan new stations.

    Parameters
    ----------
    searching
        Where proofs are searched for; one of its own when not given, and none where no plans are kept.
    """
    door = Blueprint("siting", __name__, url_prefix="/planning/siting")
    sitings = Sitings(house, known)
    looking = Looking(house, known, names, sitings)
    if searching is None and house.plans is not None:
        searching = Searching(house.plans.searches, sitings)
    add_pages(door, looking)
    add_answers(door, looking)
    add_reach(door, looking)
    add_downloads(door, looking)
    add_sending(door, looking, searching)
    add_saving(door, looking)
    add_entering(door, looking)
    door.context_processor(_way_back)
    return door


def _way_back() -> dict[str, str]:
    """Where a page that says what went wrong leads: back to the plan or the question that was sent."""
    asked = dict(given(request.args))
    with suppress(HTTPException):  # a form that is too large has no fields
        asked |= given(request.form)
    names = ("plan",) if asked.get("plan") else SITING_QUESTION
    question: dict[str, Any] = {name: asked[name] for name in names if name in asked}
    return {"way_back": url_for("siting.show", **question)}
