"""What went wrong, as an HTTP status and words: a page for people, a form of JSON for programs."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from traceback import extract_tb, format_list
from types import TracebackType

import orjson
from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from geodata.errors import (
    AtlasError,
    GeodataError,
    LayerError,
    OffStreetError,
    PositionError,
    TileError,
    UnknownModeError,
)
from stations.errors import (
    BusyError,
    ImportRefused,
    InfeasibleError,
    ListError,
    NotAllowedError,
    NoticeError,
    OrganisationError,
    PeopleError,
    PhotoError,
    ProposalError,
    QuestionError,
    RegistryError,
    RoundError,
    SayingError,
    ScenarioError,
    SitingError,
    StaleEdit,
    StaleStock,
    StationError,
    StationsError,
    StockError,
    TooOftenError,
    UndoRefused,
    UnknownBatchError,
    UnknownHookError,
    UnknownListError,
    UnknownPersonError,
    UnknownProposalError,
    UnknownRevisionError,
    UnknownRoundError,
    UnknownScenarioError,
    UnknownServiceError,
    UnknownStationError,
    UnknownTaskError,
)
from stations.web.faultwords import words_first
from stations.web.params import BadParameter
from stations.web.refusals import FOR_PROGRAMS
from stations.wording.spoken import language

STATUSES: Mapping[type[Exception], int] = {
    BadParameter: 400,
    PositionError: 400,
    UnknownModeError: 400,
    LayerError: 400,
    SayingError: 400,
    QuestionError: 400,
    SitingError: 400,
    ScenarioError: 400,
    NotAllowedError: 403,
    ProposalError: 409,
    PhotoError: 422,
    UnknownHookError: 404,
    NoticeError: 422,
    UnknownListError: 404,
    ListError: 409,
    UnknownPersonError: 404,
    PeopleError: 400,
    OrganisationError: 502,
    TooOftenError: 429,
    UnknownStationError: 404,
    UnknownScenarioError: 404,
    TileError: 404,
    UnknownBatchError: 404,
    UnknownProposalError: 404,
    UnknownTaskError: 404,
    UnknownRoundError: 404,
    RoundError: 409,
    UnknownServiceError: 404,
    StaleStock: 409,
    StockError: 422,
    StaleEdit: 409,
    UndoRefused: 409,
    UnknownRevisionError: 410,
    OffStreetError: 422,
    StationError: 422,
    InfeasibleError: 422,
    ImportRefused: 422,
    AtlasError: 503,
    BusyError: 503,
    RegistryError: 503,
    GeodataError: 500,
    StationsError: 500,
}
"""The one table from a class of error to the status it is answered with. The first class in the error's own line of
inheritance counts, so a child may differ from its root."""

LAST_WORDS = "这里出了点问题，请稍后再试。 Something went wrong here. Try again in a moment."
"""Where even the page that says so fails."""

DEEPEST = 10
"""Faults behind one another that a log tells of."""

RETRY_S = 5
"""After which a registry that could not be read or written, or a file that had to wait, may be asked for again."""


FIELDS: Mapping[str, str] = {
    "sites": "New stations",
    "budget": "Budget",
    "share": "Share, %%",
    "minutes": "At most",
    "speed": "Speed, km/h",
    "capacity": "A new one serves at most",
    "seats": "A present one serves at most",
    "farthest": "Longest way that counts, min",
    "spacing": "Points on the streets",
}
"""What stands beside the fields of a planner's forms that one types numbers into, by the name in the address."""


def status_of(fault: Exception) -> int:
    """The HTTP status that an error is answered with."""
    return next((STATUSES[kind] for kind in type(fault).__mro__ if kind in STATUSES), 500)


def say(fault: GeodataError | StationsError) -> str:
    """Put an error into the reader's language: its template translated, its values filled in, its unit named."""
    values = dict(fault.values)
    if "known" in values and language() != "en":
        values["known"] = words_first(str(values["known"]))
    if "unit" in values:
        values["unit"] = gettext(str(values["unit"]))
    return gettext(fault.template).format(**values)


