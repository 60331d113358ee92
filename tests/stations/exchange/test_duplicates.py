"""Stations that may be one: in two lists, in one list, and against the registry."""

import csv
import itertools
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.datum import Datum, to_wgs84
from geodata.lonlat import METRES_PER_DEGREE, LonLat, distances_m
from stations.exchange.duplicates import NEAR_M, Places, Why, find_duplicates
from stations.exchange.likeness import Wording
from stations.exchange.nearby import near_pairs
from stations.registry.snapshot import Snapshot

METRE = 1.0 / METRES_PER_DEGREE
"""A metre northward, in degrees."""

NONE = Places([], [], np.empty(0), np.empty(0), [])


def places(*rows, prefix="", retired=()):
    """Make places of (name, metres north of 28 N, 116 E)."""
    names, north = [row[0] for row in rows], np.array([row[1] for row in rows], dtype=float)
    codes = [f"{prefix}{at}" for at in range(len(rows))]
    return Places(codes, names, np.full(len(rows), 116.0), 28.0 + north * METRE, [code in retired for code in codes])


@pytest.fixture(scope="module")
def find():
    wording = Wording.load()

    def found(new, known=NONE, **options):
        return find_duplicates(new, known, wording, **options)

    return found


def pairs(found):
    return [(one.code, one.twin) for one in found]


def test_near_in_place_and_alike_in_name(find):
    known = places(("工会驿站(张仲景大药房互助路店)", 0), ("郑州银行伊河路支行驿站", 0), prefix="K")
    (one,) = find(places(("张中景大药房互助路店", 30), prefix="N"), known)
    assert (one.row, one.known, one.earlier, one.code, one.twin) == (0, 0, None, "N0", "K0")
    assert one.metres == pytest.approx(30, abs=0.1)
    assert one.likeness > 0.9
    assert one.why == (Why.ALIKE_IN_SOUND,)


@pytest.mark.parametrize("metres", [NEAR_M + 1, 1_000, 1_000_000])
def test_far_apart_they_are_two(find, metres):
    assert not find(places(("伊河路支行", metres), prefix="N"), places(("伊河路支行", 0), prefix="K"))


def test_in_one_list_the_later_row_is_the_duplicate(find):
    (one,) = find(places(("伊河路支行", 0), ("别处", 0), ("工会驿站(伊河路支行)", 0)))
    assert (one.row, one.known, one.earlier, one.twin) == (2, None, 0, "0")
    assert one.why == (Why.SAME_PLACE, Why.SAME_NAME)


def test_a_station_is_not_its_own_duplicate(find):
    rows = [("伊河路支行", 0), ("互助路店", 40)]
    assert not find(places(*rows), places(*rows))


def test_pairs_that_the_registry_has_already_are_no_news(find):
    both = places(("伊河路支行", 0), ("工会驿站(伊河路支行)", 5))
    assert len(find(both)) == 1
    assert not find(both, both)


def test_a_retired_twin_is_said_to_be_retired(find):
    known = places(("伊河路支行", 0), prefix="K", retired={"K0"})
    (one,) = find(places(("伊河路支行", 10), prefix="N"), known)
    assert one.why == (Why.SAME_NAME, Why.RETIRED)


def test_the_likeliest_comes_first_and_no_station_gets_more_than_asked_for(find):
    known = places(*((f"伊河路支行{'东' * at}院", 10 * at) for at in range(4)), prefix="K")
    found = find(places(("伊河路支行院", 0), prefix="N"), known, most=2)
    assert pairs(found) == [("N0", "K0"), ("N0", "K1")]
    assert found[0].likeness > found[1].likeness


def test_names_that_say_nothing_count_only_close_by(find):
    known = places(("工会驿站", 0), prefix="K")
    assert find(places(("爱心驿站", 20), prefix="N"), known)
    assert not find(places(("爱心驿站", 120), prefix="N"), known)


