"""What anybody may suggest of a station: a few facts of its record, a word, a photo; and what became of it.

A suggestion is a proposal of nobody. Whoever made it is given an address that nobody can guess, and sees the outcome
there; nothing says who they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from stations.desk.album import with_photos
from stations.desk.entering import HAS, Fields
from stations.desk.merging import told
from stations.errors import (
    EntryError,
    HoursError,
    PhotoError,
    ProposalError,
    StationsError,
    UnknownProposalError,
    UnknownRevisionError,
)
from stations.facts import AmenityState, Photo
from stations.photos.keeping import Photos
from stations.registry.snapshot import hours_of
from stations.station import MAX_CODE, Station
from stations.web.deskwords import say_standing, spoken, tell, words
from stations.web.errors import say
from stations.web.room import Room, number_of, sent, text_of
from stations.web.session import sender_of

MAY_CORRECT = ("name", "hours", "address", "place", "datum")
"""Fields of a record's form that are asked for; what it has comes to them."""

LONGEST_WORD = 500
MARK = 64
"""Longest mark of a link that is looked up."""


@dataclass(frozen=True)
class Opened:
    """The form as somebody has it before them.

    Attributes
    ----------
    fields
        What was typed, or what the record says.
    kept
        Name of a photo that was sent with it before, and is kept already.
    """

    station: Station
    revision: int
    fields: Mapping[str, Sequence[str]]
    faults: Mapping[str, StationsError] = field(default_factory=dict)
    kept: str = ""


def suggesting_door(room: Room, photos: Photos) -> Blueprint:
    """Make the door."""
    door = Blueprint("suggesting", __name__)

    @door.get("/s/<code>/suggest")
    def suggest(code: str) -> Response:
        """Ask what should be different."""
        station, revision = the_record(room, code)
        return show(room, Opened(station, revision, room.form.shown(station, spoken())))

    @door.post("/s/<code>/suggest")
    def take(code: str) -> Response:
        """Take a suggestion, and lead to where its outcome is seen."""
        return taken(room, photos, code)

    @door.get("/s/<code>/suggested/<mark>")
    def suggested(code: str, mark: str) -> Response:
        """What became of a suggestion."""
        if len(code) > MAX_CODE or len(mark) > MARK:
            raise UnknownProposalError("There is no such suggestion.")
        found = room.desk.suggestions.outcome(code, mark)
        base = room.desk.seen_ever(code, found.revision)
        stands = room.desk.registry.snapshot().find(code)
        return private(
            "photos/suggested.html",
            200,
            proposal=found,
            station=stands,
            name=room.names.station(stands or found.station),
            told=[one for one in tell(told(base, found.station)) if one.label],
            standing=say_standing(found.standing),
        )

    return door


def taken(room: Room, photos: Photos, code: str) -> Response:
    """Read what was sent, and keep it as a suggestion."""
    known = {*MAY_CORRECT, "seen", "note", "photo_kept"}
    fields = sent(known, also=lambda name: name.startswith(HAS))
    stands, revision = the_record(room, code)
    base, seen = base_of(room, fields, stands, revision)
    entered = room.form.read(asked_of(fields), base, spoken(), room.today)
    faults: dict[str, StationsError] = dict(entered.faults)
    wanted, kept, note = entered.station, "", text_of(fields, "note")
    try:
        kept = photo_of(room, photos, fields, stands)
        if kept:
            wanted = with_photos(wanted, [Photo(file=kept)])
    except PhotoError as fault:
        faults["photo"] = fault
    except ProposalError as fault:
        return show(room, Opened(base, seen, fields, {"note": fault}), 409)
    if len(" ".join(note.split())) > LONGEST_WORD:
        faults["note"] = EntryError(
            "That has {length} characters. Say it in {most}.", length=len(note), most=LONGEST_WORD
        )
    if not faults and not told(base, wanted) and not note.strip():
        faults["note"] = EntryError("Nothing is different from what is said here. Change something, or say it below.")
    opened = Opened(base, seen, fields, faults, kept)
    if faults:
        return show(room, opened, 422)
    try:
        hours_of(wanted, room.house.zone)  # each can be read, and not all of them together
        mark = room.desk.suggestions.suggest(
            wanted,
            revision=seen,
            township=stands.township,
            note=note,
            sender=sender_of(),
            at=room.now,
            day=room.today,
        )
    except HoursError as fault:
        return show(room, Opened(base, seen, fields, {"hours": fault}, kept), 422)
    except ProposalError as fault:
        return show(room, Opened(base, seen, fields, {"note": fault}, kept), 409)
    return make_response(redirect(url_for("suggesting.suggested", code=code, mark=mark, new="1"), 303))


def photo_of(room: Room, photos: Photos, fields: Fields, station: Station) -> str:
    """Keep the photo that was sent, and give its name; that of one sent before; or nothing.

    Raises
    ------
    PhotoError
        It cannot be kept.
    ProposalError
        No more suggestions are taken for now, so that none is kept for nothing.
    """
    file = request.files.get("photo")
    if file is not None and file.filename:
        room.desk.suggestions.check_room(station.code, sender=sender_of(), at=room.now, day=room.today)
        waiting = (one.station for one in room.desk.proposals.waiting(station.code))
        shown = {photo.file for each in (station, *waiting) for photo in each.photos}
        facts = {"code": station.code, "township": station.township}
        return photos.keep(file.read(), who="", at=room.now, what="suggestion", shown=shown, **facts).name
    before = text_of(fields, "photo_kept")
    theirs = any(one.code == station.code and one.what == "suggestion" for one in photos.belongings(before))
    return before if before and theirs else ""


def the_record(room: Room, code: str) -> tuple[Station, int]:
    """The record of a station.

    Raises
    ------
    UnknownStationError
        No station has that code.
    """
    return room.station(code[: MAX_CODE + 1])


def base_of(room: Room, fields: Fields, stands: Station, revision: int) -> tuple[Station, int]:
    """The record that a form was made of; the newest where that is not known."""
    seen = number_of(fields, "seen")
    try:
        return (room.desk.seen(stands.code, seen), seen) if seen else (stands, revision)
    except UnknownRevisionError:
        return stands, revision


def asked_of(fields: Fields) -> Fields:
    """Those of the fields that may be corrected here, whatever else is sent."""
    return {name: values for name, values in fields.items() if name in MAY_CORRECT or name.startswith(HAS)}


def show(room: Room, opened: Opened, status: int = 200) -> Response:
    """Show the form."""
    station, names = opened.station, room.names
    before = room.form.shown(station, spoken())

    def text(name: str) -> str:
        return (opened.fields.get(name) or before.get(name) or ("",))[0]

    def row(key: str) -> dict[str, Any]:
        return {
            "key": key,
            "name": names.amenity(key),
            "icon": names.amenity_icon(key),
            "state": text(HAS + key),
            "was": station.amenity(key).value,
        }

    rows = [row(key) for key in room.form.taxonomy.amenities.terms]
    return private(
        "photos/suggest.html",
        status,
        station=station,
        name=names.station(station),
        seen=opened.revision,
        text=text,
        faults={name: say(fault) for name, fault in opened.faults.items()},
        amenities=rows,
        states=[(state.value, words().text("amenities", state.value)) for state in AmenityState],
        touched=any(one["state"] != one["was"] for one in rows),
        photo_kept=opened.kept,
        longest=LONGEST_WORD,
    )


def private(template: str, status: int = 200, /, **values: object) -> Response:
    """Answer with a page that nobody is to keep, and no search engine is to find."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
