"""Datums there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geodata.datum import (
    Datum,
    from_wgs84,
    inside_china,
    lonlat_from_wgs84,
    lonlat_to_wgs84,
    outline,
    to_wgs84,
)
from geodata.errors import PositionError
from geodata.lonlat import Float, LonLat, distances_m

BENT = [Datum.GCJ02, Datum.BD09]
lons = st.floats(73.0, 136.0)
lats = st.floats(3.0, 54.5)
signed_steps = st.floats(-0.002, 0.002)


def arrays(lon: float, lat: float) -> tuple[Float, Float]:
    return np.array([lon]), np.array([lat])


def apart_m(a: tuple[Float, Float], b: tuple[Float, Float]) -> float:
    return float(distances_m(*a, *b)[0])


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # The three pairs that the public Go port of EvilTransform is tested with: Shanghai, Shenzhen, Beijing.
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_published_pairs_of_gcj02(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert lonlat_from_wgs84(LonLat(*wgs84), Datum.GCJ02) == pytest.approx(gcj02, abs=1e-12)
    back = lonlat_to_wgs84(*gcj02, Datum.GCJ02)
    assert (back.lon, back.lat) == pytest.approx(wgs84, abs=1e-12)


def test_published_pair_of_bd09() -> None:
    # The README of coordtransform: GCJ-02 116.404, 39.915 is BD-09 116.41036949371029, 39.92133699351021.
    position = lonlat_to_wgs84(116.404, 39.915, Datum.GCJ02)
    assert lonlat_from_wgs84(position, Datum.BD09) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@pytest.mark.parametrize("datum", Datum)
@given(lon=lons, lat=lats)
def test_from_wgs84_and_back_is_exact_inside(datum: Datum, lon: float, lat: float) -> None:
    assume(inside_china(*arrays(lon, lat))[0])
    back = to_wgs84(*from_wgs84(*arrays(lon, lat), datum), datum)
    assert abs(back[0][0] - lon) < 1e-9
    assert abs(back[1][0] - lat) < 1e-9


@pytest.mark.parametrize("datum", Datum)
@given(lon=lons, lat=lats)
def test_to_wgs84_and_back_is_exact_where_the_data_are_bent(datum: Datum, lon: float, lat: float) -> None:
    plain = to_wgs84(*arrays(lon, lat), datum)
    assume(inside_china(*plain)[0])
    back = from_wgs84(*plain, datum)
    assert abs(back[0][0] - lon) < 1e-9
    assert abs(back[1][0] - lat) < 1e-9


@given(lon=lons, lat=lats)
def test_the_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    # The open seas apart, where the polynomial runs out.
    assume(lat > 18.0 and inside_china(*arrays(lon, lat))[0])
    gcj02 = from_wgs84(*arrays(lon, lat), Datum.GCJ02)
    bd09 = from_wgs84(*arrays(lon, lat), Datum.BD09)
    assert 20.0 < apart_m(arrays(lon, lat), gcj02) < 800.0
    assert 600.0 < apart_m(gcj02, bd09) < 1200.0


@pytest.mark.parametrize("datum", Datum)
@given(lon=st.floats(-180.0, 180.0), lat=st.floats(-90.0, 90.0))
def test_outside_nothing_changes_to_the_last_bit(datum: Datum, lon: float, lat: float) -> None:
    near = np.array([-0.03, 0.0, 0.03])
    around = inside_china(lon + near[:, np.newaxis], lat + near[np.newaxis, :])
    assume(not around.any())
    assert lonlat_from_wgs84(LonLat(lon, lat), datum) == (lon, lat)
    assert lonlat_to_wgs84(lon, lat, datum) == LonLat(lon, lat)


@pytest.mark.parametrize("datum", BENT)
@given(corner=st.integers(0, 10_000), along=st.floats(0.0, 1.0), east=signed_steps, north=signed_steps)
def test_at_the_edge_what_is_inside_still_comes_back(
    datum: Datum, corner: int, along: float, east: float, north: float
) -> None:
    corners = outline()
    a = corners[:, corner % corners.shape[1]]
    b = corners[:, (corner + 1) % corners.shape[1]]
    lon, lat = a + along * (b - a) + [east, north]
    bent = from_wgs84(*arrays(lon, lat), datum)
    back = to_wgs84(*bent, datum)
    if inside_china(*arrays(lon, lat))[0]:
        assert abs(back[0][0] - lon) < 1e-9
        assert abs(back[1][0] - lat) < 1e-9
    else:
        assert (bent[0][0], bent[1][0]) == (lon, lat)
        # In the torn strip the bent reading wins, so the two readings differ by one shift at most.
        assert apart_m(arrays(lon, lat), back) < 1600.0


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("贵溪", 117.21, 28.29),
        ("喀什", 75.99, 39.47),
        ("塔什库尔干", 75.23, 37.77),
        ("霍尔果斯", 80.41, 44.21),
        ("满洲里", 117.43, 49.59),
        ("二连浩特", 111.98, 43.65),
        ("漠河北极村", 122.35, 53.48),
        ("抚远", 134.29, 48.36),
        ("珲春", 130.36, 42.86),
        ("丹东", 124.38, 40.13),
        ("大连", 121.61, 38.91),
        ("威海成山头", 122.70, 37.39),
        ("嵊泗", 122.45, 30.73),
        ("三沙永兴岛", 112.34, 16.83),
        ("三亚", 109.51, 18.25),
        ("东兴", 107.97, 21.54),
        ("河口", 103.96, 22.51),
        ("瑞丽", 97.85, 24.01),
        ("樟木", 85.98, 27.99),
        ("亚东", 88.91, 27.48),
        ("普兰", 81.17, 30.29),
        ("香港", 114.17, 22.28),
        ("澳门", 113.54, 22.19),
        ("台北", 121.57, 25.03),
        ("恒春", 120.75, 22.00),
    ],
)
def test_these_are_bent(place: str, lon: float, lat: float) -> None:
    assert inside_china(*arrays(lon, lat))[0], place


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("Vaduz", 9.52, 47.14),
        ("Porto Alegre", -51.2, -30.03),
        ("Tokyo", 139.69, 35.69),
        ("Fukuoka", 130.40, 33.59),
        ("Seoul", 126.98, 37.57),
        ("Pyongyang", 125.75, 39.03),
        ("Vladivostok", 131.89, 43.12),
        ("Ulaanbaatar", 106.92, 47.92),
        ("Almaty", 76.93, 43.24),
        ("Bishkek", 74.59, 42.87),
        ("Delhi", 77.21, 28.61),
        ("Kathmandu", 85.32, 27.72),
        ("Hanoi", 105.85, 21.03),
        ("Bangkok", 100.50, 13.76),
        ("Manila", 120.98, 14.60),
        ("Singapore", 103.82, 1.35),
    ],
)
def test_these_are_left_alone(place: str, lon: float, lat: float) -> None:
    for datum in Datum:
        assert lonlat_from_wgs84(LonLat(lon, lat), datum) == (lon, lat), place
        assert lonlat_to_wgs84(lon, lat, datum) == LonLat(lon, lat), place


def test_the_input_is_left_as_it_was_and_shapes_are_kept() -> None:
    lon, lat = np.full((2, 3), 117.2), np.full((2, 3), 28.3)
    for there in (from_wgs84, to_wgs84):
        for datum in Datum:
            out = there(lon, lat, datum)
            assert out[0].shape == out[1].shape == (2, 3)
            assert out[0] is not lon
    assert (lon == 117.2).all()
    assert from_wgs84(np.empty(0), np.empty(0), Datum.BD09)[0].size == 0


def test_not_a_number_stays_so_and_disturbs_no_neighbour() -> None:
    lon, lat = np.array([np.nan, 117.2]), np.array([28.3, 28.3])
    for there in (from_wgs84, to_wgs84):
        out, _ = there(lon, lat, Datum.GCJ02)
        alone, _ = there(*arrays(117.2, 28.3), Datum.GCJ02)
        assert np.isnan(out[0])
        assert out[1] == alone[0]


@pytest.mark.parametrize("lon", [200.0, float("nan"), float("inf")])
def test_a_position_that_is_none_is_refused(lon: float) -> None:
    with pytest.raises(PositionError):
        lonlat_to_wgs84(lon, 28.3, Datum.GCJ02)
