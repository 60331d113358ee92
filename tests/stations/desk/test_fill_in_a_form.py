"""A clerk fills in the form of a station: what is meant is kept, what cannot be is said where it stands."""

import dataclasses
from datetime import date

import pytest

from geodata.lonlat import LonLat
from stations.desk.entering import Form
from stations.facts import AmenityState, Closure
from stations.station import Station, StationReader
from stations.taxonomy import Taxonomy

FORM = Form(Taxonomy.load())
TODAY = date(2026, 11, 22)
BASE = StationReader().read_or_raise(
    {
        "code": "A1",
        "name": "近处驿站",
        "position": LonLat(116.3123456, 28.3),
        "hours": "Mo-Fr 08:30-12:00,13:00-17:30",
        "self_service_hours": "24/7",
        "amenities": {"water": "yes", "microwave": "no"},
        "amenity_notes": {"water": "早晚各一壶"},
        "closures": [{"first": "2026-12-01", "last": "2026-12-03", "reason": "装修"}],
        "access": ["walk_in", "app"],
        "address": "一路1号\n二楼",
        "seats": 4,
        "area_m2": 20.5,
        "season_from": "06-01",
        "season_to": "09-30",
        "extra": {"列": "值"},
    }
)


def filled(language="zh", /, **typed: str | list[str]):
    fields = FORM.shown(BASE, language)
    fields |= {name.replace("__", "."): [text] if isinstance(text, str) else text for name, text in typed.items()}
    return FORM.read(fields, BASE, language, TODAY)


def taken(language="zh", /, **typed) -> Station:
    entered = filled(language, **typed)
    assert not entered.faults
    return entered.station


@pytest.mark.parametrize("language", ["zh", "en"])
def test_looking_changes_nothing(language) -> None:
    assert taken(language) == BASE


def test_a_form_without_a_field_leaves_it() -> None:
    assert FORM.read({"phone": ["1"]}, BASE, "zh", TODAY).station == dataclasses.replace(BASE, phone="1")


def test_hours_are_read_as_chinese_staff_write_them() -> None:
    assert FORM.shown(BASE, "zh")["hours"] == ["周一至周五 08:30–12:00、13:00–17:30"]
    assert taken(hours="每天8点到20点").hours == "08:00-20:00"
    assert taken(hours="").hours == ""


def test_hours_that_are_not_understood_say_which_words() -> None:
    entered = filled(hours="周一到周五 上班时")
    assert list(entered.faults) == ["hours"]
    assert "上班时" in str(entered.faults["hours"])
    assert entered.station.hours == BASE.hours


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "驿" * 201),
        ("name", "驿\x07站"),
        ("kind", "castle"),
        ("kind", ""),
        ("status", "lost"),
        ("access", "window"),
        ("seats", "several"),
        ("seats", "10001"),
        ("area_m2", "0"),
        ("dates", "夏天"),
        ("dates", "13月1日至14月1日"),
        ("dates", "6月1日至9月30日 8:00-18:00"),
        ("has.water", "perhaps"),
        ("lon", "east"),
        ("lat", "91"),
        ("place", "老城社区"),
        ("place", "116.3245,28.3123"),
        ("closure.0.first", "soon"),
        ("closure.0.first", "2026-12-40"),
        ("closure.0.last", "2026-11-30"),
    ],
)
def test_what_cannot_be_is_said_where_it_stands(field, text) -> None:
    entered = filled(**{field: text})
    expected = {"lat": "lon"}.get(field, field.rsplit(".", 1)[0] if field.startswith("closure") else field)
    assert list(entered.faults) == [expected]


def test_dates_are_typed_as_people_say_them() -> None:
    assert filled().station == BASE
    assert FORM.shown(BASE, "zh")["dates"] == ["6月1日至9月30日"]
    assert FORM.shown(BASE, "en")["dates"] == ["1 June to 30 September"]
    stall = taken(dates="2027年1月28日至2月1日")
    assert (stall.dates, stall.season_from, stall.season_to) == ("2027 Jan 28-2027 Feb 1", "", "")
    assert FORM.shown(stall, "en")["dates"] == ["28 January to 1 February 2027"]
    summer = taken(dates="7月1日至8月31日")
    assert (summer.dates, summer.season_from, summer.season_to) == ("", "07-01", "08-31")
    assert taken(dates="").season == ""
    assert taken(dates="全年").season == ""


def test_every_fault_is_said_at_once_and_the_rest_is_read() -> None:
    entered = filled(seats="many", hours="后天", phone="0793-1")
    assert set(entered.faults) == {"seats", "hours"}
    assert entered.station.phone == "0793-1"


def test_a_pasted_position_is_taken_out_of_its_datum() -> None:
    moved = taken(place="116.3245,28.3123", datum="gcj02")
    assert moved.source_datum == "gcj02"
    assert 300 < abs(moved.position.lon - 116.3245) * 98_000 < 600
    assert taken(place="116.3245,28.3123", datum="wgs84").position == LonLat(116.3245, 28.3123)


def test_a_dragged_pin_is_wgs84() -> None:
    moved = taken(lon="116.3125", lat="28.3001")
    assert (moved.position, moved.source_datum) == (LonLat(116.3125, 28.3001), "wgs84")


def test_amenities_one_by_one() -> None:
    found = taken(has__water="unknown", has__fridge="nearby", note__microwave="坏了")
    assert found.amenities == {"microwave": AmenityState.NO, "fridge": AmenityState.NEARBY}
    assert found.amenity_notes == {"water": "早晚各一壶", "microwave": "坏了"}


def test_closures_come_and_go() -> None:
    more = taken(closure__1__first="2027-02-01", closure__1__last="", closure__1__reason="春节")
    assert Closure(first=date(2027, 2, 1), last=date(2027, 2, 1), reason="春节") in more.closures
    assert len(more.closures) == 2
    none = taken(closure__0__first="", closure__0__last="", closure__0__reason="")
    assert none.closures == ()


def test_several_choices_and_none() -> None:
    assert taken(access=["", "app"]).access == ("app",)
    assert taken(access=[""]).access == ()


def test_who_made_sure_is_believed_for_today() -> None:
    assert taken(checked__hours="1").hours_checked == TODAY
    assert taken(checked__hours="1").position_checked is None
