"""Demand points, from streets and from population files."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.demand import Demand, demand_from_streets, read_population
from geodata.errors import DemandError
from geodata.lonlat import METRES_PER_DEGREE, Float, distances_m
from geodata.townships import Townships, one_area

WEST, SOUTH, EAST, NORTH = 117.0, 28.0, 117.2, 28.1
LEFT, RIGHT = shapely.box(WEST, SOUTH, WEST + 0.1, NORTH), shapely.box(WEST + 0.1, SOUTH, EAST, NORTH)
TOWNSHIPS = Townships(
    ("361181101", "361181102"), ("甲镇", "乙乡"), np.array([LEFT, RIGHT], dtype=object), (), declared=True
)
Samples = tuple[Float, Float, Float]


def samples_at(*pieces: tuple[float, float, float]) -> Samples:
    columns = np.array(pieces, dtype=np.float64)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def a_road(lat: float = 28.05, pieces: int = 800) -> Samples:
    """A street from west to east, through both townships, of 20 m a piece."""
    step = (EAST - WEST) / pieces
    return samples_at(*((WEST + step * (piece + 0.5), lat, 20.0) for piece in range(pieces)))


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def table(tmp_path: Path):
    def write_table(text: str, encoding: str = "utf-8") -> Path:
        return write(tmp_path / "people.csv", text, encoding)

    return write_table


# ---- metres of street --------------------------------------------------------------------------


def test_no_metre_is_lost_and_none_made() -> None:
    lon, lat, metres = a_road()
    demand = demand_from_streets(lon, lat, metres, TOWNSHIPS)
    assert demand.weight.sum() == pytest.approx(16_000.0)
    assert (demand.weight == demand.street_m).all()
    assert (demand.unit, demand.basis) == ("metres of street", "street")
    # 0.1 degrees of longitude each: the border falls between two pieces.
    assert np.bincount(demand.township, weights=demand.weight) == pytest.approx([8_000.0, 8_000.0])


def test_a_straight_street_makes_one_point_for_every_hundred_metres() -> None:
    lon, lat, metres = a_road()
    length_m = 0.2 * METRES_PER_DEGREE * np.cos(np.radians(28.05))
    demand = demand_from_streets(lon, lat, metres, TOWNSHIPS)
    # One more for the cells at the ends, and one for the cell that the border cuts.
    assert length_m / 100.0 <= len(demand.lon) <= length_m / 100.0 + 3
    assert set(demand.lat) == {28.05}


def test_the_piece_nearest_to_the_middle_stands_for_its_cell() -> None:
    demand = demand_from_streets(
        *samples_at((117.05, 28.05, 10.0), (117.0501, 28.05, 10.0), (117.0504, 28.05, 10.0)), TOWNSHIPS
    )
    # The middle is 117.05017.
    assert demand.lon.tolist() == [117.0501]
    assert demand.weight.tolist() == [30.0]


def test_two_pieces_as_near_as_each_other_are_told_apart_by_order() -> None:
    pieces = [(117.0502, 28.05, 10.0), (117.05, 28.05, 10.0)]
    assert demand_from_streets(*samples_at(*pieces), TOWNSHIPS).lon.tolist() == [117.0502]
    assert demand_from_streets(*samples_at(*pieces[::-1]), TOWNSHIPS).lon.tolist() == [117.05]


def test_a_cell_cut_by_a_border_makes_a_point_for_each_township() -> None:
    demand = demand_from_streets(*samples_at((117.09995, 28.05, 5.0), (117.10005, 28.05, 7.0)), TOWNSHIPS)
    assert sorted(zip(demand.township.tolist(), demand.weight.tolist(), strict=True)) == [(0, 5.0), (1, 7.0)]


def test_streets_outside_all_townships_are_counted_to_none() -> None:
    demand = demand_from_streets(*samples_at((117.3, 28.05, 5.0)), TOWNSHIPS)
    assert demand.township.tolist() == [-1]


pieces_of_street = st.lists(
    st.tuples(st.floats(117.0, 117.2), st.floats(28.0, 28.1), st.floats(0.01, 100.0)), min_size=1, max_size=60
)


@given(pieces=pieces_of_street)
def test_metres_are_kept_and_points_lie_on_pieces(pieces: list[tuple[float, float, float]]) -> None:
    lon, lat, metres = samples_at(*pieces)
    demand = demand_from_streets(lon, lat, metres, TOWNSHIPS)
    assert demand.weight.sum() == pytest.approx(metres.sum(), abs=0.001 * len(metres))
    on = set(zip(np.round(lon, 7).tolist(), np.round(lat, 7).tolist(), strict=True))
    assert set(zip(demand.lon.tolist(), demand.lat.tolist(), strict=True)) <= on
    for x, y, township in zip(demand.lon, demand.lat, demand.township, strict=True):
        assert TOWNSHIPS.geometry[township].distance(shapely.Point(x, y)) < 1e-6


@given(pieces=pieces_of_street)
def test_no_piece_is_farther_from_its_point_than_the_diagonal_of_a_cell(
    pieces: list[tuple[float, float, float]],
) -> None:
    lon, lat, metres = samples_at(*pieces)
    demand = demand_from_streets(lon, lat, metres, TOWNSHIPS)
    for x, y in zip(lon, lat, strict=True):
        apart = distances_m(np.full(len(demand.lon), x), np.full(len(demand.lon), y), demand.lon, demand.lat)
        assert apart.min() < 142.0


@given(pieces=pieces_of_street, more=pieces_of_street)
def test_the_grid_does_not_move_with_the_extract(
    pieces: list[tuple[float, float, float]], more: list[tuple[float, float, float]]
) -> None:
    far = [(lon - 1.0, lat - 1.0, metres) for lon, lat, metres in more]
    alone = demand_from_streets(*samples_at(*pieces), TOWNSHIPS)
    together = demand_from_streets(*samples_at(*far, *pieces), TOWNSHIPS)
    assert set(zip(alone.lon, alone.lat, alone.weight, strict=True)) <= set(
        zip(together.lon, together.lat, together.weight, strict=True)
    )


def test_arrays_there_and_back() -> None:
    demand = demand_from_streets(*a_road(), TOWNSHIPS)
    arrays = demand.to_arrays()
    assert all(array.dtype.kind in "uif" for array in arrays.values())
    back = Demand.from_arrays(arrays)
    assert (back.unit, back.basis, back.notes) == (demand.unit, demand.basis, demand.notes)
    assert (back.lon == demand.lon).all()
    assert (back.township == demand.township).all()


# ---- points of people --------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "head", ["lon,lat,population", "经度,纬度,常住人口", "Longitude,Latitude,POP", "lng,lat,户外劳动者人数"]
)
def test_points_in_the_usual_words_and_encodings(table, encoding: str, head: str) -> None:
    path = table(f"{head},备注\n117.05,28.05,120,a\n117.15,28.051,80,b\n117.16,28.051,0,c\n", encoding)
    demand = read_population(path, a_road(), TOWNSHIPS)
    assert demand.weight.tolist() == [120.0, 80.0]
    assert demand.township.tolist() == [0, 1]
    assert (demand.unit, demand.basis) == ("people", "population points")


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_points_parted_by_other_marks(table, comma: str) -> None:
    text = 'lon,lat,people\n117.05,28.05,"1,200"\n'.replace(",", comma).replace(f"1{comma}200", "1,200")
    assert read_population(table(text), a_road(), TOWNSHIPS).weight.tolist() == [1200.0]


def test_points_beyond_the_streets_are_left_out_and_told(table) -> None:
    demand = read_population(table("lon,lat,people\n117.05,28.05,120\n118.05,28.05,80\n"), a_road(), TOWNSHIPS)
    assert demand.weight.tolist() == [120.0]
    assert demand.notes == ("80 of 200 people live beyond the streets and were left out.",)


def test_points_in_geojson(tmp_path: Path) -> None:
    path = tmp_path / "people.geojson"
    points = [shapely.Point(117.05, 28.05), shapely.Point(117.15, 28.05)]
    geopandas.GeoDataFrame({"population": [3, 4]}, geometry=points, crs=4326).to_file(path)
    assert read_population(path, a_road(), TOWNSHIPS).weight.tolist() == [3.0, 4.0]


# ---- areas of people ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_people_of_an_area_are_spread_by_metres_of_street(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"people.{suffix}"
    geopandas.GeoDataFrame({"pop": [900, 100]}, geometry=[LEFT, RIGHT], crs=4326).to_file(path)
    lon, lat, metres = a_road()
    demand = read_population(path, (lon, lat, metres), TOWNSHIPS)
    assert demand.basis == "population polygons"
    assert np.bincount(demand.township, weights=demand.weight) == pytest.approx([900.0, 100.0])
    # Evenly along an even street: 900 people on 8000 m.
    left = demand.township == 0
    assert demand.weight[left] / demand.street_m[left] == pytest.approx(np.full(left.sum(), 900.0 / 8000.0), abs=1e-5)


def test_people_of_an_area_without_streets_stand_inside_it(tmp_path: Path) -> None:
    path = tmp_path / "people.geojson"
    field = shapely.box(117.12, 28.051, 117.121, 28.052)
    geopandas.GeoDataFrame({"pop": [900, 7]}, geometry=[LEFT, field], crs=4326).to_file(path)
    demand = read_population(path, a_road(), TOWNSHIPS)
    assert demand.weight.sum() == pytest.approx(907.0)
    assert field.contains(shapely.Point(demand.lon[-1], demand.lat[-1]))
    assert demand.weight[-1] == 7.0
    assert demand.street_m[-1] == 0.0
    assert "7 people of 1 areas without a street stand at a point inside." in demand.notes


def test_areas_cut_by_the_extract_are_told(table) -> None:
    text = f"people;wkt\n500;{shapely.box(116.5, 28.045, 117.1, 28.055).wkt}\n"
    demand = read_population(table(text), a_road(), TOWNSHIPS)
    assert demand.weight.sum() == pytest.approx(500.0)
    assert demand.notes == (
        "1 areas lie partly beyond the streets; all of their 500 people are laid on the streets there are.",
    )


@given(
    cuts=st.lists(st.floats(117.0, 117.2), min_size=1, max_size=6, unique=True),
    people=st.lists(st.integers(0, 10_000), min_size=7, max_size=7),
)
def test_nobody_is_lost_between_areas(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[float], people: list[int]
) -> None:
    edges = [WEST, *sorted(cuts), EAST]
    boxes = [shapely.box(a, SOUTH, b, NORTH) for a, b in itertools.pairwise(edges) if b - a > 1e-6]
    counts = [1, *people][: len(boxes)]
    text = "people;wkt\n" + "".join(f"{count};{box.wkt}\n" for count, box in zip(counts, boxes, strict=True))
    path = write(tmp_path_factory.mktemp("areas") / "people.csv", text)
    demand = read_population(path, a_road(), TOWNSHIPS)
    assert demand.weight.sum() == pytest.approx(sum(counts), abs=0.01)


# ---- totals of townships -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "乡镇,人口\n甲镇,900\n乙乡,100\n合计,1000\n",
        "code,population\n361181101,900\n361181102,100\n",
        "行政区划代码,人口\n361181101000,900\n361181102000,100\n",
    ],
)
def test_totals_by_name_or_code_are_spread_by_metres_of_street(table, text: str) -> None:
    demand = read_population(table(text), a_road(), TOWNSHIPS)
    assert demand.basis == "township totals"
    assert np.bincount(demand.township, weights=demand.weight) == pytest.approx([900.0, 100.0])


def test_a_township_that_the_boundaries_lack_is_refused_by_name(table) -> None:
    with pytest.raises(DemandError, match=r"boundaries do not: 丙镇 \(row 3\)\. The boundaries have 甲镇, 乙乡"):
        read_population(table("乡镇,人口\n甲镇,900\n丙镇,100\n"), a_road(), TOWNSHIPS)


def test_a_township_given_twice_is_refused(table) -> None:
    with pytest.raises(DemandError, match=r"gives 甲镇 twice: 甲镇 \(row 2\) and 甲镇 \(row 4\)"):
        read_population(table("乡镇,人口\n甲镇,900\n乙乡,100\n甲镇,1\n"), a_road(), TOWNSHIPS)


def test_a_name_that_two_townships_have_needs_a_code(table) -> None:
    twins = Townships(("", ""), ("城关镇", "城关镇"), TOWNSHIPS.geometry, (), declared=True)
    with pytest.raises(DemandError, match="Several townships are called 城关镇"):
        read_population(table("乡镇,人口\n城关镇,900\n"), a_road(), twins)


def test_a_township_that_the_table_lacks_is_told(table) -> None:
    demand = read_population(table("乡镇,人口\n甲镇,900\n"), a_road(), TOWNSHIPS)
    assert demand.notes == ("The table says nothing of these, so they have no demand: 乙乡.",)


# ---- columns -----------------------------------------------------------------------------------


def test_the_only_column_of_numbers_is_taken_and_told(table) -> None:
    demand = read_population(table("id,lon,lat,骑手\n1,117.05,28.05,120\n"), a_road(), TOWNSHIPS)
    assert demand.weight.tolist() == [120.0]
    assert demand.notes == ("“骑手” is taken for the number of people, being the only column of numbers.",)


@pytest.mark.parametrize("head", ["population,workers", "foo,bar"])
def test_several_columns_that_could_be_people_are_refused_by_name(table, head: str) -> None:
    with pytest.raises(DemandError, match=f"several columns .*: {head.replace(',', ', ')}"):
        read_population(table(f"lon,lat,{head}\n117.05,28.05,1,2\n"), a_road(), TOWNSHIPS)


def test_no_column_of_people_is_refused(table) -> None:
    with pytest.raises(DemandError, match="no column with the number of people; it has lon, lat, note"):
        read_population(table("lon,lat,note\n117.05,28.05,many\n"), a_road(), TOWNSHIPS)


def test_no_column_that_says_where_is_refused(table) -> None:
    with pytest.raises(DemandError, match="does not say where its people are; it has people, colour"):
        read_population(table("people,colour\n5,red\n"), a_road(), TOWNSHIPS)


# ---- wrong rows --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("117.05,28.05,-3\n117.05,28.05,5\n117.06,28.05,-4\n", r"negative number of people in row 2 \(-3\), 4 \(-4\)"),
        ("117.05,28.05,\n", r"no number for people in row 2 \(“”\)"),
        ("117.05,28.05,nan\n", "no number for people in row 2"),
        ("117.05,28.05,inf\n", "no number for people in row 2"),
        ("117.05,28.05,5\nabc,28.05,5\n", r"no number for longitude in row 3 \(“abc”\)"),
        ("117.05,28.05,5\n117.05\n", "no number for people in row 3"),
        ("0,0,5\n117.05,28.05,5\n0,0,5\n", "positions at 0, 0, which stands for unknown, in row 2, 4"),
        ("28.05,117.05,5\n", "longitude and latitude look swapped"),
        ("317.05,28.05,5\n117.05,28.05,5\n", r"not on Earth in row 2 \(317\.05, 28\.05\)"),
        ("118.25,28.05,5\n", "nobody is near a street of the extract, and the nearest is 102.6 km off"),
        ("117.05,28.05,0\n", "has no people: “people” is 0 in every row"),
        ("", "a heading and no rows"),
    ],
)
def test_wrong_rows_are_told_by_number(table, rows: str, said: str) -> None:
    with pytest.raises(DemandError, match=said):
        read_population(table(f"lon,lat,people\n{rows}"), a_road(), TOWNSHIPS)


def test_swapped_columns_that_are_still_on_earth_are_told(table) -> None:
    lon, lat, metres = a_road()
    brazil = (lon - 168.2, lat - 58.0, metres)
    with pytest.raises(DemandError, match="axes of the population look swapped"):
        read_population(table("lon,lat,people\n-29.95,-51.1,5\n"), brazil, one_area((-52, -31, -51, -29)))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("people.csv", b"", "is empty"),
        ("people.csv", b"lon,lat,people\n117.05,28.05,\xff\xff\xff\n", "neither in UTF-8 nor in GB18030"),
        ("people.geojson", b"{", "cannot be read as a map file"),
        ("people.geojson", b"", "is empty"),
    ],
)
def test_files_that_are_no_population(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DemandError, match=said):
        read_population(path, a_road(), TOWNSHIPS)
    for missing in ("missing.csv", "missing.gpkg"):
        with pytest.raises(DemandError, match="There is no file"):
            read_population(tmp_path / missing, a_road(), TOWNSHIPS)


def test_lines_and_mixtures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.geojson"
    mixed = [LEFT, shapely.Point(117.05, 28.05)]
    geopandas.GeoDataFrame({"pop": [1, 2]}, geometry=mixed, crs=4326).to_file(path)
    with pytest.raises(DemandError, match="points alone or areas alone; row 2"):
        read_population(path, a_road(), TOWNSHIPS)


# ---- real files --------------------------------------------------------------------------------


def test_the_cells_of_porto_alegre(real_data: Path) -> None:
    lon, lat = np.meshgrid(np.linspace(-51.27, -51.13, 50), np.linspace(-30.13, -29.99, 50))
    streets = lon.ravel(), lat.ravel(), np.full(lon.size, 25.0)
    demand = read_population(
        real_data / "population" / "porto_alegre_hexgrid.csv", streets, one_area((-51.3, -30.2, -51.1, -29.9))
    )
    assert demand.basis == "population points"
    assert demand.weight.sum() == 812_935.0
    assert (demand.township == 0).all()
