"""Somebody makes sure of one thing with one press; where just that was reported, they are asked about it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from stations.desk.desk import made_sure
from stations.desk.proposals import LONGEST_NOTE
from stations.people.facts import Action
from stations.upkeep.facts import Aspect, Task
from stations.web.cautions import Cautions
from stations.web.desk.board import back_from, tasks_of
from stations.web.deskwords import say_aspect
from stations.web.params import one_of
from stations.web.room import Room, asker, page, sent, text_of
from stations.web.who import allowed, demand, needs, the_station
from stations.web.words import Wall

RIGHT, STANDS = "right", "stands"
"""Of what was reported: it is right again; it is left as it is."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Something that people found wrong with what somebody makes sure of, in words."""

    said: str
    notes: tuple[str, ...]


def checking_views(door: Blueprint, room: Room, cautions: Cautions) -> None:
    """Hang the press, and the question that it may lead to."""

    @door.post("/stations/<code>/checked")
    @needs(Action.PROPOSE, the_station)
    def checked(code: str) -> Response:
        """Somebody has made sure that something is as the record says; who may not write proposes it."""
        fields = sent({"aspect", "back", "reported", "seen"})
        aspect = Aspect(one_of("aspect", text_of(fields, "aspect"), tuple(Aspect)))
        answer = one_of("reported", text_of(fields, "reported"), ("", RIGHT, STANDS))
        back, reported = text_of(fields, "back"), reported_of(room, code, aspect)
        if reported and not (answer and text_of(fields, "seen") == mark_of(reported)):
            return ask(room, cautions, code, aspect, reported, back)
        stands, revision = room.station(code)
        if not allowed(Action.EDIT, stands):
            room.desk.proposals.propose(
                made_sure(stands, aspect, room.today),
                revision=revision,
                township=stands.township,
                note=note_of(cautions, reported, answer, Wall.at(room.now, room.house.zone)),
                who=asker().login,
                at=room.now,
            )
            return back_from(code, back, "proposed")
        room.desk.check(
            code,
            aspect,
            room.today,
            who=asker().login,
            at=room.now,
            settles=answer != STANDS,
            demand=lambda station: demand(Action.EDIT, station),  # it may have been moved this moment
        )
        return back_from(code, back, "settled" if reported and answer == RIGHT else "checked")


def reported_of(room: Room, code: str, aspect: Aspect) -> tuple[Task, ...]:
    """What people found wrong with one thing at a station, that nobody of the staff has looked at."""
    if room.house.upkeep is None:
        return ()
    about = {kind.key for kind in room.house.upkeep.kinds.values() if kind.clears is aspect}
    return tuple(one for one in tasks_of(room, room.now) if one.code == code and one.caution.kind in about)


def mark_of(reported: Sequence[Task]) -> str:
    """What says that somebody has seen these reports, and no others."""
    return ",".join(sorted(f"{one.caution.kind}.{one.caution.amenity}" for one in reported))


def note_of(cautions: Cautions, reported: Sequence[Task], answer: str, wall: Wall) -> str:
    """What a proposal says of reports, for whoever accepts it and may settle them; nothing where there are none."""
    if not reported:
        return ""
    what = gettext(", ").join(cautions.say(one.caution, wall) for one in reported)
    said = (
        gettext("I looked, and it is right again: %(what)s", what=what)
        if answer == RIGHT
        else gettext("This I leave as it was reported: %(what)s", what=what)
    )
    return said[:LONGEST_NOTE]


def ask(room: Room, cautions: Cautions, code: str, aspect: Aspect, reported: Sequence[Task], back: str) -> Response:
    """Ask whether what was reported is right again, too."""
    station, _ = room.station(code)
    wall = Wall.at(room.now, room.house.zone)
    return page(
        "desk/sure.html",
        station=station,
        name=room.names.station(station),
        aspect=aspect.value,
        what=say_aspect(aspect),
        reported=[Reported(cautions.say(one.caution, wall), tuple(dict.fromkeys(one.notes))) for one in reported],
        mark=mark_of(reported),
        back=back,
        proposes=not allowed(Action.EDIT, station),
        leave=url_for("desk.today") if back == "today" else url_for("desk.station", code=code),
    )