def say_beside_form(fault: GeodataError | StationsError) -> str:
    """The same on the page of a form, whose reader knows a field by what stands beside it."""
    if not isinstance(fault, BadParameter) or fault.field not in FIELDS:
        return say(fault)
    named = {"field": gettext(FIELDS[fault.field]).replace("%%", "%")}
    return say(BadParameter(fault.field, fault.value, fault.template, **{**fault.values, **named}))


def answer_errors(app: Flask) -> None:
    """Answer every error of an app in words: no traceback, no path, no query."""
    app.register_error_handler(GeodataError, _known)
    app.register_error_handler(StationsError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _strange)
    app.register_error_handler(Exception, _unforeseen)
    app.logger.addFilter(without_values)
    app.log_exception = _log  # type: ignore[method-assign, assignment]


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
        # What it says, without what it says it of.
        current_app.logger.error("%s: %s", type(fault).__name__, fault.template)
        return _answer(status, _explain(status))
    answer = _answer(status, say(fault), getattr(fault, "field", None), getattr(fault, "value", None))
    if isinstance(fault, BusyError):
        answer.headers["Retry-After"] = str(RETRY_S)
    if isinstance(fault, TooOftenError):
        answer.headers["Retry-After"] = str(fault.wait_s)
    return answer


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


def _strange(_fault: CSRFError) -> Response:
    return _answer(403, _explain(403))


def without_values(record: logging.LogRecord) -> bool:
    """Tell of a fault that is logged its kind and the lines of code that led to it, and not what it says.

    What an exception says may hold the value that was at fault, and with it a position or the name of a place.
    """
    if record.exc_info:
        record.msg = f"{record.getMessage()}\n{''.join(_trace(record.exc_info[1]))}"
        record.args, record.exc_info = (), None
    return True


def _log(told: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
    # Of Flask's own. It logs what breaks after the answer was made, with the path as it was asked.
    current_app.logger.error("Failed on %s", _where(), exc_info=told)


def _unforeseen(fault: Exception) -> Response:
    current_app.logger.error("Failed on %s", _where(), exc_info=fault)
    try:
        return _answer(500, _explain(500))
    except Exception:
        # Whatever broke may well break the page that says so.
        current_app.logger.exception("Failed on saying so")
        return Response(LAST_WORDS, 500, mimetype="text/plain")


def _where() -> str:
    """Name the address of the request as its rule has it: what was asked, and a tile's place, say where a person is."""
    rule = request.url_rule
    code = (request.view_args or {}).get("code")
    return f"{rule or 'no known address'}" + ("" if code is None else f" ({str(code)[:80]!r})")


def _trace(fault: BaseException | None) -> Iterator[str]:
    """Tell how it came to a fault, the last first: kinds of faults and lines of code."""
    for _ in range(DEEPEST):
        if fault is None:
            return
        yield f"{type(fault).__module__}.{type(fault).__qualname__}\n"
        yield from format_list(extract_tb(fault.__traceback__))
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _explain(status: int) -> str:
    if status in {401, 403}:
        return _explain_who(status)
    if status == 404:
        return gettext("There is no such page. The address may be old or mistyped.")
    if status == 405:
        return gettext("This address does not take that kind of request.")
    if status == 413:
        return gettext("What was sent is too large. Make it shorter and send it again.")
    if status == 415:
        return gettext("What was sent is not a form. Send it as the form of a page does.")
    if 300 <= status < 400:
        return gettext("This page has moved.")
    if status < 500:
        return gettext("The request could not be understood.")
    return gettext("Something went wrong here, not with you. Try again in a moment.")


def _explain_who(status: int) -> str:
    if status == 401:
        return gettext("You are signed out. Sign in again in another tab, go back here, and send it again.")
    return gettext(
        "This was not taken, as it did not come from a page of this site, or the page had been open for too long. "
        "Go back, reload the page and send it again; nothing is lost."
    )


def wants_json() -> bool:
    """Whether an answer is for a program: by the address, or because it says so when it sends something."""
    if request.path.startswith(FOR_PROGRAMS):
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
