"""The doors of photos and of suggestions, as far as the house has what they need."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Flask

from stations.desk.desk import Desk
from stations.desk.entering import Form
from stations.errors import RegistryError
from stations.facts import Photo
from stations.photos.keeping import Photos
from stations.station import Station
from stations.web.house import House
from stations.web.photos.album import album_views
from stations.web.photos.serving import desk_photos, photos_door
from stations.web.photos.suggesting import suggesting_door
from stations.web.room import Room
from stations.web.who import DESK
from stations.wording.names import Names


def hang_photos(app: Flask, house: House, photos: Photos, names: Names) -> None:
    """Hang the public door of photos, and where there are staff, theirs and that of passers-by."""
    app.register_blueprint(photos_door(house, photos))
    app.add_template_global(partial(photos_of, photos), "photos_of")
    if house.desk is not None and house.people is not None:
        room = room_of(house, house.desk, names)
        app.register_blueprint(album_door(room, photos))
        app.register_blueprint(suggesting_door(room, photos))
        app.jinja_env.globals["may_suggest"] = True


def photos_of(photos: Photos, station: Station) -> list[Photo]:
    """The photos of a record that are kept here: one that came with a list may name others."""
    if not station.photos:
        return []
    try:
        there = photos.there(one.file for one in station.photos)
    except RegistryError:
        return []
    return [one for one in station.photos if one.file in there]


def room_of(house: House, desk: Desk, names: Names) -> Room:
    """Make what the views share."""
    townships = None if house.atlas is None else house.atlas.townships
    return Room(house, desk, names, Form(names.taxonomy, townships))


def album_door(room: Room, photos: Photos) -> Blueprint:
    """Make the door of the staff."""
    door = Blueprint("album", __name__, url_prefix=DESK)
    desk_photos(door, photos)
    album_views(door, room, photos)
    return door
