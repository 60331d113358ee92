"""Edits in place: one cell of the list at a time, written as the form writes, and never over what another changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, abort

from stations.desk.entering import told_hours
from stations.desk.merging import told
from stations.errors import HoursError, StaleEdit
from stations.people.facts import Action
from stations.station import Station
from stations.web.deskwords import say_who, spoken, words
from stations.web.errors import say
from stations.web.params import one_of
from stations.web.room import Room, asker, number_of, sent, text_of
from stations.web.who import needs, the_station

CELLS = ("name", "status", "hours", "host", "phone")
CHOSEN: Mapping[str, str] = {"status": "statuses", "host": "hosts"}


def options_of(room: Room) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in a cell, by field; a first empty choice says that it is not known."""
    said = words()
    taxonomy = room.names.taxonomy
    return {
        "status": [(key, said.text("status", key)) for key in taxonomy.statuses.terms],
        "host": [("", ""), *((key, room.names.host(key)) for key in taxonomy.hosts.terms)],
    }


def cell_views(door: Blueprint, room: Room) -> None:
    """Hang what a cell is sent to."""

    @door.post("/stations/<code>/cell")
    @needs(Action.EDIT, the_station)
    def cell(code: str) -> Response:
        """Write one fact of a station, or say why not: what cannot be used, or what another has changed meanwhile."""
        fields = sent({"seen", "field", "value"})
        name, seen = text_of(fields, "field"), number_of(fields, "seen")
        one_of("field", name, CELLS)
        stands, revision = room.station(code)
        base = room.desk.seen(code, seen)
        entered = room.form.read({name: fields.get("value", ("",))}, base, spoken(), room.today)
        for fault in entered.faults.values():
            return answer(422, {"fault": say(fault)})
        if seen != revision:
            return clash(room, name, base, stands, revision)
        try:
            written = room.desk.write(entered.station, seen=seen, who=asker().login, at=room.now)
        except HoursError as fault:  # each can be read, and not all of them together
            return answer(422, {"fault": say(fault)})
        except StaleEdit as stale:
            if stale.theirs is None:
                abort(404)
            return clash(room, name, base, stale.theirs, int(str(stale.now)))
        outcome = "nothing" if written.batch is None else "saved"
        now = seen if written.batch is None else written.revision
        return answer(200, {"outcome": outcome, "seen": now} | shown(room, name, entered.station))


def clash(room: Room, name: str, base: Station, theirs: Station, revision: int) -> Response:
    """Tell what another has changed; whoever sends it again, having seen that, writes over it."""
    said = words()
    body = {
        "who": say_who(room.desk.registry.history(theirs.code)[-1].batch.who),
        "changes": [said.sentence(one) for one in told(base, theirs)],
        "seen": revision,
    }
    return answer(409, body | shown(room, name, theirs))


def shown(room: Room, name: str, station: Station) -> dict[str, Any]:
    """A fact as its cell shows it, and as one types it."""
    value = str(getattr(station, name))
    if name == "hours":
        value = told_hours(value, spoken())
    text = dict(options_of(room)[name]).get(value, value) if name in CHOSEN else value
    return {"value": value, "shown": text}


def answer(status: int, body: dict[str, Any]) -> Response:
    """Answer a script."""
    return Response(orjson.dumps(body), status, mimetype="application/json")
