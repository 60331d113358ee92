"""Which station serves soonest: by street, open on arrival, with what is needed; and what is said when none does."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.atlas import Atlas
from geodata.errors import UnknownModeError
from geodata.lonlat import distance_m
from stations.hours import State
from stations.questions.nearest import FARTHER, LATER, Found, NearestAnswer, NearestQuery, Why, find_nearest
from stations.questions.outwards import MEAN_DETOUR
from stations.station import Station
from tests.geodata.grids import at
from tests.stations.questions.town import MONDAY_NOON, snapshot_of, station, town_of

WALK_MPS = 4 / 3.6

ROAD = "a 0 0\nb 6000 0\na-b highway=residential"
BLOCK = """
    a 0 0
    b 400 0
    c 400 300
    d 0 300
    e 5000 0
    a-b highway=residential oneway=yes
    b-c-d-a highway=residential
    b-e highway=residential
"""
TWO_BANKS = """
    a 0 0
    b 6000 0
    c 0 400
    d 6000 400
    a-b highway=residential
    c-d highway=residential
"""


@pytest.fixture(scope="module")
def road() -> Atlas:
    return town_of(ROAD)


def ask(
    atlas: Atlas | None,
    stations: list[Station],
    east_m: float = 0.0,
    north_m: float = 0.0,
    *,
    when: datetime = MONDAY_NOON,
    **asked: object,
) -> NearestAnswer:
    return find_nearest(NearestQuery(at(east_m, north_m), when, **asked), snapshot_of(stations), atlas)


def codes(found: tuple[Found, ...]) -> list[str]:
    return [one.station.code for one in found]


def reasons(found: Found) -> list[str]:
    return [reason.key.value for reason in found.reasons]


# Order


def test_the_nearest_comes_first_with_its_true_way(road) -> None:
    answer = ask(road, [station("A", 900, 30), station("B", 300, -40), station("C", 700)], 100, 20)
    assert codes(answer.stations) == ["B", "C", "A"]
    assert [found.metres for found in answer.stations] == pytest.approx([260, 620, 850], abs=0.2)
    assert [found.seconds for found in answer.stations] == pytest.approx([260 / WALK_MPS, 558, 765], abs=0.5)
    assert {found.basis for found in answer.stations} == {"street"}
    assert (answer.revision, answer.digest) == (7, road.digest)


def test_at_one_place_the_lower_code_comes_first(road) -> None:
    answer = ask(road, [station("C", 300), station("A", 300), station("B", 300)], 100)
    assert codes(answer.stations) == ["A", "B", "C"]
    without = ask(None, [station("C", 300), station("A", 300), station("B", 300)], 100)
    assert codes(without.stations) == ["A", "B", "C"]


def test_equally_far_on_either_side_the_lower_code_comes_first(road) -> None:
    """Half-way between two stations, the last digits of a float must not choose."""
    for middle in (500, 1000, 1730, 2500):
        answer = ask(road, [station("A", middle + 150), station("B", middle - 150), station("C", middle + 150)], middle)
        assert codes(answer.stations) == ["A", "B", "C"]


def test_riders_go_round_and_walkers_do_not(road) -> None:
    block = town_of(BLOCK)
    stations = [station("A", 100, 0), station("B", 390, 150)]
    assert codes(ask(block, stations, 300).stations) == ["A", "B"]
    riding = ask(block, stations, 300, mode="ebike")
    assert codes(riding.stations) == ["B", "A"]
    assert riding.stations[1].metres == pytest.approx(1200, abs=0.5)
    assert riding.stations[1].seconds == pytest.approx(240, abs=0.5)


def test_at_most_as_many_as_asked(road) -> None:
    stations = [station(f"S{i}", i * 100) for i in range(1, 9)]
    assert codes(ask(road, stations, limit=3).stations) == ["S1", "S2", "S3"]
    assert codes(ask(road, stations, limit=1).stations) == ["S1"]
    assert len(ask(road, stations, limit=50).stations) == 8


def test_where_more_fit_than_were_asked_for_open_ones_come_before_unknown_ones(road) -> None:
    unknown = [station(f"U{i}", i * 100) for i in range(1, 5)]
    stations = [*unknown, station("A", 600, hours="24/7"), station("B", 700, hours="24/7")]
    assert codes(ask(road, stations, limit=3).stations) == ["U1", "A", "B"]
    assert codes(ask(road, stations, limit=1).stations) == ["A"]
    assert codes(ask(road, stations, limit=6).stations) == ["U1", "U2", "U3", "U4", "A", "B"]


def test_a_station_for_others_does_not_fit_who_says_what_they_are(road) -> None:
    stations = [
        station("C", 100, eligible=["couriers"], hours="24/7"),
        station("E", 200, eligible=["everyone"], hours="24/7"),
        station("N", 300, hours="24/7"),
    ]
    assert codes(ask(road, stations).stations) == ["C", "E", "N"]
    assert codes(ask(road, stations, who=frozenset({"couriers"})).stations) == ["C", "E", "N"]
    driver = ask(road, stations, who=frozenset({"drivers", "outdoor_workers"}))
    assert (codes(driver.stations), codes(driver.almost)) == (["E", "N"], ["C"])
    (reason,) = driver.almost[0].reasons
    assert (reason.key, reason.values) == (Why.NOT_FOR, {"eligible": "couriers"})


# Later


def test_when_none_is_open_those_that_open_first_are_named(road) -> None:
    stations = [
        station("A", 100, hours="Mo 18:00-20:00"),
        station("B", 200, hours="Mo 14:00-20:00"),
        station("C", 300, hours="Mo 14:00-20:00", eligible=["drivers"]),
        station("D", 400),
        station("F", 1900, hours="Mo 13:00-14:00"),
    ]
    answer = ask(road, stations, who=frozenset({"couriers"}))
    assert [codes(answer.stations), codes(answer.later), codes(answer.almost)] == [["D"], ["B", "A"], ["C"]]
    assert [found.changes_at and found.changes_at.hour for found in answer.later] == [14, 18]


def test_when_one_is_open_nobody_needs_to_wait(road) -> None:
    answer = ask(road, [station("A", 100, hours="Mo 18:00-20:00"), station("B", 200, hours="24/7")])
    assert (codes(answer.later), codes(answer.almost)) == ([], ["A"])


def test_those_that_open_later_are_few(road) -> None:
    stations = [station(f"S{i}", 100 + i, hours=f"Mo {14 + i % 5}:00-22:00") for i in range(9)]
    later = ask(road, stations, limit=2).later
    assert len(later) == LATER
    assert [found.changes_at and found.changes_at.hour for found in later] == [14, 14, 15]


def test_planned_and_retired_stations_never_appear(road) -> None:
    gone = [station("P", 10, status="planned"), station("R", 20, status="retired")]
    for atlas in (road, None):
        answer = ask(atlas, [*gone, station("A", 500)])
        assert (codes(answer.stations), answer.almost) == (["A"], ())
        nobody = ask(atlas, gone)
        assert (nobody.stations, nobody.almost) == ((), ())


def test_with_no_station_at_all_the_answer_is_empty(road) -> None:
    for atlas in (road, None):
        answer = ask(atlas, [])
        assert (answer.stations, answer.almost, answer.revision) == ((), (), 7)


def test_who_stands_at_the_door_is_there(road) -> None:
    (found,) = ask(road, [station("A", 500)], 500).stations
    assert (found.metres, found.seconds) == (pytest.approx(0, abs=0.1), pytest.approx(0, abs=0.1))


@pytest.mark.parametrize("east_m", [50, 130, 200, 377])
def test_a_rider_at_the_door_in_a_one_way_street_is_there_too(east_m) -> None:
    found = ask(town_of(BLOCK), [station("A", east_m)], east_m, mode="ebike").stations[0]
    assert found.metres == pytest.approx(0, abs=0.1)


# Hours


def test_a_station_that_is_open_on_arrival_says_until_when(road) -> None:
    (found,) = ask(road, [station("A", 500, hours="Mo-Su 08:00-18:00")]).stations
    assert (found.state, found.changes_at) == (State.OPEN, MONDAY_NOON.replace(hour=18))


def test_what_counts_is_whether_it_is_open_on_arrival(road) -> None:
    """The way takes 9 minutes: at 11:55 one gets there at 12:04, when it has just opened."""
    stations = [station("A", 600, hours="Mo-Su 12:00-18:00")]
    answer = ask(road, stations, when=MONDAY_NOON - timedelta(minutes=5))
    assert [found.state for found in answer.stations] == [State.OPEN]
    early = ask(road, stations, when=MONDAY_NOON - timedelta(minutes=30))
    assert early.stations == ()
    assert reasons(early.later[0]) == ["closed"]
    assert early.later[0].reasons[0].values["opens_at"] == MONDAY_NOON.isoformat()


def test_a_station_that_closes_before_one_gets_there_says_by_how_much(road) -> None:
    answer = ask(road, [station("A", 600, hours="Mo-Su 08:00-12:05")])
    assert answer.stations == ()
    (reason,) = answer.almost[0].reasons
    assert reason.key is Why.CLOSING
    assert reason.values == {"closes_at": (MONDAY_NOON + timedelta(minutes=5)).isoformat(), "early_s": 240}


def test_stations_of_unknown_hours_keep_their_place_and_say_so(road) -> None:
    answer = ask(road, [station("A", 900, hours="24/7"), station("B", 300), station("C", 600, hours="24/7")])
    assert codes(answer.stations) == ["B", "C", "A"]
    assert [found.state for found in answer.stations] == [State.UNKNOWN, State.OPEN, State.OPEN]
    assert answer.stations[0].changes_at is None


def test_the_clock_is_that_of_the_stations_whatever_the_offset_of_the_question(road) -> None:
    in_utc = MONDAY_NOON.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00+00:00").tzinfo)
    stations = [station("A", 500, hours="Mo-Su 08:00-18:00")]
    assert ask(road, stations, when=in_utc).stations[0].state is State.OPEN
    assert ask(road, stations, when=in_utc + timedelta(hours=8)).stations == ()


# Amenities


def test_a_station_must_have_everything_itself_or_next_door(road) -> None:
    stations = [
        station("A", 100, amenities={"microwave": "no", "drinking_water": "yes"}),
        station("B", 200, amenities={"microwave": "yes"}),
        station("C", 300, amenities={"microwave": "nearby", "drinking_water": "yes"}),
        station("D", 400),
    ]
    answer = ask(road, stations, amenities=frozenset({"microwave", "drinking_water"}))
    assert codes(answer.stations) == ["C"]
    told = {found.station.code: [(r.key.value, r.values["amenity"]) for r in found.reasons] for found in answer.almost}
    assert told == {
        "A": [("lacks", "microwave")],
        "B": [("not_known", "drinking_water")],
        "D": [("not_known", "drinking_water"), ("not_known", "microwave")],
    }


def test_every_reason_against_a_station_is_given(road) -> None:
    answer = ask(
        road, [station("A", 100, hours="Su 08:00-09:00", amenities={"toilet": "no"})], amenities=frozenset({"toilet"})
    )
    assert sorted(reasons(answer.almost[0])) == ["closed", "lacks"]


# Almost, and too far


def test_almost_holds_what_is_nearer_than_the_last_that_fits(road) -> None:
    closed = {"hours": "Su 08:00-09:00"}
    stations = [station("A", 100, **closed), station("B", 200), station("C", 300, **closed), station("D", 400)]
    answer = ask(road, [*stations, station("E", 500, **closed)], limit=2)
    assert (codes(answer.stations), codes(answer.almost)) == (["B", "D"], ["A", "C"])


def test_almost_is_no_longer_than_the_list_that_was_asked_for(road) -> None:
    closed = [station(f"C{i}", 50 + i, hours="Su 08:00-09:00") for i in range(9)]
    answer = ask(road, [*closed, station("Z", 500)], limit=2)
    assert (codes(answer.stations), codes(answer.almost)) == (["Z"], ["C0", "C1"])


def test_a_thousand_metres_are_within_fifteen_minutes_and_a_little_more_is_not(road) -> None:
    assert codes(ask(road, [station("A", 999.5)]).stations) == ["A"]
    answer = ask(road, [station("A", 1000.5)])
    assert answer.stations == ()
    assert reasons(answer.almost[0]) == ["too_far"]


def test_with_nothing_in_reach_the_closest_that_would_do_is_named_with_its_true_time(road) -> None:
    stations = [
        station("A", 1500, hours="Su 08:00-09:00"),
        station("B", 4000),
        station("C", 5000),
        station("D", 500, hours="Su 08:00-09:00"),
    ]
    answer = ask(road, stations)
    assert answer.stations == ()
    assert codes(answer.almost) == ["D", "B", "C"]
    assert answer.later == ()
    assert reasons(answer.almost[1]) == ["too_far"]
    assert answer.almost[1].reasons[0].values["minutes"] == 15.0
    assert answer.almost[1].metres == pytest.approx(4000, abs=0.5)
    assert answer.almost[1].seconds == pytest.approx(3600, abs=0.5)


@pytest.mark.parametrize("east_m", [6500.0, 13_000.0, 70_000.0])
def test_the_closest_that_would_do_is_found_beyond_every_table(east_m) -> None:
    """A long country road with a village at its far end, and a station shut for the season every 500 m between."""
    posts = "-".join(f"p{i}" for i in range(80))
    road = town_of("\n".join(f"p{i} {i * 1000} 0" for i in range(80)) + f"\n{posts} highway=tertiary")
    shut = [station(f"X{i}", 700 + i * 500, hours="Su 08:00-08:01") for i in range(20)]
    answer = ask(road, [*shut, station("Z", east_m)], limit=2)
    assert answer.stations == ()
    assert answer.almost[-1].station.code == "Z"
    assert answer.almost[-1].metres == pytest.approx(east_m, rel=1e-3)


def test_when_more_minutes_are_asked_what_was_too_far_fits(road) -> None:
    stations = [station("A", 3000)]
    assert codes(ask(road, stations, minutes=45.01).stations) == ["A"]
    assert codes(ask(road, stations, minutes=44.9).stations) == []
    assert codes(ask(road, stations, minutes=120).stations) == ["A"]


# Where there are no streets


def test_off_the_streets_times_are_estimated_by_the_circle(road) -> None:
    answer = ask(road, [station("A", 0, 0), station("B", 3000, 0)], 3000, 700)
    assert codes(answer.stations) == ["B"]
    (found,) = answer.stations
    assert found.basis == "circle"
    assert found.metres == pytest.approx(700 * MEAN_DETOUR, abs=1)
    assert found.seconds == pytest.approx(700 * MEAN_DETOUR / WALK_MPS, abs=1)


def test_without_an_atlas_every_time_is_an_estimate() -> None:
    answer = ask(None, [station("A", 300), station("B", 500, 500), station("C", 800)])
    assert answer.digest is None
    assert codes(answer.stations) == ["A", "B"]
    assert [found.basis for found in answer.stations] == ["circle", "circle"]
    assert answer.stations[0].metres == pytest.approx(300 * 1.324, abs=0.5)
    beyond = ask(None, [station("C", 800)])
    assert reasons(beyond.almost[0]) == ["too_far"]


def test_a_station_off_the_streets_is_estimated_in_its_place_among_the_others(road) -> None:
    """The station in the fields lies 650 m off: 860 m by the circle, between one at 800 and one at 900."""
    stations = [station("A", 800), station("F", 0, 650), station("B", 900)]
    answer = ask(road, stations)
    assert codes(answer.stations) == ["A", "F", "B"]
    assert [found.basis for found in answer.stations] == ["street", "circle", "street"]


@pytest.mark.parametrize("mode", ["rocket", ""])
def test_an_unknown_mode_is_refused(road, mode) -> None:
    for atlas in (road, None):
        with pytest.raises(UnknownModeError, match="walk, ebike"):
            ask(atlas, [station("A", 100)], mode=mode)


# Where streets do not lead


@pytest.mark.parametrize("mode", ["walk", "ebike"])
def test_a_station_across_the_river_without_a_bridge_does_not_break_the_answer(mode) -> None:
    banks = town_of(TWO_BANKS)
    answer = ask(banks, [station("N", 500, 400), station("S", 900, 0)], 500, 0, mode=mode)
    assert codes(answer.stations)[:1] == ["S"]
    assert all(found.metres < 1e6 for found in (*answer.stations, *answer.almost))
    for found in answer.stations:
        assert found.station.code == "S" or found.basis == "circle"


def test_who_can_reach_no_station_by_street_is_answered_all_the_same() -> None:
    shut = station("M", 500, 390, hours="Su 08:00-09:00")
    answer = ask(town_of(TWO_BANKS), [station("N", 500, 400), shut], 500, 0)
    assert answer.stations == ()
    (across,) = [found for found in answer.almost if found.station.code == "N"]
    assert (reasons(across), across.basis) == (["no_way"], "circle")
    assert across.metres == pytest.approx(400 * 1.324, abs=1.0)


def test_a_rider_who_cannot_get_out_of_a_one_way_street_is_answered_all_the_same() -> None:
    sink = town_of(BLOCK + "f 9000 0\ne-f highway=residential oneway=yes")
    answer = ask(sink, [station("A", 300, 300)], 7000, mode="ebike")
    assert all(found.basis == "circle" for found in (*answer.stations, *answer.almost))


# The way


def test_a_path_is_given_only_when_asked_for_and_leads_from_door_to_door() -> None:
    block = town_of(BLOCK)
    stations = [station("A", 100, 310), station("B", 410, 150, hours="Su 08:00-09:00")]
    assert ask(block, stations, 300, -20).stations[0].path is None
    answer = ask(block, stations, 300, -20, path=True)
    for found in (*answer.stations, *answer.almost):
        assert found.path is not None
        assert (found.path[0], found.path[-1]) == (at(300, -20), found.station.position)
        length = sum(distance_m(a, b) for a, b in pairwise(found.path))
        assert length == pytest.approx(found.metres, abs=0.5)


def test_an_estimate_has_no_path(road) -> None:
    assert ask(road, [station("A", 300)], 300, 600, path=True).stations[0].path is None
    assert ask(None, [station("A", 300)], path=True).stations[0].path is None


# What must always hold


@st.composite
def towns_of_stations(draw: st.DrawFn) -> list[Station]:
    hours = st.sampled_from(["", "24/7", "Su 08:00-09:00", "Mo 08:00-12:07"])
    states = st.sampled_from([{}, {"toilet": "yes"}, {"toilet": "no"}])
    places = draw(st.lists(st.tuples(st.floats(-200, 6200), st.floats(-900, 900)), max_size=8))
    return [
        station(f"S{i}", east, north, hours=draw(hours), amenities=draw(states))
        for i, (east, north) in enumerate(places)
    ]


@given(
    stations=towns_of_stations(),
    east_m=st.floats(0, 6000),
    north_m=st.floats(-700, 700),
    minutes=st.floats(1, 60),
    limit=st.integers(1, 6),
    mode=st.sampled_from(["walk", "ebike"]),
    need=st.sampled_from([frozenset(), frozenset({"toilet"})]),
)
@settings(max_examples=60)
def test_lists_are_in_order_whole_and_true_to_what_was_asked(
    stations, east_m, north_m, minutes, limit, mode, need
) -> None:
    road = town_of(ROAD)
    asked = {"mode": mode, "minutes": minutes, "limit": limit, "amenities": need}
    answer = ask(road, stations, east_m, north_m, **asked)
    reach_m = minutes * 60 * road.modes[mode].metres_per_second
    for found in (answer.stations, answer.almost):
        assert [one.metres for one in found] == sorted(one.metres for one in found)
        assert len(set(codes(found))) == len(found)
    assert len(answer.stations) <= limit
    assert all(not one.reasons and one.metres <= reach_m and one.state is not State.CLOSED for one in answer.stations)
    assert all(one.reasons for one in answer.almost)
    assert not set(codes(answer.stations)) & set(codes(answer.almost))
    # Whoever asks for all of them gets the same ones: the open ones first, then the others.
    everyone = ask(road, stations, east_m, north_m, **{**asked, "limit": 50})
    for_certain = sorted(everyone.stations, key=lambda one: one.state is not State.OPEN)
    assert sorted(codes(for_certain[:limit])) == sorted(codes(answer.stations))
    assert not answer.later or not any(one.state is State.OPEN for one in answer.stations)
    assert not set(codes(answer.later)) & set(codes(answer.almost))
    if not answer.stations:
        wanted = [one for one in stations if ask(road, [one], east_m, north_m, **{**asked, "minutes": 1e4}).stations]
        beyond = [one for one in answer.almost if reasons(one) == ["too_far"]]
        assert len(beyond) <= FARTHER
        assert bool(wanted) >= bool(beyond)


@given(stations=towns_of_stations(), east_m=st.floats(0, 6000))
@settings(max_examples=20)
def test_another_station_never_makes_the_nearest_farther(stations, east_m) -> None:
    road = town_of(ROAD)
    before = ask(road, stations, east_m).stations
    after = ask(road, [*stations, station("T", 2500)], east_m).stations
    if before:
        assert after[0].metres <= before[0].metres + 1e-6
