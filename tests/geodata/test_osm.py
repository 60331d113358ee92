"""What is read from an extract, and how a file that is none is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geodata.access import load_modes
from geodata.errors import OsmFileError
from geodata.legend import KINDS
from geodata.osm import read_extract
from geodata.sketch import FIXED, TUNNEL
from tests.geodata.grids import Drawing, at, extract_of

STREET = """
    a 0 0
    b 100 0
    a-b highway=residential
"""


def read(path: Path):
    return read_extract(path, load_modes())


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[bytes, str], Path]:
    def write(content: bytes, name: str = "county.osm.pbf") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(OsmFileError, match=r"no file “nowhere\.osm\.pbf”"):
        read(tmp_path / "nowhere.osm.pbf")


def test_a_folder_is_no_file(tmp_path) -> None:
    with pytest.raises(OsmFileError, match="no file"):
        read(tmp_path)


def test_an_empty_file_is_called_empty(file_of) -> None:
    with pytest.raises(OsmFileError, match=r"“county\.osm\.pbf” is empty"):
        read(file_of(b""))


@pytest.mark.parametrize("name", ["county.osm.pbf", "county.osm", "county.csv", "county"])
@pytest.mark.parametrize("content", [b"name,lon,lat\n", b"\x89PNG\r\n\x1a\n" + bytes(4000), b"PK\x03\x04" + bytes(99)])
def test_another_kind_of_file_cannot_be_read(file_of, name, content) -> None:
    with pytest.raises(OsmFileError, match="cannot be read as OpenStreetMap data"):
        read(file_of(content, name))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_file_cut_off_anywhere_cannot_be_read(tmp_path, file_of, share) -> None:
    whole = Drawing.read(STREET).write(tmp_path / "whole.osm.pbf").read_bytes()
    with pytest.raises(OsmFileError, match=r"cut off|no street"):
        read(file_of(whole[: int(len(whole) * share)]))


@pytest.mark.parametrize(
    "text",
    [
        "a 0 0 place=village name=金寨",
        "a 0 0\nb 100 0\na-b waterway=river",
        "a 0 0\nb 100 0\na-b highway=motorway",
        "a 0 0\nb 100 0\na-b highway=residential access=private",
        "a 0 0\na-a highway=residential",
        "a 0 0\na-x highway=residential",
    ],
)
def test_an_extract_without_a_street_to_use_is_refused(text) -> None:
    with pytest.raises(OsmFileError, match="no street that one may walk or ride"):
        extract_of(text)


def test_coordinates_are_kept_as_openstreetmap_keeps_them() -> None:
    extract = extract_of(STREET)
    assert extract.node_x.tolist() == [round(at(0, 0).lon * FIXED), round(at(100, 0).lon * FIXED)]
    assert extract.bounds == pytest.approx((at(0, 0).lon, at(0, 0).lat, at(100, 0).lon, at(0, 0).lat), abs=1e-7)


def test_a_way_is_cut_where_its_nodes_are_missing() -> None:
    """Nobody jumps over the border of an extract: a-b and d-e remain, and no street between them."""
    extract = extract_of("""
        a 0 0
        b 100 0
        d 300 0
        e 400 0
        a-b-x-d-e highway=residential
    """)
    assert np.diff(extract.way_start).tolist() == [2, 2]


def test_a_node_given_twice_in_a_row_counts_once() -> None:
    assert np.diff(extract_of("a 0 0\nb 100 0\nc 200 0\na-b-b-c highway=residential").way_start).tolist() == [3]


def test_refused_ways_are_counted_by_mode_and_tag() -> None:
    extract = extract_of("""
        a 0 0
        b 100 0
        c 200 0
        a-b highway=residential
        b-c highway=footway
        a-c highway=service access=private
        a-c highway=service access=private
        a-c highway=proposed
    """)
    assert extract.refused == {
        ("ebike", "highway=footway"): 1,
        ("walk", "access=private"): 2,
        ("ebike", "access=private"): 2,
        ("walk", "highway=proposed"): 1,
        ("ebike", "highway=proposed"): 1,
    }


def test_places_premises_and_street_names_are_gathered() -> None:
    extract = extract_of("""
        a 0 0
        b 100 0
        v 50 50 place=village name=金寨村 population=812 name:en=Jinzhai
        w 60 60 place=village
        p 10 10 amenity=pharmacy name=康民药房 opening_hours=08:00-20:00
        q 20 20 shop=supermarket
        r 30 30 shop=florist name=花店
        k 0 300
        l 40 300
        m 40 340
        a-b highway=residential name=建设路
        k-l-m-k building=yes amenity=library name=图书馆
    """)
    village, street = extract.places
    assert (village.name, village.kind, village.population, village.names) == (
        "金寨村",
        "village",
        812,
        {"name:en": "Jinzhai"},
    )
    assert (street.name, street.kind) == ("建设路", "street")
    assert [(one.ref, one.host, one.name, one.opening_hours) for one in extract.premises] == [
        ("n5", "pharmacy", "康民药房", "08:00-20:00"),
        ("n6", "supermarket", "", None),
        ("w2", "library", "图书馆", None),
    ]


def test_water_greens_and_rails_lie_beneath() -> None:
    extract = extract_of("""
        a 0 0
        b 100 0
        c 100 100
        d 0 100
        a-b highway=residential
        a-b-c-d-a natural=water name=信江
        a-b-c-d-a leisure=park
        a-c waterway=stream
        b-d railway=rail
        c-d railway=rail tunnel=yes
        a-d highway=motorway
    """)
    sketch = extract.sketch
    drawn = "motorway park rail rail residential stream water"
    assert sorted(KINDS[kind] for kind in sketch.kind) == drawn.split()
    assert (sketch.flags == TUNNEL).sum() == 1
    (water,) = sketch.of("water")
    assert sketch.texts[sketch.text[water]][0] == "信江"


def test_a_boundary_that_does_not_close_is_kept_with_its_fault(tmp_path) -> None:
    import osmium
    from osmium.osm.mutable import Node, Relation, Way

    path = tmp_path / "county.osm.pbf"
    tags = {
        "type": "boundary",
        "boundary": "administrative",
        "admin_level": "8",
        "name": "雄石街道",
        "ref": "360681001",
    }
    with osmium.SimpleWriter(str(path)) as writer:
        for ref, (east, north) in enumerate([(0, 0), (900, 0), (900, 900), (0, 900)], 1):
            writer.add_node(Node(id=ref, location=(at(east, north).lon, at(east, north).lat)))
        writer.add_way(Way(id=1, nodes=[1, 2], tags={"highway": "residential"}))
        writer.add_way(Way(id=2, nodes=[1, 2, 3], tags={}))
        writer.add_way(Way(id=3, nodes=[3, 4, 1], tags={}))
        writer.add_relation(Relation(id=1, members=[("w", 2, "outer"), ("w", 3, "outer")], tags=tags))
        writer.add_relation(Relation(id=2, members=[("w", 2, "outer")], tags={**tags, "name": "东门街道"}))
    whole, broken = read(path).admin_areas
    assert (whole.name, whole.admin_level, whole.code, whole.fault) == ("雄石街道", 8, "360681001", None)
    assert whole.geometry is not None
    assert (broken.name, broken.geometry) == ("东门街道", None)
    assert broken.fault is not None


def test_progress_is_told(tmp_path) -> None:
    told: list[str] = []
    path = Drawing.read(STREET).write(tmp_path / "county.osm.pbf")
    read_extract(path, load_modes(), lambda stage, done, total: told.append(stage))
    assert set(told) == {"read"}
