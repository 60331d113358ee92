"""The door of inspections. Every view says with `needs` who may come there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask_babel import gettext

from stations.desk.desk import Desk
from stations.desk.entering import Form
from stations.desk.roll import lines_for
from stations.fields import Fields
from stations.people.facts import Action
from stations.photos.keeping import Photos
from stations.rounds.finding import ratings
from stations.rounds.rounds import Rounds
from stations.station import Station
from stations.web.deskwords import say_day, say_who
from stations.web.house import House
from stations.web.room import Room, asker
from stations.web.rounds.choosing import choosing_views
from stations.web.rounds.inspected import inspected_views, shown_tasks
from stations.web.rounds.overview import overview_views
from stations.web.rounds.place import Office
from stations.web.rounds.sheet import sheet_views
from stations.web.rounds.tasks import task_views
from stations.web.rounds.telling import tell_rating, word
from stations.web.who import DESK, allowed
from stations.wording.names import Names

SHOWN = 8
"""Tasks on the page of today; the rest is in their list."""

BESIDE = 3
"""Inspections that stand beside a station's form."""


def rounds_door(house: House, desk: Desk, rounds: Rounds, photos: Photos, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("rounds", __name__, url_prefix=f"{DESK}/inspections")
    townships = None if house.atlas is None else house.atlas.townships
    room = Room(house, desk, names, Form(names.taxonomy, townships))
    office = Office(room, rounds, photos, Fields.load())
    overview_views(door, office)
    choosing_views(door, office)
    sheet_views(door, office)
    inspected_views(door, office)
    task_views(door, office)

    @door.app_context_processor
    def beside() -> dict[str, Callable[..., dict[str, Any]]]:
        return {"inspected": lambda station: beside_of(office, station), "rounds_today": lambda: today_of(office)}

    return door


def today_of(office: Office) -> dict[str, Any]:
    """What is to be put right by who asks; and where they may record something, by nobody yet, or what is late."""
    room, person = office.room, asker()
    codes = {line.code for line in lines_for(room.desk.roll().lines, person, Action.RECORD)}
    mine = [
        one
        for one in office.rounds.tasks.open()
        if one.code in codes and (one.person in {"", person.login} or one.overdue(room.today))
    ]
    rows = [(one, say_who(one.task.person)) for one in shown_tasks(office, mine[:SHOWN])]
    return {"count": len(mine), "rows": rows}


def beside_of(office: Office, station: Station) -> dict[str, Any]:
    """What the page of a station tells of its inspections, and how it stands to the standards by its record."""
    rounds, room = office.rounds, office.room
    last = rounds.of(station.code, BESIDE)
    tasks = rounds.tasks.open(station.code)
    stands = ratings(station, rounds.standards.values(), rounds.taxonomy)
    return {
        "ratings": [tell_rating(one, rounds.taxonomy, office.fields) for one in stands.values()],
        "last": [(one.number, say_day(one.day), word(one.asked), one.who, len(one.faults)) for one in last],
        "due": station.status == "active" and rounds.due(last[0].day if last else None, room.today),
        "tasks": shown_tasks(office, tasks),
        "inspects": allowed(Action.INSPECT, station),
        "never": gettext("never inspected"),
    }
