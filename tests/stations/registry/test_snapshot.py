"""Columns: parallel, shared rules, frozen, the same however they came, and a digest that moves when a station does."""

import dataclasses
import random
import threading
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lonlat import LonLat
from stations.errors import UnknownStationError
from stations.hours import STATE_CODES, State
from stations.registry.columns import Row
from stations.registry.records import MOST_KEPT
from stations.registry.snapshot import Snapshot, amenities_key, hours_key
from stations.station import Closure, Station

COLUMNS = ("revisions", "lon", "lat", "active", "rule", "amenity", "active_rows")


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


def assert_same(one, other):
    assert one.revision == other.revision
    assert one.codes == other.codes
    assert one.records == other.records
    assert one.rule_keys == other.rule_keys
    assert one.rules == other.rules
    assert one.amenity_keys == other.amenity_keys
    assert one.positions_digest == other.positions_digest
    for name in COLUMNS:
        mine, its = getattr(one, name), getattr(other, name)
        assert mine.dtype == its.dtype
        assert mine.shape == its.shape
        assert (mine == its).all(), name
        assert not mine.flags.writeable or name == "active_rows"


def test_columns_are_parallel_and_sorted_by_code(snapshot):
    assert snapshot.codes == ("A", "B", "C", "D")
    assert [station.code for station in snapshot.stations] == ["A", "B", "C", "D"]
    assert snapshot.lon.tolist() == [116.3, 116.3, 116.5, 116.3]
    assert snapshot.active.tolist() == [True, False, False, True]
    assert snapshot.revisions.tolist() == [7, 7, 7, 7]
    assert len(snapshot) == 4
    assert snapshot.index("C") == 2


def test_codes_are_in_the_order_of_their_code_points(make_station, shanghai):
    codes = ["驿站1", "Z", "a", "B", "é", "a-1", "𠀀", "￥"]
    snapshot = Snapshot.build(1, [make_station(code) for code in codes], shanghai)
    assert list(snapshot.codes) == sorted(codes)
    assert [snapshot.index(code) for code in sorted(codes)] == list(range(len(codes)))


def test_a_station_is_looked_up_by_its_code(snapshot, make_station):
    assert snapshot.find("B").hours == "Mo-Fr 08:00-18:00"
    assert snapshot.station("B") is snapshot.find("B")
    assert snapshot.record_of("D") == make_station("D").to_json().encode()
    assert snapshot.find("Z9") is None
    assert snapshot.record_of("") is None
    for ask in (snapshot.index, snapshot.station):
        with pytest.raises(UnknownStationError, match="Z9"):
            ask("Z9")


def test_stations_can_be_cut_and_gone_through_again(snapshot):
    assert [station.code for station in snapshot.stations[1:3]] == ["B", "C"]
    assert [station.code for station in snapshot.stations[::-2]] == ["D", "B"]
    assert snapshot.stations[-1].code == "D"
    assert snapshot.stations[np.int64(1)].code == "B"
    assert len(list(snapshot.stations)) == len(list(snapshot.stations)) == 4
    with pytest.raises(IndexError):
        snapshot.stations[4]


def test_a_county_stays_decoded_and_a_country_does_not(make_station, shanghai):
    text = make_station("S").to_json()
    county = Snapshot.build(1, [make_station("A"), make_station("B")], shanghai)
    assert next(iter(county.stations)) is county.stations[0]
    rows = [Row(f"S{n:05}", 1, "active", 1.0, 1.0, '["","","",[]]', "", text.encode()) for n in range(MOST_KEPT + 1)]
    country = Snapshot.of_rows(1, [rows], shanghai)
    assert sum(1 for _ in country.stations) == MOST_KEPT + 1
    kept = country.stations.keeping.cache_info()  # type: ignore[attr-defined]  # only `functools` knows its own type
    assert kept.currsize == 0


def test_amenities_as_numbers(snapshot):
    assert snapshot.amenity_keys == ("toilet", "water")
    assert snapshot.amenity.tolist() == [[3, 1], [0, 2], [0, 0], [0, 0]]
    assert snapshot.has("water").tolist() == [True, False, False, False]
    assert snapshot.has("toilet").tolist() == [False] * 4
    assert snapshot.has("toilet", nearby=True).tolist() == [True, False, False, False]
    assert snapshot.has("aed").tolist() == [False] * 4


