"""A whole country's registry, 186,000 stations: written, read into a snapshot, and brought up to date after an edit.

On SQLite, and on PostgreSQL too where YIZHAN_TEST_POSTGRES is the URL of a server: there in a database of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from benchmarks.places import SEED, SHANGHAI, Porto, seconds_of, tell
from geodata.lonlat import LonLat
from stations.registry.loading import load
from stations.registry.log import Registry
from stations.registry.schema import STATION
from stations.registry.snapshot import Snapshot, hours_of
from stations.registry.stores import Store, open_store
from stations.station import Station, StationReader, Status
from tests.postgres import Databases

STATIONS = 186_000
HOURS = 3000
FEW = 5_000
"""The slow alternatives are measured on so many stations, and reckoned up to all."""

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
AMENITIES = (
    "aed",
    "air_conditioning",
    "charging",
    "first_aid",
    "fridge",
    "microwave",
    "rest",
    "toilet",
    "water",
    "wifi",
)
STREETS = ("伊河路", "人民路", "解放大道", "中原西路", "建设街", "和平里")
HOSTS = ("建设银行", "邮政支局", "党群服务中心", "总工会", "顺丰营业点", "便民服务站")


def run(_: Porto) -> None:
    """Measure each store that there is."""
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{Path(folder) / 'registry.db'}")
    server = os.environ.get("YIZHAN_TEST_POSTGRES")
    if server:
        databases = Databases(server)
        try:
            measure("PostgreSQL", databases.new())
        finally:
            databases.drop_all()


def measure(kind: str, url: str) -> None:
    """Measure one store."""
    registry = Registry.open(url)
    try:
        writing(kind, registry)
        # In a process of its own, so that nothing which was there before hides what is taken.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, peak_mb = pool.apply(building, (url,))
        tell(f"{kind}: snapshot of {STATIONS:,} stations", f"{seconds:.2f} s", "at most 1.5 s")
        tell(f"{kind}: memory at its peak", f"{peak_mb:.0f} MB", "at most 250 MB")
        slow = alternatives(registry.store)
        for what, taken in slow.items():
            tell(f"{kind}: {what} instead", f"{taken:.1f} s", f"{taken / seconds:.1f} times as long")
        refreshing(kind, registry, slow["decoding every record"])
    finally:
        registry.close()


def writing(kind: str, registry: Registry) -> None:
    """Write all stations in one batch; beside it a batch for each of a few."""
    listed = list(stations(STATIONS))
    begun = time.perf_counter()
    registry.append(listed, what="import", who="benchmark", at=AT)
    taken = time.perf_counter() - begun
    tell(f"{kind}: writing {STATIONS:,} stations", f"{taken:.1f} s")
    registry.snapshot()
    some = [replace(station, name=f"{station.name}甲") for station in listed[:20]]
    begun = time.perf_counter()
    for station in some:
        registry.append([station], what="edit", who="benchmark", at=AT)
    each = (time.perf_counter() - begun) / len(some) * STATIONS
    tell(f"{kind}: writing them one by one instead", f"{each:.0f} s", f"{each / taken:.0f} times as long")


def building(url: str) -> tuple[float, float]:
    """Seconds to read a snapshot, median of three, and megabytes more at the peak."""
    store = open_store(url, 10.0)
    try:
        with store.reading() as connection:
            connection.execute(sa.select(STATION.c.code).limit(1)).all()
        before = memory_mb("VmRSS")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        read(store)
        peak = memory_mb("VmHWM") - before
        return seconds_of(lambda: read(store), 3), peak
    finally:
        store.close()


def read(store: Store) -> Snapshot:
    """Read a snapshot from nothing."""
    with store.reading() as connection:
        return load(connection, SHANGHAI)


def memory_mb(which: str) -> float:
    """What this process takes or took at its peak, by the kernel's reckoning."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def alternatives(store: Store) -> dict[str, float]:
    """Seconds that simple ways to the same would take."""
    with store.reading() as connection:
        codes = connection.execute(sa.select(STATION.c.code).limit(FEW)).scalars().all()

        def a_query_a_row() -> None:
            for code in codes:
                connection.execute(sa.select(STATION).where(STATION.c.code == code)).one()

        def decoding() -> list[Station]:
            records = connection.execute(sa.select(STATION.c.record).limit(FEW)).scalars()
            return [Station.from_json(record) for record in records]

        def reading_hours() -> None:
            for station in found:
                hours_of(station, SHANGHAI)

        found = decoding()
        scale = STATIONS / len(codes)
        return {
            "a query a row": seconds_of(a_query_a_row, 1) * scale,
            "decoding every record": seconds_of(decoding, 1) * scale,
            "reading each station's hours": seconds_of(reading_hours, 1) * scale,
        }


