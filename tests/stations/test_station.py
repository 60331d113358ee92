"""A record: strict on the way in, the same text whenever it is the same, and private where it must be."""

import datetime as dt
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.datum import Datum
from geodata.lonlat import LonLat
from stations.errors import StationError
from stations.station import PRIVATE_FIELDS, AmenityState, FieldFault, Station, StationReader, Status


def test_what_is_not_said_is_unknown(make_station):
    station = make_station()
    assert station.amenity("water") is AmenityState.UNKNOWN
    assert station.hours == ""
    assert station.seats is None
    assert station.status is Status.ACTIVE


def test_texts_stand_for_numbers_dates_and_states(make_station):
    station = make_station(seats="12", area_m2="20.5", hours_checked="2025-03-01", amenities={"water": "nearby"})
    assert (station.seats, station.area_m2) == (12, 20.5)
    assert station.hours_checked == dt.date(2025, 3, 1)
    assert station.amenity("water") is AmenityState.NEARBY


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "x" * 65),
        ("code", " S1"),
        ("code", "S\x001"),
        ("name", ""),
        ("name", "two\nlines"),
        ("seats", "-1"),
        ("seats", "some"),
        ("area_m2", "nan"),
        ("area_m2", "0"),
        ("hours_checked", "2025-02-30"),
        ("season_from", "02-30"),
        ("season_from", "6"),
        ("season_to", ""),
        ("township", "12345"),
        ("amenities", {"water": "maybe"}),
        ("amenities", {"Water!": "yes"}),
        ("status", "gone"),
        ("kind", "Rest Station"),
        ("colour", "red"),
    ],
)
def test_a_field_that_cannot_be_true_is_named(field, value):
    values = {
        "code": "S1",
        "name": "驿站",
        "position": LonLat(116.3, 28.3),
        "season_from": "06-01",
        "season_to": "09-30",
    }
    found = StationReader().read(values | {field: value})
    assert isinstance(found, list)
    assert [type(fault) for fault in found] == [FieldFault]
    assert found[0].field == field


def test_reading_or_raising_names_the_field(make_station):
    with pytest.raises(StationError, match="seats"):
        make_station(seats="many")


def test_an_unknown_amenity_leaves_no_trace(make_station):
    assert make_station(amenities={"water": "unknown"}) == make_station()


def test_the_record_is_the_same_for_the_same_facts(make_station):
    one = make_station(amenities={"water": "yes", "aed": "no"}, extra={"b": "1", "a": "2"}, position=LonLat(1, 2))
    other = make_station(extra={"a": "2", "b": "1"}, amenities={"aed": "no", "water": "yes"}, position=LonLat(1.0, 2.0))
    assert one.to_json() == other.to_json()


def test_the_public_never_see_who_keeps_a_station_nor_columns_nobody_mapped(make_station):
    station = make_station(custodian="the keeper", extra={"mobile": "139"}, phone="0570-12345")
    public = station.to_public()
    assert frozenset({"custodian", "extra", "township_declared"}) == PRIVATE_FIELDS
    assert not PRIVATE_FIELDS & public.keys()
    assert "keeper" not in str(public)
    assert "139" not in str(public)
    assert public["phone"] == "0570-12345"


def test_the_public_see_every_field_and_none_means_that_nothing_is_known(make_station):
    public = make_station().to_public()
    named = {one.name for one in fields(Station)} - PRIVATE_FIELDS - {"position"}
    assert set(public) == named | {"lon", "lat"}
    assert (public["kind"], public["status"], public["source_datum"]) == ("rest_station", "active", "wgs84")
    # These say something when they are empty: no way in without staff, open all year, shut by nothing, no picture.
    assert [public[name] for name in ("self_service_hours", "season_from", "season_to")] == ["", "", ""]
    assert [public[name] for name in ("closures", "photos")] == [(), ()]
    for name in ("name_en", "host", "hours", "township", "access", "amenities", "seats", "area_m2", "hours_checked"):
        assert public[name] is None
    known = make_station(kind="", status="planned", source_datum="gcj02", seats=0, access=("walk_in",)).to_public()
    assert (known["kind"], known["status"], known["source_datum"]) == (None, "planned", "gcj02")
    assert (known["seats"], known["access"]) == (0, ("walk_in",))


def test_a_season_in_the_grammar_of_hours(make_station):
    assert make_station(season_from="06-01", season_to="09-30").season == "Jun 01-Sep 30"
    assert make_station().season == ""


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
CODES = st.from_regex(r"[A-Za-z0-9驿站_-]{1,12}", fullmatch=True)
KEYS = st.sampled_from(["water", "aed", "toilet", "wifi"])
FACTS = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": WORDS,
        "position": st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
        "source_datum": st.sampled_from(Datum),
        "note": WORDS,
        "amenities": st.dictionaries(KEYS, st.sampled_from(AmenityState)),
        "access": st.lists(st.sampled_from(["walk_in", "app"]), unique=True).map(tuple),
        "seats": st.none() | st.integers(0, 10_000),
        "area_m2": st.none() | st.floats(0.1, 1e5),
        "status": st.sampled_from(Status),
        "hours_checked": st.none() | st.dates(),
        "extra": st.dictionaries(WORDS, WORDS),
    }
)


@given(FACTS)
def test_a_record_comes_back_from_the_log_as_it_went_in(facts):
    station = StationReader().read_or_raise(facts)
    back = Station.from_json(station.to_json())
    assert back == station
    assert back.to_json() == station.to_json()
    assert abs(back.position.lon - facts["position"].lon) <= 6e-8
