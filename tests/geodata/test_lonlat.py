"""Positions: what is one, how people paste them, how far they are apart."""

import math

import geopy.distance
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import PositionError
from geodata.lonlat import EARTH_RADIUS_M, LonLat, distance_m, distances_m, metres_per_degree, read_position

LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


def test_a_degree_of_latitude_is_a_360th_of_a_great_circle() -> None:
    degree = 2.0 * math.pi * EARTH_RADIUS_M / 360.0
    assert distance_m(LonLat(116.0, 28.0), LonLat(116.0, 29.0)) == pytest.approx(degree)
    assert metres_per_degree(0.0) == pytest.approx((degree, degree))
    assert metres_per_degree(60.0) == pytest.approx((degree / 2.0, degree))


def test_opposite_points_are_half_a_great_circle_apart() -> None:
    assert distance_m(LonLat(0.0, 0.0), LonLat(180.0, 0.0)) == pytest.approx(math.pi * EARTH_RADIUS_M)
    assert distance_m(LonLat(0.0, 90.0), LonLat(77.0, -90.0)) == pytest.approx(math.pi * EARTH_RADIUS_M)


@given(LON, LAT, LON, LAT)
def test_distances_are_those_of_another_implementation(lon_a, lat_a, lon_b, lat_b) -> None:
    sphere = geopy.distance.great_circle((lat_a, lon_a), (lat_b, lon_b), radius=EARTH_RADIUS_M / 1000.0)
    assert distance_m(LonLat(lon_a, lat_a), LonLat(lon_b, lat_b)) == pytest.approx(sphere.m, rel=1e-6, abs=0.5)


@given(st.lists(st.tuples(LON, LAT), min_size=3, max_size=3))
def test_no_detour_is_a_short_cut(points) -> None:
    a, b, c = (LonLat(*point) for point in points)
    assert distance_m(a, c) <= distance_m(a, b) + distance_m(b, c) + 1e-3


def test_many_distances_are_the_single_ones() -> None:
    lon, lat = np.array([116.0, 0.0]), np.array([28.0, 51.0])
    apart = distances_m(lon, lat, lon + 1.0, lat - 1.0)
    assert apart[1] == pytest.approx(distance_m(LonLat(0.0, 51.0), LonLat(1.0, 50.0)))


@pytest.mark.parametrize("lon", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_no_position(lon) -> None:
    with pytest.raises(PositionError, match="are not numbers"):
        LonLat(lon, 0.0)


def test_swapped_axes_are_suspected_only_where_the_other_order_could_be_meant() -> None:
    with pytest.raises(PositionError, match="look swapped"):
        LonLat(28.3, 116.3)
    with pytest.raises(PositionError, match="Longitude runs from -180 to 180"):
        LonLat(200.0, 100.0)


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("116.32, 28.29", 116.32, 28.29),
        ("116.32 28.29", 116.32, 28.29),
        ("116.32，28.29", 116.32, 28.29),
        ("28.29, 116.32", 116.32, 28.29),
        ("9.52, 47.14", 9.52, 47.14),
        ("28.29N 116.32E", 116.32, 28.29),
        ("28°17′24″N 116°19′12″E", 116.32, 28.29),
        (" -8.61,41.15 ", -8.61, 41.15),
    ],
)
def test_positions_as_people_paste_them(text, lon, lat) -> None:
    position = read_position(text)
    assert (position.lon, position.lat) == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))


@pytest.mark.parametrize(
    "text", ["", "here", "116.32", "人民路 88 号", "1,2,3,4,5,6,7", "nan, nan", "300, 400", "91N 10E"]
)
def test_what_is_no_position_is_refused_with_what_to_do(text) -> None:
    with pytest.raises(PositionError):
        read_position(text)


@given(st.text(max_size=40))
def test_any_text_is_a_position_or_refused(text) -> None:
    try:
        position = read_position(text)
    except PositionError:
        return
    assert -180.0 <= position.lon <= 180.0
    assert -90.0 <= position.lat <= 90.0
