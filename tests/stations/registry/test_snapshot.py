"""Columns: parallel, shared rules, frozen, and a digest that moves when a station does."""

import time
from datetime import datetime

import numpy as np
import pytest

from geodata.lonlat import LonLat
from stations.errors import UnknownStationError
from stations.hours import State
from stations.registry.snapshot import STATE_CODES, Snapshot
from stations.station import Station


@pytest.fixture
def snapshot(make_station, shanghai):
    return Snapshot.build(
        7,
        [
            make_station("C", hours="24/7", position=LonLat(116.5, 28.5), status="planned"),
            make_station("A", hours="24/7", amenities={"water": "yes", "toilet": "nearby"}),
            make_station("B", hours="Mo-Fr 08:00-18:00", amenities={"water": "no"}, status="retired"),
            make_station("D"),
        ],
        shanghai,
    )


def test_columns_are_parallel_and_sorted_by_code(snapshot):
    assert snapshot.codes == ("A", "B", "C", "D")
    assert [station.code for station in snapshot.stations] == ["A", "B", "C", "D"]
    assert snapshot.lon.tolist() == [116.3, 116.3, 116.5, 116.3]
    assert snapshot.active.tolist() == [True, False, False, True]
    assert len(snapshot) == 4
    assert snapshot.index("C") == 2


def test_amenities_as_numbers(snapshot):
    assert snapshot.amenity_keys == ("toilet", "water")
    assert snapshot.amenity.tolist() == [[3, 1], [0, 2], [0, 0], [0, 0]]
    assert snapshot.has("water").tolist() == [True, False, False, False]
    assert snapshot.has("toilet").tolist() == [False] * 4
    assert snapshot.has("toilet", nearby=True).tolist() == [True, False, False, False]
    assert snapshot.has("aed").tolist() == [False] * 4


def test_the_same_hours_are_one_rule(snapshot):
    assert snapshot.rule[0] == snapshot.rule[2]
    assert len(snapshot.rules) == 3
    assert snapshot.hours(1).text == "Mo-Fr 08:00-18:00"


def test_states_of_all_at_once(snapshot, shanghai):
    codes = snapshot.states_at(datetime(2025, 3, 1, 12, tzinfo=shanghai))
    assert codes.tolist() == [STATE_CODES[State(name)] for name in ("open", "closed", "open", "unknown")]


def test_a_rule_is_taken_over_with_what_it_has_worked_out(snapshot, make_station, shanghai):
    later = Snapshot.build(8, [make_station("E", hours="24/7")], shanghai, rules=snapshot.rules)
    assert later.rules[0] is snapshot.rules[0]


def test_columns_cannot_be_written(snapshot):
    with pytest.raises(ValueError, match="read-only"):
        snapshot.lon[0] = 0.0


def test_no_such_station(snapshot):
    with pytest.raises(UnknownStationError, match="Z9"):
        snapshot.index("Z9")


def test_the_digest_is_of_active_positions_alone(make_station, shanghai):
    def digest(*stations):
        return Snapshot.build(1, stations, shanghai).positions_digest

    one = make_station("A")
    assert digest(one) == digest(make_station("A", name="另一个名字", hours="24/7"))
    assert digest(one) == digest(one, make_station("B", status="planned"))
    assert digest(one) != digest(one, make_station("B"))
    assert digest(one) != digest(make_station("A", position=LonLat(116.3, 28.3000001)))


def test_an_empty_registry(shanghai):
    empty = Snapshot.build(0, (), shanghai)
    assert empty.amenity.shape == (0, 0)
    assert empty.states_at(datetime(2025, 3, 1, tzinfo=shanghai)).shape == (0,)


def test_20_000_stations_in_less_than_a_second(make_station, shanghai):
    first = make_station("S", hours="24/7", amenities={"water": "yes", "aed": "no", "wifi": "yes"}).to_json()
    texts = [first.replace('"S"', f'"S{number}"') for number in range(20_000)]
    begin = time.process_time()  # not the clock on the wall: other work on the machine must not fail it
    snapshot = Snapshot.build(1, [Station.from_json(text) for text in texts], shanghai)
    assert time.process_time() - begin < 1.0
    assert np.all(snapshot.active)
