"""Where people say something of a station: what is wrong, what is still right, that they were there.

What was said is answered with the way back to the station's page, or in JSON for
those who ask for it. The answer tells what became of it, and nothing of others.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, request

from stations.errors import RegistryError, SayingError
from stations.station import MAX_CODE, Status
from stations.upkeep.facts import Outcome
from stations.upkeep.saying import Upkeep
from stations.web.errors import wants_json
from stations.web.house import House
from stations.web.params import BadParameter, read_moment
from stations.web.session import sender_of

EVERYWHERE = frozenset({"csrf_token", "found", "lang"})
REPORT_FIELDS = EVERYWHERE | {"kind", "amenity", "note"}
CONFIRM_FIELDS = EVERYWHERE | {"aspect"}
VISIT_FIELDS = EVERYWHERE

FORGET_EVERY = timedelta(minutes=10)
"""How often it is looked whether something is due to be forgotten, at the least."""


def saying_door(house: House, upkeep: Upkeep) -> Blueprint:
    """Make the doors, behind which `upkeep` writes down what is said."""
    door = Blueprint("saying", __name__)

    @door.post("/s/<code>/report")
    def report(code: str) -> Response:
        """Something is wrong."""
        revision, now = _revision(house, code), datetime.now(UTC)
        _refuse_unknown(REPORT_FIELDS)
        outcome = upkeep.report(
            code,
            _given("kind"),
            amenity=_given("amenity"),
            note=_given("note"),
            sender=sender_of(),
            found=_found(house, now),
            now=now,
            revision=revision,
        )
        return _answer(code, "report", outcome)

    @door.post("/s/<code>/confirm")
    def confirm(code: str) -> Response:
        """Something is still right."""
        revision, now = _revision(house, code), datetime.now(UTC)
        _refuse_unknown(CONFIRM_FIELDS)
        outcome = upkeep.confirm(
            code, _given("aspect"), sender=sender_of(), found=_found(house, now), now=now, revision=revision
        )
        return _answer(code, "confirm", outcome)

    @door.post("/s/<code>/visit")
    def visit(code: str) -> Response:
        """Somebody is there."""
        _revision(house, code)
        now = datetime.now(UTC)
        _refuse_unknown(VISIT_FIELDS)
        return _answer(code, "visit", upkeep.visit(code, sender=sender_of(), found=_found(house, now), now=now))

    forget_in_time(door, upkeep)
    return door


def forget_in_time(door: Blueprint, upkeep: Upkeep) -> None:
    """Let an app forget who said what when the time has come, also when nothing more is said for days."""
    due = datetime.min.replace(tzinfo=UTC)

    @door.before_app_request
    def forget() -> None:
        nonlocal due
        now = datetime.now(UTC)
        if now < due:
            return
        due = now + FORGET_EVERY
        with suppress(RegistryError):  # the next one does it
            upkeep.forget(now)


def _revision(house: House, code: str) -> int:
    """Revision of the record of a station that serves."""
    snapshot = house.snapshot()
    row = snapshot.index(code[: MAX_CODE + 1])
    if snapshot.stations[row].status is not Status.ACTIVE:
        raise SayingError("Station {value} is not in use, so there is nothing to say of it.", field="code", value=code)
    return int(snapshot.revisions[row])


def _refuse_unknown(fields: frozenset[str]) -> None:
    """Refuse a field that does not exist, as of a misspelt one nobody would know what became."""
    if strange := request.form.keys() - fields:
        name = min(strange)
        raise BadParameter(
            name,
            request.form[name],
            "There is no parameter “{field}”. Known are: {known}.",
            known=", ".join(sorted(fields)),
        )


def _given(field: str) -> str:
    return request.form.get(field, "")


def _found(house: House, now: datetime) -> datetime:
    """When it was found, as a phone without a network noted it; else now."""
    text = _given("found")
    return read_moment(text, house.zone, "found") if text else now


def _answer(code: str, said: str, outcome: Outcome) -> Response:
    if wants_json():
        answer = Response(f'{{"outcome":"{outcome.value}"}}', mimetype="application/json")
    else:
        page = f"{request.script_root}/s/{quote(code, safe='')}"
        answer = make_response(redirect(f"{page}?said={said}&outcome={outcome.value}#said", 303))
    answer.headers["Cache-Control"] = "no-store"
    return answer
