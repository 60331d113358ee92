"""The base map's own tiles, made of the atlas."""

from __future__ import annotations

from flask import Blueprint, Response, request

from geodata.errors import TileError
from stations.web.headers import A_YEAR
from stations.web.house import House

VECTOR_TILE = "application/vnd.mapbox-vector-tile"


def tiles_door(house: House) -> Blueprint:
    """Make the door for the tiles of the atlas."""
    door = Blueprint("tiles", __name__)

    @door.get("/tiles/<mark>/<int:z>/<int:x>/<int:y>.mvt")
    def tile(mark: str, z: int, x: int, y: int) -> Response:
        """One vector tile of what the atlas shows; 204 where it shows nothing.

        The address names the drawing by its mark, so an answer holds for good. A page that was opened before the
        atlas was built anew asks by the old mark; it gets the tile as it is now, to be asked about again.
        """
        if house.atlas is None:
            raise TileError("There is no atlas, and so no map of it. Build one, or name a provider of tiles.")
        tiles = house.atlas.tiles
        made = tiles.get(z, x, y)
        response = Response(made, 200 if made else 204, mimetype=VECTOR_TILE)
        response.headers["Cache-Control"] = A_YEAR if mark == tiles.mark else "no-cache"
        response.set_etag(f"{tiles.mark}-{z}-{x}-{y}")
        response.make_conditional(request)
        return response

    return door
