"""What if: stations supposed somewhere are asked of like any others, and what cannot be is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import distance_m
from stations.errors import WhatIfError
from stations.questions.coverage import Add, Close, CoverageQuery, Move, SetHours, answer, coverage, serve, supposed
from stations.questions.coverage.whatif import MOST_CHANGES
from stations.station import Station
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"


def two() -> list[Station]:
    return [station("A", 1000, hours="24/7"), station("B", 4000, hours="Mo-Su 20:00-22:00")]


def asked(*changes: object, **more: object) -> float:
    return coverage(CoverageQuery(changes=tuple(changes), **more), snapshot_of(two()), town_of(ROAD)).total.covered


def really(stations: list[Station], **more: object) -> float:
    return coverage(CoverageQuery(**more), snapshot_of(stations), town_of(ROAD)).total.covered


def test_a_station_supposed_is_as_one_that_stands() -> None:
    assert asked(Add(at(2500, 0))) == really([*two(), station("C", 2500)])
    assert asked(Move("A", at(2500, 0))) == really([station("A", 2500), two()[1]])
    assert asked(Close("A")) == really([two()[1]])
    assert asked(Close("A"), Close("B")) == 0.0


def test_supposed_hours_are_the_hours() -> None:
    assert asked(at=MONDAY_NOON) == really([two()[0]])
    assert asked(SetHours("B", "Mo-Su 08:00-20:00"), at=MONDAY_NOON) == really(two())
    assert asked(SetHours("A", "Mo-Su 20:00-22:00"), at=MONDAY_NOON) == 0.0
    assert asked(Add(at(2500, 0), hours="24/7"), at=MONDAY_NOON) == really([two()[0], station("C", 2500)])


def test_supposed_hours_hold_whatever_season_and_closure_said() -> None:
    shut = station("C", 2500, hours="24/7", season_from="06-01", season_to="08-31", self_service_hours="24/7")
    snapshot = supposed([SetHours("C", "Mo-Su 13:00-14:00")], snapshot_of([shut]))
    assert snapshot.hours(0).state_at(MONDAY_NOON).state == "closed"
    assert snapshot.hours(0).state_at(MONDAY_NOON.replace(hour=13)).state == "open"


def test_a_station_supposed_without_hours_is_perhaps_open() -> None:
    query = CoverageQuery(at=MONDAY_NOON, changes=(Add(at(5000, 0)),))
    found = coverage(query, snapshot_of(two()), town_of(ROAD))
    assert found.unsure == 1
    assert found.total.perhaps == pytest.approx(2000, abs=110)


def test_supposed_stations_have_the_amenities_they_were_given() -> None:
    toilet = {"amenities": frozenset({"toilet"})}
    assert asked(Add(at(2500, 0)), **toilet) == 0.0
    assert asked(Add(at(2500, 0), amenities=frozenset({"toilet"})), **toilet) == pytest.approx(2000, abs=110)


def test_supposed_stations_are_numbered_and_may_be_changed_again() -> None:
    snapshot = supposed(
        [Add(at(1500, 0)), Add(at(2500, 0), name="新驿站"), Move("+1", at(3000, 0)), Close("+2")], snapshot_of(two())
    )
    assert list(snapshot.codes) == ["+1", "+2", "A", "B"]
    assert snapshot.active.tolist() == [True, False, True, True]
    assert distance_m(snapshot.station("+1").position, at(3000, 0)) < 0.02
    assert [snapshot.station(code).name for code in ("+1", "+2")] == ["+1", "新驿站"]


def test_the_snapshot_is_left_as_it_was_and_keeps_its_revision() -> None:
    before = snapshot_of(two())
    after = supposed([Close("A")], before)
    assert before.active.tolist() == [True, True]
    assert after.revision == before.revision
    assert supposed([], before) is before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Close("Z"), "There is no station Z"),
        (Move("Z", at(1000, 0)), "There is no station Z"),
        (SetHours("Z", "24/7"), "There is no station Z"),
        (Close("P"), "P is not in service"),
        (SetHours("A", "whenever"), "“whenever” cannot be read"),
        (SetHours("A", "Mo-Su 08:00-20:00;" * 2000), "cannot be read"),
        (Add(at(1000, 0), hours="?"), "“\\?” cannot be read"),
        (Add(at(1000, 2000)), "No street lies within 500 m"),
        (Move("A", at(-90000, 0)), "No street lies within 500 m"),
    ],
)
def test_what_cannot_be_supposed_is_refused_in_words(change, words) -> None:
    snapshot = snapshot_of([*two(), station("P", 500, status="planned")])
    with pytest.raises(WhatIfError, match=words):
        serve(CoverageQuery(changes=(change,)), snapshot, town_of(ROAD))


def test_a_station_that_was_closed_before_cannot_be_moved_after() -> None:
    with pytest.raises(WhatIfError, match="A is not in service"):
        asked(Close("A"), Move("A", at(1000, 0)))


def test_ten_thousand_changes_are_refused_before_any_is_made() -> None:
    many = (Add(at(1000, 0)),) * 10_000
    with pytest.raises(WhatIfError, match=f"10000 changes .* at most {MOST_CHANGES}"):
        asked(*many)
    assert asked(*many[:MOST_CHANGES]) == pytest.approx(really([*two(), station("C", 1000)]))


east = st.floats(0, 6000)


@given(st.lists(east, max_size=4), st.lists(east, min_size=1, max_size=3))
@settings(max_examples=30)
def test_a_station_more_never_lowers_coverage_and_one_less_never_raises_it(places, more) -> None:
    stations = [station(f"S{i}", x) for i, x in enumerate(places)]
    snapshot, atlas = snapshot_of(stations), town_of(ROAD)
    before = answer(serve(CoverageQuery(), snapshot, atlas))
    after = answer(serve(CoverageQuery(changes=tuple(Add(at(x, 0)) for x in more)), snapshot, atlas))
    fewer = answer(serve(CoverageQuery(changes=tuple(Close(f"S{i}") for i in range(len(places)))), snapshot, atlas))
    for figure in ("covered", "covered_twice", "circle", "circle_twice"):
        assert getattr(after.total, figure) >= getattr(before.total, figure) >= getattr(fewer.total, figure)
    assert fewer.total.covered == 0.0
    assert all(a >= b for a, b in zip(after.total.bands, before.total.bands, strict=True))
