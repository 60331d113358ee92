"""A small town to ask questions of: streets drawn in text, townships as boxes, stations by their places."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from geodata.atlas import Atlas
from geodata.building import build_atlas
from stations.registry.snapshot import Snapshot
from stations.station import Station, StationReader
from tests.geodata.grids import Drawing, at, small_modes

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)

Box = tuple[float, float, float, float]


@cache
def town_of(text: str, townships: tuple[tuple[str, str, Box], ...] = ()) -> Atlas:
    """Build the atlas of a drawing; townships are (code, name, west south east north in metres)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extract = Drawing.read(text).write(folder / "town.osm.pbf")
        boundaries = None
        if townships:
            boundaries = folder / "townships.geojson"
            boundaries.write_text(
                json.dumps({"type": "FeatureCollection", "features": [_feature(*t) for t in townships]})
            )
        return build_atlas(extract, boundaries=boundaries, modes=small_modes())


def _feature(code: str, name: str, box: Box) -> Mapping[str, object]:
    west, south, east, north = box
    corners = [at(x, y) for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south))]
    ring = [[corner.lon, corner.lat] for corner in corners]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def station(code: str, east_m: float, north_m: float = 0.0, **facts: object) -> Station:
    """A station at a place in metres."""
    where = {"code": code, "name": f"驿站 {code}", "position": at(east_m, north_m)}
    return StationReader().read_or_raise(where | facts)


def snapshot_of(stations: Iterable[Station], revision: int = 7) -> Snapshot:
    """The stations as of a revision."""
    return Snapshot.build(revision, stations, SHANGHAI)
