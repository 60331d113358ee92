"""The photos of one station at the desk: sent, told what they show, put in order, taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask_babel import gettext

from stations.desk.album import Row, arranged, moved, with_photos
from stations.desk.merging import merge
from stations.errors import PhotoError, ProposalError, StaleEdit
from stations.facts import MAX_NAME, MAX_PHOTOS, Photo
from stations.people.facts import Action
from stations.photos.keeping import Photos
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.upkeep.checking import carry_over
from stations.web.deskwords import say_moment, say_township
from stations.web.errors import say
from stations.web.params import BadParameter, first, given
from stations.web.room import Room, asker, number_of, page, sent, text_of
from stations.web.who import allowed, demand, needs, the_station

WHAT = "photos"
"""What the log calls an edit of photos alone."""

MOST_AT_ONCE = 10
"""Photos that are taken of one form."""

SAID = frozenset({"added", "saved", "proposed", "shown", "erased", "nothing"})
_FIELD = re.compile(r"(caption|gone)\.[A-Za-z0-9_.-]{1,128}")
UP, DOWN, SAVE = "up:", "down:", "save"


@dataclass(frozen=True)
class Shown:
    """The page as somebody has it before them.

    Attributes
    ----------
    rows
        The photos as the form has them.
    pending
        Whether the form differs from what is written.
    faults
        What of it cannot be used, by the name of the field.
    refused
        Files that were sent and cannot be kept, with the reason.
    caption, comment
        What was typed beside files that were sent.
    """

    rows: Sequence[Row]
    revision: int
    pending: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    refused: Sequence[tuple[str, str]] = ()
    added: int = 0
    caption: str = ""
    comment: str = ""


def album_views(door: Blueprint, room: Room, photos: Photos) -> None:
    """Hang the page of a station's photos, and what is sent from it."""

    @door.get("/stations/<code>/photos")
    @needs(Action.SEE_PRIVATE, the_station)
    def album(code: str) -> Response:
        """The photos of a station: those it shows, and those that are kept beside."""
        stands, revision = room.station(code)
        return show(room, photos, stands, Shown(rows_of(stands), revision))

    @door.post("/stations/<code>/photos")
    @needs(Action.PROPOSE, the_station)
    def add(code: str) -> Response:
        """Take photos in; they are shown from now on, or proposed by who may not write."""
        return added(room, photos, code)

    @door.post("/stations/<code>/photos/arrange")
    @needs(Action.PROPOSE, the_station)
    def arrange(code: str) -> Response:
        """Take the order, what the photos show, and which shall not be shown any more."""
        return put_in_order(room, photos, code)

    @door.post("/stations/<code>/photos/<name>/show")
    @needs(Action.EDIT, the_station)
    def show_again(code: str, name: str) -> Response:
        """Show a photo that is kept and not shown."""
        sent()
        if all(one.name != name or one.what == "inspection" for one in photos.belongings(name) if one.code == code):
            abort(404)
        try:
            write_added(room, code, [Photo(file=name)])
        except PhotoError as fault:
            stands, revision = room.station(code)
            return show(room, photos, stands, Shown(rows_of(stands), revision, faults={"kept": say(fault)}), 422)
        return back(code, "shown")

    @door.post("/stations/<code>/photos/<name>/erase")
    @needs(Action.EDIT, the_station)
    def erase(code: str, name: str) -> Response:
        """Take a photo away for good, which no record shows."""
        sent()
        stands, revision = room.station(code)
        if name in shown_or_waiting(room, stands):
            fault = gettext("It is shown, or a proposal waits that would show it. Take it out there first.")
            return show(room, photos, stands, Shown(rows_of(stands), revision, faults={"kept": fault}), 409)
        gone = [photos.remove(name, code=code, what="station"), photos.remove(name, code=code, what="suggestion")]
        return back(code, "erased") if any(gone) else abort(404)


