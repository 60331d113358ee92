"""Townships, from files and from relations."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.boundaries import is_township_code
from geodata.datum import Datum, from_wgs84
from geodata.errors import BoundaryError
from geodata.features import AdminArea
from geodata.lonlat import Float, LonLat
from geodata.townships import Townships, one_area, read_townships, townships_from_areas

WEST, SOUTH = 117.0, 28.0
BOUNDS = (WEST, SOUTH, WEST + 0.2, SOUTH + 0.1)
LEFT, RIGHT = shapely.box(WEST, SOUTH, WEST + 0.1, SOUTH + 0.1), shapely.box(WEST + 0.1, SOUTH, WEST + 0.2, SOUTH + 0.1)
Streets = tuple[Float, Float]
Write = Callable[..., Path]


def streets_over(west: float, south: float, east: float, north: float, each_way: int = 60) -> Streets:
    margin = 1e-5
    lon, lat = np.meshgrid(
        np.linspace(west + margin, east - margin, each_way), np.linspace(south + margin, north - margin, each_way)
    )
    return lon.ravel(), lat.ravel()


STREETS = streets_over(*BOUNDS)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_areas(*areas: tuple[dict[str, object], object], crs: object = None) -> Path:
        path = tmp_path / "boundaries.geojson"
        features = [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": shapely.geometry.mapping(shape) if isinstance(shape, shapely.Geometry) else shape,
            }
            for properties, shape in areas
        ]
        collection: dict[str, object] = {"type": "FeatureCollection", "features": features}
        if crs:
            collection["crs"] = {"type": "name", "properties": {"name": crs}}
        path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
        return path

    return write_areas


def read(path: Path, datum: Datum = Datum.WGS84, streets: Streets = STREETS) -> Townships:
    return read_townships(path, datum, BOUNDS, streets)


def two(write: Write) -> Townships:
    return read(write(({"name": "甲镇"}, LEFT), ({"name": "乙乡"}, RIGHT)))


# ---- where a position belongs ------------------------------------------------------------------


def test_a_position_belongs_to_the_township_around_it(write: Write) -> None:
    townships = two(write)
    assert townships.names == ("乙乡", "甲镇")
    assert townships.declared
    assert townships.notes == ()
    assert townships.township_at(LonLat(WEST + 0.05, SOUTH + 0.05)) == 1
    assert townships.township_at(LonLat(WEST + 0.15, SOUTH + 0.05)) == 0
    assert townships.township_at(LonLat(WEST + 0.25, SOUTH + 0.05)) is None


def test_a_shared_border_belongs_to_the_lower_index(write: Write) -> None:
    assert two(write).township_at(LonLat(WEST + 0.1, SOUTH + 0.05)) == 0


def test_an_overlap_is_measured_named_and_belongs_to_the_lower_index(write: Write) -> None:
    wide = shapely.box(WEST, SOUTH, WEST + 0.11, SOUTH + 0.1)
    townships = read(write(({"name": "B", "code": "361181102"}, RIGHT), ({"name": "A", "code": "361181101"}, wide)))
    # 0.01 by 0.1 degrees at 28.05 N on the sphere: 981.35 m by 11119.51 m.
    assert townships.notes == ("A and B overlap by 1091.20 ha; it is counted to A.",)
    assert townships.township_at(LonLat(WEST + 0.105, SOUTH + 0.05)) == 0


def test_a_gap_between_townships_is_measured_and_its_neighbours_named(write: Write) -> None:
    hole = shapely.box(WEST + 0.09, SOUTH + 0.04, WEST + 0.11, SOUTH + 0.06)
    townships = read(write(({"name": "A"}, LEFT - hole), ({"name": "B"}, RIGHT - hole)))
    assert townships.notes == ("A gap of 436.48 ha belongs to no township; around it: A, B.",)
    assert townships.township_at(LonLat(WEST + 0.1, SOUTH + 0.05)) is None


@given(st.lists(st.tuples(st.floats(116.95, 117.25), st.floats(27.95, 28.15)), min_size=1, max_size=40))
def test_many_positions_get_what_each_alone_gets(positions: list[tuple[float, float]]) -> None:
    shapes = [LEFT.buffer(0.003), RIGHT, shapely.Point(117.1, 28.05).buffer(0.02)]
    townships = Townships(("", "", ""), ("A", "B", "C"), np.array(shapes, dtype=object), (), declared=True)
    lon, lat = np.array(positions).T
    together = townships.townships_at(lon, lat)
    for index, (x, y) in enumerate(positions):
        holding = [number for number, shape in enumerate(shapes) if shape.intersects(shapely.Point(x, y))]
        assert together[index] == (holding[0] if holding else -1)
        assert townships.township_at(LonLat(x, y)) == (holding[0] if holding else None)


def test_one_area_holds_all_streets_and_says_that_nobody_declared_it() -> None:
    townships = one_area(BOUNDS)
    assert not townships.declared
    assert (townships.townships_at(*STREETS) == 0).all()
    assert townships.notes == ("No townships were given or found: everything is one area.",)


def test_arrays_there_and_back(write: Write) -> None:
    townships = read(
        write(({"name": "甲镇", "code": "361181101"}, LEFT), ({"name": "乙乡"}, RIGHT | LEFT.buffer(-0.04)))
    )
    arrays = townships.to_arrays()
    assert all(array.dtype.kind in "uif" for array in arrays.values())
    back = Townships.from_arrays(arrays)
    assert (back.codes, back.names, back.notes, back.declared) == (
        townships.codes,
        townships.names,
        townships.notes,
        townships.declared,
    )
    assert shapely.equals_exact(back.geometry, townships.geometry).all()


# ---- names and codes ---------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["name", "NAME", "名称", "乡镇", "街道", "XZQMC", "乡镇名称", "Township"])
def test_columns_of_names_are_known(write: Write, column: str) -> None:
    assert read(write(({column: "甲镇"}, LEFT))).names == ("甲镇",)


def test_without_a_column_of_names_the_columns_are_told(write: Write) -> None:
    with pytest.raises(BoundaryError, match=r"it has colour, height\. Call the right one “name”"):
        read(write(({"colour": "red", "height": 3}, LEFT)))


@pytest.mark.parametrize(("column", "value"), [("code", "361181101"), ("XZQDM", 361181101), ("代码", "361181101000")])
def test_codes_of_9_or_12_digits_are_taken(write: Write, column: str, value: object) -> None:
    townships = read(write(({"name": "A", column: value}, LEFT), ({"name": "B", column: None}, RIGHT)))
    assert dict(zip(townships.names, townships.codes, strict=True)) == {"A": str(value), "B": ""}


def test_a_county_code_is_not_a_township_code(write: Write) -> None:
    townships = read(write(({"name": "A", "adcode": "360428"}, LEFT)))
    assert townships.codes == ("",)
    assert "“adcode” holds 360428: no township codes" in townships.notes[0]


def test_one_broken_code_is_left_out_by_name(write: Write) -> None:
    townships = read(write(({"name": "A", "code": "361181101"}, LEFT), ({"name": "B", "code": "36118110X"}, RIGHT)))
    assert townships.codes == ("", "361181101")
    assert townships.notes == ("These codes are not of 9 or 12 digits and were left out: B (36118110X).",)


@pytest.mark.parametrize(
    ("code", "good"),
    [("361181101", True), ("361181101000", True), ("360428", False), ("061181101", False), ("", False)],
)
def test_what_a_township_code_is(code: str, good: bool) -> None:
    assert is_township_code(code) is good


def test_parts_with_one_name_and_code_are_joined(write: Write) -> None:
    named = {"name": "A", "code": "361181101"}
    townships = read(write((named, LEFT), (named, RIGHT)))
    assert townships.names == ("A",)
    assert townships.geometry[0].equals(shapely.box(*BOUNDS))
    assert townships.notes == ("2 parts of A (361181101) were joined.",)


def test_the_same_name_without_a_code_stays_apart_and_is_told(write: Write) -> None:
    townships = read(write(({"name": "城关镇"}, LEFT), ({"name": "城关镇"}, RIGHT)))
    assert len(townships.names) == 2
    assert "2 areas are called 城关镇" in townships.notes[0]


def test_a_code_given_twice_is_told(write: Write) -> None:
    townships = read(write(({"name": "A", "code": "361181101"}, LEFT), ({"name": "B", "code": "361181101"}, RIGHT)))
    assert townships.notes == ("The code 361181101 is shared by A, B.",)


# ---- outlines ----------------------------------------------------------------------------------


def test_a_ring_that_crosses_itself_is_repaired_by_name(write: Write) -> None:
    bow = shapely.Polygon(
        [(WEST, SOUTH), (WEST + 0.1, SOUTH + 0.1), (WEST + 0.1, SOUTH), (WEST, SOUTH + 0.1), (WEST, SOUTH)]
    )
    townships = read(write(({"name": "甲镇"}, bow)))
    assert townships.geometry[0].is_valid
    assert townships.geometry[0].area == pytest.approx(0.005)
    assert townships.notes[-1] == "The outline of 甲镇 was repaired: self-intersection near 117.05000, 28.05000."


@pytest.mark.parametrize("shape", [None, {"type": "Polygon", "coordinates": []}, shapely.Polygon()])
def test_an_area_without_an_outline_is_refused_by_name(write: Write, shape: object) -> None:
    with pytest.raises(BoundaryError, match="no usable outline for 乙乡"):
        read(write(({"name": "甲镇"}, LEFT), ({"name": "乙乡"}, shape)))


def test_an_outline_that_encloses_nothing_is_refused_by_name(write: Write) -> None:
    line = shapely.Polygon([(WEST, SOUTH), (WEST + 0.1, SOUTH), (WEST, SOUTH), (WEST, SOUTH)])
    with pytest.raises(BoundaryError, match="乙乡 encloses nothing"):
        read(write(({"name": "甲镇"}, LEFT), ({"name": "乙乡"}, line)))


def test_points_and_lines_are_left_out_and_told(write: Write) -> None:
    seat = shapely.Point(WEST + 0.05, SOUTH + 0.05)
    townships = read(write(({"name": "甲镇"}, LEFT), ({"name": "镇政府"}, seat)))
    assert townships.names == ("甲镇",)
    assert townships.notes[0] == "1 features that are points or lines were left out."
    with pytest.raises(BoundaryError, match="only points or lines"):
        read(write(({"name": "镇政府"}, seat)))


@given(st.lists(st.tuples(st.floats(117.0, 117.2), st.floats(28.0, 28.1)), min_size=3, max_size=9, unique=True))
def test_any_ring_comes_out_valid_and_rounded_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, ring: list[tuple[float, float]]
) -> None:
    path = tmp_path_factory.mktemp("ring") / "ring.geojson"
    areas = [shapely.box(*BOUNDS), shapely.Polygon(ring)]
    geopandas.GeoDataFrame({"name": ["all", "ring"]}, geometry=areas, crs=4326).to_file(path)
    try:
        townships = read(path)
    except BoundaryError as fault:
        assert "ring" in str(fault)  # noqa: PT017 - either outcome is right
        return
    assert shapely.is_valid(townships.geometry).all()
    corners = shapely.get_coordinates(townships.geometry)
    assert (corners == np.round(corners, 7)).all()


# ---- files -------------------------------------------------------------------------------------


def frame() -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"XZQMC": ["甲镇", "乙乡"]}, geometry=[LEFT, RIGHT], crs=4326)


def test_a_shapefile_in_gb18030_that_does_not_say_so(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "xz.shp", encoding="GB18030")
    (tmp_path / "xz.cpg").unlink()
    assert read(tmp_path / "xz.shp").names == ("乙乡", "甲镇")


def test_a_geopackage_in_a_projected_crs(tmp_path: Path) -> None:
    # CGCS2000, 3-degree zone around 117 E: what county surveys are kept in.
    frame().to_crs(4548).to_file(tmp_path / "xz.gpkg")
    townships = read(tmp_path / "xz.gpkg")
    assert townships.geometry[1].symmetric_difference(LEFT).area < 1e-6


def test_projected_coordinates_without_a_crs_are_refused(tmp_path: Path) -> None:
    frame().to_crs(4548).to_file(tmp_path / "xz.shp")
    (tmp_path / "xz.prj").unlink()
    with pytest.raises(BoundaryError, match="which coordinate system its numbers"):
        read(tmp_path / "xz.shp")


def test_several_layers_are_refused_by_name(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "xz.gpkg", layer="乡镇")
    frame().to_file(tmp_path / "xz.gpkg", layer="村")
    with pytest.raises(BoundaryError, match="several layers: 乡镇, 村"):
        read(tmp_path / "xz.gpkg")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"name,lon\n", "cannot be read as a map file"),
        (b'{"type": "FeatureCollection", "fea', "cannot be read as a map file"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no features"),
    ],
)
def test_files_that_are_no_boundaries(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "xz.geojson"
    path.write_bytes(content)
    with pytest.raises(BoundaryError, match=said):
        read(path)
    with pytest.raises(BoundaryError, match=r"no file “missing\.geojson”"):
        read(tmp_path / "missing.geojson")


# ---- the wrong place ---------------------------------------------------------------------------


def moved(shape: shapely.Geometry, datum: Datum) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum)))


def test_how_far_off_is_told(write: Write) -> None:
    path = write(({"name": "甲镇"}, shapely.box(WEST, SOUTH + 1.0, WEST + 0.1, SOUTH + 1.1)))
    # From 28.1 N to 29 N, but for a metre: 0.9 degrees of 111.195 km.
    with pytest.raises(BoundaryError, match=r"wrong place: no street .* 100\.1 km off"):
        read(path)


def test_swapped_axes_are_told(write: Write) -> None:
    swapped = shapely.transform(LEFT, lambda xy: xy[:, ::-1])
    with pytest.raises(BoundaryError, match="axes of the boundaries look swapped"):
        read(write(({"name": "甲镇"}, swapped)))


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_wrong_datum_is_told_and_the_right_one_fits(write: Write, datum: Datum) -> None:
    small = (WEST + 0.02, SOUTH + 0.02, WEST + 0.06, SOUTH + 0.05)
    path = write(({"name": "甲镇"}, moved(shapely.box(*small), datum)))
    with pytest.raises(BoundaryError, match=f"Try the boundary datum {datum.value}"):
        read(path, Datum.WGS84, streets_over(*small))
    townships = read(path, datum, streets_over(*small))
    assert townships.geometry[0].symmetric_difference(shapely.box(*small)).area < 1e-7
    assert townships.notes == ()


def test_a_datum_that_does_not_apply_is_told(write: Write) -> None:
    small = (WEST + 0.02, SOUTH + 0.02, WEST + 0.06, SOUTH + 0.05)
    with pytest.raises(BoundaryError, match="Try the boundary datum wgs84"):
        read(write(({"name": "甲镇"}, shapely.box(*small))), Datum.GCJ02, streets_over(*small))


def test_boundaries_much_larger_than_the_streets_are_right(write: Write) -> None:
    province = shapely.box(WEST - 3, SOUTH - 3, WEST + 3, SOUTH + 3)
    assert read(write(({"name": "省"}, province))).notes == ()


def test_boundaries_much_smaller_than_the_streets_are_right_but_told(write: Write) -> None:
    townships = read(write(({"name": "甲镇"}, shapely.box(WEST, SOUTH, WEST + 0.02, SOUTH + 0.02))))
    assert townships.notes == ("Only 2.0% of the streets lie in a township.",)


def test_streets_that_reach_past_a_border_are_no_wrong_datum(write: Write) -> None:
    # A township that ends 300 m before the last streets on the very side that GCJ-02 would push it to.
    lon_end, lat_end = WEST + 0.04, SOUTH + 0.04
    township = shapely.box(WEST - 0.3, SOUTH - 0.3, lon_end - 0.003, lat_end + 0.3)
    townships = read(write(({"name": "甲镇"}, township)), streets=streets_over(WEST, SOUTH, lon_end, lat_end))
    assert townships.declared


def test_townships_without_streets_are_told(write: Write) -> None:
    townships = read(write(({"name": "甲镇"}, LEFT), ({"name": "乙乡"}, shapely.box(118, 28, 119, 29))))
    assert townships.notes == ("These hold no street of the extract: 乙乡.",)


# ---- relations ---------------------------------------------------------------------------------


def area(name: str, level: int, shape: shapely.Geometry | None, fault: str | None = None) -> AdminArea:
    return AdminArea(name, level, None, shape, fault, f"r{abs(hash((name, level))) % 1000}")


def test_the_finest_level_that_covers_most_streets_is_taken() -> None:
    county, village = shapely.box(*BOUNDS), shapely.box(WEST, SOUTH, WEST + 0.05, SOUTH + 0.05)
    areas = [area("县", 6, county), area("甲镇", 8, LEFT), area("乙乡", 8, RIGHT), area("村", 10, village)]
    assert townships_from_areas(areas, None, STREETS).names == ("乙乡", "甲镇")
    assert townships_from_areas(areas, 6, STREETS).names == ("县",)
    assert townships_from_areas(areas, 10, STREETS).names == ("村",)
    with pytest.raises(BoundaryError, match=r"level 9; it has levels 6 \(1\), 8 \(2\), 10 \(1\)"):
        townships_from_areas(areas, 9, STREETS)


def test_a_broken_relation_is_told_by_name() -> None:
    areas = [area("甲镇", 8, LEFT | RIGHT), AdminArea("乙乡", 8, None, None, "a way is missing", "r7")]
    townships = townships_from_areas(areas, None, STREETS)
    assert townships.names == ("甲镇",)
    assert townships.notes == ("乙乡 (r7, level 8) was left out: a way is missing.",)


def test_neighbours_without_streets_are_left_out() -> None:
    areas = [area("甲镇", 8, LEFT | RIGHT), area("邻镇", 8, shapely.box(118, 28, 119, 29))]
    townships = townships_from_areas(areas, None, STREETS)
    assert townships.names == ("甲镇",)
    assert townships.notes == ("These hold no street of the extract and were left out: 邻镇.",)


def test_rings_without_a_name_and_rings_drawn_twice_are_no_townships() -> None:
    exclave = shapely.box(WEST, SOUTH, WEST + 0.02, SOUTH + 0.02)
    areas = [area("甲镇", 8, LEFT), area("乙乡", 8, RIGHT), area("", 8, exclave), area("甲镇", 8, exclave)]
    townships = townships_from_areas(areas, None, STREETS)
    assert townships.names == ("乙乡", "甲镇")
    assert townships.notes == ("1 areas of level 8 without a name were left out.",)


def test_no_relations_is_one_area() -> None:
    townships = townships_from_areas([AdminArea("县", 6, None, None, "a way is missing", "r7")], None, STREETS)
    assert not townships.declared
    assert townships.notes[0] == "县 (r7, level 6) was left out: a way is missing."
    assert (townships.townships_at(*STREETS) == 0).all()


# ---- real files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "count", "gaps"), [("duchang_townships", 24, 4), ("liechtenstein", 11, 0), ("monaco", 6, 0)]
)
def test_real_boundaries(real_data: Path, file: str, count: int, gaps: int) -> None:
    path = real_data / "boundaries" / f"{file}.geojson"
    shapes = geopandas.read_file(path).geometry
    west, south, east, north = shapes.total_bounds
    lon, lat = streets_over(west, south, east, north, 100)
    inside = shapely.intersects_xy(shapes.union_all(), lon, lat)
    townships = read_townships(path, Datum.WGS84, (west, south, east, north), (lon[inside], lat[inside]))
    assert len(townships.names) == count
    assert set(townships.codes) == {""}
    assert sum("belongs to no township" in note for note in townships.notes) == gaps
    assert (townships.townships_at(lon[inside], lat[inside]) >= 0).mean() > 0.999
    assert list(townships.names) == sorted(townships.names)