def test_against_a_snapshot(find, make_station, shanghai):
    there = make_station("K", name="伊河路支行", position=LonLat(116.0, 28.0), status="retired")
    known = Places.of_snapshot(Snapshot.build(1, [there], shanghai))
    (one,) = find(Places.of([make_station("N", name="工会驿站（伊河路支行）", position=LonLat(116.0, 28.0))]), known)
    assert (one.twin, one.why) == ("K", (Why.SAME_PLACE, Why.SAME_NAME, Why.RETIRED))


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=6), st.integers(0, 6))
def test_every_pair_within_reach_is_looked_at_once(positions, fresh):
    """Also at the poles and across the date line."""
    some = np.array([*positions, (180.0, 10.0), (-180.0, 10.0005), (0.0, 90.0), (90.0, 89.9995)])
    lon, lat = some[:, 0], some[:, 1]
    fresh = min(fresh, len(some))
    found = [
        (int(a), int(b))
        for one, other, _ in near_pairs(lon, lat, fresh, 150.0, lambda rows: [rows])
        for a, b in zip(one, other, strict=True)
    ]
    expected = {
        (b, a) if b < fresh else (a, b)
        for a, b in itertools.combinations(range(len(some)), 2)
        if a < fresh and distances_m(lon[a : a + 1], lat[a : a + 1], lon[b : b + 1], lat[b : b + 1])[0] <= 150.0
    }
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_a_list_that_stands_in_one_place_is_done_in_bounded_time(find):
    """4,000 at one position are 8,000,000 pairs; each is held against its neighbours in sound only."""
    some = random.Random(1)
    names = ["".join(chr(0x4E00 + some.randrange(3000)) for _ in range(5)) + "驿站" for _ in range(4_000)]
    started = time.process_time()
    twins = places(*((name, 0) for name in names), prefix="K")
    found = find(places(*((f"工会{name}", 0) for name in reversed(names)), prefix="N"), twins)
    assert time.process_time() - started < 20
    hit = {one.row: one.known for one in reversed(found)}
    assert sum(hit.get(row) == 3_999 - row for row in range(4_000)) >= 3_990


@pytest.fixture(scope="module")
def zhengzhou(real_data):
    """82 real stations, many of them branches of the same few hosts."""
    path = real_data / "stations" / "zhengzhou_82_gb18030.csv"
    with path.open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    lon, lat = (np.array([float(row[axis]) for row in rows]) for axis in ("经度", "纬度"))
    return Places(
        [f"Z{at}" for at in range(82)],
        [row["站点名称"] for row in rows],
        *to_wgs84(lon, lat, Datum.GCJ02),
        [False] * 82,
    )


@pytest.mark.real_data
def test_of_82_real_stations_none_is_another_again(find, zhengzhou):
    assert not find(zhengzhou)


@pytest.mark.real_data
def test_a_second_list_of_82_real_stations_with_typing_errors_is_found_out(find, zhengzhou):
    some = random.Random(7)
    again = Places(
        [f"N{at}" for at in range(82)],
        [_typed_again(name, some) for name in zhengzhou.names],
        zhengzhou.lon + np.array([some.uniform(-35, 35) for _ in range(82)]) * METRE,
        zhengzhou.lat + np.array([some.uniform(-35, 35) for _ in range(82)]) * METRE,
        [False] * 82,
    )
    found = find(again, zhengzhou)
    assert len({one.row for one in found if one.known == one.row}) >= 80
    assert sum(one.known is not None and one.known != one.row for one in found) <= 2


SOUND_ALIKE = str.maketrans("仲景路银行社区中心市河工人原", "中井陆银航设区忠心是和功人员")
GENERIC = ("户外劳动者爱心驿站", "户外劳动者工会驿站", "工会户外劳动者", "工会驿站", "爱心驿站", "户外劳动者")


def _typed_again(name, some):
    """Write a name as the next clerk would: other generic words, other brackets, full width, a homophone."""
    for word in GENERIC:
        if word in name and some.random() < 0.7:
            name = name.replace(word, some.choice(["", "驿站", "爱心驿站", "户外劳动者服务站"]))
            break
    if some.random() < 0.5:
        name = name.replace("(", "（").replace(")", "）")
    if some.random() < 0.3:
        name = name.replace("(", " ").replace(")", "").replace("郑州市", "")
    places_of_sound = [at for at, character in enumerate(name) if character.translate(SOUND_ALIKE) != character]
    for at in some.sample(places_of_sound, min(1, len(places_of_sound))):
        name = name[:at] + name[at].translate(SOUND_ALIKE) + name[at + 1 :]
    return name or "驿站"
