"""`/api/stations`, every station as GeoJSON, and `/healthz`, whether the house stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, request

from geodata.datum import Datum
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.web.api.nearest import JSON
from stations.web.house import House
from stations.web.params import first, given, read_bbox, read_day, refuse_unknown

GEOJSON = "application/geo+json"
STATIONS_PARAMETERS = frozenset({"bbox", "lang", "on"})


def stations_door(house: House) -> Blueprint:
    """Make the doors."""
    door = Blueprint("stations", __name__)

    @door.get("/api/stations")
    def stations() -> Response:
        """Every active station, or those in a box or on a day, with all that is public, as GeoJSON."""
        args = given(request.args)
        refuse_unknown(args, STATIONS_PARAMETERS)
        bounds = read_bbox(first(args, "bbox")) if "bbox" in args else None
        day = read_day(first(args, "on")) if "on" in args else None
        snapshot = house.snapshot()
        response = Response(mimetype=GEOJSON)
        response.set_etag(f"r{snapshot.revision}")
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        if response.status_code != 304:
            response.set_data(write_stations(snapshot, bounds, day))
        return response

    @door.get("/healthz")
    def health() -> Response:
        """Whether the house stands: which stations and which ground are served, and whether the registry answers."""
        revision = house.snapshot().revision
        status = "ok" if house.registry.trouble is None else "stale"
        body = {"status": status, "revision": revision, "digest": house.digest}
        return Response(orjson.dumps(body), mimetype=JSON, headers={"Cache-Control": "no-store"})

    return door


def write_stations(
    snapshot: Snapshot, bounds: tuple[float, float, float, float] | None, day: date | None = None
) -> bytes:
    """Write the active stations, those in a box or that serve on a day, as a GeoJSON FeatureCollection (RFC 7946)."""
    chosen = np.asarray(snapshot.active).copy()
    if day is not None:
        chosen &= snapshot.serving_on(day)
    if bounds is not None:
        west, south, east, north = bounds
        chosen &= (snapshot.lon >= west) & (snapshot.lon <= east) & (snapshot.lat >= south) & (snapshot.lat <= north)
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [station_feature(snapshot.stations[row]) for row in np.flatnonzero(chosen).tolist()],
            "revision": snapshot.revision,
        },
    )


def station_feature(station: Station) -> dict[str, Any]:
    """A station as a GeoJSON feature with all of its public fields, also those of which nothing is known."""
    known = station.to_public()
    position = [known.pop("lon"), known.pop("lat")]
    return {
        "type": "Feature",
        "id": station.code,
        "geometry": {"type": "Point", "coordinates": position},
        # A list that is imported is taken by its word: without it, `source_datum` would be taken for that of the point.
        "properties": {**known, "datum": Datum.WGS84.value},
    }
