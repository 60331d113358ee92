"""What a station is worth: what closing it would cost, and which stations do the same."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.memo import Memo
from stations.questions.coverage import Close, CoverageQuery, Served, Worth, coverage, pairs, serve, worth
from stations.station import Station
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

worth_of = sys.modules["stations.questions.coverage.worth"]  # the name itself is the question's

ROAD = "a 0 0\nb 10000 0\na-b highway=residential"
TOWNSHIP = (("360681001", "西街道", (-500.0, -900.0, 5000.0, 900.0)),)


def served(stations: list[Station], **asked: object) -> Served:
    return serve(CoverageQuery(**asked), snapshot_of(stations), town_of(ROAD, TOWNSHIP))


def test_a_station_alone_is_worth_all_that_it_covers() -> None:
    (alone,) = worth(served([station("A", 3000)]))
    assert (alone.code, alone.township) == ("A", "西街道")
    assert alone.covers == alone.only == alone.nearest == pytest.approx(2000, abs=110)
    assert alone.shared == 0.0


def test_what_two_cover_is_worth_to_neither_alone() -> None:
    """A reaches 2000 to 4000, B 2500 to 4500, C 8000 to 10000."""
    a, b, c = worth(served([station("A", 3000), station("B", 3500), station("C", 9000)]))
    assert (a.covers, a.only, a.shared) == pytest.approx((2000, 500, 1500), abs=110)
    assert (b.covers, b.only, b.shared) == pytest.approx((2000, 500, 1500), abs=110)
    assert (a.nearest, b.nearest) == pytest.approx((1250, 1250), abs=110)
    assert (c.township, c.only) == ("", c.covers)


def test_only_stations_that_count_are_worth_anything() -> None:
    stations = [station("A", 3000, hours="24/7"), station("B", 3000), station("C", 3000, hours="Mo-Su 20:00-22:00")]
    (alone,) = worth(served(stations, at=MONDAY_NOON))
    assert (alone.code, alone.shared) == ("A", 0.0)


def test_a_station_off_the_streets_is_worth_nothing() -> None:
    (off,) = worth(served([station("A", 3000, 700)]))
    assert (off.covers, off.only, off.nearest) == (0.0, 0.0, 0.0)
    assert pairs(served([station("A", 3000, 700), station("B", 3000, 710)])) == ()


def test_two_at_one_door_are_the_strongest_pair() -> None:
    first, second = pairs(served([station("A", 3000), station("B", 3000), station("C", 3500), station("D", 9000)]))[:2]
    assert (first.lesser, first.greater, first.of_lesser, first.of_greater) == ("A", "B", 1.0, 1.0)
    assert first.shared == pytest.approx(2000, abs=110)
    assert {second.lesser, second.greater} <= {"A", "B", "C"}
    assert second.of_lesser == pytest.approx(0.75, abs=0.05)


def test_the_lesser_of_a_pair_may_be_inside_the_greater() -> None:
    """At the end of the road B reaches 1500 m, of which A reaches 1000."""
    (pair,) = pairs(served([station("A", 8500), station("B", 9500)]))
    assert (pair.lesser, pair.greater) == ("B", "A")
    assert pair.of_lesser == pytest.approx(2 / 3, abs=0.06)
    assert pair.of_greater == pytest.approx(1 / 2, abs=0.06)


def test_stations_that_share_little_are_no_pair() -> None:
    assert pairs(served([station("A", 3000), station("B", 4500)])) == ()
    assert pairs(served([station("A", 3000)])) == ()
    assert pairs(served([])) == ()
    assert worth(served([])) == ()


east = st.lists(st.integers(0, 100), max_size=7)


@given(east, st.sampled_from([10.0, 15.0]))
@settings(max_examples=16)
def test_what_only_a_station_covers_is_what_closing_it_costs(places, minutes) -> None:
    stations, atlas = [station(f"S{i}", 100.0 * x) for i, x in enumerate(places)], town_of(ROAD, TOWNSHIP)
    snapshot = snapshot_of(stations)
    whole = coverage(CoverageQuery(minutes=minutes), snapshot, atlas).total
    found: tuple[Worth, ...] = worth(serve(CoverageQuery(minutes=minutes), snapshot, atlas))
    for one in found:
        without = coverage(CoverageQuery(minutes=minutes, changes=(Close(one.code),)), snapshot, atlas).total
        assert one.only == pytest.approx(whole.covered - without.covered, abs=1e-6)
        assert one.covers == pytest.approx(one.only + one.shared)
    assert sum(one.nearest for one in found) == pytest.approx(whole.covered)
    assert sum(one.only for one in found) == pytest.approx(whole.covered - whole.covered_twice)


@given(east, st.sampled_from([worth_of.MOST_PRODUCTS, -1.0]))
@settings(max_examples=16)
def test_pairs_are_what_each_two_share_however_it_is_multiplied(places, most) -> None:
    stations = [station(f"S{i}", 100.0 * x) for i, x in enumerate(places)]
    asked = served(stations)
    asked = replace(asked, atlas=replace(asked.atlas, memo=Memo()))  # so that nothing is known from before
    by_code = {one.code: one for one in worth(asked)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worth_of, "MOST_PRODUCTS", most)
        found = pairs(asked)
    strength = [(pair.of_lesser, pair.of_greater) for pair in found]
    assert strength == sorted(strength, reverse=True)
    expected = set()
    for one, other in combinations(by_code.values(), 2):
        alone = tuple(Close(code) for code in by_code if code not in {one.code, other.code})
        twice = coverage(CoverageQuery(changes=alone), asked.snapshot, asked.atlas).total.covered_twice
        if twice >= 0.5 * min(one.covers, other.covers) * (1.0 - worth_of.ROUNDING) > 0:
            expected.add((frozenset((one.code, other.code)), round(twice, 3)))
    assert {(frozenset((pair.lesser, pair.greater)), round(pair.shared, 3)) for pair in found} == expected


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=9))
@settings(max_examples=16)
def test_pairs_of_a_moment_are_the_same_as_if_no_other_stood_there(places) -> None:
    hours = {True: "24/7", False: "Mo-Su 20:00-22:00"}
    stations = [station(f"S{i}", 100.0 * x, hours=hours[is_open]) for i, (x, is_open) in enumerate(places)]
    there = [one for one, (_, is_open) in zip(stations, places, strict=True) if is_open]
    with pytest.MonkeyPatch.context() as patch:
        alone = pairs(served(there, at=MONDAY_NOON))
        assert pairs(served(stations, at=MONDAY_NOON)) == alone
        patch.setattr(worth_of, "MOST_TOGETHER", 0)
        assert pairs(served(stations, at=MONDAY_NOON)) == alone
