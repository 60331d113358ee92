"""`/api/nearest`: the finder's answer for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import orjson
from flask import Blueprint, Response, request

from stations.questions.nearest import Found, NearestAnswer, find_nearest
from stations.station import Station
from stations.upkeep.facts import Caution
from stations.web.cautions import caution_json
from stations.web.house import House
from stations.web.params import (
    NEAREST_PARAMETERS,
    Args,
    Known,
    given,
    read_nearest,
    refuse_unknown,
)

JSON = "application/json"
NEAREST = "/api/nearest"
NEAREST_HEADERS = (("Content-Type", JSON), ("Cache-Control", "no-store"))
"""Not to be kept, for it says where a person stands."""

Warned = Mapping[str, Sequence[Caution]]
NOBODY_WARNED: Warned = MappingProxyType({})


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
                "eligible": station.eligible,
                "amenities": {key: state.value for key, state in station.amenities.items()},
            }
            written = kept[1][station.code] = orjson.dumps(facts)[:-1] + b","
        return written


def nearest_answers(house: House, known: Known) -> Callable[[Args], bytes]:
    """Make what answers `/api/nearest`: from its parameters to the body, or to the error that says what is wrong."""
    written = Written()

    def answer(args: Args) -> bytes:
        refuse_unknown(args, NEAREST_PARAMETERS)
        now = datetime.now(known.zone)
        answer = find_nearest(read_nearest(args, known, now), house.snapshot(), house.atlas)
        return write_nearest(answer, written, house.cautions(now))

    return answer


def nearest_door(answer: Callable[[Args], bytes]) -> Blueprint:
    """Make the door; what comes here was not answered before the framework."""
    door = Blueprint("nearest", __name__)

    @door.get(NEAREST)
    def nearest() -> Response:
        """The stations that are quickest to reach and fit, then those that almost fit and why."""
        return Response(answer(given(request.args)), headers=NEAREST_HEADERS)

    return door


def write_nearest(answer: NearestAnswer, written: Written, warned: Warned = NOBODY_WARNED) -> bytes:
    """Write an answer as JSON: seconds and metres to a tenth, moments in ISO 8601, positions in WGS-84.

    Parameters
    ----------
    warned
        What others found wrong, by the station's code.
    """
    revision = answer.revision
    return orjson.dumps(
        {
            "stations": [_found(found, written, revision, warned) for found in answer.stations],
            "almost": [_found(found, written, revision, warned) for found in answer.almost],
            "later": [_found(found, written, revision, warned) for found in answer.later],
            "revision": revision,
            "digest": answer.digest,
        },
    )


def _found(found: Found, written: Written, revision: int, warned: Warned) -> orjson.Fragment:
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
    if cautions := warned.get(found.station.code):
        there += b',"cautions":' + orjson.dumps([caution_json(one) for one in cautions])
    if found.path is not None:
        points = [(point.lon, point.lat) for point in found.path]
        there += b',"path":' + orjson.dumps({"type": "LineString", "coordinates": points})
    return orjson.Fragment(written.station(found.station, revision) + there + b"}")
