"""The base map's own tiles."""

from __future__ import annotations

from flask import Blueprint, Response

from stations.web.house import House


def tiles_door(house: House) -> Blueprint:
    """Make the door for the tiles of the atlas."""
    door = Blueprint("tiles", __name__)

    @door.get("/tiles/<mark>/<int:z>/<int:x>/<int:y>.mvt")
    def tile(mark: str, z: int, x: int, y: int) -> Response:
        """One vector tile."""
        del mark, z, x, y
        return Response(status=404 if house.atlas is None else 204)

    return door
