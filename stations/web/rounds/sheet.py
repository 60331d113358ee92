"""The sheet that one fills in at a station: begun, saved, and sent once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.entering import Fields
from stations.errors import RoundError, StationsError
from stations.people.facts import Action
from stations.rounds.checklists import Checklist, Item
from stations.rounds.facts import MARK, MOST_PHOTOS, Answer, Inspection, Sheet, State
from stations.rounds.finding import as_found, judged, ratings
from stations.station import Station
from stations.web.deskwords import say_township
from stations.web.errors import say, wants_json
from stations.web.params import first, given, one_of
from stations.web.room import asker, lead, page, sent, text_of
from stations.web.rounds.filling import Filled, day_of, is_field, keep_photos, read_sheet
from stations.web.rounds.place import Office, Shot, shot_of, staff_at
from stations.web.rounds.telling import say_state, word
from stations.web.who import needs, place_of, the_station

SAVE, SEND, DROP = "save", "send", "drop"
TAKEN, KNOWN, SAVED = "taken", "known", "saved"


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a sheet, as it is shown."""

    key: str
    name: str
    offered: tuple[tuple[str, str], ...]
    state: str
    note: str
    number: str | None
    photos: tuple[Shot, ...]
    due: str
    person: str
    faults: tuple[str, ...]


def sheet_views(door: Blueprint, office: Office) -> None:
    """Hang the sheet."""
    room, rounds = office.room, office.rounds

    @door.get("/sheet/<code>")
    @needs(Action.INSPECT, the_station)
    def sheet(code: str) -> Response:
        """The sheet of a station: one's draft, or a new one."""
        args = given(request.args)
        checklist = checklist_of(office, first(args, "list"))
        station, _ = room.station(code)
        draft = rounds.draft(code, checklist.key, asker().login)
        mark = secrets.token_hex(16) if draft is None else draft.mark
        return show(office, station, checklist, mark, fields_of(draft), draft, said=first(args, "said"))

    @door.post("/sheet/<code>")
    @needs(Action.INSPECT, the_station)
    def fill(code: str) -> Response:
        """Keep what was filled in so far, or take the inspection for good."""
        fields = sent(also=is_field)
        do, mark, person = text_of(fields, "do"), text_of(fields, "mark"), asker()
        checklist = checklist_of(office, text_of(fields, "checklist"))
        station, revision = room.station(code)
        one_of("do", do, (SAVE, SEND, DROP))
        if text_of(fields, "who") not in {"", person.login} or not MARK.fullmatch(mark):
            raise RoundError("This sheet is of somebody else, or of another station. Open a new one.")
        if do == DROP:
            rounds.drop(mark, who=person.login)
            return lead(url_for("rounds.rounds", said="dropped"))
        before = rounds.by_mark(mark)
        if before is not None and before.sent is not None and before.who == person.login and before.code == code:
            return done(before, KNOWN)  # it came twice, or late
        day = day_of(text_of(fields, "found"), office)
        staff = [login for login, _ in staff_at(room.house, place_of(station))]
        filled = read_sheet(fields, checklist, day, staff)
        keep_photos(office, filled, station, person.login, room.now)
        whole = Sheet(
            mark=mark,
            code=code,
            township=station.township,
            revision=revision,
            checklist=checklist,
            who=person.login,
            day=day,
            answers=filled.answers,
            remark=text_of(fields, "remark").replace("\r\n", "\n").strip(),
        )
        return taken(office, fields, filled, whole, station)


def taken(office: Office, fields: Fields, filled: Filled, sheet: Sheet, station: Station) -> Response:
    """Keep a sheet that was read: sent if all of it can be used and that was meant, else as a draft."""
    rounds, room = office.rounds, office.room
    drop, draft = list(fields.get("drop", ())), None
    try:
        if text_of(fields, "do") == SEND and not filled.faults:
            found = as_found(station, sheet.checklist.items, sheet.answers, sheet.day, rounds.taxonomy)
            stands = ratings(found, rounds.standards.values(), rounds.taxonomy)
            verdicts = {key: judged(one) for key, one in stands.items()}
            was = rounds.send(
                sheet, wishes=filled.wishes, judged=verdicts, at=room.now, photos=filled.photos, drop=drop
            )
            return done(was, TAKEN)
        draft = rounds.save(sheet, at=room.now, photos=filled.photos, drop=drop)
    except RoundError as fault:
        filled.faults[fault.field or "remark"] = fault
    if filled.faults:
        if wants_json():
            return refused(filled.faults)
        return show(office, station, sheet.checklist, sheet.mark, fields, draft, faults=filled.faults)
    if wants_json():
        return told({"outcome": SAVED})
    return lead(url_for("rounds.sheet", code=sheet.code, list=sheet.checklist.key, said=SAVED))