def refreshing(kind: str, registry: Registry, decoding_s: float) -> None:
    """Bring the snapshot up to date after edits of four kinds."""
    dice = random.Random(SEED)
    edits: dict[str, Callable[[Station], Station]] = {
        "a new name": lambda station: replace(station, name=f"{station.name}乙"),
        "another place": lambda station: replace(station, position=LonLat(113.0 + dice.random(), 34.0)),
        "a new station": lambda station: replace(station, code=f"N{dice.randrange(10**9)}"),
        "one that is retired": lambda station: replace(station, status=Status.RETIRED),
    }
    for what, edit in edits.items():
        taken = []
        for _ in range(9):
            before = registry.snapshot()
            before.positions_digest  # noqa: B018  as questions have asked for it by then
            station = edit(before.stations[dice.randrange(len(before))])
            registry.append([station], what="edit", who="benchmark", at=AT)
            begun = time.perf_counter()
            registry.snapshot()
            taken.append(time.perf_counter() - begun)
        median = float(np.median(taken))
        times = f"decoding all again: {decoding_s / median:,.0f} times"
        tell(f"{kind}: refresh after {what}", f"{median * 1000.0:.1f} ms", f"at most 20 ms; {times}")


def stations(count: int) -> Iterator[Station]:
    """Records such as a national list has, some 800 bytes each; the same each time."""
    dice, reader = random.Random(SEED), StationReader()
    hours = distinct_hours(dice)
    known = [{key: dice.choice(("yes", "yes", "no", "nearby")) for key in AMENITIES} for _ in range(5000)]
    template = reader.read_or_raise(
        {
            "code": "S",
            "name": "驿站",
            "position": LonLat(113.0, 34.0),
            "host": "bank",
            "source_datum": "gcj02",
            "built_by": "union",
            "access": ["public"],
            "eligible": ["courier", "sanitation", "driver"],
            "amenity_notes": {"water": "早晚各一壶"},
            "note": "请保持卫生。",
            "area_m2": 36,
            "position_checked": "2026-03-01",
            "hours_checked": "2026-03-01",
            "amenities_checked": "2026-03-01",
        }
    )
    amenities = [
        reader.read_or_raise({"code": "S", "name": "S", "position": LonLat(0, 0), "amenities": one}).amenities
        for one in known
    ]
    for number in range(count):
        street, host = dice.choice(STREETS), dice.choice(HOSTS)
        yield replace(
            template,
            code=f"{dice.randrange(11, 66)}{number:08d}",
            name=f"{host}{street}户外劳动者驿站",
            host_name=f"{host}{street}支行",
            address=f"河南省郑州市中原区{street}{dice.randrange(1, 900)}号一楼大厅东侧",
            position=LonLat(round(dice.uniform(75.0, 130.0), 7), round(dice.uniform(20.0, 48.0), 7)),
            township=f"{dice.randrange(110101001, 659009999)}",
            hours=dice.choice(hours),
            amenities=dice.choice(amenities),
            seats=dice.randrange(2, 40),
            phone=f"0371-{dice.randrange(60000000, 69999999)}",
            custodian="王师傅",
            status=Status.RETIRED if dice.random() < 0.02 else Status.ACTIVE,
        )


def distinct_hours(dice: random.Random) -> list[str]:
    """Hours in OSM grammar, no two alike."""
    found: set[str] = set()
    while len(found) < HOURS:
        opens, shuts = (
            f"{dice.randrange(5, 10):02}:{dice.randrange(0, 60, 5):02}",
            f"{dice.randrange(15, 23)}:{dice.randrange(0, 60, 5):02}",
        )
        form = dice.choice(
            (
                "Mo-Su {0}-{1}",
                "Mo-Fr {0}-{1}",
                "Mo-Fr {0}-12:00,13:30-{1}",
                "Mo-Fr {0}-{1}; Sa {0}-12:00",
                "Mo-Fr {0}-{1}; PH off",
            )
        )
        found.add(form.format(opens, shuts))
    return sorted(found)
