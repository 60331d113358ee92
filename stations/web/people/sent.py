"""What the forms of the staff's accounts send."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request

from stations.errors import PeopleError, TooOftenError
from stations.web.errors import say, status_of

LONGEST_FIELD = 2000


def field(name: str, longest: int = LONGEST_FIELD) -> str:
    """A field of the form; empty where it is missing, or longer than anything that can be meant."""
    text = request.form.get(name, "")
    return text if len(text) <= longest else ""


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page of an account."""
    return make_response(render_template(f"people/{template}.html", **values), status)


def led_to(address: str) -> Response:
    """Lead on after something was done."""
    return make_response(redirect(address, 303))


def tried(done: Callable[[], Response], again: Callable[[str, int], Response]) -> Response:
    """Do what a form asks, or show it again with what was wrong.

    Parameters
    ----------
    again
        Is given what was wrong, in the reader's language, and the status.
    """
    try:
        return done()
    except (PeopleError, TooOftenError) as fault:
        response = again(say(fault), status_of(fault))
        if isinstance(fault, TooOftenError):
            response.headers["Retry-After"] = str(fault.wait_s)
        return response
