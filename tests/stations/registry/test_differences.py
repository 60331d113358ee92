"""In what two records differ, so that a clerk sees it at a glance."""

import datetime as dt

import pytest

from geodata.lonlat import LonLat
from stations.registry.differences import Words, differences
from stations.station import AmenityState, Closure, Photo, Service


@pytest.fixture(scope="module")
def english():
    return Words.load("en")


@pytest.fixture(scope="module")
def chinese():
    return Words.load("zh")


def told(words, before, after):
    return [words.sentence(difference) for difference in differences(before, after)]


def test_what_is_the_same_differs_in_nothing(make_station):
    assert differences(make_station("A", seats=1), make_station("A", seats=1)) == ()
    assert differences(None, None) == ()


def test_one_fact(make_station, english, chinese):
    before, after = make_station("A", seats=4), make_station("A", seats=6)
    assert told(english, before, after) == ["Seat count: 4 → 6"]
    assert told(chinese, before, after) == ["座位数：4 → 6"]


def test_what_was_not_known(make_station, english):
    assert told(english, make_station("A"), make_station("A", phone="0793")) == ["Phone: — → 0793"]
    assert told(english, make_station("A", host="bank"), make_station("A")) == ["Kind of host: Bank → —"]


def test_amenity_by_amenity(make_station, english, chinese):
    before = make_station("A", amenities={"microwave": "yes", "drinking_water": "yes", "toilet": "unknown"})
    after = make_station("A", amenities={"microwave": "no", "drinking_water": "yes", "toilet": "nearby"})
    assert [(one.field, one.part, one.before, one.after) for one in differences(before, after)] == [
        ("amenities", "microwave", AmenityState.YES, AmenityState.NO),
        ("amenities", "toilet", None, AmenityState.NEARBY),
    ]
    assert told(english, before, after)[0] == "Amenities, Microwave: Yes → No"
    assert told(chinese, before, after)[0] == "设施·微波炉：有 → 无"


def test_closure_by_closure(make_station, english, chinese):
    spring = Closure(first=dt.date(2025, 2, 1), last=dt.date(2025, 2, 3), reason="装修")
    autumn = Closure(first=dt.date(2025, 10, 1), last=dt.date(2025, 10, 1))
    before = make_station("A", closures=(spring,))
    after = make_station("A", closures=(Closure(first=spring.first, last=spring.last, reason="停水"), autumn))
    assert told(english, before, after) == [
        "Closures, 2025-02-01 to 2025-02-03: 装修 → 停水",
        "Closures, 2025-10-01 to 2025-10-01: — → closed",
    ]
    assert told(chinese, after, before)[1] == "停用日期·2025-10-01至2025-10-01：停用 → —"


def test_service_by_service(make_station, english, chinese, taxonomy):
    key = next(iter(taxonomy.services.terms))
    before = make_station("A", services=(Service(key=key, price_yuan=3.0),))
    after = make_station("A", services=(Service(key=key, price_yuan=2.5, eligible=("sanitation",), note="凭证"),))
    term = taxonomy.services[key]
    eligible = taxonomy.eligible
    assert told(english, before, after) == [
        f"Services, {term.en}: 3 yuan → 2.5 yuan, {eligible['sanitation'].en}, 凭证"
        if "sanitation" in eligible
        else f"Services, {term.en}: 3 yuan → 2.5 yuan, sanitation, 凭证"
    ]
    assert told(chinese, before, before) == []
    assert told(chinese, make_station("A"), before) == [f"服务内容·{term.zh}：— → 3元"]


def test_two_services_of_one_kind_are_told_apart(make_station, taxonomy):
    key = next(iter(taxonomy.services.terms))
    after = make_station("A", services=(Service(key=key, hours="Mo 08:00-09:00"), Service(key=key, note="b")))
    assert [one.part for one in differences(make_station("A"), after)] == [key, f"{key} (2)"]


def test_photos_notes_and_other_columns(make_station, english):
    before = make_station("A", photos=(Photo(file="a.jpg"),), extra={"colour": "red"})
    after = make_station("A", amenity_notes={"microwave": "二楼"}, extra={"colour": "blue", "旧编号": "7"})
    assert told(english, before, after) == [
        "Amenity notes, Microwave: — → 二楼",
        "Photos, a.jpg: yes → —",
        "Other columns, colour: red → blue",
        "Other columns, 旧编号: — → 7",
    ]


def test_a_position_tells_how_far_it_moved(make_station, english, chinese):
    before, after = make_station("A"), make_station("A", position=LonLat(116.3, 28.301))
    assert told(english, before, after) == ["Position: 116.300000,28.300000 → 116.300000,28.301000 (moved 111 m)"]
    assert told(chinese, before, after)[0].endswith("（移动111米）")


def test_private_facts_are_marked(make_station):
    found = differences(make_station("A"), make_station("A", custodian="王五", phone="0793", extra={"x": "y"}))
    assert {one.field: one.private for one in found} == {"phone": False, "custodian": True, "extra": True}


def test_lists_and_keys_in_words(make_station, english, chinese, taxonomy):
    access = tuple(taxonomy.access.terms)[:2]
    before, after = make_station("A", kind="nursing_room"), make_station("A", access=access)
    assert told(english, before, after) == [
        "Kind: Nursing room → Rest station",
        "Access: — → " + ", ".join(taxonomy.access[key].en for key in access),
    ]
    assert told(chinese, before, after)[1].endswith("、".join(taxonomy.access[key].zh for key in access))


def test_a_word_that_the_taxonomy_has_no_more_is_told_as_its_key(make_station, english):
    before, after = make_station("A"), make_station("A", host="phone_box", amenities={"fax": "yes"})
    assert told(english, before, after) == ["Kind of host: — → phone_box", "Amenities, fax: — → Yes"]


def test_a_new_station_and_one_that_goes(make_station, english):
    station = make_station("A", seats=2)
    added = told(english, None, station)
    assert added[0] == "Name: — → 驿站 A"
    assert "Kind: — → Rest station" in added
    assert len(differences(station, None)) == len(added)


def test_every_fact_of_a_record_is_told(make_station, english):
    """A field that nobody told of would change unseen."""
    from dataclasses import fields

    from stations.station import Station

    for one in fields(Station):
        if one.name != "code":
            assert english.fields.label(one.name, "en")