def done(inspection: Inspection, outcome: str) -> Response:
    """Lead to an inspection that was taken."""
    if wants_json():
        address = url_for("rounds.inspection", inspection=inspection.number, said="sent")
        return told({"outcome": outcome, "address": address})
    return lead(url_for("rounds.inspection", inspection=inspection.number, said="sent"))


def refused(faults: Mapping[str, StationsError]) -> Response:
    """Say to a script what cannot be used."""
    said = {name: say(fault) for name, fault in faults.items()}
    name, message = next(iter(said.items()))
    error = {"status": 422, "field": name, "value": None, "message": message}
    return told({"error": error, "faults": said}, 422)


def told(body: dict[str, Any], status: int = 200) -> Response:
    """Answer a script."""
    answer = Response(orjson.dumps(body), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def checklist_of(office: Office, key: str) -> Checklist:
    """The checklist that an address or a form names; the first where it names none.

    Raises
    ------
    BadParameter
        There is no such checklist.
    """
    return office.rounds.checklist(one_of("list", key, ("", *office.rounds.checklists)))


def fields_of(draft: Inspection | None) -> dict[str, list[str]]:
    """The fields of a form as a draft has them."""
    if draft is None:
        return {}
    fields = {"remark": [draft.remark]}
    for key, one in draft.answers.items():
        fields[f"is.{key}"] = ["" if one.state is None else one.state.value]
        fields[f"note.{key}"] = [one.note]
        fields[f"number.{key}"] = ["" if one.number is None else f"{one.number:g}"]
    return fields


def show(
    office: Office,
    station: Station,
    checklist: Checklist,
    mark: str,
    fields: Fields,
    draft: Inspection | None,
    *,
    faults: Mapping[str, StationsError] | None = None,
    said: str = "",
) -> Response:
    """Show the sheet."""
    room, faults = office.room, faults or {}
    answers = {} if draft is None else draft.answers

    def row(key: str, item: Item) -> Row:
        return Row(
            key=key,
            name=word(item),
            offered=tuple((one, say_state(State(one))) for one in item.answers if not (item.number and one == "yes")),
            state=text_of(fields, f"is.{key}"),
            note=text_of(fields, f"note.{key}"),
            number=text_of(fields, f"number.{key}") if item.number else None,
            photos=tuple(map(shot_of, answers.get(key, Answer()).photos)),
            due=text_of(fields, f"due.{key}")
            if f"due.{key}" in fields
            else (room.today + timedelta(days=item.days)).isoformat(),
            person=text_of(fields, f"for.{key}"),
            faults=tuple(
                say(faults[f"{part}.{key}"])
                for part in ("is", "number", "note", "photo", "due", "for")
                if f"{part}.{key}" in faults
            ),
        )

    return page(
        "rounds/sheet.html",
        422 if faults else 200,
        station=station,
        township=say_township(room.house, station.township),
        checklist=checklist,
        called=word(checklist),
        others=[(one.key, word(one)) for one in office.rounds.checklists.values()],
        sections=[(word(part), [row(key, item) for key, item in part.items.items()]) for part in checklist.sections],
        mark=mark,
        remark=text_of(fields, "remark"),
        remark_fault=say(faults["remark"]) if "remark" in faults else "",
        faulty=bool(faults),
        draft=draft is not None,
        staff=staff_at(room.house, place_of(station)),
        who=asker().login,
        today=room.today.isoformat(),
        most_photos=MOST_PHOTOS,
        said=said if said == SAVED and request.method == "GET" else "",
        colon=gettext(": "),
    )
