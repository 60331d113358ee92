"""Photos as files: to anybody those that a station's record shows, to the staff those of their own stations.

A photo never changes, as its name is the digest of what it shows; so whoever has it need not ask for it again.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from stations.people.facts import Action
from stations.photos.keeping import Photos
from stations.web.house import House
from stations.web.who import About, Place, Values, allowed, needs, place_of

A_WEEK_S = 7 * 24 * 3600
"""For so long a browser keeps a photo; one that was taken out is gone from them all after it."""

TYPE = "image/jpeg"


def photos_door(house: House, photos: Photos) -> Blueprint:
    """Make the door through which anybody sees what stations show."""
    door = Blueprint("photos", __name__)

    @door.get("/photos/<name>")
    def photo(name: str) -> Response:
        """A photo that a station shows."""
        return public(name, small=False)

    @door.get("/photos/small/<name>")
    def small_photo(name: str) -> Response:
        """Its thumbnail."""
        return public(name, small=True)

    def public(name: str, *, small: bool) -> Response:
        if not is_shown(house, photos, name):
            abort(404)
        answer = file_of(photos, name, small=small)
        answer.headers["Cache-Control"] = f"public, max-age={A_WEEK_S}, immutable"
        return answer

    return door


def desk_photos(door: Blueprint, photos: Photos) -> None:
    """Hang what the staff see: every photo of a station of theirs, shown or not."""
    where = the_photo(photos)

    @door.get("/photos/<name>")
    @needs(Action.SEE_PRIVATE, where)
    def photo(name: str) -> Response:
        """A photo of a station of one's own."""
        return file_of(photos, name, small=False)

    @door.get("/photos/small/<name>")
    @needs(Action.SEE_PRIVATE, where)
    def small_photo(name: str) -> Response:
        """Its thumbnail."""
        return file_of(photos, name, small=True)


def is_shown(house: House, photos: Photos, name: str) -> bool:
    """Whether a station's record, as it stands, shows a photo that came for it; never one of an inspection."""
    snapshot = house.snapshot()
    for one in photos.belongings(name):
        if one.what != "inspection":
            station = snapshot.find(one.code)
            if station is not None and any(shown.file == name for shown in station.photos):
                return True
    return False


def the_photo(photos: Photos) -> About:
    """Find where a photo belongs: of several places, those in which whoever asks may see it."""

    def about(house: House, values: Values) -> tuple[Place, ...]:
        snapshot = house.snapshot()
        places = []
        for one in photos.belongings(str(values["name"])):
            station = snapshot.find(one.code)
            places.append(Place(one.township, one.code) if station is None else place_of(station))
        if not places:
            abort(404)
        mine = tuple(place for place in places if allowed(Action.SEE_PRIVATE, place))
        return mine or tuple(places)

    return about


def file_of(photos: Photos, name: str, *, small: bool) -> Response:
    """Answer with a photo, or say that the browser has it already."""
    if request.if_none_match.contains(name):
        answer = Response(status=304)
    else:
        picture = photos.read(name, small=small)
        if picture is None:
            abort(404)
        answer = Response(picture.data, mimetype=TYPE)
        answer.headers["Content-Disposition"] = f'inline; filename="{name[:12]}.jpg"'
    answer.set_etag(name)
    return answer