def added(room: Room, photos: Photos, code: str) -> Response:
    """Keep the photos that were sent, and have the record show them."""
    fields = sent({"caption", "comment"})
    stands, revision = room.station(code)
    caption, comment = text_of(fields, "caption"), text_of(fields, "comment")
    files = [one for one in request.files.getlist("photo") if one.filename]
    faults: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    if len(" ".join(caption.split())) > MAX_NAME:
        faults["caption"] = gettext("That is longer than %(most)s characters. Say it in fewer.", most=MAX_NAME)
    if not files:
        faults["photo"] = gettext("Choose a photo first.")
    if len(files) > MOST_AT_ONCE:
        faults["photo"] = gettext("Send %(most)s photos at a time, and the others after them.", most=MOST_AT_ONCE)
    kept: list[Photo] = []
    if not faults:
        waiting = shown_or_waiting(room, stands)
        for file in files:
            try:
                one = photos.keep(
                    file.read(),
                    code=code,
                    township=stands.township,
                    who=asker().login,
                    at=room.now,
                    shown=waiting | {photo.file for photo in kept},
                )
                kept.append(Photo(file=one.name, caption=" ".join(caption.split())))
            except PhotoError as fault:
                refused.append(((file.filename or "")[:80], say(fault)))
    outcome = ""
    if kept:
        try:
            outcome = taken(room, stands, revision, kept, comment)
        except (PhotoError, ProposalError) as fault:
            faults["photo"] = say(fault)
    if faults or refused:
        stands, revision = room.station(code)
        opened = Shown(
            rows_of(stands),
            revision,
            faults=faults,
            refused=refused,
            added=len(kept) if outcome in {"added", "proposed"} else 0,
            caption=caption,
            comment=comment,
        )
        return show(room, photos, stands, opened, 422)
    return back(code, outcome)


def taken(room: Room, stands: Station, revision: int, kept: Sequence[Photo], comment: str) -> str:
    """Have a record show photos, or propose it; give what to say of it.

    Raises
    ------
    PhotoError
        There would be too many.
    ProposalError
        The comment is too long, or too many wait already.
    """
    if not allowed(Action.EDIT, stands):
        wanted = with_photos(stands, kept)
        if wanted == stands:
            return "nothing"
        propose(room, wanted, stands, revision, comment)
        return "proposed"
    return "added" if write_added(room, stands.code, kept) else "nothing"


def write_added(room: Room, code: str, kept: Sequence[Photo]) -> bool:
    """Have the newest record show photos, whoever else writes meanwhile; say whether it did not yet."""

    def with_them(snapshot: Snapshot) -> list[Station]:
        demand(Action.EDIT, snapshot.station(code))  # it may have been moved this moment
        return [with_photos(snapshot.station(code), kept)]

    done = room.desk.registry.write(with_them, what=WHAT, who=asker().login, at=room.now, also=carry_over)
    return done.batch is not None


def put_in_order(room: Room, photos: Photos, code: str) -> Response:
    """Read the form of a station's photos, and write it, propose it, or show it with a photo moved."""
    fields = sent({"seen", "file", "do", "comment"}, also=lambda name: _FIELD.fullmatch(name) is not None)
    stands, revision = room.station(code)
    seen, do = number_of(fields, "seen"), text_of(fields, "do")
    base = room.desk.seen(code, seen)
    names = list(dict.fromkeys(fields.get("file", ())))[: 2 * MAX_PHOTOS]
    rows = [Row(name, text_of(fields, f"caption.{name}"), bool(text_of(fields, f"gone.{name}"))) for name in names]
    comment = text_of(fields, "comment")
    way, _, name = do.partition(":")
    if f"{way}:" in (UP, DOWN):
        rows = moved(rows, name, -1 if f"{way}:" == UP else 1)
        return show(room, photos, stands, Shown(rows, seen, pending=True, comment=comment))
    if do != SAVE:
        raise BadParameter("do", do, "“{field}” is “{value}”; known are: {known}.", known=SAVE)
    try:
        wanted = arranged(base, rows, room.form.reader)
    except PhotoError as fault:
        too_long = next((row.file for row in rows if len(" ".join(row.caption.split())) > MAX_NAME), "")
        faults = {f"caption.{too_long}" if too_long else "rows": say(fault)}
        return show(room, photos, stands, Shown(rows, seen, pending=True, faults=faults, comment=comment), 422)
    merged = merge(base, wanted, stands)
    if merged.conflicts:
        return clash(room, photos, stands, Shown(rows, revision, comment=comment))
    try:
        outcome = ordered(room, base, stands, seen, wanted, comment) or write_ordered(room, merged.station, revision)
    except StaleEdit:
        return clash(room, photos, room.station(code)[0], Shown(rows, seen, comment=comment))
    except ProposalError as fault:
        opened = Shown(rows, seen, pending=True, faults={"comment": say(fault)}, comment=comment)
        return show(room, photos, stands, opened, 422)
    return back(code, outcome)


