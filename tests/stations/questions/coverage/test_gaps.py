"""Gaps: what hangs together is one, in one township; the largest first, named, with the way to the nearest station."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import distance_m
from stations.questions.coverage import CoverageQuery, coverage
from stations.questions.coverage.gaps import MOST_GAPS, WIDEST_CELLS, Gap, _Cells, _labels
from stations.station import Station
from tests.geodata.grids import at
from tests.stations.questions.town import snapshot_of, station, town_of

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


def test_gaps_are_ranked_by_what_is_uncovered_and_named_by_the_place_near() -> None:
    """Stations at 4 and 8 km leave 0 to 3 km, 5 to 7 km and 9 to 10 km uncovered."""
    first, second, third = gaps_of(VALLEY, [station("A", 4000), station("B", 8000)])
    assert [gap.demand for gap in (first, second, third)] == pytest.approx([3000, 2000, 1000], abs=120)
    assert [gap.name.text_zh()[:3] for gap in (first, second, third) if gap.name] == ["金寨村", "水口村", "上坪村"]
    assert distance_m(first.position, at(1500, 0)) < 110
    assert distance_m(second.position, at(6000, 0)) < 110


def test_a_gap_knows_its_nearest_station_and_the_true_way_there() -> None:
    first, second, third = gaps_of(VALLEY, [station("A", 4000, 30), station("B", 8000)])
    assert (first.nearest, third.nearest) == ("A", "B")
    assert first.metres == pytest.approx(distance_m(first.position, at(4000, 0)) + 30, abs=1)
    assert first.metres is not None
    assert first.seconds == pytest.approx(first.metres * 3.6 / 4)
    assert second.nearest in {"A", "B"}
    assert second.metres == pytest.approx(2000, abs=120)


def test_the_nearest_station_is_one_that_counts() -> None:
    stations = [station("A", 4000), station("B", 8000, amenities={"toilet": "yes"})]
    gaps = gaps_of(VALLEY, stations, amenities=frozenset({"toilet"}))
    assert {gap.nearest for gap in gaps} == {"B"}


def test_a_gap_ends_at_the_border_of_its_township() -> None:
    west, east = (
        ("360681001", "西街道", (-100.0, -500.0, 1500.0, 500.0)),
        ("360681002", "东乡", (1500.0, -500.0, 11000.0, 500.0)),
    )
    gaps = gaps_of(VALLEY, [station("A", 4000), station("B", 8000)], (west, east))
    assert len(gaps) == 4
    by_township = {name: sum(gap.demand for gap in gaps if gap.township == name) for name in ("西街道", "东乡")}
    assert by_township == pytest.approx({"西街道": 1500, "东乡": 4500}, abs=200)


def test_a_gap_of_many_kilometres_is_cut_in_pieces_that_have_a_place() -> None:
    gaps = gaps_of("a 0 0\nb 20000 0\na-b highway=residential", [])
    assert len(gaps) >= 9
    assert max(gap.demand for gap in gaps) <= 2100
    assert sum(gap.demand for gap in gaps) == pytest.approx(20_000, rel=1e-3)


def test_where_no_way_leads_to_a_station_the_gap_says_none() -> None:
    banks = "a 0 0\nb 3000 0\nc 0 800\nd 3000 800\na-b highway=residential\nc-d highway=residential"
    gaps = gaps_of(banks, [station("A", 1500, 0)], minutes=60.0)
    assert gaps
    assert {(gap.nearest, gap.seconds, gap.metres) for gap in gaps} == {(None, None, None)}
    assert all(distance_m(gap.position, at(1500, 800)) < 1600 for gap in gaps)


def test_when_all_is_covered_there_is_no_gap() -> None:
    assert gaps_of("a 0 0\nb 900 0\na-b highway=residential", [station("A", 450)]) == ()


def test_there_are_at_most_fifty() -> None:
    assert len(gaps_of("a 0 0\nb 200000 0\na-b highway=residential", [])) == MOST_GAPS


NO_PAIRS = np.empty(0, np.int64)


@pytest.mark.parametrize("count", [10, 20_000, 40_000])
def test_gaps_that_do_not_touch_are_never_one_however_many(count) -> None:
    """A large county has tens of thousands of cells with demand."""
    number = np.arange(count)
    zeros = np.zeros(count, np.int64)
    cells = _Cells(number, number * 3, zeros, zeros, NO_PAIRS, NO_PAIRS)
    assert np.unique(_labels(cells, number)).size == count


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 12)), min_size=1, max_size=60))
@settings(max_examples=100)
def test_cells_that_touch_are_one_gap_unless_it_is_too_wide(occupied) -> None:
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
