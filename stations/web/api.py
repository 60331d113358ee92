"""`/api/nearest` and `/api/stations`: the answers for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, request

from geodata.datum import Datum
from stations.questions.nearest import Found, NearestAnswer, find_nearest
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.web.house import House
from stations.web.params import (
    NEAREST_PARAMETERS,
    Args,
    Known,
    first,
    given,
    read_bbox,
    read_nearest,
    refuse_unknown,
)

JSON = "application/json"
NEAREST = "/api/nearest"
NEAREST_HEADERS = (("Content-Type", JSON), ("Cache-Control", "no-store"))
"""Not to be kept, for it says where a person stands."""

GEOJSON = "application/geo+json"
STATIONS_PARAMETERS = frozenset({"bbox", "lang"})


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
                "self_service_hours": station.self_service_hours,
                "access": station.access,
                "amenities": {key: state.value for key, state in station.amenities.items()},
            }
            written = kept[1][station.code] = orjson.dumps(facts)[:-1] + b","
        return written


def nearest_answers(house: House, known: Known) -> Callable[[Args], bytes]:
    """Make what answers `/api/nearest`: from its parameters to the body, or to the error that says what is wrong."""
    written = Written()

    def answer(args: Args) -> bytes:
        refuse_unknown(args, NEAREST_PARAMETERS)
        query = read_nearest(args, known, datetime.now(known.zone))
        return write_nearest(find_nearest(query, house.snapshot(), house.atlas), written)

    return answer


def api_door(house: House, answer: Callable[[Args], bytes]) -> Blueprint:
    """Make the doors for programs."""
    door = Blueprint("api", __name__)

    @door.get(NEAREST)
    def nearest() -> Response:
        """The stations that are quickest to reach and fit, then those that almost fit and why."""
        return Response(answer(given(request.args)), headers=NEAREST_HEADERS)

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
        """Whether the house stands: which stations and which ground are served, and whether the registry answers."""
        revision = house.snapshot().revision
        status = "ok" if house.registry.trouble is None else "stale"
        body = {"status": status, "revision": revision, "digest": house.digest}
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
    if found.because:
        there += b',"because":' + orjson.dumps(found.because)
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
