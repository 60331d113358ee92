"""What went wrong, as an HTTP status and words: a page for people, a form of JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from geodata.errors import AtlasError, GeodataError, OffStreetError, PositionError, UnknownModeError
from stations.errors import RegistryError, SayingError, StationsError, UnknownRevisionError, UnknownStationError
from stations.web.params import BadParameter

STATUSES: Mapping[type[Exception], int] = {
    BadParameter: 400,
    PositionError: 400,
    UnknownModeError: 400,
    SayingError: 400,
    OffStreetError: 422,
    UnknownStationError: 404,
    UnknownRevisionError: 410,
    AtlasError: 503,
    RegistryError: 503,
    GeodataError: 500,
    StationsError: 500,
}
"""The one table from a class of error to the status it is answered with. The first class in the error's own line of
inheritance counts, so a child may differ from its root."""

API = ("/api/", "/healthz")

RETRY_S = 5
"""After which a registry that could not be read or written may be asked again."""


def status_of(fault: Exception) -> int:
    """The HTTP status that an error is answered with."""
    return next((STATUSES[kind] for kind in type(fault).__mro__ if kind in STATUSES), 500)


def say(fault: GeodataError | StationsError) -> str:
    """Put an error into the reader's language: its template translated, its values filled in."""
    return gettext(fault.template).format(**fault.values)


def answer_errors(app: Flask) -> None:
    """Answer every error of an app in words: no traceback, no path, no query."""
    app.register_error_handler(GeodataError, _known)
    app.register_error_handler(StationsError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(fault: GeodataError | StationsError) -> Response:
    status = status_of(fault)
    if isinstance(fault, RegistryError):  # says what an operator must do, which is not a courier's business
        current_app.logger.error("%s: %s", type(fault).__name__, fault)
        if request.method == "POST":
            answer = _answer(status, gettext("This cannot be written down just now. Send it again in a moment."))
        else:
            answer = _answer(status, gettext("The list of stations cannot be read just now. Try again in a moment."))
        answer.headers["Retry-After"] = str(RETRY_S)
        return answer
    if status == 500:
        current_app.logger.error("%s: %s", type(fault).__name__, fault)
        return _answer(status, _explain(status))
    return _answer(status, say(fault), getattr(fault, "field", None), getattr(fault, "value", None))


def _http(fault: HTTPException) -> Response:
    if fault.response is not None:
        return make_response(fault.response)
    status = fault.code or 500
    answer = _answer(status, _explain(status))
    for name, value in fault.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            answer.headers[name] = value
    if location := getattr(fault, "new_url", None):
        answer.headers["Location"] = location
    return answer


def _unforeseen(fault: Exception) -> Response:
    # The path alone: the rest of the address holds where a person stands.
    current_app.logger.error("Failed on %s", request.path, exc_info=fault)
    return _answer(500, _explain(500))


def _explain(status: int) -> str:
    if status == 404:
        return gettext("There is no such page. The address may be old or mistyped.")
    if status == 405:
        return gettext("This address does not take that kind of request.")
    if 300 <= status < 400:
        return gettext("This page has moved.")
    if status < 500:
        return gettext("The request could not be understood.")
    return gettext("Something went wrong here, not with you. Try again in a moment.")


def wants_json() -> bool:
    """Whether an answer is for a program: by the address, or because it says so when it sends something."""
    if request.path.startswith(API):
        return True
    accepted = request.accept_mimetypes
    return request.method == "POST" and accepted["application/json"] > accepted["text/html"]


def _answer(status: int, message: str, field: str | None = None, value: str | None = None) -> Response:
    if wants_json():
        body = {"error": {"status": status, "field": field, "value": value, "message": message}}
        answer = Response(orjson.dumps(body), status, mimetype="application/json")
    else:
        answer = make_response(render_template("base/error.html", status=status, message=message), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
