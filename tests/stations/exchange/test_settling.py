"""The township of a record is where its position lies; what a list says otherwise is kept and told."""

import numpy as np
import pytest
import shapely

from geodata.lonlat import LonLat
from geodata.townships import Townships, one_area
from stations.exchange.settling import DISAGREES, Place, Settled, places_at, settle, settled, tally

WEST, EAST, FAR = LonLat(116.25, 28.3), LonLat(116.35, 28.3), LonLat(120.0, 30.0)


def boundaries(names=("林山寨街道", "桃村镇"), codes=("410102001", "410102100")):
    shapes = [shapely.box(116.2, 28.2, 116.3, 28.4), shapely.box(116.3, 28.2, 116.4, 28.4)]
    return Townships(tuple(codes), tuple(names), np.array(shapes, dtype=object), (), declared=True)


@pytest.fixture
def townships():
    return boundaries()


HERE = Place("410102001", "林山寨街道")


@pytest.mark.parametrize(
    "declared",
    [
        "林山寨街道",
        "林山寨",
        "林山寨街道办事处",
        "林山寨街道办",
        "林山寨办事处",
        "中原区林山寨街道",
        "郑州市中原区林山寨",
        " 林山寨 街道",
        "410102001",
        "410102001003",
    ],
)
def test_the_many_ways_to_name_one_township(declared):
    assert HERE.agrees(declared)


@pytest.mark.parametrize("declared", ["桃村镇", "林山街道", "街道", "410102002", "中原区", "寨"])
def test_another_township_is_another(declared):
    assert not HERE.agrees(declared)


@pytest.mark.parametrize(
    ("name", "declared"), [("新乡镇", "新乡"), ("县城关镇", "县城关"), ("州乡", "州乡"), ("城关回族乡", "城关回族")]
)
def test_names_that_look_like_their_own_endings(name, declared):
    assert Place("", name).agrees(declared)


def test_between_namesakes_the_whole_name_counts():
    townships = boundaries(names=("城关镇", "城关乡"))
    one, other, none = places_at(townships, np.array([116.25, 116.35, 120.0]), np.array([28.3, 28.3, 30.0]))
    assert one is not None
    assert other is not None
    assert none is None
    assert one.agrees("城关镇")
    assert not one.agrees("城关乡")
    assert not other.agrees("城关")


@pytest.mark.parametrize(
    ("township", "declared", "listed", "found"),
    [
        ("", "", True, ("410102001", "")),
        ("410102001", "林山寨", True, ("410102001", "")),
        ("410102999", "", True, ("410102001", "410102999")),
        ("410102999", "林山寨街道", True, ("410102001", "410102999")),
        ("410102999", "桃村镇", True, ("410102001", "410102999 桃村镇")),
        ("410102001", "桃村镇", True, ("410102001", "桃村镇")),
        ("410102999", "", False, ("410102001", "")),  # computed before, by older boundaries
        ("410102999", "410102999 桃村镇", False, ("410102001", "410102999 桃村镇")),
    ],
)
def test_the_position_decides_and_what_the_list_says_otherwise_is_kept(township, declared, listed, found):
    there = settle(HERE, township, declared, listed=listed)
    assert (there.township, there.declared) == found
    assert (there.doubt is None) == (not found[1])


def test_where_nothing_can_be_computed_the_list_stands_and_is_kept_to_be_held_against_later_boundaries():
    there = settle(None, "410102999", "桃村镇", listed=True)
    assert there == Settled("410102999", "410102999 桃村镇")
    later = settle(HERE, there.township, there.declared, listed=False)
    assert later.township == "410102001"
    assert later.doubt is not None
    assert DISAGREES.format(**later.doubt) == (
        "The list says 410102999 桃村镇, but the position lies in 林山寨街道 (410102001). Correct whichever is wrong."
    )
    assert settle(None, there.township, there.declared, listed=False) == there


def test_boundaries_without_codes_settle_names_and_leave_the_code():
    place = Place("", "林山寨街道")
    assert settle(place, "410102999", "林山寨", listed=True) == ("410102999", "", None)
    assert settle(place, "", "桃村镇", listed=True).declared == "桃村镇"


def test_records_are_settled_together(townships, make_station):
    stations = [
        make_station("A", position=WEST, township="410102100"),
        make_station("B", position=EAST, township="410102100"),
        make_station("C", position=EAST, township_declared="林山寨"),
        make_station("D", position=FAR, township="410102100"),
    ]
    found, doubts = settled(stations, townships)
    assert [one.township for one in found] == ["410102001", "410102100", "410102100", "410102100"]
    assert found[1] is stations[1]
    assert tally(doubts) == [
        "C: The list says 林山寨, but the position lies in 桃村镇 (410102100). Correct whichever is wrong."
    ]
    again, same = settled(found, townships)
    assert all(one is other for one, other in zip(again, found, strict=True))
    assert same == doubts


def test_one_area_for_all_is_no_township(make_station):
    whole = one_area((116.0, 28.0, 117.0, 29.0))
    assert places_at(whole, np.array([116.3]), np.array([28.3])) == [None]
    station = make_station(township="410102100")
    assert settled([station], whole) == ([station], [])


def test_no_stations_no_townships(townships):
    assert settled([], townships) == ([], [])
