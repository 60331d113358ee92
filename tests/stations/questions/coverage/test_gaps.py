"""Gaps: what hangs together is one, in one township; the largest first, named, with the way to the nearest station."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import distance_m
from geodata.snapping import Snap
from geodata.tables import site_table
from geodata.travel import metres_between
from stations.questions.coverage import Add, Close, CoverageQuery, Move, coverage, serve
from stations.questions.coverage.farther import nearest_counted
from stations.questions.coverage.gaps import MOST_GAPS, WIDEST_CELLS, Gap, _Cells, _labels
from stations.questions.reach import sites_on
from stations.station import Station
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

# Three villages along a valley road that nobody is counted on: footways of 2000, 1000 and 500 m beside each other.
VALLEY = """
    a 0 0
    b 10000 0
    p 2000 100 place=village name=金寨村
    q 6000 100 place=village name=水口村
    r 9500 100 place=village name=上坪村
    a-b highway=residential
"""


def gaps_of(text: str, stations: list[Station], townships: tuple = (), **asked: object) -> tuple[Gap, ...]:
    return coverage(CoverageQuery(**asked), snapshot_of(stations), town_of(text, townships)).gaps


def test_gaps_are_ranked_by_what_is_uncovered_and_named_by_the_place_near():
    """Stations at 4 and 8 km leave 0 to 3 km, 5 to 7 km and 9 to 10 km uncovered."""
    first, second, third = gaps_of(VALLEY, [station("A", 4000), station("B", 8000)])
    assert [gap.demand for gap in (first, second, third)] == pytest.approx([3000, 2000, 1000], abs=120)
    assert [gap.name.text_zh()[:3] for gap in (first, second, third) if gap.name] == ["金寨村", "水口村", "上坪村"]
    assert distance_m(first.position, at(1500, 0)) < 110
    assert distance_m(second.position, at(6000, 0)) < 110


def test_a_gap_knows_its_nearest_station_and_the_true_way_there():
    first, second, third = gaps_of(VALLEY, [station("A", 4000, 30), station("B", 8000)])
    assert (first.nearest, third.nearest) == ("A", "B")
    assert first.metres == pytest.approx(distance_m(first.position, at(4000, 0)) + 30, abs=1)
    assert first.metres is not None
    assert first.seconds == pytest.approx(first.metres * 3.6 / 4)
    assert second.nearest in {"A", "B"}
    assert second.metres == pytest.approx(2000, abs=120)


def test_the_nearest_station_is_one_that_counts():
    stations = [station("A", 4000), station("B", 8000, amenities={"toilet": "yes"})]
    gaps = gaps_of(VALLEY, stations, amenities=frozenset({"toilet"}))
    assert {gap.nearest for gap in gaps} == {"B"}


def test_a_gap_ends_at_the_border_of_its_township():
    west, east = (
        ("360681001", "西街道", (-100.0, -500.0, 1500.0, 500.0)),
        ("360681002", "东乡", (1500.0, -500.0, 11000.0, 500.0)),
    )
    gaps = gaps_of(VALLEY, [station("A", 4000), station("B", 8000)], (west, east))
    assert len(gaps) == 4
    by_township = {name: sum(gap.demand for gap in gaps if gap.township == name) for name in ("西街道", "东乡")}
    assert by_township == pytest.approx({"西街道": 1500, "东乡": 4500}, abs=200)


def test_a_gap_of_many_kilometres_is_cut_in_pieces_that_have_a_place():
    gaps = gaps_of("a 0 0\nb 20000 0\na-b highway=residential", [])
    assert len(gaps) >= 9
    assert max(gap.demand for gap in gaps) <= 2100
    assert sum(gap.demand for gap in gaps) == pytest.approx(20_000, rel=1e-3)


def test_where_no_way_leads_to_a_station_the_gap_says_none():
    banks = "a 0 0\nb 3000 0\nc 0 800\nd 3000 800\na-b highway=residential\nc-d highway=residential"
    gaps = gaps_of(banks, [station("A", 1500, 0)], minutes=60.0)
    assert gaps
    assert {(gap.nearest, gap.seconds, gap.metres) for gap in gaps} == {(None, None, None)}
    assert all(distance_m(gap.position, at(1500, 800)) < 1600 for gap in gaps)


def test_when_all_is_covered_there_is_no_gap():
    assert gaps_of("a 0 0\nb 900 0\na-b highway=residential", [station("A", 450)]) == ()


def test_there_are_at_most_fifty():
    assert len(gaps_of("a 0 0\nb 200000 0\na-b highway=residential", [])) == MOST_GAPS


# What keeps people out of reach


def why(text: str, stations: list[Station], **asked: object) -> dict[str, float]:
    """Shares of the reasons over all gaps, by demand."""
    found = gaps_of(text, stations, **asked)
    whole = sum(gap.demand for gap in found)
    shares: dict[str, float] = {}
    for gap in found:
        assert sum(share for _, share in gap.why) == pytest.approx(1.0)
        assert gap.reason == gap.why[0][0] == max(gap.why, key=lambda one: one[1])[0]
        for reason, share in gap.why:
            shares[reason] = shares.get(reason, 0.0) + share * gap.demand / whole
    return shares


# From 0 to 4000 m; a station at 2000 reaches from 1000 to 3000.
PLAIN = "a 0 0\nb 4000 0\na-b highway=residential"


def test_plain_distance_keeps_out_what_no_circle_claims():
    assert why(PLAIN, [station("A", 2000)]) == {"distance": pytest.approx(1.0)}
    assert why(PLAIN, []) == {"distance": pytest.approx(1.0)}


def test_hours_keep_out_what_a_closed_station_would_serve():
    evening = [station("A", 2000, hours="Mo-Su 20:00-22:00")]
    assert why(PLAIN, evening, at=MONDAY_NOON) == pytest.approx({"hours": 0.5, "distance": 0.5}, abs=0.03)
    unknown = [*evening, station("B", 2500)]
    found = why(PLAIN, unknown, at=MONDAY_NOON)
    assert found == pytest.approx({"hours_unknown": 0.5, "hours": 0.125, "distance": 0.375}, abs=0.03)
    assert why(PLAIN, unknown).keys() == {"distance"}


def test_a_lacking_amenity_keeps_out_whatever_the_hours():
    asked = {"amenities": frozenset({"toilet"}), "at": MONDAY_NOON}
    stations = [station("A", 2000), station("B", 3000, hours="Mo-Su 20:00-22:00", amenities={"toilet": "yes"})]
    assert why(PLAIN, stations, **asked) == pytest.approx({"amenity": 0.25, "hours": 0.5, "distance": 0.25}, abs=0.03)


# Two streets along a stream of the kind given, 300 m apart, which meet 3000 m to the east.
BANKS = """
    a 0 0
    b 3000 0
    c 3000 300
    d 0 300
    w -500 150
    x 2900 150
    a-b-c-d highway=residential
    w-x {}
