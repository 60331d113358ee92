"""The door of what the staff keep of the days at their stations: supplies, services, visits."""

from __future__ import annotations

from flask import Blueprint

from stations.desk.desk import Desk
from stations.desk.entering import Form
from stations.stock.stock import Stock
from stations.web.house import House
from stations.web.room import Room
from stations.web.stock.entering import entering_views
from stations.web.stock.round import round_views
from stations.web.stock.service import service_views
from stations.web.stock.services import services_views
from stations.web.stock.shelf import shelf_views
from stations.web.stock.visits import visits_views
from stations.web.who import DESK
from stations.wording.names import Names


def stock_door(house: House, desk: Desk, stock: Stock, names: Names) -> Blueprint:
    """Make the door."""
    door = Blueprint("stock", __name__, url_prefix=DESK)
    room = Room(house, desk, names, Form(names.taxonomy))
    for views in (round_views, shelf_views, services_views, service_views, visits_views, entering_views):
        views(door, room, stock)
    return door