def ordered(room: Room, base: Station, stands: Station, seen: int, wanted: Station, comment: str) -> str:
    """Propose an order, where somebody may not write; give what to say of it, and nothing where it is to be written.

    Raises
    ------
    ProposalError
        The comment is too long, or too many wait already.
    """
    if wanted.photos == base.photos:
        return "nothing"
    if not allowed(Action.EDIT, stands):
        propose(room, wanted, stands, seen, comment)
        return "proposed"
    return ""


def write_ordered(room: Room, wanted: Station, revision: int) -> str:
    """Write an order, and give what to say of it.

    Raises
    ------
    StaleEdit
        Somebody else has changed the station since.
    """
    room.desk.write(wanted, seen=revision, who=asker().login, at=room.now, what=WHAT)
    return "saved"


def clash(room: Room, photos: Photos, stands: Station, opened: Shown) -> Response:
    """Show the form over the newest record, as somebody else changed the same meanwhile."""
    asked = {row.file for row in opened.rows}
    there = {one.file for one in stands.photos}
    rows = [row for row in opened.rows if row.file in there]
    rows += [row for row in rows_of(stands) if row.file not in asked]
    fault = gettext("Somebody else changed these photos meanwhile. Look once more, and save again.")
    _, revision = room.station(stands.code)
    return show(
        room,
        photos,
        stands,
        Shown(rows, revision, pending=True, faults={"rows": fault}, comment=opened.comment),
        409,
    )


def propose(room: Room, wanted: Station, base: Station, revision: int, comment: str) -> None:
    """Propose a record to who may write it."""
    room.desk.proposals.propose(
        wanted, revision=revision, township=base.township, note=comment, who=asker().login, at=room.now
    )


def shown_or_waiting(room: Room, station: Station) -> frozenset[str]:
    """Names of the photos that a station shows, and of those that proposals which wait would have it show."""
    found = {photo.file for photo in station.photos}
    for one in room.desk.proposals.waiting(station.code):
        base = room.desk.seen_ever(one.code, one.revision)
        before = set() if base is None else {photo.file for photo in base.photos}
        found |= {photo.file for photo in one.station.photos} - before
    return frozenset(found)


def rows_of(station: Station) -> list[Row]:
    """The photos of a record, as a form shows them."""
    return [Row(one.file, one.caption) for one in station.photos]


def back(code: str, said: str) -> Response:
    """Lead back to the page, with a word on what was done."""
    return make_response(redirect(url_for("album.album", code=code, said=said), 303))


def show(room: Room, photos: Photos, stands: Station, opened: Shown, status: int = 200) -> Response:
    """Show the page."""
    said = first(given(request.args), "said")
    taken_on = {one.file: one.taken for one in stands.photos}
    there = photos.there(row.file for row in opened.rows)
    return page(
        "photos/album.html",
        status,
        station=stands,
        township=say_township(room.house, stands.township),
        opened=opened,
        there=there,
        taken_on=taken_on,
        most=MAX_PHOTOS,
        at_once=MOST_AT_ONCE,
        spare=_spare(room, photos, stands) if allowed(Action.EDIT, stands) else [],
        may_edit=allowed(Action.EDIT, stands),
        may_propose=allowed(Action.PROPOSE, stands),
        said=said if said in SAID and request.method == "GET" else "",
    )


def _spare(room: Room, photos: Photos, stands: Station) -> list[dict[str, Any]]:
    """The photos that are kept of a station and that it does not show, the newest first."""
    shown = {one.file for one in stands.photos}
    waiting = shown_or_waiting(room, stands)
    found: dict[str, dict[str, Any]] = {}
    for one in (*photos.of(stands.code, "station"), *photos.of(stands.code, "suggestion")):
        if one.name not in shown:
            found[one.name] = {
                "name": one.name,
                "who": one.who,
                "when": say_moment(one.at, room.house, room.now),
                "at": one.at,
                "waits": one.name in waiting,
            }
    return sorted(found.values(), key=lambda one: one["at"], reverse=True)
