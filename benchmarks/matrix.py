"""Reach matrices of Porto with 500 stations: from nothing, from disk, one station moved, and what they weigh."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.places import STATIONS, Porto, seconds_of, snapshot_on, tell
from geodata.atlas import Atlas
from geodata.keeping import Keep
from geodata.layers import AREA
from geodata.lonlat import LonLat
from geodata.memo import Memo
from stations.questions.reach import circle, reach, station_table
from stations.registry.columns import Row
from stations.registry.snapshot import Snapshot

MOVES = 40
MEMORY = """
import sys
from pathlib import Path
from benchmarks.matrix import weigh
weigh(Path(sys.argv[1]))
"""


def run(porto: Porto) -> None:
    """Measure matrices by street and straight, their rows, and the memory of a process that holds them all."""
    atlas = porto.atlas()
    if atlas is None or porto.folder is None:
        return
    snapshot = snapshot_on(atlas)
    for mode, minutes, wanted in (
        ("walk", 15.0, "at most 1 s"),
        ("walk", 30.0, ""),
        ("ebike", 15.0, "at most 1 s"),
        ("ebike", 30.0, ""),
    ):
        measure(atlas, snapshot, mode, minutes, wanted)
    straight = replace(atlas, memo=Memo())
    tell("straight, 1 km, from nothing", f"{seconds_of(lambda: circle(snapshot, straight, '', 1000.0), 1):.2f} s")
    tell("straight, 1 km, one station moved", milliseconds(moved(straight, snapshot, "", 1000.0)), "at most 20 ms")
    tell("table of the finder, one station moved", milliseconds(tables(atlas, snapshot)))
    said = subprocess.run(
        [sys.executable, "-c", MEMORY, str(porto.folder)], capture_output=True, text=True, check=True
    ).stdout.split()
    own, shared = map(int, said)
    tell("memory of a worker with all of these", f"{own + shared} MB", "at most 300 MB")
    tell("  of which files, shared by all workers", f"{shared} MB")


def measure(atlas: Atlas, snapshot: Snapshot, mode: str, minutes: float, wanted: str) -> None:
    """One mode and limit: from nothing, from disk, moved."""
    limit_m = minutes * 60.0 * atlas.modes[mode].metres_per_second
    with tempfile.TemporaryDirectory() as folder:
        fresh = [replace(atlas, memo=Memo(), keep=Keep(Path(folder))) for _ in range(2)]
        for each in fresh:
            _ = each.network(mode).backward, each.network(mode).snapper
        first = seconds_of(lambda: reach(snapshot, fresh[0], mode, "", limit_m), 1)
        again = seconds_of(lambda: reach(snapshot, fresh[1], mode, "", limit_m), 1)
        matrix = reach(snapshot, fresh[1], mode, "", limit_m).reach
        what = f"{mode}, {minutes:.0f} min"
        size = f"{matrix.site.size:,} entries, {matrix.nbytes / 1e6:.0f} MB"
        tell(f"{what}, {STATIONS} stations x {matrix.points:,} points, from nothing", f"{first:.2f} s", wanted)
        tell(f"{what}, from disk", f"{again * 1000.0:.0f} ms", size)
        tell(f"{what}, one station moved", milliseconds(moved(fresh[1], snapshot, mode, limit_m)), "at most 20 ms")


def moved(atlas: Atlas, snapshot: Snapshot, mode: str, limit_m: float) -> list[float]:
    """Seconds of each of some moves, each of one station to a place where none ever stood; straight without a mode."""
    taken = []
    for number in range(MOVES):
        elsewhere = after_move(snapshot, number)
        begun = time.perf_counter()
        if mode:
            reach(elsewhere, atlas, mode, "", limit_m)
        else:
            circle(elsewhere, atlas, "", limit_m)
        taken.append(time.perf_counter() - begun)
    return taken


def tables(atlas: Atlas, snapshot: Snapshot) -> list[float]:
    """The same for the finder's table, ready to be asked."""
    station_table(snapshot, atlas, "walk")
    taken = []
    for number in range(10):
        elsewhere = after_move(snapshot, number)
        begun = time.perf_counter()
        station_table(elsewhere, atlas, "walk")
        taken.append(time.perf_counter() - begun)
    return taken


def after_move(snapshot: Snapshot, number: int) -> Snapshot:
    """The snapshot after one station went some 30 m or more to the east."""
    station = snapshot.stations[number % 7]
    position = LonLat(station.position.lon + 3e-4 * (number + 1), station.position.lat)
    later = snapshot.revision + 1
    return snapshot.advanced(later, [Row.of(replace(station, position=position), later)])


def milliseconds(taken: list[float]) -> str:
    """The median and the worst."""
    return f"{np.median(taken) * 1e3:.1f} / {max(taken) * 1e3:.1f} ms"


def weigh(folder: Path) -> None:
    """Print what this process takes, its own and shared, in MB, once it holds the tables and matrices of all kinds."""
    with tempfile.TemporaryDirectory() as kept:
        hold(Atlas.load(folder, Keep(Path(kept))))


def hold(atlas: Atlas) -> None:
    """Work everything out, and print."""
    snapshot = snapshot_on(atlas)
    for mode, way in atlas.modes.items():
        station_table(snapshot, atlas, mode)
        for minutes in (15.0, 30.0):
            for layer in ("", AREA):
                reach(snapshot, atlas, mode, layer, minutes * 60.0 * way.metres_per_second)
    circle(snapshot, atlas, "", 1000.0)
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    for what in ("RssAnon", "RssFile"):
        print(next(int(line.split()[1]) for line in lines if line.startswith(what)) // 1000)
