"""What people get wrong with positions, found before it is in the registry."""

import numpy as np
import pytest
import shapely

from geodata.datum import Datum, from_wgs84
from geodata.townships import Townships
from stations.errors import ImportRefused
from stations.exchange.cells import CellError
from stations.exchange.coordinates import read_degrees, read_pair
from stations.exchange.proposal import read_stations
from stations.exchange.suspicions import Ground

WEST, SOUTH, EAST, NORTH = 116.0, 28.0, 116.2, 28.2
BLOCK_M = 400.0


def off_grid_m(lon, lat):
    """Metres to the nearest street of a grid of blocks 400 m wide; beyond 500 m outside it, none."""
    x, y = (lon - WEST) * 98_000.0, (lat - SOUTH) * 111_000.0
    to_line = np.minimum(np.abs(x - np.round(x / BLOCK_M) * BLOCK_M), np.abs(y - np.round(y / BLOCK_M) * BLOCK_M))
    inside = (lon > WEST - 0.005) & (lon < EAST + 0.005) & (lat > SOUTH - 0.005) & (lat < NORTH + 0.005)
    return np.where(inside, to_line, np.inf)


GROUND = Ground((WEST, SOUTH, EAST, NORTH), off_grid_m)


@pytest.fixture
def read(taxonomy, shanghai):
    return lambda path, **options: read_stations(path, taxonomy, shanghai, **options)


def beside_streets(count=60, seed=3):
    """Positions some 10 m off the streets of the grid, in WGS-84."""
    chance = np.random.default_rng(seed)
    x = chance.uniform(2_000, 17_000, count)
    y = chance.uniform(2_000, 20_000, count)
    y = np.round(y / BLOCK_M) * BLOCK_M + chance.normal(0, 10, count)
    return WEST + x / 98_000.0, SOUTH + y / 111_000.0


def listed(csv_file, lon, lat, header="code,name,lon,lat", more=""):
    return csv_file(
        header, *(f"S{n},站{n},{x:.6f},{y:.6f}{more}" for n, (x, y) in enumerate(zip(lon, lat, strict=True)))
    )


def faults_of(read, path, **options):
    with pytest.raises(ImportRefused) as caught:
        read(path, **options)
    return caught.value.faults


# The datum of a whole file.


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_list_in_another_datum_that_does_not_say_so_is_refused_and_told_which(read, csv_file, datum):
    path = listed(csv_file, *from_wgs84(*beside_streets(), datum))
    (fault,) = faults_of(read, path, ground=GROUND)
    assert (fault.row, fault.values["other"], fault.values["given"]) == (None, datum.value, "wgs84")
    assert f"--datum: {datum.value}" in fault.message
    assert not any("fit" in doubt.message for doubt in read(path, ground=GROUND, datum=datum).doubts)


def test_a_list_that_says_the_wrong_datum_is_only_told(read, csv_file):
    path = listed(csv_file, *from_wgs84(*beside_streets(), Datum.GCJ02), "code,name,lon,lat,datum", ",wgs84")
    assert any("fit gcj02 better" in doubt.message for doubt in read(path, ground=GROUND).doubts)


@pytest.mark.parametrize("seed", range(5))
def test_a_list_in_the_right_datum_is_not_suspected(read, csv_file, seed):
    path = listed(csv_file, *beside_streets(seed=seed))
    assert not any("fit" in doubt.message for doubt in read(path, ground=GROUND).doubts)


def test_a_list_anywhere_is_not_suspected(read, csv_file):
    chance = np.random.default_rng(1)
    path = listed(csv_file, chance.uniform(WEST, EAST, 200), chance.uniform(SOUTH, NORTH, 200))
    assert not any("fit" in doubt.message for doubt in read(path, ground=GROUND).doubts)


def test_a_few_positions_are_too_few(read, csv_file):
    lon, lat = from_wgs84(*beside_streets(8), Datum.GCJ02)
    assert read(listed(csv_file, lon, lat), ground=GROUND)


def test_a_list_that_lies_outside_its_townships_is_suspected(read, csv_file):
    lon, lat = beside_streets(40)
    lon, lat = 116.1 + (lon - 116.1) * 0.1, 28.1 + (lat - 28.1) * 0.1
    box = shapely.box(lon.min() - 1e-4, lat.min() - 1e-4, lon.max() + 1e-4, lat.max() + 1e-4)
    town = Townships(("360681100",), ("某镇",), np.array([box], dtype=object), (), declared=True)
    ground = Ground(GROUND.bounds, lambda lon, _: np.full(lon.size, 100.0), town)
    path = listed(csv_file, *from_wgs84(lon, lat, Datum.BD09))
    (fault,) = [fault for fault in faults_of(read, path, ground=ground) if fault.row is None]
    assert fault.values["other"] == "bd09"
    proposal = read(path, ground=ground, datum=Datum.BD09)
    assert {row.station.township for row in proposal.rows} == {"360681100"}


