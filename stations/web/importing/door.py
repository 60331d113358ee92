"""The door through which lists come in."""

from __future__ import annotations

from flask import Blueprint

from stations.desk.desk import Desk
from stations.desk.entering import Form
from stations.desk.lists import Lists
from stations.web.house import House
from stations.web.importing.arriving import arriving_views
from stations.web.importing.columns import column_views
from stations.web.importing.hall import Hall
from stations.web.importing.rows import row_views
from stations.web.importing.settling import settling_views
from stations.web.room import Room
from stations.web.who import DESK
from stations.wording.names import Names


def importing_door(house: House, desk: Desk, lists: Lists, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("importing", __name__, url_prefix=DESK)
    hall = Hall(Room(house, desk, names, Form(names.taxonomy, None)), lists)
    arriving_views(door, hall)
    column_views(door, hall)
    row_views(door, hall)
    settling_views(door, hall)

    return door
