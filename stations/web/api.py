"""`/api/nearest` and `/api/stations`: the answers for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, request

from stations.questions.nearest import Found, NearestAnswer, find_nearest
from stations.registry.snapshot import Snapshot
from stations.station import PRIVATE_FIELDS, Station
from stations.web.house import House
from stations.web.params import (
    NEAREST_PARAMETERS,
    Known,
    first,
    given,
    read_bbox,
    read_nearest,
    refuse_unknown,
)

JSON = "application/json"
GEOJSON = "application/geo+json"
STATIONS_PARAMETERS = frozenset({"bbox", "lang"})
PUBLIC: Mapping[str, Any] = {
    one.name: None for one in fields(Station) if one.name not in PRIVATE_FIELDS | {"position", "lon", "lat"}
}
"""Every public field, not known."""


class Written:
    """What never changes of a station's JSON, written out once for each revision.

    Writing twenty-five amenities of eight stations again and again would cost more than finding the stations.
    """

    def __init__(self) -> None:
        self._kept: tuple[int, dict[str, bytes]] = (-1, {})

    def station(self, station: Station, revision: int) -> bytes:
        """A station as the start of a JSON object, up to and with the comma after its last fact."""
        kept = self._kept
        if kept[0] != revision:
            # One assignment: another thread sees either pair whole.
            kept = self._kept = (revision, {})
        written = kept[1].get(station.code)
        if written is None:
            facts = {
                "code": station.code,
                "name": station.name,
                "lon": station.position.lon,
                "lat": station.position.lat,
                "kind": station.kind,
                "address": station.address,
                "hours": station.hours,
                "access": station.access,
                "amenities": {key: state.value for key, state in station.amenities.items()},
            }
            written = kept[1][station.code] = orjson.dumps(facts)[:-1] + b","
        return written


def api_door(house: House, known: Known) -> Blueprint:
    """Make the doors for programs."""
    door = Blueprint("api", __name__)
    written = Written()

    @door.get("/api/nearest")
    def nearest() -> Response:
        """The stations that are quickest to reach and fit, then those that almost fit and why."""
        args = given(request.args)
        refuse_unknown(args, NEAREST_PARAMETERS)
        query = read_nearest(args, known, datetime.now(known.zone))
        answer = find_nearest(query, house.snapshot(), house.atlas)
        response = Response(write_nearest(answer, written), mimetype=JSON)
        response.headers["Cache-Control"] = "no-store"  # it says where a person stands
        return response

    @door.get("/api/stations")
    def stations() -> Response:
        """Every active station, or those in a box, with all that is public, as GeoJSON."""
        args = given(request.args)
        refuse_unknown(args, STATIONS_PARAMETERS)
        bounds = read_bbox(first(args, "bbox")) if "bbox" in args else None
        snapshot = house.snapshot()
        response = Response(mimetype=GEOJSON)
        response.set_etag(f"r{snapshot.revision}")
        response.headers["Cache-Control"] = "no-cache"
        response.make_conditional(request)
        if response.status_code != 304:
            response.set_data(write_stations(snapshot, bounds))
        return response

    @door.get("/healthz")
    def health() -> Response:
        """Whether the house stands: the registry answers, and which ground is loaded."""
        body = {"status": "ok", "revision": house.snapshot().revision, "digest": house.digest}
        return Response(orjson.dumps(body), mimetype=JSON, headers={"Cache-Control": "no-store"})

    return door


def write_nearest(answer: NearestAnswer, written: Written) -> bytes:
    """Write an answer as JSON: seconds and metres to a tenth, moments in ISO 8601, positions in WGS-84."""
    revision = answer.revision
    return orjson.dumps(
        {
            "stations": [_found(found, written, revision) for found in answer.stations],
            "almost": [_found(found, written, revision) for found in answer.almost],
            "revision": revision,
            "digest": answer.digest,
        },
    )


def _found(found: Found, written: Written, revision: int) -> orjson.Fragment:
    there = b'"seconds":%.1f,"metres":%.1f,"basis":"%s","state":"%s","changes_at":%s' % (
        found.seconds,
        found.metres,
        found.basis.encode(),
        found.state.value.encode(),
        b"null" if found.changes_at is None else b'"%s"' % found.changes_at.isoformat().encode(),
    )
    if found.reasons:
        there += b',"reasons":' + orjson.dumps([{"key": reason.key, **reason.values} for reason in found.reasons])
    if found.path is not None:
        points = [(point.lon, point.lat) for point in found.path]
        there += b',"path":' + orjson.dumps({"type": "LineString", "coordinates": points})
    return orjson.Fragment(written.station(found.station, revision) + there + b"}")


def write_stations(snapshot: Snapshot, bounds: tuple[float, float, float, float] | None) -> bytes:
    """Write the active stations, or those in a box, as a GeoJSON FeatureCollection (RFC 7946)."""
    chosen = np.asarray(snapshot.active).copy()
    if bounds is not None:
        west, south, east, north = bounds
        chosen &= (snapshot.lon >= west) & (snapshot.lon <= east) & (snapshot.lat >= south) & (snapshot.lat <= north)
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [station_feature(snapshot.stations[row]) for row in np.flatnonzero(chosen)],
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
        "properties": {**PUBLIC, **known},
    }