# Axes.


def test_two_headers_that_are_exchanged_are_said_once(read, csv_file):
    lon, lat = beside_streets(10)
    (fault,) = faults_of(read, listed(csv_file, lat, lon))
    assert (fault.row, fault.message) == (
        None,
        "Longitude and latitude are exchanged in 10 rows: rename the two columns.",
    )


def test_one_row_that_is_exchanged_is_named(read, csv_file):
    lon, lat = beside_streets(10)
    lon[3], lat[3] = lat[3], lon[3]
    (fault,) = faults_of(read, listed(csv_file, lon, lat))
    assert fault.row == 5
    assert "swapped" in fault.message


# The ground.


def test_far_outside_the_atlas_is_refused_and_near_it_told(read, csv_file):
    far = csv_file("code,name,lon,lat", "A,a,117.12345,28.12345")
    (fault,) = faults_of(read, far, ground=GROUND)
    assert (fault.row, fault.column) == (2, "lon")
    assert "km outside the atlas" in fault.message
    near = read(csv_file("code,name,lon,lat", "A,a,116.21234,28.12345"), ground=GROUND)
    assert any("No street within 500 m of rows 2" in doubt.message for doubt in near.doubts)


def test_swapped_into_the_atlas_is_said(read, csv_file):
    ground = Ground((9.4, 47.0, 9.6, 47.3), off_grid_m)
    (fault,) = faults_of(read, csv_file("code,name,lon,lat", "A,a,47.15,9.5"), ground=ground)
    assert "the other way round it lies in the atlas" in fault.message


# Single positions.


def test_equal_positions_and_coarse_ones_are_told_with_their_rows(read, csv_file):
    rows = ("A,a,116.12345,28.12345", "B,b,116.12345,28.12345", "C,c,116.1,28.1", "D,d,116.12345,28.1")
    doubts = [doubt.message for doubt in read(csv_file("code,name,lon,lat", *rows)).doubts]
    assert any("Rows 2-3 have exactly one position" in doubt for doubt in doubts)
    assert any("100 m or worse: rows 4." in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("116.3245", 116.3245),
        ("１１６．３２４５", 116.3245),
        ("116°19'28\"E", 116.324444),
        ("116°19′28″", 116.324444),
        ("东经116度19分28秒", 116.324444),
        ("E116°19.5'", 116.325),
        ("116.3245°", 116.3245),
        ("-8.6", -8.6),
        ("8°36'W", -8.6),
    ],
)
def test_a_longitude_as_people_write_it(text, degrees):
    assert read_degrees(text, "lon").value == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("113305132", "Write 113.305132"),
        ("38500123.4", "map projection"),
        ("503211", "map projection"),
        ("28°17'N", "is a latitude"),
        ("116°75'", "60 or more minutes"),
        ("here", "not a number"),
        ("", "It is empty"),
    ],
)
def test_what_is_no_longitude_says_what_it_looks_like(text, says):
    with pytest.raises(CellError) as caught:
        read_degrees(text, "lon")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "113.62,34.75",
        "34.75，113.62",
        "（113.62 34.75）",
        "POINT(113.62 34.75)",
        "113°37'12\"E 34°45'0\"N",
        "34°45'N，113°37.2'E",
    ],
)
def test_both_coordinates_in_one_cell(text):
    lon, lat = read_pair(text)
    assert (lon.value, lat.value) == pytest.approx((113.62, 34.75), abs=1e-6)


def test_a_column_of_both_coordinates(read, csv_file):
    (row,) = read(csv_file("编号,名称,经纬度", 'A,甲,"113.621234,34.751234"')).rows
    assert (row.station.position.lon, row.station.position.lat) == (113.621234, 34.751234)
    (fault,) = faults_of(read, csv_file("编号,名称,经纬度", "A,甲,人民路"))
    assert (fault.row, fault.column) == (2, "经纬度")


def test_degrees_minutes_and_seconds_are_read_and_told(read, csv_file):
    proposal = read(csv_file("code,name,lon,lat", "A,a,116°19′28″,28°7′3″"))
    assert proposal.rows[0].station.position.lon == pytest.approx(116.3244444)
    assert any("degrees, minutes and seconds" in doubt.message for doubt in proposal.doubts)


def test_numbers_that_a_spreadsheet_has_rounded_are_refused(read, csv_file):
    (fault,) = faults_of(read, csv_file("code,name,lon,lat", "4.10105E+17,a,116.12345,28.12345"))
    assert "Format the column as text" in fault.message
