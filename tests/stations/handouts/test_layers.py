"""A planner opens the layers in a map program."""

import sqlite3

import pyogrio
import pytest
import shapely

from stations.handouts.layers import write_layers
from tests.town import A_FRIDAY


@pytest.fixture(scope="module")
def layers(report, speaking, tmp_path_factory):
    path = tmp_path_factory.mktemp("layers") / "coverage.gpkg"
    with speaking("zh"):
        path.write_bytes(write_layers(report))
    return path


def frame(layers, name):
    return pyogrio.read_dataframe(layers, layer=name)


def test_every_layer_is_there_in_degrees(layers) -> None:
    kinds = dict(pyogrio.list_layers(layers).tolist())
    assert kinds == {
        "townships": "MultiPolygon",
        "reach_bands": "MultiPolygon",
        "gaps": "Point",
        "stations": "Point",
        "demand": "Point",
        "about": None,
    }
    for name in set(kinds) - {"about"}:
        assert pyogrio.read_info(layers, layer=name)["crs"] == "EPSG:4326"


def test_townships_carry_the_figures_of_the_table(layers, report) -> None:
    townships = frame(layers, "townships")
    assert townships["name"].tolist() == ["西乡", "东乡"]
    assert townships["covered"].tolist() == report.tables["townships"].column("covered")
    assert shapely.area(townships.geometry.to_numpy()).sum() == pytest.approx(
        shapely.area(report.atlas.townships.geometry).sum()
    )


def test_bands_do_not_lie_on_each_other(tell, speaking, tmp_path) -> None:
    path = tmp_path / "bands.gpkg"
    with speaking("zh"):
        path.write_bytes(write_layers(tell({"minutes": ["12"]})))
    bands = frame(path, "reach_bands")
    assert bands["from_min"].tolist() == [0.0, 5.0, 10.0]
    assert bands["to_min"].tolist() == [5.0, 10.0, 12.0]
    shapes = bands.geometry.tolist()
    assert shapes[0].intersection(shapes[1]).area < 1e-12
    assert all(shape.is_valid for shape in shapes)


def test_demand_points_add_up_to_every_figure(layers, report) -> None:
    demand, total = frame(layers, "demand"), report.answer.total
    assert demand["demand"].sum() == pytest.approx(total.demand, rel=1e-3)
    assert demand.loc[demand["stations"] >= 1, "demand"].sum() == pytest.approx(total.covered, rel=1e-3)
    assert demand.loc[demand["stations"] >= 2, "demand"].sum() == pytest.approx(total.covered_twice, rel=1e-3)
    assert demand.loc[demand["circles"] >= 1, "demand"].sum() == pytest.approx(total.circle, rel=1e-3)
    assert demand.loc[demand["stations"] == 0, "minutes"].isna().all()
    assert (demand.loc[demand["stations"] >= 1, "minutes"] <= 15.0).all()


def test_stations_stand_where_they_stand(layers, report) -> None:
    stations = frame(layers, "stations").set_index("code")
    assert set(stations.index) == {"A1", "A2", "A3", "A4", "A6"}
    position = report.snapshot.station("A1").position
    assert (stations.geometry["A1"].x, stations.geometry["A1"].y) == (position.lon, position.lat)


def test_stations_that_do_not_count_lie_in_a_township_too(tell, speaking, tmp_path) -> None:
    path = tmp_path / "stations.gpkg"
    with speaking("zh"):
        path.write_bytes(write_layers(tell({"minutes": ["5"], "at": [f"{A_FRIDAY}T10:00"]})))
    stations = frame(path, "stations")
    assert "否" in set(stations["counts"])
    assert set(stations["township"]) == {"西乡", "东乡"}


def test_the_file_says_from_what_it_is_and_what_columns_mean(layers, report) -> None:
    about = dict(pyogrio.read_dataframe(layers, layer="about").itertuples(index=False))
    assert about["地图摘要"] == report.answer.digest
    with sqlite3.connect(layers) as database:
        titles = dict(
            database.execute("SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'townships'")
        )
        assert {moment for (moment,) in database.execute("SELECT last_change FROM gpkg_contents")} == {
            "1980-01-01T00:00:00.000Z"
        }
    database.close()
    assert titles["covered"] == "已覆盖"


def test_the_same_report_gives_the_same_bytes(layers, report, speaking) -> None:
    with speaking("zh"):
        assert write_layers(report) == layers.read_bytes()
