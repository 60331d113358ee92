"""GeoPackages as GIS programs write them: layers, reference systems, and damaged ones."""

import random
import sqlite3
from contextlib import closing

import geopandas
import pytest
import shapely

from geodata.lonlat import LonLat, distance_m
from stations.errors import ImportRefused
from stations.exchange.sources import Part, parts_of_file, read_table


@pytest.fixture
def package(tmp_path):
    """Write points with names to a layer of a GeoPackage."""

    def write(points, *, crs=4326, layer="stations", name="list.gpkg", **columns):
        path = tmp_path / name
        facts = {"name": [f"站{n}" for n in range(len(points))], **columns}
        frame = geopandas.GeoDataFrame(facts, geometry=points, crs=crs)
        frame.to_file(path, layer=layer, driver="GPKG")
        return path

    return write


def read(path, **part):
    return read_table(path, lambda word: word in {"name", "lon", "lat"}, Part(**part))


HERE = shapely.Point(113.305132, 34.803352)


def test_points_and_their_columns(package):
    table = read(package([HERE, HERE], seats=[4, None], ref=["007", None]))
    assert table.headers == ("lon", "lat", "name", "seats", "ref")
    assert table.rows[0] == (1, ("113.305132", "34.803352", "站0", "4", "007"))
    assert table.rows[1][1][3:] == ("", "")
    assert (table.encoding, table.doubts) == ("gpkg", ())


def test_cgcs2000_is_left_as_it_is(package):
    table = read(package([HERE], crs=4490))
    assert table.rows[0][1][:2] == ("113.305132", "34.803352")


def test_metres_of_a_projection_are_converted_and_told(package):
    (metres,) = geopandas.GeoSeries([HERE], crs=4326).to_crs(4547)
    table = read(package([metres], crs=4547))
    lon, lat = map(float, table.rows[0][1][:2])
    assert distance_m(LonLat(lon, lat), LonLat(HERE.x, HERE.y)) < 1.0
    assert "converted from CGCS2000" in table.doubts[0].message


def test_what_is_no_point_refuses_its_row(package):
    table = read(package([HERE, shapely.LineString([(0, 0), (1, 1)]), None]))
    assert [number for number, _ in table.rows] == [1]
    assert [fault.row for fault in table.faults] == [2, 3]
    with pytest.raises(ImportRefused, match="is a point"):
        read(package([shapely.Polygon([(0, 0), (1, 1), (1, 0)])], name="areas.gpkg"))


def test_the_layer_is_chosen_or_asked_for(package):
    package([HERE], layer="one")
    path = package([HERE, HERE], layer="two")
    with pytest.raises(ImportRefused, match="--layer “one”"):
        read(path)
    assert len(read(path, layer="two").rows) == 2
    with pytest.raises(ImportRefused, match="no layer “three”"):
        read(path, layer="three")


def test_a_database_that_is_no_geopackage(tmp_path):
    path = tmp_path / "list.gpkg"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE stations (name)")
    with pytest.raises(ImportRefused, match="not a GeoPackage"):
        read(path)


def test_a_damaged_one_is_refused_or_read_never_worse(package):
    path = package([HERE] * 20)
    whole = path.read_bytes()
    chance = random.Random(5)
    for _ in range(25):
        data = bytearray(whole)
        if chance.random() < 0.3:
            data = data[: chance.randrange(100, len(data))]
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            read(path)
        except ImportRefused as refusal:
            assert str(refusal)  # noqa: PT017  either way is right


FOR_EVER = "with recursive r(n) as (select 1 union all select n + 1 from r)"


@pytest.mark.parametrize("made", [
    ('alter table "stations" rename to "kept"',
     f'create view "stations" as {FOR_EVER} select kept.* from kept, r where r.n < 0'),
    ('alter table "gpkg_contents" rename to "kept"',
     f'create view "gpkg_contents" as {FOR_EVER} select kept.* from kept, r where r.n < 0'),
    ('alter table "stations" add column size generated always as (length(zeroblob(900000000))) virtual',),
    ("create virtual table other using fts4(words)",),
])  # fmt: skip
def test_a_file_that_computes_while_it_is_read_is_refused_at_once(package, made):
    path = package([HERE])
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma legacy_alter_table = on")
        for one in made:
            database.execute(one)
        database.commit()
    with pytest.raises(ImportRefused, match="computes"):
        read(path)
    with pytest.raises(ImportRefused, match="computes"):
        parts_of_file(path)
