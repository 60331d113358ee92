"""The nearest station on Porto with 500 stations, in process; beside it a search of the whole network for each."""

from __future__ import annotations

import time
from datetime import datetime

import numpy as np

from benchmarks.places import SHANGHAI, Porto, positions_on, seconds_of, snapshot_on, tell
from geodata.travel import metres_between
from stations.questions.nearest import NearestQuery, find_nearest
from stations.questions.reach import sites_on, station_table

QUESTIONS = 4000
AT = datetime(2026, 3, 2, 17, 50, tzinfo=SHANGHAI)


def run(porto: Porto) -> None:
    """Measure the spread of answer times."""
    atlas = porto.atlas()
    if atlas is None:
        return
    snapshot = snapshot_on(atlas)
    tell("tables of 500 stations on foot", f"{seconds_of(lambda: station_table(snapshot, atlas, 'walk'), 1):.2f} s")
    people = positions_on(atlas, QUESTIONS)
    median = 0.0
    for what, amenities in (("any station", frozenset[str]()), ("with a microwave", frozenset({"microwave"}))):
        taken = []
        for person in people:
            query = NearestQuery(person, AT, amenities=amenities)
            begun = time.perf_counter()
            find_nearest(query, snapshot, atlas)
            taken.append(time.perf_counter() - begun)
        median, slow = np.percentile(np.array(taken[100:]) * 1000.0, [50, 99])
        tell(f"find_nearest, {what}: median", f"{median:.3f} ms", "at most 1 ms")
        tell(f"find_nearest, {what}: 99th percentile", f"{slow:.3f} ms", "at most 5 ms")
    network, sites = atlas.network("walk"), sites_on(snapshot, atlas, "walk")
    origin = network.snap(people[0])
    whole = seconds_of(lambda: metres_between(network, origin, sites), 20)
    tell(
        "searching the whole network instead",
        f"{whole * 1000.0:.1f} ms",
        f"{whole * 1000.0 / median:.0f} times as long",
    )
