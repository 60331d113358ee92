"""What positions are called, and where names are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.features import Place
from geodata.gazetteer import FARNESS, Gazetteer, NearbyName
from geodata.lonlat import METRES_PER_DEGREE, LonLat, distance_m

HOME = LonLat(117.0, 28.0)
LON_M = METRES_PER_DEGREE * np.cos(np.radians(28.0))


def at(east_m: float, north_m: float) -> LonLat:
    return LonLat(117.0 + east_m / LON_M, 28.0 + north_m / METRES_PER_DEGREE)


def place(name: str, kind: str, east_m: float, north_m: float, **names: str) -> Place:
    return Place(name, kind, at(east_m, north_m), None, names)


JINZHAI = Gazetteer([Place("金寨村", "village", HOME, 900, {"name:en": "Jinzhai"})])


def said(gazetteer: Gazetteer, position: LonLat) -> NearbyName:
    name = gazetteer.name_near(position)
    assert name is not None
    return name


@pytest.mark.parametrize(
    ("east_m", "north_m", "zh", "en"),
    [
        (0, 0, "金寨村", "Jinzhai"),
        (200, 200, "金寨村", "Jinzhai"),
        (0, 420, "金寨村北400米", "400 m N of Jinzhai"),
        (850, 850, "金寨村东北1.2公里", "1.2 km NE of Jinzhai"),
        (960, 0, "金寨村东1.0公里", "1.0 km E of Jinzhai"),
        (2000, -2000, "金寨村东南2.8公里", "2.8 km SE of Jinzhai"),
        (0, -5000, "金寨村南5.0公里", "5.0 km S of Jinzhai"),
        (-700, -700, "金寨村西南1.0公里", "1.0 km SW of Jinzhai"),
        (-600, 20, "金寨村西600米", "600 m W of Jinzhai"),
        (-500, 500, "金寨村西北700米", "700 m NW of Jinzhai"),
    ],
)
def test_a_position_is_called_after_the_place_and_its_side(east_m: float, north_m: float, zh: str, en: str) -> None:
    name = said(JINZHAI, at(east_m, north_m))
    assert name.text_zh() == str(name) == zh
    assert name.text_en() == en


def test_a_neighbourhood_wins_over_the_city_it_is_in() -> None:
    gazetteer = Gazetteer([place("贵溪市", "city", 0, 0), place("花园", "neighbourhood", 400, 0)])
    assert said(gazetteer, at(190, 0)).name == "花园"
    assert said(gazetteer, at(-50, 0)).name == "贵溪市"


def test_of_two_villages_the_nearer_one() -> None:
    gazetteer = Gazetteer([place("甲村", "village", 0, 0), place("乙村", "village", 1000, 0)])
    assert said(gazetteer, at(499, 0)).name == "甲村"
    assert said(gazetteer, at(501, 0)).name == "乙村"


def test_a_province_or_a_place_far_away_is_no_name() -> None:
    assert Gazetteer([]).name_near(HOME) is None
    assert Gazetteer([place("江西省", "state", 0, 0)]).name_near(HOME) is None
    assert JINZHAI.name_near(at(0, 20_500)) is None
    assert JINZHAI.name_near(at(0, 19_500)) is not None


kinds = st.sampled_from([*FARNESS, "unheard_of"])
spots = st.tuples(kinds, st.floats(-9000, 9000), st.floats(-9000, 9000))


@given(some=st.lists(spots, min_size=1, max_size=20), east_m=st.floats(-9000, 9000), north_m=st.floats(-9000, 9000))
def test_no_place_seems_nearer_than_the_one_named(
    some: list[tuple[str, float, float]], east_m: float, north_m: float
) -> None:
    places = [place(f"{number}号", kind, x, y) for number, (kind, x, y) in enumerate(some)]
    position = at(east_m, north_m)
    seems = {
        p.name: FARNESS.get(p.kind, 3.0) * distance_m(p.position, position)
        for p in places
        if distance_m(p.position, position) < 19_999.0
    }
    name = Gazetteer(places).name_near(position)
    if name is not None:
        assert seems.get(name.name, 0.0) <= min(seems.values(), default=np.inf) + 1e-3


@given(some=st.lists(spots, min_size=1, max_size=20), order=st.randoms(use_true_random=False))
def test_the_order_of_the_extract_does_not_show(some: list[tuple[str, float, float]], order) -> None:
    places = [place(f"{number}号", kind, x, y) for number, (kind, x, y) in enumerate(some)]
    shuffled = list(places)
    order.shuffle(shuffled)
    assert Gazetteer(places).places == Gazetteer(shuffled).places
    assert Gazetteer(places).name_near(HOME) == Gazetteer(shuffled).name_near(HOME)


def test_many_positions_get_what_each_alone_gets() -> None:
    rng = np.random.default_rng(7)
    gazetteer = Gazetteer([place(f"{n}村", "village", *rng.uniform(-9000, 9000, 2)) for n in range(200)])
    lon, lat = rng.uniform(116.8, 117.2, 300), rng.uniform(27.9, 28.1, 300)
    assert gazetteer.names_near(lon, lat) == [
        gazetteer.name_near(LonLat(float(x), float(y))) for x, y in zip(lon, lat, strict=True)
    ]
    assert gazetteer.names_near(np.empty(0), np.empty(0)) == []


def test_finding_a_place_by_name() -> None:
    gazetteer = Gazetteer(
        [
            place("金寨村", "village", 0, 0, **{"name:en": "Jinzhai"}),
            place("上金寨", "hamlet", 900, 0),
            place("金寨", "town", 5000, 0, alt_name="Old Jinzhai"),
        ]
    )
    assert [found.name for found in gazetteer.find("金寨")] == ["金寨", "金寨村", "上金寨"]
    assert [found.name for found in gazetteer.find(" jinzhai ")] == ["金寨村", "金寨"]
    assert [found.name for found in gazetteer.find("金寨", limit=1)] == ["金寨"]
    assert gazetteer.find("") == gazetteer.find("没有") == []


def test_arrays_there_and_back() -> None:
    gazetteer = Gazetteer([place("金寨村", "village", 0, 0, alt_name="x"), place("城", "city", 10, 10)])
    arrays = gazetteer.to_arrays()
    assert all(array.dtype.kind in "uif" for array in arrays.values())
    back = Gazetteer.from_arrays(arrays)
    assert [(p.name, p.kind, p.names) for p in back.places] == [(p.name, p.kind, p.names) for p in gazetteer.places]
    again = back.to_arrays()
    assert all((again[key] == arrays[key]).all() for key in arrays)
    assert Gazetteer.from_arrays(Gazetteer([]).to_arrays()).places == ()