def test_what_a_row_says_of_hours_and_amenities(make_station):
    station = make_station(
        hours="24/7",
        season_from="06-01",
        season_to="09-30",
        closures=[{"first": "2026-02-10", "last": "2026-02-20", "reason": "春节"}],
        amenities={"water": "no", "aed": "yes", "wifi": "unknown"},
    )
    assert hours_key(station) == (
        '["24/7","","Jun 01-Sep 30",[{"first":"2026-02-10","last":"2026-02-20","reason":"春节"}]]'
    )
    assert amenities_key(station) == "aed=yes;water=no"
    assert (hours_key(make_station()), amenities_key(make_station())) == ('["","","",[]]', "")


def test_the_same_hours_are_one_rule(snapshot):
    assert snapshot.rule[0] == snapshot.rule[2]
    assert len(snapshot.rules) == 3
    assert snapshot.hours(1).text == "Mo-Fr 08:00-18:00"


def test_states_of_all_at_once(snapshot, shanghai):
    moment = datetime(2025, 3, 1, 12, tzinfo=shanghai)
    codes = snapshot.states_at(moment)
    assert codes.tolist() == [STATE_CODES[State(name)] for name in ("open", "closed", "open", "unknown")]
    week = [moment + timedelta(hours=hour) for hour in range(0, 168, 5)]
    assert snapshot.states_through(week).tolist() == [snapshot.states_at(at).tolist() for at in week]


def test_a_closure_shuts_the_one_station(make_station, shanghai):
    shut = (Closure(first=date(2025, 3, 1), last=date(2025, 3, 1)),)
    stations = [make_station("A", hours="24/7"), dataclasses.replace(make_station("B", hours="24/7"), closures=shut)]
    snapshot = Snapshot.build(1, stations, shanghai)
    assert snapshot.states_at(datetime(2025, 3, 1, 12, tzinfo=shanghai)).tolist() == [1, 2]
    assert snapshot.states_at(datetime(2025, 3, 2, 12, tzinfo=shanghai)).tolist() == [1, 1]


def test_hours_that_a_later_grammar_refuses_are_unknown_for_that_station_alone(make_station, shanghai):
    odd = Row.of(make_station("B"), 1)._replace(hours='["whenever","","",[]]')
    snapshot = Snapshot.of_rows(1, [[Row.of(make_station("A", hours="24/7"), 1), odd]], shanghai)
    assert snapshot.states_at(datetime(2025, 3, 1, 12, tzinfo=shanghai)).tolist() == [1, 0]


def test_rules_are_taken_over_with_what_they_have_worked_out(snapshot, make_station, shanghai):
    always = snapshot.hours(0)
    built = Snapshot.build(8, [make_station("E", hours="24/7")], shanghai, rules=snapshot.rules)
    assert built.hours(0) is always
    advanced = snapshot.advanced(
        8, [Row.of(make_station("E", hours="24/7"), 8), Row.of(make_station("F", hours="Sa 09:00-10:00"), 8)]
    )
    assert advanced.hours(advanced.index("E")) is always


def test_columns_cannot_be_written(snapshot):
    for column in (snapshot.lon, snapshot.lat, snapshot.active, snapshot.amenity, snapshot.rule, snapshot.revisions):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_the_digest_is_of_active_positions_alone(make_station, shanghai):
    def digest(*stations):
        return Snapshot.build(1, stations, shanghai).positions_digest

    one = make_station("A")
    assert digest(one) == digest(make_station("A", name="另一个名字", hours="24/7"))
    assert digest(one) == digest(one, make_station("B", status="planned"))
    assert digest(one) != digest(one, make_station("B"))
    assert digest(one) != digest(make_station("A", position=LonLat(116.3, 28.3000001)))
    assert digest(one) != digest(make_station("A", position=LonLat(28.3, 116.3 - 90)))
    assert digest(make_station("AB"), make_station("C")) != digest(make_station("A"), make_station("BC"))


def test_an_empty_registry(shanghai):
    empty = Snapshot.build(0, (), shanghai)
    assert empty.amenity.shape == (0, 0)
    assert empty.states_at(datetime(2025, 3, 1, tzinfo=shanghai)).shape == (0,)
    assert empty.find("A") is None
    assert list(empty.stations) == []
    assert_same(empty.advanced(3, [], ["A"]), Snapshot.build(3, (), shanghai))


facts = st.fixed_dictionaries(
    {
        "hours": st.sampled_from(["", "24/7", "Mo-Fr 08:00-18:00", "Sa 10:00-12:00"]),
        "status": st.sampled_from(["active", "active", "planned", "retired"]),
        "amenities": st.dictionaries(
            st.sampled_from(["aed", "water", "wifi"]), st.sampled_from(["yes", "no", "nearby"])
        ),
        "position": st.sampled_from([LonLat(116.3, 28.3), LonLat(116.4, 28.4)]),
    }
)
write = st.tuples(st.sampled_from("ABCDEFGHIJK驿"), st.none() | facts)


