"""`/planning/siting`: where the next stations should go; saved plans beside each other; where the key is entered."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from geodata.errors import GeodataError
from stations.errors import RegistryError, StationsError
from stations.web.errors import RETRY_S, say, status_of
from stations.web.params import given
from stations.web.siting.allowed import with_accounts
from stations.web.siting.comparing import Comparing
from stations.web.siting.findings import PAGE_PARAMETERS
from stations.web.siting.keyed import entered
from stations.web.siting.looking import Looking
from stations.web.siting.showing import show, show_compare, show_enter
from stations.web.siting.view import EnterView, Question

LONGEST_BACK = 6000
UNAVAILABLE = 503


def add_pages(door: Blueprint, looking: Looking) -> None:
    """Add the pages to a door."""
    comparing = Comparing(looking)

    @door.get("", endpoint="show")
    def page() -> Response:
        """The question, the best answer that is known, how sure it is, and what one takes home."""
        view, status = looking.view(given(request.args))
        response = make_response(render_template("siting/index.html", view=view, **show(view)), status)
        if status == UNAVAILABLE:
            response.headers["Retry-After"] = str(RETRY_S)
        return _own(response)

    @door.get("/compare", endpoint="compare")
    def compare() -> Response:
        """Saved plans beside today and each other."""
        args, status = given(request.args), 200
        try:
            view = comparing.view(args)
        except (GeodataError, StationsError) as fault:
            status = status_of(fault)
            if isinstance(fault, RegistryError) or status == 500:
                raise  # which is said in other words
            view = comparing.around(say(fault), args)
        return _own(make_response(render_template("siting/compare.html", view=view, **show_compare(view)), status))

    @door.get("/enter", endpoint="enter_page")
    def enter_page() -> Response:
        """Where the planners' key is entered; where there are accounts, one signs in instead."""
        if with_accounts(looking.house):
            question: Question = parse_qs(back_of(request.args.get("back", "")))
            return make_response(redirect(url_for("people.sign_in", next=url_for("siting.show", **question)), 303))
        return entering(EnterView(back_of(request.args.get("back", "")), entered=entered(looking.house)))


def entering(view: EnterView, status: int = 200) -> Response:
    """The page where the key is entered."""
    return _own(make_response(render_template("siting/enter.html", view=view, **show_enter(view)), status))


def back_of(text: str) -> str:
    """The query string of a page of ours, of what it may have alone."""
    asked = parse_qs(text[:LONGEST_BACK].removeprefix("?"), max_num_fields=100) if text else {}
    kept = {name: values for name, values in asked.items() if name in PAGE_PARAMETERS - {"said"}}
    return urlencode(kept, doseq=True)


def to_page(question: Question, said: str = "", anchor: str = "") -> Response:
    """Lead back to the page of a question."""
    address = url_for("siting.show", **question, said=said or None, _anchor=anchor or None)
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    return response
