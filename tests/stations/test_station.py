"""A record: strict on the way in, the same text whenever it is the same, and private where it must be."""

import datetime as dt
from dataclasses import fields

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.datum import Datum
from geodata.lonlat import LonLat
from stations.errors import StationError
from stations.station import PRIVATE_FIELDS, AmenityState, Closure, FieldFault, Service, Station, StationReader, Status


@pytest.fixture(scope="module")
def reader():
    return StationReader()


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
        ("code", "S/1"),
        ("code", "S\\1"),
        ("code", "S?1"),
        ("code", "S#1"),
        ("code", "S%201"),
        ("code", "S:1"),
        ("code", "."),
        ("code", ".."),
        ("code", "S1."),
        ("code", "S\u200b1"),
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
        ("host_name", "two\nlines"),
        ("note", "bell\x07"),
        ("note", "x" * 2001),
        ("closures", [{"first": "2026-02-20", "last": "2026-02-14"}]),
        ("closures", [{"first": "2026-02-20"}]),
        ("closures", [{"first": "0206-02-20", "last": "2026-02-21"}]),
        ("closures", [{"first": "2026-02-20", "last": "9999-12-31"}]),
        ("closures", [{"first": "2026-02-20", "last": "2026-02-20"}] * 51),
        ("services", [{"key": "breakfast", "price_yuan": -1}]),
        ("services", [{"key": "breakfast", "price_yuan": "nan"}]),
        ("services", [{"key": ""}]),
        ("services", [{"name": "breakfast"}]),
        ("services", [{"key": "breakfast", "price": 2}]),
        ("services", [Service(key="Breakfast!")]),
        ("services", [{"key": "breakfast"}] * 51),
        ("photos", [{"file": "../secret.jpg"}]),
        ("photos", [{"file": "a/b.jpg"}]),
        ("photos", [{"file": "a..jpg"}]),
        ("photos", [{"file": ".jpg"}]),
        ("photos", [{"file": ""}]),
        ("photos", [{"file": "a.jpg"}] * 21),
        ("amenity_notes", {"Water!": "hot"}),
        ("extra", {str(number): "x" for number in range(501)}),
        ("extra", {"notes": "\ud800"}),
    ],
)
def test_a_field_that_cannot_be_true_is_named(reader, field, value):
    values = {
        "code": "S1",
        "name": "驿站",
        "position": LonLat(116.3, 28.3),
        "season_from": "06-01",
        "season_to": "09-30",
    }
    found = reader.read(values | {field: value})
    assert isinstance(found, list)
    assert [type(fault) for fault in found] == [FieldFault]
    assert found[0].field == field


def test_reading_or_raising_names_the_field(make_station):
    with pytest.raises(StationError, match="seats"):
        make_station(seats="many")


@pytest.mark.parametrize("code", ["YC21-002", "豫A-001", "auto-0123456789ab", "S 1", "a.b", "(1)", "12", "n1033439543"])
def test_codes_that_stand_in_an_address(make_station, code):
    assert make_station(code).code == code


def test_a_record_from_before_loads_as_it_was():
    old = '{"code":"A/1","lon":116.3,"lat":28.3,"name":"驿站 甲","hours":"24/7","amenities":{"water":"yes"}}'
    station = Station.from_json(old)
    assert (station.code, station.closures, station.services, station.photos) == ("A/1", (), (), ())
    assert station.township_declared == station.host_name == ""
    assert station.to_json() == old


def test_a_full_record(make_station):
    station = make_station(
        host_name="郑州银行伊河路支行",
        township="410102001",
        township_declared="桃村镇",
        amenities={"water": "yes"},
        amenity_notes={"water": "早晚各一壶\r\n自取", "aed": ""},
        services=[{"key": "breakfast", "price_yuan": "2.005", "eligible": ["sanitation"], "hours": "06:00-08:30"}],
        photos=[{"file": "a1b2.jpg", "caption": "门口", "taken": "2026-03-01"}, {"file": "c3d4.jpg"}],
        closures=[
            {"first": "2026-10-01", "last": "2026-10-07", "reason": "检修"},
            {"first": "2026-02-14", "last": "2026-02-20"},
            {"first": "2026-10-01", "last": "2026-10-07", "reason": "检修"},
        ],
    )
    assert [one.first.isoformat() for one in station.closures] == ["2026-02-14", "2026-10-01"]
    assert station.services == (
        Service(key="breakfast", price_yuan=2.0, eligible=("sanitation",), hours="06:00-08:30"),
    )
    assert station.amenity_notes == {"water": "早晚各一壶\n自取"}
    public = station.to_public()
    assert public["closures"][1] == {"first": "2026-10-01", "last": "2026-10-07", "reason": "检修"}
    assert public["services"] == [
        {
            "key": "breakfast",
            "name": "",
            "price_yuan": 2.0,
            "eligible": ("sanitation",),
            "hours": "06:00-08:30",
            "note": "",
        }
    ]
    assert public["photos"][1] == {"file": "c3d4.jpg", "caption": "", "taken": None}
    assert "桃村镇" not in orjson.dumps(public).decode()
    assert Station.from_json(station.to_json()) == station


def test_a_closure_of_one_day_and_one_that_ends_before_it_begins():
    day = dt.date(2026, 10, 1)
    assert Closure(first=day, last=day).to_record() == {"first": "2026-10-01", "last": "2026-10-01"}
    with pytest.raises(ValueError, match="must not end before it begins"):
        Closure(first=day, last=day - dt.timedelta(1))


def test_a_free_breakfast_is_not_one_whose_price_nobody_knows(make_station):
    free, unknown = (make_station(services=[{"key": "breakfast", "price_yuan": price}]) for price in (0, None))
    assert free.services[0].price_yuan == 0.0
    assert unknown.services[0].price_yuan is None
    assert free.to_json() != unknown.to_json()


def test_blanks_around_a_longer_text_go(make_station):
    assert make_station(note=" 靠东门 \n").note == "靠东门"


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
        "amenity_notes": st.dictionaries(KEYS, st.just("") | WORDS),
        "closures": st.lists(
            st.builds(
                lambda first, days, reason: {"first": first, "last": first + dt.timedelta(days), "reason": reason},
                st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
                st.integers(0, 3),
                st.sampled_from(["", "检修"]),
            ),
            max_size=5,
        ),
        "services": st.lists(
            st.fixed_dictionaries(
                {"key": KEYS},
                optional={"name": WORDS, "price_yuan": st.none() | st.floats(0, 1e5), "eligible": st.just(["drivers"])},
            ),
            max_size=3,
        ),
        "photos": st.lists(
            st.fixed_dictionaries({"file": st.just("a.jpg"), "taken": st.none() | st.dates()}), max_size=3
        ),
    }
)


@given(FACTS)
def test_a_record_comes_back_from_the_log_as_it_went_in(reader, facts):
    station = reader.read_or_raise(facts)
    back = Station.from_json(station.to_json())
    assert back == station
    assert back.to_json() == station.to_json()
    assert [type(getattr(back, one.name)) for one in fields(Station)] == [
        type(getattr(station, one.name)) for one in fields(Station)
    ]
    assert [str(getattr(back, one.name)) for one in fields(Station)] == [
        str(getattr(station, one.name)) for one in fields(Station)
    ]
    assert abs(back.position.lon - facts["position"].lon) <= 6e-8