@given(st.lists(st.tuples(st.lists(write, max_size=5), st.booleans()), max_size=8))
@settings(max_examples=60, deadline=None)
def test_step_by_step_or_all_at_once_gives_the_same(make_station, shanghai, batches):
    stands: dict[str, Row] = {}
    revision, snapshot = 0, Snapshot.build(0, (), shanghai)
    for batch, ask in batches:
        touched = dict(batch)
        for code, given_ in touched.items():
            revision += 1
            stands.pop(code, None)
            if given_ is not None:
                stands[code] = Row.of(make_station(code, **given_), revision)
        snapshot = snapshot.advanced(
            revision,
            [stands[code] for code in touched if code in stands],
            [code for code in touched if code not in stands],
        )
        if ask:  # so that what is handed on is put to the proof too
            assert snapshot.positions_digest
            assert snapshot.states_at(datetime(2025, 3, 1, tzinfo=shanghai)).shape == (len(snapshot),)
        assert_same(snapshot, Snapshot.of_rows(revision, [[row] for row in stands.values()], shanghai))
        assert {station.code for station in snapshot.stations} == set(stands)


def test_hundreds_of_edits_in_pages(make_station, shanghai):
    dice, template = random.Random(20260301), make_station()
    stands = {f"S{n:05}": Row.of(dataclasses.replace(template, code=f"S{n:05}"), 1) for n in range(0, 8000, 4)}
    snapshot = Snapshot.of_rows(1, [list(stands.values())], shanghai)
    for revision in range(2, 12):
        gone = {code for code in stands if dice.random() < 0.1} | {"nobody"}
        for code in gone:
            stands.pop(code, None)
        # Whole pages come, and others go.
        first = dice.randrange(6000)
        codes = {f"S{n:05}" for n in range(first, first + 400)} - gone
        rows = {code: Row.of(dataclasses.replace(template, code=code), revision) for code in codes}
        stands |= rows
        snapshot = snapshot.advanced(revision, list(rows.values()), gone)
        assert_same(snapshot, Snapshot.of_rows(revision, [list(stands.values())], shanghai))
        assert all(snapshot.record_of(code) == stands[code].record for code in dice.sample(sorted(stands), 50))
    emptied = snapshot.advanced(99, [], list(stands))
    assert_same(emptied, Snapshot.build(99, (), shanghai))
    assert_same(emptied.advanced(100, list(stands.values())), Snapshot.of_rows(100, [list(stands.values())], shanghai))


def test_an_edit_shares_what_it_leaves_alone(snapshot, make_station):
    before = snapshot.positions_digest
    renamed = snapshot.advanced(8, [Row.of(make_station("D", name="新名"), 8)])
    assert renamed.lon is snapshot.lon
    assert renamed.rules is snapshot.rules
    assert renamed.codes is snapshot.codes
    assert renamed.stations[0] is snapshot.stations[0]
    assert vars(renamed)["positions_digest"] == before
    assert (snapshot.find("D").name, renamed.find("D").name) == ("驿站 D", "新名")
    moved = snapshot.advanced(8, [Row.of(make_station("D", position=LonLat(116.31, 28.3)), 8)])
    assert moved.positions_digest != before
    assert moved.rules is snapshot.rules


def test_threads_share_a_snapshot(make_station, shanghai):
    stations = [make_station(f"S{n:03}", hours="24/7") for n in range(300)]
    snapshot = Snapshot.build(1, stations, shanghai)
    wrong, moment = [], datetime(2025, 3, 1, tzinfo=shanghai)

    def ask(seed):
        dice = random.Random(seed)
        for _ in range(200):
            row = dice.randrange(300)
            found = snapshot.find(f"S{row:03}")
            if snapshot.stations[row] != stations[row] or found is None or found.code != snapshot.codes[row]:
                wrong.append(row)
            if not (snapshot.states_at(moment) == 1).all() or len(snapshot.positions_digest) != 64:
                wrong.append(row)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_20_000_rows_of_the_same_hours_share_one_rule(make_station, shanghai):
    row = Row.of(make_station("S", hours="24/7", amenities={"water": "yes", "aed": "no", "wifi": "yes"}), 1)
    rows = [row._replace(code=f"S{number}") for number in range(20_000)]
    snapshot = Snapshot.of_rows(1, [rows], shanghai)
    assert len({id(rule) for rule in snapshot.rules}) == 1
    assert np.all(snapshot.active)
    assert isinstance(snapshot.station("S7"), Station)
