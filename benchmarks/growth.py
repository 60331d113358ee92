"""How cost grows: the same questions on a made-up grid of streets, 1, 4 and 16 times as large."""

from __future__ import annotations

import math
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import osmium

from benchmarks.matrix import moved
from benchmarks.places import SHANGHAI, Porto, positions_on, seconds_of, snapshot_on, tell
from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.lonlat import METRES_PER_DEGREE
from stations.questions.coverage import CoverageQuery, coverage, reached_area
from stations.questions.nearest import NearestQuery, find_nearest
from stations.questions.reach import reach

SIDE = 60
BLOCK_M = 120.0
AT = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)


def run(_: Porto) -> None:
    """Measure building and asking at three sizes, with as many stations to the street."""
    before: dict[str, float] = {}
    nodes_before = 0
    for times in (1, 4, 16):
        figures, nodes = measure(times)
        for what, seconds in figures.items():
            grown = f"{seconds / before[what]:.1f} times" if what in before else ""
            linear = f"n log n: {times_nlogn(nodes_before, nodes):.1f}" if before else ""
            tell(f"{times:>2} x, {nodes:,} nodes: {what}", f"{seconds * 1000.0:.2f} ms", f"{grown:<12} {linear}")
        before, nodes_before = figures, nodes


def measure(times: int) -> tuple[dict[str, float], int]:
    """Seconds of each piece of work on a grid ``times`` as large."""
    side = round(SIDE * math.sqrt(times))
    with tempfile.TemporaryDirectory() as folder:
        extract = Path(folder) / "grid.osm.pbf"
        write_grid(extract, side)
        built: list[Atlas] = []
        building = seconds_of(lambda: built.append(build_atlas(extract)), 1)
    atlas = built[0]
    snapshot = snapshot_on(atlas, 20 * times)
    people = positions_on(atlas, 300)
    query = CoverageQuery()
    find_nearest(NearestQuery(people[0], AT), snapshot, atlas)
    asking = seconds_of(lambda: [find_nearest(NearestQuery(person, AT), snapshot, atlas) for person in people], 3)
    limit_m = 15.0 * 60.0 * atlas.modes["walk"].metres_per_second
    matrix = seconds_of(lambda: reach(snapshot, atlas, "walk", "", limit_m), 1)
    moving = float(np.median(moved(atlas, snapshot, "walk", limit_m)))
    first = seconds_of(lambda: coverage(query, snapshot, atlas), 1)
    return {
        "atlas": building,
        "find_nearest": asking / len(people),
        "reach matrix": matrix,
        "one station moved": moving,
        "coverage, its first time": first,
        "coverage from a ready matrix": seconds_of(lambda: coverage(query, snapshot, atlas)),
        "drawn area": seconds_of(lambda: reached_area(query, snapshot, atlas), 3),
    }, side * side


def times_nlogn(before: int, now: int) -> float:
    """How many times longer a cost of n log n takes."""
    return now * math.log(now) / (before * math.log(before))


def write_grid(path: Path, side: int) -> None:
    """Write a square grid of residential streets."""
    step = BLOCK_M / METRES_PER_DEGREE
    with osmium.SimpleWriter(str(path)) as writer:
        for row in range(side):
            for column in range(side):
                at = (116.0 + column * step, 28.0 + row * step)
                writer.add_node(osmium.osm.mutable.Node(id=row * side + column + 1, location=at))
        for line in range(side):
            tags = {"highway": "residential"}
            across = [line * side + column + 1 for column in range(side)]
            along = [row * side + line + 1 for row in range(side)]
            writer.add_way(osmium.osm.mutable.Way(id=2 * line + 1, nodes=across, tags=tags))
            writer.add_way(osmium.osm.mutable.Way(id=2 * line + 2, nodes=along, tags=tags))
