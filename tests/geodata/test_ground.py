"""What lies beneath the map: kinds in drawing order, clipped, small enough for a phone."""

from __future__ import annotations

import json

import pytest
import shapely

from geodata import ground
from geodata.ground import draw_ground
from tests.geodata.grids import World, at, world_of

TOWN = """
    a 0 0
    b 2000 0
    c 2000 2000
    d 0 2000
    p 500 500
    q 900 500
    r 900 900
    s 500 900
    t 950 950
    u 955 950
    v 955 955
    z 700 1100
    w -900000 1000
    x 900000 1000
    k 100 100
    l 100 1900
    a-b highway=primary
    b-c highway=residential
    c-d highway=footway
    p-q-r-s-p natural=water name=青湖
    t-u-v-t natural=water
    s-r-z-s leisure=park
    w-x waterway=river name=信江
    k-l railway=rail
    a-l highway=motorway
"""


@pytest.fixture(scope="module")
def town() -> World:
    return world_of(TOWN)


def test_kinds_come_in_the_order_in_which_they_are_drawn(town) -> None:
    drawn = draw_ground(town.extract.sketch, town.streets)
    kinds = [(one["properties"]["kind"], one["properties"]["rank"]) for one in drawn["features"]]
    assert kinds == [
        ("green", 0),
        ("water", 0),
        ("waterway", 0),
        ("rail", 0),
        ("road", 0),
        ("road", 1),
        ("road", 4),
        ("road", 5),
    ]
    assert [one["properties"]["name"] for one in drawn["features"]][1:3] == ["青湖", "信江"]
    json.dumps(drawn)


def test_ponds_are_left_out_and_rivers_end_near_the_streets(town) -> None:
    drawn = draw_ground(town.extract.sketch, town.streets)["features"]
    assert sum(one["properties"]["kind"] == "water" for one in drawn) == 1
    (river,) = (shapely.geometry.shape(one["geometry"]) for one in drawn if one["properties"]["kind"] == "waterway")
    west, _, east, _ = town.streets.bounds
    assert river.bounds[0] == pytest.approx(west - 0.02, abs=1e-5)
    assert river.bounds[2] == pytest.approx(east + 0.02, abs=1e-5)


def test_the_smallest_streets_go_first_when_there_is_too_much(town, monkeypatch) -> None:
    monkeypatch.setattr(ground, "MOST_POINTS", 18)
    few = [one["properties"] for one in draw_ground(town.extract.sketch, town.streets)["features"]]
    ranks = [one["rank"] for one in few if one["kind"] == "road"]
    assert 0 in ranks
    assert 5 not in ranks


def test_positions_are_of_the_world(town) -> None:
    drawn = draw_ground(town.extract.sketch, town.streets)["features"]
    (primary,) = (shapely.geometry.shape(f["geometry"]) for f in drawn if f["properties"]["rank"] == 1)
    assert primary.length == pytest.approx(at(2000, 0).lon - at(0, 0).lon, abs=2e-5)
