"""What the measurements run on: Porto with 500 stations, and timing of repeated calls."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.lonlat import LonLat
from stations.registry.snapshot import Snapshot
from stations.station import Station, StationReader

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = 20260301
STATIONS = 500
HOURS = ("24/7", "Mo-Fr 08:00-18:00", "", "Mo-Su 06:00-22:00", "Mo-Fr 08:30-12:00,13:00-17:30; Sa 09:00-12:00")
OFF_STREET_DEG = 2e-4
"""Stations and people stand some 20 m off the streets."""


@dataclass(frozen=True)
class Porto:
    """The large real place, its extract and its saved atlas; None of both where the data are not at hand."""

    extract: Path | None
    folder: Path | None

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Porto]:
        """Build the atlas in a folder that is gone afterwards."""
        data = os.environ.get("YIZHAN_DATA")
        extract = None if data is None else Path(data).resolve() / "osm" / "porto.osm.pbf"
        if extract is None or not extract.exists():
            print("YIZHAN_DATA does not lead to osm/porto.osm.pbf: what needs it is left out.")
            yield cls(None, None)
            return
        with tempfile.TemporaryDirectory() as folder:
            build_atlas(extract).save(Path(folder))
            yield cls(extract, Path(folder))

    def atlas(self) -> Atlas | None:
        """The atlas, newly loaded."""
        return None if self.folder is None else Atlas.load(self.folder)


def positions_on(atlas: Atlas, count: int, seed: int = SEED) -> list[LonLat]:
    """Positions near streets, spread by their length; the same each time."""
    lon, lat, metres = atlas.streets.samples(0, 100.0)
    dice = np.random.default_rng(seed)
    chosen = dice.choice(lon.size, count, p=metres / metres.sum())
    off = dice.normal(0.0, OFF_STREET_DEG, (2, count))
    return [LonLat(float(x), float(y)) for x, y in zip(lon[chosen] + off[0], lat[chosen] + off[1], strict=True)]


def stations_on(atlas: Atlas, count: int = STATIONS) -> list[Station]:
    """Stations near streets, with hours of five kinds."""
    reader = StationReader()
    return [
        reader.read_or_raise(
            {
                "code": f"B{number:04d}",
                "name": f"Station {number}",
                "kind": "rest_station",
                "host": "bank",
                "position": position,
                "hours": HOURS[number % len(HOURS)],
                "amenities": {"water": "yes", "microwave": "yes" if number % 2 else "no"},
            }
        )
        for number, position in enumerate(positions_on(atlas, count, SEED + 1))
    ]


def snapshot_on(atlas: Atlas, count: int = STATIONS) -> Snapshot:
    """The same stations as a snapshot."""
    return Snapshot.build(1, stations_on(atlas, count), SHANGHAI)


def seconds_of(call: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a call."""
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return float(np.median(taken))


def tell(what: str, measured: str, wanted: str = "") -> None:
    """Print one figure, with what is wanted of it."""
    print(f"{what:<58} {measured:>22}   {wanted}")
