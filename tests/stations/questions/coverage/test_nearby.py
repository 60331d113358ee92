"""What is near each point: the same as looking at every entry of the matrix by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.matrix import Reach
from geodata.standing import Rows
from stations.questions.coverage import nearby as module
from stations.questions.coverage.nearby import count_nearby, entries, nearby, nearby_if

SLOTS = 9
LIMIT_M = 500.0

ways = st.dictionaries(st.integers(0, SLOTS - 1), st.integers(0, 100_000), max_size=SLOTS)
choices = st.lists(st.booleans(), min_size=SLOTS - 2, max_size=SLOTS - 2).map(lambda said: np.array(said, bool))


def matrix_of(points: list[dict[int, int]]) -> Rows:
    """Ways of points by slot, in centimetres; the stations have all slots but two, and the last has none."""
    start = np.cumsum([0, *map(len, points)])
    entries_ = [(far, slot) for point in points for far, slot in sorted((far, slot) for slot, far in point.items())]
    site = np.array([slot for _, slot in entries_], np.int32)
    metres = np.array([far / 100.0 for far, _ in entries_], np.float32)
    slot = np.array([*range(1, SLOTS - 2), -1], np.int32)
    return Rows(Reach(1000.0, start.astype(np.int64), site, metres, SLOTS), slot)


@given(st.lists(ways, max_size=12), choices, choices, st.booleans())
@settings(max_examples=30)
def test_the_stations_near_each_point_are_those_of_its_entries(points, surely, perhaps, in_two) -> None:
    whole = matrix_of(points)
    perhaps &= ~surely
    pieces = [whole]
    if in_two:
        pieces = [Rows(whole.reach, np.where(np.arange(whole.slot.size) % 2 == odd, whole.slot, -1)) for odd in (0, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "AT_ONCE", 4)
        found, times_if = nearby_if(pieces, surely, perhaps, LIMIT_M, len(points))
        alone = nearby(pieces, surely, LIMIT_M, len(points))
        times = count_nearby(pieces, surely, LIMIT_M, len(points))
        taken = entries(whole, surely, LIMIT_M)
    for number, point in enumerate(points):
        near = {station: point[slot] / 100.0 for station, slot in enumerate(whole.slot.tolist()) if slot in point}
        near = {station: far for station, far in near.items() if far <= LIMIT_M}
        sure = {station: far for station, far in near.items() if surely[station]}
        assert found.times[number] == alone.times[number] == times[number] == taken.times[number] == len(sure)
        assert times_if[number] == sum(bool(surely[station] or perhaps[station]) for station in near)
        nearest = min(sure.values(), default=math.inf)
        assert found.metres[number] == alone.metres[number] == np.float32(nearest)
        assert found.site[number] == alone.site[number]
        assert sure.get(int(found.site[number]), math.inf) == nearest
        places = taken.place[taken.first[number] : taken.first[number + 1]]
        assert sorted(whole.site[whole.reach.site[places]].tolist()) == sorted(sure)
