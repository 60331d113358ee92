"""The door of the desk. Every view says with `needs` who may come there; the gate refuses to open without."""

from __future__ import annotations

from flask import Blueprint

from stations.desk.desk import Desk
from stations.desk.entering import Form
from stations.web.cautions import Cautions
from stations.web.desk.adding import adding_views
from stations.web.desk.board import today_views
from stations.web.desk.cells import cell_views
from stations.web.desk.changes import changes_views
from stations.web.desk.checking import checking_views
from stations.web.desk.listing import listing_views
from stations.web.desk.past import past_views
from stations.web.desk.proposing import proposing_views
from stations.web.desk.record import record_views
from stations.web.desk.taking import taking_views
from stations.web.desk.together import together_views
from stations.web.house import House
from stations.web.room import Room
from stations.web.who import DESK
from stations.wording.names import Names


def desk_door(house: House, desk: Desk, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("desk", __name__, url_prefix=DESK)
    townships = None if house.atlas is None else house.atlas.townships
    room = Room(house, desk, names, Form(names.taxonomy, townships))
    cautions = Cautions(names)
    today_views(door, room, cautions)
    listing_views(door, room)
    cell_views(door, room)
    together_views(door, room)
    adding_views(door, room)
    taking_views(door, room)
    changes_views(door, room)
    record_views(door, room)
    past_views(door, room)
    checking_views(door, room, cautions)
    proposing_views(door, room)

    return door