"""


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        ("waterway=river name=信江", "river"),
        ("waterway=canal", "river"),
        ("railway=rail", "railway"),
        ("highway=motorway", "railway"),
        ("waterway=stream", "detour"),
        ("waterway=river tunnel=culvert", "detour"),
        ("railway=rail tunnel=yes", "detour"),
        ("railway=rail bridge=yes", "detour"),
        ("railway=abandoned", "detour"),
    ],
)
def test_a_river_without_a_bridge_keeps_out_what_lies_behind_it(between, reason):
    """From A, at the west end of the south bank, the north bank is 300 m away, and 6300 by street."""
    shares = why(BANKS.format(between), [station("A", 0, 0)])
    assert set(shares) == {reason, "distance"}
    assert shares[reason] == pytest.approx(954 / (954 + 2000 + 2346), abs=0.03)


def test_a_lake_is_water_too():
    lake = """
        a 0 0
        b 0 2000
        c 700 2000
        d 700 0
        k 100 0
        l 600 0
        m 600 1500
        n 100 1500
        a-b-c-d highway=residential
        k-l-m-n-k natural=water
    """
    assert why(lake, [station("A", 0, 0)]).keys() == {"river", "distance"}


def test_a_bend_in_the_street_is_a_detour_and_no_river():
    """The street goes 900 m east and 900 back 400 m farther north: nothing lies between."""
    bend = "a 0 0\nb 900 0\nc 900 400\nd 0 400\na-b-c-d highway=residential"
    assert why(bend, [station("A", 0, 0)]) == {"detour": pytest.approx(1.0)}


def test_a_river_that_a_bridge_crosses_near_is_no_reason():
    """With a bridge at 700 m what is out of reach is so for other reasons: the way is hardly longer than the line."""
    bridged = """
        a 0 0
        b 3000 0
        c 0 100
        d 3000 100
        p 700 0
        q 700 100
        w -500 50
        x 3500 50
        a-p-b highway=residential
        c-q-d highway=residential
        p-q highway=residential bridge=yes
        w-x waterway=river
    """
    shares = why(bridged, [station("A", 700, 0)])
    assert "river" not in shares
    assert shares["distance"] > 0.9


def test_the_nearest_station_of_a_gap_may_be_one_that_is_only_supposed():
    stations = [station("A", 4000), station("B", 8000)]
    supposed = [Add(at(100, 0)), Move("B", at(9900, 0)), Close("A")]
    gaps = gaps_of(VALLEY, stations, changes=tuple(supposed))
    real = gaps_of(VALLEY, [station("+1", 100), station("B", 9900)])
    assert [(gap.nearest, gap.metres, gap.demand) for gap in gaps] == [
        (gap.nearest, pytest.approx(gap.metres, abs=0.05), gap.demand) for gap in real
    ]
    assert {gap.nearest for gap in gaps} == {"+1", "B"}


@given(
    st.lists(st.integers(0, 100), max_size=5),
    st.lists(st.integers(0, 100), max_size=3),
    st.integers(0, 31),
    st.sampled_from([3000.0, math.inf]),
)
@settings(max_examples=16)
def test_the_nearest_is_the_same_looked_up_supposed_or_searched(places, more, closed, horizon_m):
    """A table that ends at 3 km leaves the rest to a search."""
    stations = [station(f"S{i}", 100.0 * x) for i, x in enumerate(places)]
    shut = [f"S{i}" for i in range(len(places)) if closed >> i & 1]
    changes = (*map(Close, shut), *(Add(at(100.0 * x, 0)) for x in more))
    atlas = town_of(VALLEY)
    served = serve(CoverageQuery(changes=changes), snapshot_of(stations), atlas)
    points = np.arange(0, served.times.size, 7)
    network = atlas.network("walk")
    table = site_table(network, sites_on(served.before, atlas, "walk"), horizon_m)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stations.questions.coverage.farther.station_table", lambda *_: table)
        found = nearest_counted(served, points)
    snaps = served.layer.on["walk"][points]
    sites = sites_on(served.snapshot, atlas, "walk")
    for at_, (code, metres) in enumerate(found):
        snap = Snap(int(snaps.edge[at_]), float(snaps.offset_m[at_]), float(snaps.off_m[at_]))
        ways = metres_between(network, snap, sites)
        if not ways.size:
            assert (code, metres) == (None, None)
            continue
        assert metres == pytest.approx(ways.min(), abs=0.02)
        assert ways[served.codes.index(code)] == pytest.approx(ways.min(), abs=0.02)


# How gaps are laid out

NO_PAIRS = np.empty(0, np.int64)


@pytest.mark.parametrize("count", [10, 20_000, 40_000])
def test_gaps_that_do_not_touch_are_never_one_however_many(count):
    """A large county has tens of thousands of cells with demand."""
    number = np.arange(count)
    zeros = np.zeros(count, np.int64)
    cells = _Cells(number, number * 3, zeros, zeros, NO_PAIRS, NO_PAIRS)
    assert np.unique(_labels(cells, number)).size == count


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=60))
@settings(max_examples=40)
def test_cells_that_touch_are_one_gap_unless_it_is_too_wide(occupied):
    cells_at = sorted(occupied)
    column, row = (np.array(axis, np.int64) for axis in zip(*cells_at, strict=True))
    pairs = [
        (i, j)
        for i, (a, b) in enumerate(cells_at)
        for j, (c, d) in enumerate(cells_at)
        if i < j and max(abs(a - c), abs(b - d)) == 1
    ]
    a, b = (np.array([pair[k] for pair in pairs], np.int64) for k in (0, 1))
    number = np.arange(len(cells_at))
    _, block = np.unique(row // 8 * 100 + column // 8, return_inverse=True)
    label = _labels(_Cells(number, column, row, block, a, b), number)
    parent = list(range(len(cells_at)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in pairs:
        parent[root(i)] = root(j)
    for i in range(len(cells_at)):
        for j in range(i):
            if root(i) != root(j):
                assert label[i] != label[j]
                continue
            members = [k for k in range(len(cells_at)) if root(k) == root(i)]
            wide = max(np.ptp(column[members]), np.ptp(row[members])) > WIDEST_CELLS
            if not wide:
                assert label[i] == label[j]
